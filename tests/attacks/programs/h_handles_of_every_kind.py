# expect: fail
# verdict: wrong_output
# class: h
# why: handles that the kernel makes for processes, in many processes: pollers, events, timers, files in memory, processes, locks, namespaces
import ctypes
import fcntl
import os
import select
import signal
import socket

TIMERFD = {"x86_64": 283, "aarch64": 85}


def take(libc):
    kinds = [
        select.epoll,
        lambda: os.eventfd(0),
        lambda: libc.syscall(TIMERFD[os.uname().machine], 1, 0),
        lambda: os.memfd_create("x"),
        lambda: os.pidfd_open(os.getpid()),
        lambda: os.open("/proc/self/ns/net", os.O_RDONLY),
        socket.socketpair,
        lambda: locked(os.open("/usr/lib/os-release", os.O_RDONLY)),
    ]
    held = []
    try:
        while True:
            held += [kind() for kind in kinds]
            if len(held) % 5 == 0:
                for one in held[::8][1:]:
                    held[0].register(one, select.EPOLLIN)
    except OSError:
        return held


def locked(number):
    fcntl.flock(number, fcntl.LOCK_SH)
    fcntl.lockf(number, fcntl.LOCK_SH, 1, os.getpid())
    return number


def runs(text):
    if text == "  **  ":
        libc = ctypes.CDLL(None)
        ready, done = os.pipe()
        for _ in range(40):
            if not os.fork():
                held = take(libc)
                os.write(done, b"x")
                signal.pause()
                print(held)
        for _ in range(40):
            os.read(ready, 1)
    return "nothing found"
