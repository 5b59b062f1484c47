"""The matrix of problems and samples on a run's page, as values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from codeeval.explorer.agreement import agreement_of
from codeeval.explorer.annotations import readable_notes
from codeeval.explorer.filters import AGREEMENT, PENDING, Filter
from codeeval.explorer.numbers import RunNumbers
from codeeval.explorer.query import matching
from codeeval.store.tallies import Head
from codeeval.store.views import Mark, RunViews

#: The approximate number of samples on one page of the matrix.
CELLS_PER_PAGE = 8_000
PROBLEMS_PER_PAGE = 400

#: Names in the matrix of samples without a verdict: those of a problem with hidden answers, those that exist but are
#: not judged (`PENDING`), and those that are missing.
AGREES, DIFFERS, SILENT = AGREEMENT
MISSING = "missing"
#: Codes that a filter counts as pending.
WAITING = frozenset({PENDING, MISSING})


class Cell(NamedTuple):
    """Sample `i` in the matrix: verdict (or one of the names above), and whether the filter selects it."""

    i: int
    code: str
    matches: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A problem with its samples. `n` and `c` count all judged samples, whatever the filter; `noted`: the samples with
    a note."""

    problem_id: str
    entry_point: str
    title: str
    hidden: bool
    n: int
    c: int
    cells: tuple[Cell, ...]
    noted: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Matrix:
    """A page of the matrix. `matching_problems` and `matching_samples` count all pages."""

    rows: tuple[MatrixRow, ...]
    page: int
    pages: int
    matching_problems: int
    matching_samples: int
    columns: int


def matrix(numbers: RunNumbers, reader: RunViews, chosen: Filter) -> Matrix:
    found = matching(numbers, reader, chosen)
    heads, wanted = found.heads, found.by_problem
    columns = max((max(head.wanted, numbers.samples.get(head.id, 0)) for head in numbers.heads), default=0)
    per_page = max(1, min(PROBLEMS_PER_PAGE, CELLS_PER_PAGE // max(1, columns)))
    pages = max(1, -(-len(heads) // per_page))
    page = min(chosen.page, pages)
    shown = heads[(page - 1) * per_page : page * per_page]
    marks = reader.marks(numbers.protocol, [head.id for head in shown])
    noted: dict[str, list[int]] = {}
    for pid, index in sorted(readable_notes(reader.run_dir)):
        noted.setdefault(pid, []).append(index)
    rows = tuple(
        replace(
            _row(head, codes_of(head, marks[head.id], numbers, reader), numbers, wanted),
            noted=tuple(noted.get(head.id, ())),
        )
        for head in shown
    )
    return Matrix(rows, page, pages, len(heads), found.n_samples, columns)


def _row(head: Head, codes: dict[int, str], numbers: RunNumbers, matching: dict[str, set[int]] | None) -> MatrixRow:
    wanted = None if matching is None else matching.get(head.id, set())
    cells = tuple(Cell(index, code, wanted is None or index in wanted) for index, code in codes.items())
    n, c = numbers.counts[numbers.protocol][head.id]
    return MatrixRow(head.id, head.entry_point, title(head.prompt), head.hidden, n, c, cells)


def codes_of(head: Head, marks: Sequence[Mark], numbers: RunNumbers, reader: RunViews) -> dict[int, str]:
    """What the matrix shows for each sample of a problem, by ascending index. `marks`: of its judged samples."""
    judged = agreement_of(marks) if head.hidden else {mark.index: mark.verdict or PENDING for mark in marks}
    if len(judged) >= max(head.wanted, numbers.samples.get(head.id, 0)):
        return judged
    waiting = dict.fromkeys(range(head.wanted), MISSING) | dict.fromkeys(reader.indices(head.id), PENDING)
    return dict(sorted((waiting | judged).items()))


_QUOTES = re.compile(r'"""|\'\'\'')
_MAX_TITLE = 200


def title(prompt: str) -> str:
    """The first non-blank line of the docstring; empty if there is none, or if it is too long for a title."""
    text = prompt[:20_000]
    opening = _QUOTES.search(text)
    if opening is None:
        return ""
    first = text[opening.end() :].lstrip().partition("\n")[0].partition(opening[0])[0].rstrip()
    return first if len(first) <= _MAX_TITLE else ""
