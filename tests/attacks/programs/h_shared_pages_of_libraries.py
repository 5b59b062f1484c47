# expect: fail
# verdict: exception
# class: h
# why: writes into the interpreter's own pages, shared mappings of its files included
import ctypes
import mmap
import os

libc = ctypes.CDLL(None)
for line in open("/proc/self/maps").read().splitlines():
    parts = line.split()
    first, last = (int(part, 16) for part in parts[0].split("-"))
    if len(parts) > 5 and parts[5].startswith("/") and "x" in parts[1]:
        try:
            with open(parts[5], "r+b") as file:
                mmap.mmap(file.fileno(), 4096)[:4] = b"evil"
        except (OSError, ValueError):
            pass
        if "libm" in parts[5]:
            libc.mprotect(ctypes.c_void_p(first), ctypes.c_size_t(4096), 7)
            ctypes.memmove(first, b"\xcc" * 64, 64)


def runs(text):
    raise RuntimeError("no attack has worked")
