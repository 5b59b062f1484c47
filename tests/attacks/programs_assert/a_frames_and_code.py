# expect: fail
# status: completed
# class: a
# why: frames, code objects and tracebacks of the witness as results

import sys


def runs(text, into=None):
    frames, frame = [], sys._getframe()
    while frame:
        frames += [frame, frame.f_code, frame.f_locals]
        frame = frame.f_back
    return frames
