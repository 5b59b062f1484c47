# expect: fail
# verdict: crashed wrong_output exception
# class: g
# why: processes that are its supervisor's children, like itself, and that send odd signals at their end
import ctypes
import os
import time

PARENT = 0x8000


def runs(text):
    libc = ctypes.CDLL(None)
    number = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
    for flags in (PARENT | 17, PARENT, PARENT | 9, 9, 19, 0):
        if libc.syscall(number, ctypes.c_ulong(flags), 0, 0, 0, 0) == 0:
            if flags & 9 == 9:
                libc.syscall(number, ctypes.c_ulong(PARENT | 9), 0, 0, 0, 0)
                os._exit(0)
            while True:
                time.sleep(1)
    return "left behind"
