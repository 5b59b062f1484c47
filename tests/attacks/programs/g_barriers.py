# expect: fail
# verdict: timeout
# class: g
# why: processes that make all processors of the machine wait for one another (membarrier), and themselves for the kernel
# limits: cpu_s=2 wall_s=2
import ctypes
import os
import time


def runs(text):
    libc = ctypes.CDLL(None)
    number = {"x86_64": 324, "aarch64": 283}[os.uname().machine]
    for _ in range(40):
        if not os.fork():
            while True:
                for command in (1, 4, 2, 16, 8, 64, 32):
                    libc.syscall(number, command, 0, 0)
    time.sleep(1000)
