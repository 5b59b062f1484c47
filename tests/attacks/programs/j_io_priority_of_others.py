# expect: fail
# verdict: wrong_output
# class: j
# why: I/O priorities, by process, group and user
import ctypes
import os

SET = {"x86_64": 251, "aarch64": 30}[os.uname().machine]

def attack():
    libc = ctypes.CDLL(None)
    for which, who in ((1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, os.getuid()), (1, os.getppid())):
        for data in (3 << 13, 2 << 13 | 7, 1 << 13):
            libc.syscall(SET, which, who, data)
    for which, who in ((0, 1), (1, 0), (1, 1), (2, os.getuid()), (2, 0)):
        libc.setpriority(which, who, 19)


def runs(text):
    if text == "  **  ":
        attack()
    return "nothing found"
