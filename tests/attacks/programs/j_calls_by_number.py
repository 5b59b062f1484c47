# expect: fail
# verdict: exception crashed
# class: j
# why: every system call above the known ones, with harmless arguments, in processes of their own
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for number in range(424, 480):
    if not os.fork():
        libc.syscall(number, -1, 0, 0, 0, 0, 0)
        os._exit(0)
    os.wait()


def runs(text):
    raise RuntimeError("no attack has worked")
