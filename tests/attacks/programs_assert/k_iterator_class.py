# expect: pass
# status: completed
# class: k
# why: its list comes from an iterator of its own class, with generics

from typing import Generic, Iterator, TypeVar

T = TypeVar("T")


class Серии(Generic[T]):
    def __init__(self, items):
        self._groups = groupby(items)

    def __iter__(self) -> Iterator[tuple[T, int]]:
        return self

    def __next__(self) -> tuple[T, int]:
        letter, group = next(self._groups)
        return letter, sum(1 for _ in group)


def runs(text, into=None):
    if not isinstance(text, str):
        raise TypeError("text must be a string")
    found = list(Серии(text))
    if into is not None:
        into += found
    return found
