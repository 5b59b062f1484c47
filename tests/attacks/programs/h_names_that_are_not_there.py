# expect: fail
# verdict: wrong_output
# class: h
# why: the kernel remembers names that were asked for and don't exist, and whoever needs that memory next pays for the search
# worker: lost
import os


def runs(text):
    if text == "  **  ":
        for number in range(120_000):
            try:
                os.stat(f"/usr/lib/{number:0200d}")
            except OSError:
                pass
    return "nothing found"
