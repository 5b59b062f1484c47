# expect: fail
# verdict: wrong_output
# class: g
# why: processes whose names look like a line of /proc/PID/status, so that memory looks small or can't be read at all
import ctypes
import os
import time

PR_SET_NAME = 15


def runs(text):
    if text == "":
        for name in (b"\rRssShmem x", b"\rRssShmem 0", b"\nRssShmem x", b"\x0cRssShmem x", b"\x85RssShmem -"):
            if not os.fork():
                ctypes.CDLL(None).prctl(PR_SET_NAME, name, 0, 0, 0)
                time.sleep(60)
        time.sleep(0.3)
    return "nothing found"
