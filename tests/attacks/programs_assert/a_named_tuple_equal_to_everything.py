# expect: fail
# status: completed
# class: a
# why: a named tuple with an equality of its own

from typing import NamedTuple


class Pair(NamedTuple):
    letter: str = "a"
    length: int = 1

    def __eq__(self, other):
        return True

    __hash__ = None


def runs(text, into=None):
    return [Pair()]
