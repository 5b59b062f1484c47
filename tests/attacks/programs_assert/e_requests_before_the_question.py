# expect: fail
# status: completed crashed
# class: e
# why: requests to use objects that nobody lent, before and during each question

import os
import struct

from sandbox.guest import candidate_answers

NONE = struct.pack(">I", 0)
REQUEST = b"c=" + NONE + b"t" + struct.pack(">I", 5) + b"i" + bytes(8) + b"i" + struct.pack(">q", 1 << 31) + (b"t" + NONE) * 3
sending = candidate_answers.Line.send


def forged(self, number, *parts):
    """Requests in place of the answer and before the next question."""
    for one in (number, number + 1, number + 2):
        os.write(self._out, struct.pack(">II", len(REQUEST), one) + REQUEST)
    sending(self, number, *parts)


def runs(text, into=None):
    candidate_answers.Line.send = forged
    return []
