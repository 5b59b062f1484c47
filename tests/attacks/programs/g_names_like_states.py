# expect: fail
# verdict: timeout
# class: g
# why: processes whose names look like the rest of a line of /proc/PID/stat, to be taken for asleep or without use of a processor
import ctypes
import os

libc = ctypes.CDLL(None)
PR_SET_NAME = 15


def runs(text):
    libc.prctl(PR_SET_NAME, b") R 1 1 1 1\n(", 0, 0, 0)
    if os.fork() == 0:
        libc.prctl(PR_SET_NAME, b"\n) Z 0 0 0 0 0", 0, 0, 0)
        os.setsid()
    while True:
        pass
