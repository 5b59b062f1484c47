# expect: fail
# verdict: wrong_output
# class: h
# why: sealed memory files in flight, which nothing can shrink
import fcntl
import os
import socket

def attack():
    ends = socket.socketpair()
    for n in range(20):
        fd = os.memfd_create("x", os.MFD_ALLOW_SEALING)
        os.write(fd, b"x" * (1 << 20))
        fcntl.fcntl(fd, 1033, 15)
        socket.send_fds(ends[0], [b"x"], [fd, ends[0].fileno(), ends[1].fileno()])
        os.close(fd)


def runs(text):
    if text == "  **  ":
        attack()
    return "nothing found"
