# expect: fail
# status: completed
# class: g
# why: a class of its own for every named tuple

from collections import namedtuple


def runs(text, into=None):
    return [namedtuple(f"A{number}", "x")(number) for number in range(1_000)]
