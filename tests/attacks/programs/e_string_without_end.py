# expect: fail
# verdict: crashed
# class: e
# why: a record with a string that is never closed, full of escaped quotes, each of which may begin another string
import os
import sys


def the_reply():
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()):
            if type(value).__name__ == "Reply":
                return value
        frame = frame.f_back
    raise LookupError("no reply in any frame")


def write(data, size=None):
    """Replaces the whole reply and says how much of it is valid."""
    region = the_reply()._region
    region[8 : 8 + len(data)] = data
    region[:8] = (len(data) if size is None else size).to_bytes(8, "big")


def runs(text):
    write(b'{"s":"defined","c":0.001}\n{"s":"returned","t":"' + b'\\"' * 1_500_000 + b"," * 100 + b"\n")
    os._exit(0)
