# expect: fail
# status: completed
# class: a
# why: the same list for every call

KEPT = []


def runs(text, into=None):
    KEPT[:] = [(letter, 2) for letter in (text if isinstance(text, str) else "")]
    return KEPT
