# expect: fail
# verdict: exception
# class: h
# why: time slack, owner of core scheduling, large pages switched off and other settings of a process, wished for PID 1
import ctypes
import os

libc = ctypes.CDLL(None)
for what in ((29, 10**9, 0, 0, 0), (41, 1, 0, 0, 0), (36, 1, 0, 0, 0), (62, 1, 1, 0, 0), (62, 2, 1, 2, 0), (57, 1, 0, 0, 0)):
    libc.prctl(*what)
for call in (251, 252):
    for kind in (1, 2, 3):
        for who in (0, 1, os.getpgrp(), os.getuid()):
            libc.syscall(call, kind, who, (3 << 13) | 7)


def runs(text):
    raise RuntimeError("no attack has worked")
