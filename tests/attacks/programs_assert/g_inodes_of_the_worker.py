# expect: fail
# status: completed
# class: g
# why: fills the folders with empty files

import os

for folder in ("/tmp", "/dev/shm"):
    try:
        for number in range(20_000):
            os.symlink("x", f"{folder}/{number}")
    except OSError:
        pass


def runs(text, into=None):
    return []
