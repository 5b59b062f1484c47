# expect: fail
# verdict: crashed wrong_output
# class: e
# why: maps the reply a second time (mremap of a shared mapping with the old size 0), beyond its end, and daemons go on writing to it
import ctypes
import os
import time


def runs(text):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mremap.restype = ctypes.c_void_p
    with open("/proc/self/maps") as maps:
        shared = [line.split()[0] for line in maps if line.split()[1] == "rw-s"]
    for place in shared:
        start, end = (int(part, 16) for part in place.split("-"))
        copy = libc.mremap(ctypes.c_void_p(start), ctypes.c_size_t(0), ctypes.c_size_t(2 * (end - start)), 1)
        if copy in (None, 2**64 - 1) or os.fork():
            continue
        os.setsid()
        while True:
            ctypes.memset(copy + 8, 0x41, end - start - 8)
    time.sleep(0.2)
    return None
