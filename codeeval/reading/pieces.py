"""Parts of a completion with their original positions, so that a trace can refer to the original text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate

_BOM = "\ufeff"


def first_line(text: str) -> str:
    """The first line that is not blank; empty if all are."""
    first = len(text) - len(text.lstrip())
    if first == len(text):
        return ""
    start = text.rfind("\n", 0, first) + 1
    end = text.find("\n", first)
    return text[start : end if end >= 0 else len(text)]


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` and `marks`: (offset in `text`, offset in the completion), ascending. Between two marks both advance
    together."""

    text: str
    marks: tuple[tuple[int, int], ...] = ((0, 0),)

    @classmethod
    def of(cls, completion: str) -> Piece:
        """The whole completion without a byte order mark, with line ends normalised as Python's tokenizer does."""
        first = 1 if completion.startswith(_BOM) else 0
        if "\r" not in completion:
            return cls(completion[first:], ((0, first),))
        lines = re.split(r"\r\n|\r|\n", completion[first:])
        breaks = [len(found) for found in re.findall(r"\r\n|\r|\n", completion[first:])]
        new = accumulate((len(line) + 1 for line in lines[:-1]), initial=0)
        sizes = (len(line) + size for line, size in zip(lines, breaks, strict=False))
        return cls("\n".join(lines), tuple(zip(new, accumulate(sizes, initial=first), strict=True)))

    def origin(self, place: int) -> int:
        """The offset in the completion of the character at `place`."""
        if len(self.marks) == 1:
            return self.marks[0][1] + place - self.marks[0][0]
        new, old = self.marks[bisect_right(self.marks, place, key=lambda mark: mark[0]) - 1]
        return old + place - new

    def cut(self, start: int, end: int) -> Piece:
        """The part [start, end)."""
        if len(self.marks) == 1:
            if start == 0 and end == len(self.text):
                return self
            return Piece(self.text[start:end], ((0, self.origin(start)),))
        first = bisect_right(self.marks, start, key=lambda mark: mark[0])
        last = bisect_left(self.marks, end, key=lambda mark: mark[0])
        inside = [(new - start, old) for new, old in self.marks[first:last]]
        return Piece(self.text[start:end], ((0, self.origin(start)), *inside))

    def lines_without(self, prefix: re.Pattern[str]) -> Piece:
        """The same lines, each without a leading match of `prefix`."""
        made: list[str] = []
        marks: list[tuple[int, int]] = []
        new = old = 0
        for line in self.text.split("\n"):
            found = prefix.match(line)
            skipped = found.end() if found else 0
            marks.append((new, self.origin(old + skipped)))
            made.append(line[skipped:])
            new += len(line) - skipped + 1
            old += len(line) + 1
        return Piece("\n".join(made), tuple(marks))
