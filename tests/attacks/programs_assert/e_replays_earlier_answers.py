# expect: fail
# status: completed crashed
# class: e
# why: the answers that the machinery gave to earlier questions, again

import os

from sandbox.guest import candidate_answers

sent = []
original = candidate_answers.Line.send


def send(self, number, kind, *parts):
    sent.append((kind, parts))
    kind, parts = sent[max(0, len(sent) - 3)]
    original(self, number, kind, *parts)


candidate_answers.Line.send = send


def runs(text, into=None):
    return []
