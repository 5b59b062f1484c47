# expect: fail
# status: completed
# class: a
# why: results that are changed by the next call

KEPT = []


def runs(text, into=None):
    found = [(text[:1], 1)] if text else []
    for one in KEPT:
        one[:] = found
    KEPT.append(found)
    return found
