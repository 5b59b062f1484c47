# expect: fail
# verdict: wrong_output memory exception
# class: h
# why: sockets sent through one another keep memory and unlinked files that no process has
import array
import os
import socket


def ring(number):
    first, second = socket.socketpair()
    first.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
    first.setblocking(False)
    file = os.open(f"/tmp/{number}", os.O_RDWR | os.O_CREAT)
    os.unlink(f"/tmp/{number}")
    os.write(file, bytes(1 << 18))
    held = array.array("i", [first.fileno(), second.fileno(), file][: 2 if number % 8 else 3])
    first.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, held)])
    os.close(file)
    try:
        while first.send(bytes(60_000)):
            pass
    except BlockingIOError:
        pass
    first.close()
    second.close()


def runs(text):
    if not text:
        for number in range(110):
            ring(number)
    return "nothing found"
