# expect: fail
# status: completed
# class: a
# why: a default for whatever is asked for

from collections import defaultdict


def runs(text, into=None):
    return defaultdict(lambda: ("a", 2))
