"""The shortest edit script between two sequences, within a bound. Pure.

Myers' greedy algorithm ("An O(ND) difference algorithm and its variations", 1986) takes time and memory proportional to
the square of the number of edits, so the number is bounded: texts that have little in common count as one replacement.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple


class Part(NamedTuple):
    """`a[i:j]` became `b[k:m]`; `equal` if they are the same."""

    equal: bool
    i: int
    j: int
    k: int
    m: int


def parts(a: Sequence[Hashable], b: Sequence[Hashable], most: int) -> list[Part]:
    """All of both sequences in order, alternating equal and changed parts. If there would be more than `most`
    insertions and removals between the common ends, these are one replacement."""
    shorter = min(len(a), len(b))
    head = next((at for at in range(shorter) if a[at] != b[at]), shorter)
    tail = next((at for at in range(shorter - head) if a[-1 - at] != b[-1 - at]), shorter - head)
    matches = _matches(a[head : len(a) - tail], b[head : len(b) - tail], most)
    runs = [(0, 0, head), *((i + head, k + head, n) for i, k, n in matches), (len(a) - tail, len(b) - tail, tail)]
    found: list[Part] = []
    i = k = 0
    for start_a, start_b, size in runs:
        if i < start_a or k < start_b:
            found.append(Part(False, i, start_a, k, start_b))
        if size:
            found.append(Part(True, start_a, start_a + size, start_b, start_b + size))
        i, k = start_a + size, start_b + size
    return found


def _matches(a: Sequence[Hashable], b: Sequence[Hashable], most: int) -> list[tuple[int, int, int]]:
    """(start in a, start in b, length) of the equal runs, ascending; none if there are too many edits."""
    furthest = {1: 0}  # diagonal x - y -> how far along a
    trace: list[dict[int, int]] = []
    for edits in range(min(len(a) + len(b), most) + 1):
        trace.append(furthest)
        reached: dict[int, int] = {}
        for diagonal in range(-edits, edits + 1, 2):
            x = _before(furthest, diagonal, edits)[1]
            while x < len(a) and x - diagonal < len(b) and a[x] == b[x - diagonal]:
                x += 1
            reached[diagonal] = x
            if x >= len(a) and x - diagonal >= len(b):
                return _backwards(trace, len(a), len(b))
        furthest = reached
    return []


def _before(furthest: dict[int, int], diagonal: int, edits: int) -> tuple[int, int]:
    """(diagonal before the edit, how far along a after it): an insertion comes from the diagonal above, a removal from
    the one below, whichever gets further."""
    above, below = furthest.get(diagonal + 1, -1), furthest.get(diagonal - 1, -1)
    if diagonal == -edits or (diagonal != edits and below < above):
        return diagonal + 1, above
    return diagonal - 1, below + 1


def _backwards(trace: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    for edits in range(len(trace) - 1, -1, -1):
        diagonal = x - y
        before, start = _before(trace[edits], diagonal, edits)
        if x > start:
            found.append((start, start - diagonal, x - start))
        x = trace[edits][before] if edits else 0
        y = x - before
    return found[::-1]
