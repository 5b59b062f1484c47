"""What stands between blocks without a fence and belongs to the program: the function once more, and what it needs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from codeeval.reading import prompt_parts
from codeeval.reading.blocks import Block
from codeeval.reading.needs import DEFINITIONS, Needs
from codeeval.reading.pieces import Piece
from codeeval.reading.program import CodePart, is_python, outlines
from codeeval.reading.statements import StatementKind
from codeeval.types import Problem

_BINDING = (*DEFINITIONS, StatementKind.IMPORT, StatementKind.ASSIGN)
#: Lines that may bind a name.
_BINDS = re.compile(
    r"^(?:(?:async[ \t]+)?def[ \t]|class[ \t]|import[ \t]|from[ \t]|[^\W\d]\w*+[ \t]*+[=:])", re.MULTILINE
)


def with_versions(parts: list[CodePart], entry_point: str, piece: Piece, found: Sequence[Block]) -> list[CodePart]:
    """The parts, and the texts below blocks that define the function once more."""
    if piece.text.find(f"def {entry_point}", found[0].end) < 0:
        return parts
    head = re.compile(rf"^(?:async[ \t]+)?def {re.escape(entry_point)}(?!\w)", re.MULTILINE)
    more = []
    for start, end in _gaps(piece, found):
        if not start or head.search(piece.text, start, end) is None:
            continue
        part = CodePart.of(piece.cut(start, end))
        place = part.defining(entry_point)
        if place is not None and not outlines(part, entry_point):
            item = part.found.items[place]
            if item.kind is StatementKind.DEF and is_python(part.found.text(item)):
                more.append(part)
    return _in_order([*parts, *more]) if more else parts


def with_missing(
    parts: list[CodePart], home: int, problem: Problem, piece: Piece, found: Sequence[Block]
) -> tuple[list[CodePart], int]:
    """The parts, and the statements between the blocks that bind what the function in part `home` needs and no block
    binds; and where `home` is among these."""
    taken = {part.piece.origin(0) for part in parts}
    gaps = [
        piece.cut(start, end)
        for start, end in _gaps(piece, found)
        if piece.origin(start) not in taken and _BINDS.search(piece.text, start, end) is not None
    ]
    if not gaps:
        return parts, home
    known = prompt_parts.names(problem.prompt, problem.entry_point)
    missing = Needs([part.found for part in parts], home, problem.entry_point, known).missing
    more = _binding(gaps, missing)
    together = _in_order([*parts, *more])
    return together, next(number for number, part in enumerate(together) if part is parts[home])


def _binding(gaps: Sequence[Piece], names: frozenset[str]) -> Iterator[CodePart]:
    """The statements of these texts that bind the names, or what such statements need."""
    by_name = defaultdict[str, list[Piece]](list)
    for gap in gaps if names else ():
        for item in CodePart.of(gap).found.items:
            if item.kind in _BINDING:
                statement = gap.cut(item.start, item.end)
                for name in item.names:
                    by_name[name].append(statement)
    waiting, taken = [*names], set[int]()
    while waiting:
        for piece in by_name.pop(waiting.pop(), ()):
            is_new = piece.origin(0) not in taken
            taken.add(piece.origin(0))
            if is_new and is_python(piece.text):
                part = CodePart.of(piece)
                yield part
                waiting += [name for item in part.found.items for name in part.found.reads(item)]


def _gaps(piece: Piece, found: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """The ranges before, between and after the blocks."""
    starts = [0, *(block.end for block in found)]
    ends = [*(block.start for block in found), len(piece.text)]
    return zip(starts, ends, strict=True)


def _in_order(parts: Sequence[CodePart]) -> list[CodePart]:
    return sorted(parts, key=lambda part: part.piece.origin(0))
