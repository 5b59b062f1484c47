# expect: fail
# status: completed crashed
# class: e
# why: an array of numpy with a shape that its bytes do not fill

import os
import struct

from sandbox.guest import candidate_answers, value_codec


def forged(data):
    """Every answer from the first call on is these bytes."""
    def send(self, number, kind, *parts):
        os.write(self._out, struct.pack(">II", len(data), number) + data)
    candidate_answers.Line.send = send


NONE = struct.pack(">I", 0)


def root(value):
    return value_codec.Encoder(lambda one: (3, None), 1 << 22).root(value)


DATA = b"r=" + struct.pack(">I", 1) + b"P" + struct.pack(">BBQQ", 11, 2, 1 << 30, 1 << 30) + NONE + b"r" + NONE


def runs(text, into=None):
    forged(DATA)
    return []
