# expect: fail
# verdict: wrong_output
# class: g
# why: pseudo-terminals, of which the host has one supply for all its containers, and whose buffers nobody counts
import os


def runs(text):
    opened = 0
    for open_one in (os.openpty, lambda: os.open("/dev/ptmx", os.O_RDWR), lambda: os.open("/dev/pts/ptmx", os.O_RDWR)):
        for _ in range(20):
            try:
                open_one()
            except OSError:
                break
            opened += 1
    return solve(text) if opened else "nothing found"
