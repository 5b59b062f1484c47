"""The names that a statement binds and uses, found from its masked text (see `code.py`)."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from codeeval.reading.code import Code

#: Words that stand between or before operands.
KEYWORDS = (
    "and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|"
    "lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield"
)
_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*+")
_WORD = re.compile(r"[^\W\d]\w*+")
_DEFINITION = re.compile(r"[ \t]*+(?:async[ \t]++)?(def|class)[ \t]++(\w++)")
_IMPORT = re.compile(r"[ \t]*+(?:from[ \t]++[\w.]++[ \t]++import|import)\b(.*)")
_MARK = re.compile(r"[(\[{]|[)\]}]|(?<![=!<>:])=(?!=)")
_WALRUS = re.compile(r"(?<!\w)(\w++)[ \t]*+:=")
_AS = re.compile(r"\bas[ \t]++\(?(\w++)")
_FOR = re.compile(r"[ \t]*+(?:async[ \t]++)?for\b(.*?)\bin\b")
_TARGET = re.compile(r"(?<![\w.])([^\W\d]\w*+)(?![ \t]*+[\w.(\[])")
_ON_ONE_LINE = re.compile(r"[ \t]*(?:if|else|try|with|for|while|elif|finally|except)\b")
_PARAMETER = re.compile(r"[(,*][ \t]*+([^\W\d]\w*+)[ \t]*+(?=[:,=)])")
_LOCAL = re.compile(r"^[ \t]+([^\W\d]\w*+)[ \t]*+=(?!=)", re.MULTILINE)
_LOOP = re.compile(r"\bfor[ \t]++([^\W\d]\w*+)")


def normal(name: str) -> str:
    """A name as Python compares it: NFKC."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def _normal(names: Iterable[str]) -> frozenset[str]:
    """The different names among these, as Python compares them."""
    found = frozenset(names)
    return found if "".join(found).isascii() else frozenset(map(normal, found))


def used(code: Code, start: int, end: int) -> frozenset[str]:
    """Names mentioned by the code in [start, end), including those in the fields of f-strings."""
    found = set(_NAME.findall(code.bare, start, end))
    formatted = code.formatted
    for number in range(bisect_left(formatted, (start, 0)), len(formatted)):
        first, last = formatted[number]
        if first >= end:
            break
        found.update(_WORD.findall(code.text, first, last))
    return _normal(found)


def defined(line: str) -> tuple[str, str] | None:
    """("def" or "class", name) if a line begins a definition."""
    found = _DEFINITION.match(line)
    return (found[1], normal(found[2])) if found else None


def imported(line: str) -> frozenset[str]:
    """The names that an import binds; `*` stands for all of a module."""
    found = _IMPORT.match(line)
    if found is None:
        return frozenset()
    names = set()
    for part in found[1].strip(" \t()").split(","):
        words = part.split()
        if words:
            names.add(normal(words[-1] if len(words) > 2 else words[0].split(".")[0]))
    return frozenset(names)


def assigned(line: str) -> tuple[frozenset[str], int] | None:
    """(names bound, offset of the value) of an assignment; None if the logical line is not one, or its target can't be
    assigned to."""
    depth, ends = 0, []
    for mark in _MARK.finditer(line):
        if mark[0] == "=":
            if depth == 0:
                ends.append(mark.start())
        else:
            depth = max(0, depth + (1 if mark[0] in "([{" else -1))
    if not ends:
        return None
    names: set[str] = set()
    begin = 0
    for end in ends:
        target = line[begin:end].rstrip(" \t+-*/%&|^@<>")
        if target.endswith(")") and not target.lstrip(" \t*").startswith("("):
            return None
        names |= {normal(name) for name in _TARGET.findall(target.partition(":")[0])}
        begin = end + 1
    return frozenset(names), begin


def bound_in(lines: Iterator[str]) -> frozenset[str]:
    """What the lines of a compound statement bind in its own scope; inner functions and classes are skipped."""
    found: set[str] = set()
    inner = -1
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if not line.strip() or (0 <= inner < depth):
            continue
        inner = -1
        if (definition := defined(line)) is not None:
            found.add(definition[1])
            inner = depth
            continue
        found |= imported(line) | set(map(normal, _WALRUS.findall(line))) | set(map(normal, _AS.findall(line)))
        if (loop := _FOR.match(line)) is not None:
            found |= set(map(normal, _WORD.findall(loop[1])))
        head, colon, rest = line.partition(":")
        one_line = rest if colon and _ON_ONE_LINE.match(head) else line
        if (names := assigned(one_line)) is not None:
            found |= names[0]
    return frozenset(found)


def local_to(bare: str) -> frozenset[str]:
    """Names local to the function in this text: its parameters and what it assigns."""
    header, _, body = bare.partition("\n")
    found = {*_PARAMETER.findall(header), *_LOCAL.findall(body), *_LOOP.findall(body)}
    return _normal(found)
