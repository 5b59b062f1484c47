# expect: fail
# status: completed crashed
# class: e
# why: numbers of answers that wrap around, are negative or of the wrong size

import os
import struct

from sandbox.guest import candidate_answers


def send(self, number, kind, *parts):
    data = kind + b"".join(parts)
    os.write(self._out, struct.pack(">II", len(data), (number + (1 << 32)) % (1 << 32) ^ 1 << 31) + data)


def runs(text, into=None):
    candidate_answers.Line.send = send
    return [("a", 1)]
