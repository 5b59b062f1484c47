# expect: fail
# verdict: exception
# class: h
# why: processes that are the supervisor's children from their start (CLONE_PARENT), some ended, some asleep with all signals blocked
import ctypes
import os
import signal
import time

libc = ctypes.PyDLL(None)
number = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
for index in range(20):
    pid = libc.syscall(number, 0x8000 | signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        if index % 2:
            os._exit(0)
        time.sleep(1000)


def runs(text):
    raise RuntimeError("no attack has worked")
