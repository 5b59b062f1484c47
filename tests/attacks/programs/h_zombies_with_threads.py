# expect: fail
# verdict: exception
# class: h
# why: processes whose first thread has ended while another lives on: zombies that cannot be reaped yet
import ctypes
import os
import threading
import time

for _ in range(10):
    if not os.fork():
        threading.Thread(target=time.sleep, args=(600,)).start()
        number = {"x86_64": 60, "aarch64": 93}[os.uname().machine]
        ctypes.CDLL(None).syscall(number, 0)


def runs(text):
    raise RuntimeError("no attack has worked")
