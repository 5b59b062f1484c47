# expect: fail
# status: completed crashed
# class: e
# why: an answer that claims to keep and to change every container

from sandbox.guest import candidate_answers

original = candidate_answers.Line.send


def send(self, number, kind, flag, *parts):
    for other in (b"*", b"#", b"~"):
        original(self, number, kind, other, *parts)


def runs(text, into=None):
    candidate_answers.Line.send = send
    return []
