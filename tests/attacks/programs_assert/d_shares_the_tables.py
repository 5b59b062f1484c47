# expect: fail
# status: completed crashed
# class: d
# why: what is shared is something else than the judge believes

from sandbox.guest import candidate_answers

answer = candidate_answers.Witness._answer


def mixed(self, *args):
    found = answer(self, *args)
    self._shared.reverse()
    return [[], [("a", 1)], *found]


candidate_answers.Witness._answer = mixed
KEPT = []


def runs(text, into=None):
    KEPT.append((text, 1))
    return KEPT
