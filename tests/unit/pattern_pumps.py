"""Texts that make a regular expression give characters back, made from the expression itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_CATEGORY = {
    c.CATEGORY_DIGIT: "7",
    c.CATEGORY_NOT_DIGIT: "x",
    c.CATEGORY_SPACE: " ",
    c.CATEGORY_NOT_SPACE: "x",
    c.CATEGORY_WORD: "x",
    c.CATEGORY_NOT_WORD: "-",
}
_REPEATS = (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT)


def pumps(pattern: re.Pattern[str], n: int) -> Iterator[str]:
    """For each repetition in the pattern: what leads to it, then n rounds of it, then what can't follow; and the shortest
    match n times over."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    whole = _shortest(tree)
    for unit in dict.fromkeys((whole, whole[:-1], *"x 7-\n\t\"'`.:{[(\\")):
        if unit:
            yield unit * (n // len(unit))
    for lead, unit in _repeated(tree, ""):
        if unit:
            run = unit * (n // len(unit))
            for tail in ("\x00", "", "\n\x00"):
                yield lead + run + tail
            yield run + lead + "\x00"
            yield (lead + unit) * (n // len(lead + unit)) + "\x00"


def _repeated(tree: Any, lead: str) -> Iterator[tuple[str, str]]:
    for op, value in tree:
        if op in _REPEATS:
            body = value[2]
            for unit in dict.fromkeys((_shortest(body, 0), _shortest(body, 1))):
                yield lead, unit
            yield from _repeated(body, lead)
        elif op is c.SUBPATTERN:
            yield from _repeated(value[3], lead)
        elif op is c.ATOMIC_GROUP:
            yield from _repeated(value, lead)
        elif op is c.BRANCH:
            for branch in value[1]:
                yield from _repeated(branch, lead)
        lead += _one(op, value, 0)


def _shortest(tree: Any, least: int = 0) -> str:
    return "".join(_one(op, value, least) for op, value in tree)


def _one(op: Any, value: Any, least: int) -> str:
    """An example of one node, every repetition at least `least` times."""
    if op is c.LITERAL:
        return chr(value)
    if op is c.NOT_LITERAL or op is c.ANY:
        return "x" if value != ord("x") else "y"
    if op is c.IN:
        return _member(value)
    if op in _REPEATS:
        return _shortest(value[2], least) * max(value[0], min(least, value[1]))
    if op is c.SUBPATTERN:
        return _shortest(value[3], least)
    if op is c.ATOMIC_GROUP:
        return _shortest(value, least)
    if op is c.BRANCH:
        return _shortest(value[1][0], least)
    if op is c.GROUPREF:
        return '"'
    return ""


def _member(items: Any) -> str:
    refused = items[0][0] is c.NEGATE
    one = "".join(_first(op, value) for op, value in items if op is not c.NEGATE)
    if not refused:
        return one[0]
    group = re.compile("[" + re.escape(one) + "]")
    return next(char for char in "xy -7\n;" if not group.match(char))


def _first(op: Any, value: Any) -> str:
    if op is c.LITERAL:
        return chr(value)
    if op is c.RANGE:
        return chr(value[0])
    return _CATEGORY[value]
