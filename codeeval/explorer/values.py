"""Values of tests as HTML: what was expected and what was returned, with every difference visible. Work is bounded.

Invisible white space is drawn: line breaks, tabs, repeated spaces, and any that differs. Letters that look like those
of the other side in the same place are followed by their code points. Of long texts a page shows the part around the
first difference. Values that have little in common are shown whole, without marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from codeeval.explorer import edits
from codeeval.explorer.text import visible
from codeeval.scoring.likeness import alike, first_difference, window

#: How many differing characters are compared one by one, and how many are shown before and after the first of them.
_MAX_EDITS, _BEFORE, _BEHIND = 60, 60, 340
#: Values up to this length are not merged into one text: 20 in place of 30 would read as 320.
_SHORT = 8
#: Values that have less than this share in common count as unlike.
_SHARED = 0.5

_WHITE = re.compile(r"[\n\t\r]|  +|[^\S \n\t\r]")
_ALL_WHITE = re.compile(r"\s")
_DRAWN = {"\n": "⏎", "\t": "→", "\r": "␍", " ": "·"}

WHITE_SPACE = "only white space differs"

Part = tuple[bool, str, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """Both values marked up. `how`: a description of the difference, if it is hard to see; otherwise empty. `whole`:
    they are unlike, and nothing in them is marked."""

    expected: Markup
    actual: Markup
    how: str
    whole: bool


@lru_cache(maxsize=4096)
def value(text: str) -> Markup:
    """One value, with invisible white space drawn."""
    start, end = window(text, 0, _BEFORE, _BEHIND)
    return _framed(text, start, end, _drawn(text[start:end], _WHITE))


@lru_cache(maxsize=4096)
def compared(expected: str, actual: str) -> Compared:
    """<del> marks what only the expected value has, <ins> what only the actual one has."""
    (start, end), (_, other_end), changes = _changes(expected, actual)
    how = how_they_differ(expected, actual)
    if not how and unlike(changes):
        return Compared(
            _framed(expected, start, end, _drawn(expected[start:end], _WHITE)),
            _framed(actual, start, other_end, _drawn(actual[start:other_end], _WHITE)),
            how,
            True,
        )
    white = _ALL_WHITE if how == WHITE_SPACE else _WHITE
    before = after = Markup("")
    for equal, a, b in changes:
        before += _drawn(a, white) if equal else _marked("del", a, b)
        after += _drawn(b, white) if equal else _marked("ins", b, a)
    return Compared(
        _framed(expected, start, end, before), _framed(actual, start, other_end, after), how, expected == actual
    )


@lru_cache(maxsize=4096)
def unified(expected: str, actual: str) -> Markup:
    """The actual value with what it has in excess marked as <ins>, and what it lacks inserted as <del>; if they are
    unlike, or short, only the actual value."""
    found = compared(expected, actual)
    if found.whole or (not found.how and max(len(expected), len(actual)) <= _SHORT):
        return found.actual if found.whole else value(actual)
    (start, _), (_, end), changes = _changes(expected, actual)
    shown = Markup("")
    for equal, a, b in changes:
        shown += _drawn(b, _WHITE) if equal else _marked("del", a, b) + _marked("ins", b, a)
    return _framed(actual, start, end, shown)


def how_they_differ(expected: str, actual: str) -> str:
    """Why two values look the same though they are not; empty if the difference is visible, or if there is none."""
    if expected == actual:
        return ""
    if "".join(expected.split()) == "".join(actual.split()):
        return WHITE_SPACE
    if alike(expected, actual):
        return "the characters look alike and are different ones"
    if expected.casefold() == actual.casefold():
        return "only upper and lower case differ"
    return ""


def _changes(one: str, two: str) -> tuple[tuple[int, int], tuple[int, int], list[Part]]:
    """What is shown of each, and its parts in order: (equal, of one, of two)."""
    at = first_difference(one, two)
    shown = window(one, at, _BEFORE, _BEHIND), window(two, at, _BEFORE, _BEHIND)
    a, b = (text[start:end] for text, (start, end) in zip((one, two), shown, strict=True))
    found = [(part.equal, a[part.i : part.j], b[part.k : part.m]) for part in edits.parts(a, b, _MAX_EDITS)]
    return *shown, joined(found)


def joined(parts: list[Part]) -> list[Part]:
    """Without equal parts that are no longer than the changes around them: single letters that happen to be equal only
    make a difference hard to read."""
    found: list[Part] = []
    for at, (equal, a, b) in enumerate(parts):
        inside = equal and found and at + 1 < len(parts)
        if inside and len(a) <= min(_size(found[-1]), _size(parts[at + 1])):
            equal = False
        if found and not equal and not found[-1][0]:
            found[-1] = (False, found[-1][1] + a, found[-1][2] + b)
        else:
            found.append((equal, a, b))
    return found


def _size(part: Part) -> int:
    return max(len(part[1]), len(part[2])) if not part[0] else 0


def unlike(parts: list[Part]) -> bool:
    """Whether two texts have so little in common that marks within them only confuse."""
    shared = sum(len(a) for equal, a, _ in parts if equal)
    longer = max(sum(len(a) for _, a, _ in parts), sum(len(b) for _, _, b in parts))
    return shared < _SHARED * longer


def _marked(tag: str, text: str, other: str) -> Markup:
    if not text:
        return Markup("")
    if len(text) == len(other) and any(alike(a, b) for a, b in zip(text, other, strict=True)):
        pairs = zip(text, other, strict=True)
        inside = Markup("").join(_named(a) if a != b and alike(a, b) else _drawn(a, _ALL_WHITE) for a, b in pairs)
    elif alike(text, other):
        inside = Markup("").join(map(_named, text))
    else:
        inside = _drawn(text, _ALL_WHITE)
    return Markup(f"<{tag}>{{}}</{tag}>").format(inside)


def _named(char: str) -> Markup:
    """Followed by its code point, which tells it from its lookalikes."""
    return visible(char) + Markup('<i class="odd">U+{:04X}</i>').format(ord(char))


def _drawn(text: str, white: re.Pattern[str]) -> Markup:
    """Like `visible`, with white space drawn where the pattern matches."""
    parts, at = [], 0
    for found in white.finditer(text):
        parts.append(str(visible(text[at : found.start()])))
        parts += [_white(char) for char in found[0]]
        at = found.end()
    parts.append(str(visible(text[at:])))
    return Markup("".join(parts))


def _white(char: str) -> str:
    if char in _DRAWN:
        return f'<i class="ws">{_DRAWN[char]}</i>' + ("\n" if char == "\n" else "")
    return f'<i class="odd">⟨U+{ord(char):04X}⟩</i>'


def _framed(text: str, start: int, end: int, inside: Markup) -> Markup:
    """With the length of what is omitted; in quotes if the ends of the text are not visible."""
    before = f'<i class="odd">(+{start}) …</i>' if start else ""
    behind = f'<i class="odd">… (+{len(text) - end})</i>' if end < len(text) else ""
    quote = '<i class="ws">"</i>' if text != text.strip() or not text else ""
    return Markup(before or quote) + inside + Markup(behind or quote)
