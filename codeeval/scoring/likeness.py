"""Show how two texts differ if the difference is hard to see. Pure; linear in the texts.

Texts that differ only in white space, in invisible characters, or in letters that look alike in two scripts are the
usual reason for "expected X, got X". The letters are those of Cyrillic and Greek that common fonts draw like a Latin
one, and punctuation that has several code points.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from sandbox.marks import has_more_marks

_TWINS = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХЗабеѕіјкорсухѡԁԛԝһӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρτυκ",
        "ABESIJKMHOPCTYX3a6esijkopcyxwdqwhlABEZHIKMNOPTYXovptuk",
        strict=True,
    )
)
#: what several code points stand for
_TWINS |= dict.fromkeys("‐‑‒–—―−﹣－", "-") | dict.fromkeys("‘’‚‛ʼ′", "'") | dict.fromkeys("“”„‟″«»", '"')
_TWINS |= {"…": "...", "×": "x", "∗": "*", "∕": "/", "⁄": "/"}
_TABLE = str.maketrans(_TWINS)

#: How many characters are shown before and after the first difference.
BEFORE, BEHIND = 24, 64


@lru_cache(maxsize=1024)
def skeleton(text: str) -> str:
    """What a text looks like: equal for texts that look the same. White space is kept."""
    return unicodedata.normalize("NFKC", text).translate(_TABLE)


def alike(one: str, two: str) -> bool:
    """Whether two different texts look the same, white space included. False for texts that are slow to normalise."""
    if one == two:
        return False
    bare = _bare(one), _bare(two)
    return not any(map(has_more_marks, bare)) and skeleton(bare[0]) == skeleton(bare[1])


def _bare(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def first_difference(one: str, two: str) -> int:
    """The offset of the first character that differs; the length of the shorter text if it is a prefix of the longer
    one."""
    if one == two:
        return len(one)
    low, high = 0, min(len(one), len(two))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == two[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def window(text: str, at: int, before: int = BEFORE, behind: int = BEHIND) -> tuple[int, int]:
    """The (start, end) to show of a text around an offset. An end is moved to the text's own if little is left beyond
    it."""
    start = 0 if at <= before + 8 else at - before
    end = len(text) if len(text) - at <= behind + 8 else at + behind
    return start, end


def one_line(text: str, other: str) -> str:
    """`text` in quotes on one line, around its first difference from `other`. Escapes what can't be seen: line breaks,
    invisible characters, and letters that look like those of `other` in their places."""
    at = first_difference(text, other)
    start, end = window(text, at)
    theirs, composed = other[start : window(other, at)[1]], alike(text[start:end], other[start : window(other, at)[1]])
    quote = '"' if "'" in text[start:end] and '"' not in text[start:end] else "'"
    shown = "".join(
        _escaped(char, theirs[i] if i < len(theirs) else "", composed, quote) for i, char in enumerate(text[start:end])
    )
    return f"{'…' if start else ''}{quote}{shown}{quote}{f'… (+{len(text) - end})' if end < len(text) else ''}"


def _escaped(char: str, other: str, composed: bool, quote: str) -> str:
    if ord(char) > 127 and char != other and (composed or (other and alike(char, other))):
        return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
    if char == quote:
        return f"\\{char}"
    return char if char in "'\"" else repr(char)[1:-1]
