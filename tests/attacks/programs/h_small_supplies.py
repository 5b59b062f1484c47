# expect: fail
# verdict: exception
# class: h
# why: everything that a user may have a number of: pipes of full size, timers, epolls, event counters, files in memory
import ctypes
import fcntl
import os
import time

libc = ctypes.CDLL(None)
for _ in range(16):
    if not os.fork():
        held = []
        try:
            while True:
                pair = os.pipe()
                held.append(pair)
                fcntl.fcntl(pair[0], 1031, 1 << 20)
                held.append((os.eventfd(1), os.memfd_create("x"), libc.timerfd_create(1, 0)))
        except OSError:
            pass
        os.setsid()
        time.sleep(600)
        os._exit(0)
time.sleep(0.2)


def runs(text):
    raise RuntimeError("no attack has worked")
