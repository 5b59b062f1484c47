# expect: fail
# verdict: wrong_output exception memory
# class: g
# why: processes with tens of thousands of mappings each, which the kernel has to take apart when they are killed
import ctypes
import os
import time


def runs(text):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    for _ in range(8):
        if not os.fork():
            for number in range(32_000):
                libc.mmap(None, ctypes.c_size_t(8192), number % 2, 0x4022, -1, 0)
            time.sleep(100)
    time.sleep(1)
    return None
