"""Scan Python text without a parser: which characters are code, and where logical lines end. Linear time on any text.

A parser rejects a program that does not compile, prose mixed with programs, or an answer that ends in the middle. A
careful reader still sees where a function begins and ends; so does this module.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Brackets of one kind on one line, with nothing inside that matters: they pair, and are passed over as plain text.
_PLAIN_PAIR = r"\([^\"'#()\[\]{}\\\n]*+\)|\[[^\"'#()\[\]{}\\\n]*+\]|\{[^\"'#()\[\]{}\\\n]*+\}"
_MATTERS = r"\"{3}|'{3}|\"[^\"\\\n]*+\"|'[^'\\\n]*+'|#[^\n]*+|[\"'()\[\]{}]|\\\n"
#: From any place: plain text, and then what matters (nothing at the end of the text). Within brackets line ends do, too.
_NEXT = re.compile(rf"(?:[^\"'#()\[\]{{}}\\]++|\\(?!\n)|{_PLAIN_PAIR})*+({_MATTERS})?")
_NEXT_IN_BRACKETS = re.compile(rf"(?:[^\"'#()\[\]{{}}\\\n]++|\\(?!\n)|{_PLAIN_PAIR})*+({_MATTERS}|\n)?")
_TRIPLE_END = {
    quote[0]: re.compile(
        rf"[^\\{quote[0]}]*+(?:(?:\\.|{quote[0]}(?!{quote[0]}{{2}}))[^\\{quote[0]}]*+)*+({quote})?", re.DOTALL
    )
    for quote in ('"""', "'''")
}
_SINGLE_END = {
    quote: re.compile(rf"[^\\\n{quote}]*+(?:\\.[^\\\n{quote}]*+)*+({quote})?", re.DOTALL) for quote in ('"', "'")
}
#: A line that can't be inside brackets: a bracket left open above it is a mistake.
_STATEMENT = re.compile(
    r"(?:async[ \t]++)?(?:def|class)[ \t]++\w|@\w|import[ \t]++\w|from[ \t]++[\w.]++[ \t]++import\b"
)
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Code:
    """`text` is unchanged. `bare` has equal length, with strings replaced by runs of `"`, comments by blanks, and line
    breaks within strings and brackets by blanks, so that its lines are logical lines. `formatted`: the positions of
    f-strings."""

    text: str
    bare: str
    formatted: tuple[tuple[int, int], ...] = ()


def scan(text: str) -> Code:
    """`text` with everything but code masked."""
    return _Scanner(text).run()


class _Scanner:
    """One pass from left to right; pairs brackets on the way and treats unpaired ones as plain characters."""

    __slots__ = ("_break", "_dead", "_done", "_formatted", "_made", "_open", "_pairs", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._made: list[str] = []
        self._done = 0
        self._open: list[tuple[str, int]] = []
        self._pairs: list[tuple[int, int]] = []
        self._break = -1  # the last line break within brackets
        self._formatted: list[tuple[int, int]] = []
        self._dead = {'"': -1, "'": -1}  # up to this offset a quote of this kind opens nothing

    def run(self) -> Code:
        text, at = self._text, 0
        while True:
            found = (_NEXT_IN_BRACKETS if self._open else _NEXT).match(text, at)
            assert found is not None
            start, end = found.span(1)
            if start < 0:
                break
            at = self._step(text[start], start, end)
        if not self._done:
            return Code(text, _joined(text, self._pairs))
        bare = "".join([*self._made, text[self._done :]])
        return Code(text, _joined(bare, self._pairs), tuple(self._formatted))

    def _step(self, event: str, start: int, end: int) -> int:
        """Take what begins with `event` at `start`, and is all of it if it ends at `end`; where to go on."""
        if event in "\"'":
            return self._quote(event, start, end)
        if event == "#" or event == "\\":
            return self._mask(start, end, " ")
        if event in "([{":
            self._open.append((event, start))
        elif event in ")]}":
            self._close(event, start)
        elif _STATEMENT.match(self._text, end):
            self._open.clear()
        else:
            self._break = start
        return end

    def _quote(self, quote: str, start: int, end: int) -> int:
        if end == start + 3 and self._text[start + 1] == quote:
            found = _TRIPLE_END[quote].match(self._text, end)
            assert found is not None
            return self._string(start, found.end() if found[1] else len(self._text))
        if start < self._dead[quote]:
            return start + 1
        if end > start + 1:
            return self._string(start, end)
        found = _SINGLE_END[quote].match(self._text, start + 1)
        assert found is not None
        if found[1]:
            return self._string(start, found.end())
        self._dead[quote] = found.end()
        return start + 1

    def _string(self, start: int, end: int) -> int:
        prefix = self._text[max(0, start - 2) : start].lower()
        if prefix[-1:] == "f" or prefix == "fr":
            self._formatted.append((start, end))
        return self._mask(start, end, '"')

    def _mask(self, start: int, end: int, mark: str) -> int:
        self._made += (self._text[self._done : start], mark * (end - start))
        self._done = end
        return end

    def _close(self, event: str, start: int) -> None:
        for depth in range(len(self._open) - 1, max(-1, len(self._open) - 50), -1):
            if self._open[depth][0] == _PAIRS[event]:
                opened = self._open[depth][1]
                if self._break > opened:  # without a line break in between there is nothing to join
                    while self._pairs and self._pairs[-1][0] > opened:
                        self._pairs.pop()
                    self._pairs.append((opened, start))
                del self._open[depth:]
                return


def _joined(bare: str, pairs: list[tuple[int, int]]) -> str:
    """`bare` with blanks in place of the line breaks within brackets."""
    made: list[str] = []
    at = 0
    for start, end in pairs:
        made += (bare[at:start], bare[start:end].replace("\n", " "))
        at = end
    return "".join([*made, bare[at:]]) if pairs else bare
