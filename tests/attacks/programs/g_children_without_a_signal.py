# expect: fail
# verdict: timeout
# class: g
# why: children that end without a signal to their parent compute in turn, each less than any limit of one process
import ctypes
import os
import time

libc = ctypes.CDLL(None)
CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine]


def runs(text):
    while True:
        if libc.syscall(CLONE, 0, 0, 0, 0, 0) == 0:
            start = time.process_time()
            while time.process_time() - start < 0.05:
                pass
            os._exit(0)
        time.sleep(0.05)
