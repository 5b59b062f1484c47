"""Find fenced blocks as people and models write them: fences of any length, backticks or tildes, indented, in lists and
quotations, opened after a sentence, closed at the end of a line of code or never."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from codeeval.reading.pieces import Piece

_FENCE = re.compile(
    r"(?P<lead>[ \t]*+(?P<quote>(?:>[ \t]?)*+)(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)?[ \t]*+)(?P<run>`{3,}+|~{3,}+)(?P<info>.*+)$"
)
_RUN = re.compile(r"```|~~~")
_BEHIND = re.compile(r"(?P<run>`{3,}+|~{3,}+)[ \t]*+(?P<info>[\w.+-]*+)[ \t]*+$")
_PYTHON = re.compile(
    r"\{?[ \t]*\.?(?:lang(?:uage)?[-=:][ \t]*)?(?:i?python|py|pypy|tool_code|jupyter-python|python_code|python-code|"
    r"pyhton|pyton|pthon|phyton|питон|пайтон)"
    r"(?:[ \t]?[23](?:\.\d+)?)?(?![\w-])",
    re.IGNORECASE,
)
#: A label that is a file name: `solution.py`, `file="src/a.py"`.
_PYTHON_FILE = re.compile(r"(?:\w+[ \t]*[=:][ \t]*)?[\"']?[\w./\\-]+\.py[\"']?(?![\w.])", re.IGNORECASE)
#: Labels that don't identify a language.
_NEUTRAL = frozenset(
    {"", "code", "text", "txt", "plaintext", "plain", "none", "snippet", "solution", "answer", "completion", "function"}
)
_CONTAINERS = frozenset({"markdown", "md"})
_STATEMENT = re.compile(
    r"(?:async[ \t]+def|def|class|import|from|return|for|while|if)[ \t]+\S|@\w|[^\W\d]\w*+[ \t]*+=[^=]"
)
_QUOTE = re.compile(r"\"{3}|'{3}|[\"'#]")
_CLOSED = {quote: re.compile(rf"{quote}(?:[^{quote}\\\n]|\\.)*+{quote}") for quote in ('"', "'")}
#: Lines of code that may begin a string of several lines (a sentence may mention quotation marks).
_OPENS_STRING = re.compile(r"[ \t]|[\w.]+[ \t]*=|return\b|[rbfu]?(?:\"{3}|'{3})")
_TRANSCRIPT = re.compile(r"\s*(?:>>>|In[ \t]\[\d*\]:|\$[ \t])")
#: The number of a line in a listing, and what separates it from the line.
_NUMBER = re.compile(r"[ \t]*+(\d{1,4})(?:\t|[ ]?[|│:.)][ ]?|[ ]|$)")


@dataclass(frozen=True, slots=True)
class Block:
    """`piece` is the displayed content, without quotation marks. `label` is "python", "" (unspecified) or another
    language's; `indent` is the width before the fence; `start` and `end` are offsets of the whole block, fences
    included."""

    label: str
    piece: Piece
    indent: int
    start: int
    end: int

    def readings(self) -> tuple[Piece, ...]:
        """The content unchanged, or without the numbers of its lines, and with the fence's indentation removed."""
        piece = self.piece if not _is_numbered(self.piece.text) else self.piece.lines_without(_NUMBER)
        if not self.indent:
            return (piece,)
        return piece, piece.lines_without(re.compile(rf"[ \t]{{0,{self.indent}}}"))

    @property
    def is_transcript(self) -> bool:
        return _TRANSCRIPT.match(self.piece.text) is not None


@dataclass(slots=True)
class _Open:
    label: str
    run: str
    indent: int
    quotes: int
    start: int
    content: int
    string: str = ""  # the delimiter of the string that is open at the end of this line


@dataclass(slots=True)
class FoundBlocks:
    """The blocks of a text in order. `closing`: where a fence closes something that was never opened."""

    blocks: list[Block] = field(default_factory=list)
    closing: int | None = None


def find(piece: Piece) -> FoundBlocks:
    """All fenced blocks of a text."""
    if "```" not in piece.text and "~~~" not in piece.text:
        return FoundBlocks()
    return _Finder(piece).run()


#: A line without any of these neither opens nor closes a block, or a string of several lines.
_MARKS = ("```", "~~~", '"""', "'''")


