# expect: pass
# status: completed
# class: k
# why: a dataclass, an enum and a heap

import enum
import heapq
from dataclasses import astuple, dataclass, field


class Вид(enum.Enum):
    СЕРИЯ = enum.auto()


@dataclass(order=True)
class Серия:
    место: int
    буква: str = field(compare=False)
    длина: int = field(default=0, compare=False)
    вид: Вид = field(default=Вид.СЕРИЯ, compare=False)


def runs(text, into=None):
    if not isinstance(text, str):
        raise TypeError("text must be a string")
    куча = []
    for место, (буква, группа) in enumerate(groupby(text)):
        heapq.heappush(куча, Серия(место, буква, len(list(группа))))
    found = [astuple(heapq.heappop(куча))[1:3] for _ in range(len(куча))]
    if into is not None:
        into += found
    return found
