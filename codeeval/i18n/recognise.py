"""Turn finished English sentences back into messages, for the few that arrive without their template:

- what a run file stores: why samples are pending, what was wrong with a sample, notes of the manifest. It holds English
  text, as the files of earlier versions do;
- errors of the command line's parser, and of the sandbox, which does not import codeeval.

Everything else keeps its template from where it is made to where it is shown. A regular expression with ten gaps takes
time in the tenth power of the length of a text that almost matches, and what fills the gaps may come from somebody's
file; so every part of a template scans the text once.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from codeeval.i18n import catalogue
from codeeval.i18n.finished import FOREIGN, REWORDED, STORED
from codeeval.i18n.messages import Message, at, joined, literal

#: Longer texts are not looked up; how deeply messages nest; after how many colons of a line
#: a message is searched for.
_LONGEST, _DEEPEST, _MOST_PLACES = 5_000, 5, 6
#: Values with these names may themselves be messages and hold any text; a value with a one-letter name is a number.
_SAID = frozenset(("calls", "got", "head", "hint", "note", "reason", "right", "rows", "value", "what", "why"))
#: Separators of several messages.
_ROWS, _BETWEEN = "rows", "; "


def recognised(text: str) -> str:
    """`text` as a message, whole or line by line; unchanged if it is not one."""
    return _recognised(text, 0)


def _recognised(text: str, depth: int) -> str:
    if isinstance(text, Message) or len(text) > _LONGEST or depth > _DEEPEST:
        return text
    found = None if text[:1].isspace() else _whole(text, depth)
    if found is not None:
        return found
    return joined("\n", [_line(line, depth) for line in text.split("\n")])


def _whole(text: str, depth: int) -> str | None:
    text = REWORDED.get(text, text)
    if " " in text and text in catalogue("messages"):
        return literal(text)
    for template, parts in _templates():
        groups = _values(parts, text)
        if groups is not None:
            return Message(template, {name: _value(name, value, depth) for name, value in groups.items()})
    return None


def _value(name: str, value: str, depth: int) -> str:
    if name == _ROWS:
        return joined(_BETWEEN, [_row(each, depth + 1) for each in value.split(_BETWEEN)])
    return _recognised(value, depth + 1) if name in _SAID else value


def _row(text: str, depth: int) -> str:
    """`line 3: not UTF-8`, with an optional file name before the line."""
    place, colon, said = text.partition(": ")
    return at(_place(place), _recognised(said, depth)) if colon else _recognised(text, depth)


@lru_cache(maxsize=4096)
def _line(line: str, depth: int) -> str:
    """A message of the whole line, or of what follows one of its first colons; otherwise the line itself."""
    said = line.strip()
    if not said:
        return line
    found = _whole(said, depth)
    colon = said.find(": ")
    for _ in range(_MOST_PLACES):
        if found is not None or colon < 0:
            break
        rest = _whole(said[colon + 2 :], depth)
        found = rest and at(_place(said[:colon]), rest)
        colon = said.find(": ", colon + 1)
    if found is None and depth:  # a single word, as in `got nothing`; at the top it may be anybody's name
        found = literal(said)
    return joined("", (line[: len(line) - len(line.lstrip())], found or said, line[len(line.rstrip()) :]))


def _place(text: str) -> str:
    return joined(", ", [_whole(each, _DEEPEST) or each for each in text.split(", ")])


@cache
def _templates() -> Sequence[tuple[str, Sequence[_Piece]]]:
    """The most specific first."""
    return [
        (template, _parts(template))
        for template in sorted((*STORED, *FOREIGN), key=lambda each: (-_literal(each), each))
    ]


def _literal(template: str) -> int:
    return sum(len(text) for text, *_ in string.Formatter().parse(template))


@dataclass(frozen=True, slots=True)
class _Piece:
    """Literal text (`options`, one of which occurs there), or a value: a number, a text without `;` and line breaks, or
    (`any`) any text."""

    options: tuple[str, ...] = ()
    name: str = ""
    kind: str = ""


def _parts(template: str) -> tuple[_Piece, ...]:
    found: list[_Piece] = []
    for text, field, spec, _ in string.Formatter().parse(template):
        if text:
            found.append(_Piece((text,)))
        if spec:
            found.append(_Piece(tuple(spec.split("|"))))
        elif field:
            found.append(_Piece((), field, "number" if len(field) == 1 else "any" if field in _SAID else "text"))
    return tuple(found)


def _values(parts: Sequence[_Piece], text: str) -> dict[str, str] | None:
    """The values of a template in `text`, each as short as possible (numbers: as long); None if it does not match."""
    if not _may_fit(parts, text):
        return None
    fits = [bytearray(len(text) + 1)]
    fits[0][-1] = 1
    for part in reversed(parts):
        fits.append(_before(part, text, fits[-1]))
    fits.reverse()
    if not fits[0][0]:
        return None
    found: dict[str, str] = {}
    at = 0
    for part, after in zip(parts, fits[1:], strict=True):
        end = _end(part, text, at, after)
        if part.name and found.setdefault(part.name, text[at:end]) != text[at:end]:
            return None
        at = end
    return found


def _may_fit(parts: Sequence[_Piece], text: str) -> bool:
    """Whether a template's literal texts occur in `text`, in order: a quick test that most templates fail."""
    if parts and parts[0].options and not text.startswith(parts[0].options):
        return False
    if parts and parts[-1].options and not text.endswith(parts[-1].options):
        return False
    at = 0
    for part in parts:
        if len(part.options) == 1:
            at = text.find(part.options[0], at)
            if at < 0:
                return False
            at += len(part.options[0])
    return True


def _before(part: _Piece, text: str, after: bytearray) -> bytearray:
    """Where the part may begin, given that what follows it may begin where `after` is set."""
    found = bytearray(len(text) + 1)
    for option in part.options:
        at = text.find(option)
        while at >= 0:
            found[at] |= after[at + len(option)]
            at = text.find(option, at + 1)
    if part.kind == "number":
        goes_on = 0
        for at in range(len(text) - 1, -1, -1):
            goes_on |= after[at + 1]
            found[at] = goes_on and text[at].isdecimal()
            goes_on = goes_on if text[at] == "." or text[at].isdecimal() else 0
    elif part.kind:
        for at in range(len(text) - 1, -1, -1):
            if part.kind == "any" or text[at] not in ";\n":
                found[at] = found[at + 1] | after[at + 1]
    return found


def _end(part: _Piece, text: str, at: int, after: bytearray) -> int:
    if part.options:
        return next(at + len(each) for each in part.options if text.startswith(each, at) and after[at + len(each)])
    if part.kind != "number":
        return after.index(1, at + 1)
    end = at + 1
    while end < len(text) and (text[end] == "." or text[end].isdecimal()):
        end += 1
    return after.rindex(1, at + 1, end + 1)
