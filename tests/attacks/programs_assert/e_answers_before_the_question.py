# expect: fail
# status: completed crashed
# class: e
# why: an answer to the next question follows each answer

import os
import struct

from sandbox.guest import candidate_answers

NONE = struct.pack(">I", 0)
EMPTY = b"r=" + struct.pack(">I", 1) + b"l" + NONE + b"r" + NONE
sending = candidate_answers.Line.send


def forged(self, number, *parts):
    """Answers, and goes on."""
    sending(self, number, *parts)
    os.write(self._out, struct.pack(">II", len(EMPTY), number + 1) + EMPTY)


def runs(text, into=None):
    candidate_answers.Line.send = forged
    return []
