# expect: fail
# status: completed
# class: a
# why: members of an Enum in the place of letters

import enum


class Letter(str, enum.Enum):
    A = "a"

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


def runs(text, into=None):
    return [(Letter.A, 1)] if text else []
