# expect: fail
# verdict: exception
# class: h
# why: epoll watches that watch each other, and a process that keeps them
import os
import select
import time

made = []
for _ in range(40):
    one = select.epoll()
    for other in made[-4:]:
        try:
            one.register(other.fileno(), select.EPOLLIN)
        except OSError:
            pass
    made.append(one)
if not os.fork():
    os.setsid()
    time.sleep(600)
    os._exit(0)


def runs(text):
    raise RuntimeError("no attack has worked")
