"""A function whose body is shown in several blocks, one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from codeeval.reading.assemble import line_ended
from codeeval.reading.pieces import Piece
from codeeval.reading.program import CodePart, is_python
from codeeval.reading.statements import StatementKind, header_end
from codeeval.reading.versions import ends

_NO_CODE = (StatementKind.PROSE, StatementKind.BLANK)


def joined_bodies(parts: list[CodePart], home: int) -> tuple[list[CodePart], int]:
    """Bodies in several blocks form one body, unless an earlier block already ended it: that was a draft."""
    first = home
    while first > 0 and parts[first - 1].body is not None and not ends(parts[first - 1].found.code.bare):
        first -= 1
    return [*parts[:first], _joined(parts[first : home + 1]), *parts[home + 1 :]], first


def completed(parts: list[CodePart], home: int, entry_point: str) -> list[CodePart]:
    """The parts, with the function's body completed by the blocks below it, if these continue and end it."""
    part = parts[home]
    place = part.defining(entry_point)
    item = part.found.items[place] if place is not None else None
    if item is None or item.kind is not StatementKind.DEF or item is not part.found.items[-1]:
        return parts
    function = part.found.bare(item).partition("def")[2]
    if ends(function[header_end(function) :]):
        return parts
    for last in range(home + 1, len(parts)):
        body = parts[last].body
        if body is None or any(each.kind not in _NO_CODE for each in parts[last].found.items[body + 1 :]):
            return parts
        if ends(parts[last].found.code.bare):
            whole = _joined(parts[home : last + 1])
            return [*parts[:home], whole, *parts[last + 1 :]] if is_python(whole.piece.text) else parts
    return parts


def wrapped(parts: list[CodePart], home: int, entry_point: str) -> tuple[list[CodePart], int]:
    """A function that a later block wraps (`f = cached(f)`) is needed as well: both, and what is between them, are one
    part."""
    items, place = parts[home].found.items, parts[home].defining(entry_point)
    if place is None or items[place].kind is not StatementKind.ASSIGN:
        return parts, home
    is_alone = not any(item.kind is StatementKind.DEF and entry_point in item.names for item in items)
    if is_alone and entry_point in parts[home].found.values(items[place]):
        for first in range(home - 1, -1, -1):
            if parts[first].defining(entry_point) is not None:
                return [*parts[:first], _joined(parts[first : home + 1]), *parts[home + 1 :]], first
    return parts, home


def _joined(parts: Sequence[CodePart]) -> CodePart:
    """The parts as one."""
    if len(parts) == 1:
        return parts[0]
    texts: list[str] = []
    marks: list[tuple[int, int]] = []
    at = 0
    for part in parts:
        marks += [(at + new, old) for new, old in part.piece.marks]
        texts.append(line_ended(part.piece.text, True))
        at += len(texts[-1])
    return CodePart.of(Piece("".join(texts), tuple(marks)))
