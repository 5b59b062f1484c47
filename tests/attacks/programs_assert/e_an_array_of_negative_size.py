# expect: fail
# status: crashed
# class: e
# why: an array with a side below zero

import os
import struct

from sandbox.guest import candidate_answers, value_codec


def forged(tail):
    """Every answer from the first call on is these bytes."""
    def send(self, number, kind, *parts):
        data = b"r=" + tail
        os.write(self._out, struct.pack(">II", len(data), number) + data)
    candidate_answers.Line.send = send


encoder = value_codec.Encoder(lambda one: (3, None), 1 << 22)
TAIL = struct.pack(">I", 0) + b"u" + struct.pack(">I", 3) + encoder.root("<i4") + encoder.root((-1,)) + encoder.root(b"AAAA")



def runs(text, into=None):
    forged(TAIL)
    return []