@lru_cache(maxsize=16)
def _any_of(marks: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern of the marks that a text has: a search for one is much faster than a search for any of several."""
    return re.compile("|".join(marks))


class _Finder:
    """Goes through the lines with a fence or a triple quote, and keeps track of the open block."""

    def __init__(self, piece: Piece) -> None:
        self._piece, self._text = piece, piece.text
        self._last = {quote: self._text.rfind(quote) for quote in ('"""', "'''")}
        self._open: _Open | None = None
        self._string = ""  # the delimiter of a string that is open outside blocks
        self._found = FoundBlocks()

    def run(self) -> FoundBlocks:
        at = 0
        mark = _any_of(tuple(mark for mark in _MARKS if mark in self._text))
        while (found := mark.search(self._text, at)) is not None:
            start = self._text.rfind("\n", at, found.start()) + 1 or at
            end = self._text.find("\n", found.end())
            end = end if end >= 0 else len(self._text)
            line = self._text[start:end]
            if self._open is not None:
                self._inside(self._open, line, start)
            elif not self._is_in_string(line, start):
                self._outside(line, start)
            at = end + 1
        if self._open is not None:
            self._close(self._open, len(self._text), len(self._text))
        return self._found

    def _is_in_string(self, line: str, at: int) -> bool:
        """Whether a line outside blocks begins within a string of the surrounding code."""
        inside = bool(self._string) and self._last[self._string] > at
        if inside or '"""' in line or "'''" in line:
            opens = inside or _OPENS_STRING.match(line) is not None
            self._string = _advance(self._string if inside else "", line).rstrip("#") if opens else ""
        return inside

    def _outside(self, line: str, at: int) -> None:
        fence = _FENCE.match(line)
        if fence is None:
            first = _RUN.search(line)
            behind = _BEHIND.search(line, first.start()) if first is not None else None
            if behind is None:
                return
            if behind["info"] and _label(behind["info"]) == "python":
                self._begin("python", behind["run"], 0, 0, at + behind.start(), at + len(line) + 1)
            elif not behind["info"] and not line[: behind.start()].rstrip().endswith(":"):
                self._unopened(at + behind.start())
            elif not behind["info"]:
                self._begin("", behind["run"], 0, 0, at + behind.start(), at + len(line) + 1)
            return
        info, run = fence["info"].strip(), fence["run"]
        if self._one_line(fence, at) or (run[0] == "`" and "`" in info):
            return
        label = _label(info)
        if label in _CONTAINERS:
            return
        if not info and not self._found.blocks and self._found.closing is None and _looks_written(self._text[:at]):
            self._unopened(at)
            return
        content = at + len(line) + 1
        if label != "python" and _STATEMENT.match(info):  # code begins on the fence's own line
            label, content = "python", at + fence.start("info") + len(fence["info"]) - len(fence["info"].lstrip())
        self._begin(label, run, len(fence["lead"]), fence["quote"].count(">"), at, content)

    def _unopened(self, at: int) -> None:
        if not self._found.blocks and self._found.closing is None:
            self._found.closing = at

    def _one_line(self, fence: re.Match[str], at: int) -> bool:
        """A block that is closed on the line that opens it."""
        info, run = fence["info"].rstrip(), fence["run"]
        if not info.endswith(run) or not info.strip("`~ \t"):
            return False
        first = at + fence.start("info")
        label = _PYTHON.match(info.lstrip())
        skip = len(info) - len(info.lstrip()) + (label.end() if label else 0)
        piece = self._piece.cut(first + skip, first + len(info) - len(run))
        self._found.blocks.append(Block("python" if label else "", piece, 0, at, first + len(info)))
        return True

    def _begin(self, label: str, run: str, indent: int, quotes: int, start: int, content: int) -> None:
        self._open = _Open(label, run, indent, quotes, start, min(content, len(self._text)))

    def _inside(self, opened: _Open, line: str, at: int) -> None:
        fence = _FENCE.match(line)
        if fence is not None and fence["run"].startswith(opened.run) and not self._in_string(opened, at):
            info = fence["info"].strip()
            opens = (
                bool(info)
                and "`" not in info
                and (_label(info) != info.lower() or re.fullmatch(r"[\w+-]+", info) is not None)
            )
            self._close(opened, at, at if opens else at + len(line))
            if opens:
                self._outside(line, at)
            return
        behind = _BEHIND.search(line, line.index(opened.run)) if opened.run in line else None
        if behind is not None and not behind["info"] and behind["run"].startswith(opened.run):
            state = _advance(opened.string, line[: behind.start()])
            if state != "#" and not (state and self._last[state] > at + behind.start()):
                self._close(opened, at + behind.start(), at + len(line))
                return
        opened.string = _advance(opened.string, line).rstrip("#")

    def _in_string(self, opened: _Open, at: int) -> bool:
        return bool(opened.string) and self._last[opened.string] > at

    def _close(self, opened: _Open, content_end: int, end: int) -> None:
        piece = self._piece.cut(opened.content, max(opened.content, content_end))
        if opened.quotes:
            piece = piece.lines_without(re.compile(rf"[ \t]*(?:>[ \t]?){{1,{opened.quotes}}}"))
        indent = 0 if opened.quotes else opened.indent
        self._found.blocks.append(Block(opened.label, piece, indent, opened.start, end))
        self._open = None


def _is_numbered(text: str) -> bool:
    """Whether every line begins with its number, as in a listing."""
    if not text.lstrip()[:1].isdigit():
        return False
    found = [_NUMBER.match(line) for line in text.rstrip().split("\n")]
    numbers = [int(number[1]) for number in found if number is not None]
    return len(numbers) == len(found) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _label(info: str) -> str:
    """ "python", or the info string's first word in lower case."""
    if _PYTHON.match(info) or _PYTHON_FILE.match(info.strip("{ \t")):
        return "python"
    word = re.split(r"[\s:,{=(]", info.strip("{ \t."), maxsplit=1)[0].lower()
    return "" if word in _NEUTRAL else word


def _looks_written(above: str) -> bool:
    """Whether the text above a bare fence is code, so that the fence closes it."""
    first = next((line for line in above.split("\n") if line.strip() and not line.lstrip().startswith("#")), "")
    return bool(first) and (first[0].isspace() or _STATEMENT.match(first) is not None)


def _advance(state: str, line: str) -> str:
    """The triple quote open at the end of a line, given the one open at its beginning; "#" inside a comment."""
    at, lone = 0, set[str]()
    while True:
        if state:
            at = _end_of(line, state, at)
            if at < 0:
                return state
            state = ""
        found = _QUOTE.search(line, at)
        if found is None:
            return ""
        quote, at = found[0], found.end()
        if quote == "#":
            return "#"
        if len(quote) == 3:
            state = quote
        elif quote not in lone and (string := _CLOSED[quote].match(line, at - 1)) is not None:
            at = string.end()
        else:
            lone.add(quote)  # all others of its kind on the line are escaped, so none of them ends a string either


def _end_of(line: str, quote: str, at: int) -> int:
    while (found := line.find(quote, at)) >= 0:
        before = found
        while before and line[before - 1] == "\\":
            before -= 1
        if (found - before) % 2 == 0:
            return found + len(quote)
        at = found + 1
    return -1
