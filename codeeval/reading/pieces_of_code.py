"""A function whose body is shown in several blocks, one below the other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from codeeval.reading.assemble import line_ended
from codeeval.reading.pieces import Piece
from codeeval.reading.program import CodePart, is_python
from codeeval.reading.statements import StatementKind, header_end

_END = re.compile(r"[ \t]*(?:return|raise)\b")
_NO_CODE = (StatementKind.PROSE, StatementKind.BLANK)


def joined_bodies(parts: list[CodePart], home: int) -> tuple[list[CodePart], int]:
    """Bodies in several blocks form one body, unless an earlier block already ended it: that was a draft."""
    first = home
    while first > 0 and parts[first - 1].body is not None and not _ends(parts[first - 1].found.code.bare):
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
    if _ends(function[header_end(function) :]):
        return parts
    for last in range(home + 1, len(parts)):
        body = parts[last].body
        if body is None or any(each.kind not in _NO_CODE for each in parts[last].found.items[body + 1 :]):
            return parts
        if _ends(parts[last].found.code.bare):
            whole = _joined(parts[home : last + 1])
            return [*parts[:home], whole, *parts[last + 1 :]] if is_python(whole.piece.text) else parts
    return parts


def _ends(body: str) -> bool:
    """Whether the last statement of a body, or its last branch, is a return."""
    lines = [line for line in body.split("\n") if line.strip()]
    if not lines or _END.match(lines[-1]) is None:
        return False
    margin = _width(lines[0])
    last = next(line for line in reversed(lines) if _width(line) <= margin)
    return last is lines[-1] or last.lstrip().startswith("else")


def _width(line: str) -> int:
    return len(line) - len(line.lstrip())


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
