# expect: fail
# verdict: wrong_output
# class: h
# why: thousands of names of one file, each of which counts as a file, until no more fit
import contextlib
import os


def runs(text):
    open("/dev/shm/first", "w").close()
    with contextlib.suppress(OSError):
        for number in range(9_000):
            os.link("/dev/shm/first", f"/dev/shm/{number}")
    return None
