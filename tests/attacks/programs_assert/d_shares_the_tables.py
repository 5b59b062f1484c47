# expect: fail
# status: completed crashed
# class: d
# why: what is shared is something else than the judge believes

from sandbox.guest import candidate_answers

encoded = candidate_answers.Witness._encoded


def mixed(self, *args):
    flag, parts, found = encoded(self, *args)
    self._common.containers.reverse()
    return candidate_answers.SAME_KEPT, parts, [[], [("a", 1)], *found]


candidate_answers.Witness._encoded = mixed
KEPT = []


def runs(text, into=None):
    KEPT.append((text, 1))
    return KEPT
