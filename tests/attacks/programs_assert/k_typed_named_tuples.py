# expect: pass
# status: completed
# class: k
# why: a right program with pairs of a class

from typing import NamedTuple


class Run(NamedTuple):
    letter: str
    length: int

    def twice(self):
        return self.length * 2


def runs(text, into=None):
    if not isinstance(text, str):
        raise TypeError("text must be a string")
    found = [Run(letter, len(list(group))) for letter, group in groupby(text)]
    if into is not None:
        into += found
    return found
