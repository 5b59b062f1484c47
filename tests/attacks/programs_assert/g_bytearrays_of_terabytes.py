# expect: fail
# status: memory crashed
# class: g
# why: an answer with as many of the largest bytearrays as it can name

import os
import struct

from sandbox.guest import candidate_answers

NONE = struct.pack(">I", 0)
COUNT = 400_000
DATA = b"r=" + struct.pack(">I", COUNT) + b"a" * COUNT + b"\x7f\xff\xff\xff" * COUNT + b"N"


def forged(self, number, kind, *parts):
    """Answers with these bytes."""
    data = struct.pack(">II", len(DATA), number) + DATA
    while data:
        data = data[os.write(self._out, data):]


def runs(text, into=None):
    candidate_answers.Line.send = forged
    return []
