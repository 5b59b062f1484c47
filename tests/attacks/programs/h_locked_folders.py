# expect: fail
# verdict: wrong_output
# class: h
# why: daemons hold locks on the folders that are emptied, on the root and on files of the system
import fcntl
import os
import time


def runs(text):
    for path in ("/tmp", "/dev/shm", "/", "/dev/null", "/usr/bin/env"):
        handle = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        if not os.fork():
            os.setsid()
            time.sleep(100)
    return None
