"""Differences for display: within a line, and between two programs. Work is bounded whatever the texts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from codeeval.explorer import edits
from codeeval.explorer.text import clip, visible
from codeeval.explorer.values import Part, joined, unlike

#: The most differing characters within a line, lines of a program, and characters shown of a line.
_MAX_EDITS, _MAX_LINES, _SHOWN = 40, 400, 400


@lru_cache(maxsize=4096)
def intraline(expected: str, actual: str) -> tuple[Markup, Markup]:
    """Both texts, with what only one of them has marked: <del> on the expected side, <ins> on the actual one."""
    one, two = clip(expected, _SHOWN), clip(actual, _SHOWN)
    before, after, changed = Markup(""), Markup(""), _changes(one, two)
    for equal, a, b in changed:
        if equal:
            before += visible(a)
            after += visible(b)
        else:
            before += Markup("<del>{}</del>").format(visible(a)) if a else ""
            after += Markup("<ins>{}</ins>").format(visible(b)) if b else ""
    return before, after


def _changes(one: str, two: str) -> list[Part]:
    """(equal, part of one, part of two), in order; lines with little in common are one change behind their indentation."""
    found = joined(
        [(part.equal, one[part.i : part.j], two[part.k : part.m]) for part in edits.parts(one, two, _MAX_EDITS)]
    )
    if not unlike(found):
        return found
    pairs = enumerate(zip(one, two, strict=False))
    at = next((at for at, (a, b) in pairs if a != b or not a.isspace()), min(len(one), len(two)))
    return [(True, one[:at], two[:at]), (False, one[at:], two[at:])]


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One line of a comparison: `kind` is equal, changed, removed or added; a number is None on the side without it."""

    kind: str
    number_a: int | None
    a: Markup
    number_b: int | None
    b: Markup


def side_by_side(one: str, two: str) -> list[DiffRow]:
    """Two programs line by line, changed lines with their difference marked."""
    a, b = one.split("\n")[:_MAX_LINES], two.split("\n")[:_MAX_LINES]
    rows: list[DiffRow] = []
    for equal, i, j, k, m in edits.parts(a, b, 2 * _MAX_LINES):
        left, right = a[i:j], b[k:m]
        for at in range(max(len(left), len(right))):
            rows.append(_row(equal, left, right, (i, k, at)))
    return rows


def _row(equal: bool, left: list[str], right: list[str], place: tuple[int, int, int]) -> DiffRow:
    i, k, at = place
    if at >= len(left):
        return DiffRow("added", None, Markup(""), k + at + 1, visible(clip(right[at], _SHOWN)))
    if at >= len(right):
        return DiffRow("removed", i + at + 1, visible(clip(left[at], _SHOWN)), None, Markup(""))
    if equal:
        shown = visible(clip(left[at], _SHOWN))
        return DiffRow("equal", i + at + 1, shown, k + at + 1, shown)
    before, after = intraline(left[at], right[at])
    return DiffRow("changed", i + at + 1, before, k + at + 1, after)
