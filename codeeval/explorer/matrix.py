"""Problems against samples: what the matrix of a run's page shows, as values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from codeeval.explorer.filters import PENDING, Filter, format_id, group_id
from codeeval.explorer.numbers import RunNumbers
from codeeval.scoring.grade import consensus
from codeeval.store.codec import unpack_json
from codeeval.store.views import Criteria, Head, Mark, RunViews

#: Samples that one page of the matrix shows, about.
CELLS_PER_PAGE = 8_000
PROBLEMS_PER_PAGE = 400

#: How samples are called in the matrix that have no verdict: those of a problem whose answers are hidden, those that are
#: there but not judged (`PENDING`), and those that are not there yet.
AGREES, DIFFERS, SILENT, MISSING = "agrees", "differs", "silent", "missing"
#: Codes that a filter calls pending.
WAITING = frozenset({PENDING, MISSING})


class Cell(NamedTuple):
    """Sample `i` in the matrix: verdict (or one of the names above), whether the filter lets it through."""

    i: int
    code: str
    matches: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A problem with its samples. `n` and `c` count all judged samples, whatever the filter."""

    problem_id: str
    entry_point: str
    title: str
    hidden: bool
    n: int
    c: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A page of the matrix. `matching_problems` and `matching_samples` count on all pages."""

    rows: tuple[MatrixRow, ...]
    page: int
    pages: int
    matching_problems: int
    matching_samples: int
    columns: int


def matrix(numbers: RunNumbers, reader: RunViews, chosen: Filter) -> Matrix:
    matching = _matching(numbers, reader, chosen)
    heads = [head for head in numbers.heads if matching is None or head.id in matching]
    heads = _sorted([head for head in heads if _says(head, chosen.q)], numbers, chosen.sort)
    if matching is None:
        n_samples = sum(numbers.samples.get(head.id, 0) for head in heads)
    else:
        n_samples = sum(len(matching[head.id]) for head in heads)
    columns = max((max(head.wanted, numbers.samples.get(head.id, 0)) for head in numbers.heads), default=0)
    per_page = max(1, min(PROBLEMS_PER_PAGE, CELLS_PER_PAGE // max(1, columns)))
    pages = max(1, -(-len(heads) // per_page))
    page = min(chosen.page, pages)
    shown = heads[(page - 1) * per_page : page * per_page]
    marks = reader.marks(numbers.protocol, [head.id for head in shown])
    rows = tuple(_row(head, codes_of(head, marks[head.id], numbers, reader), numbers, matching) for head in shown)
    return Matrix(rows, page, pages, len(heads), n_samples, columns)


def _matching(numbers: RunNumbers, reader: RunViews, chosen: Filter) -> dict[str, set[int]] | None:
    """Which samples the filter lets through, per problem; None: all."""
    if not chosen.by_sample:
        return None
    if chosen.verdict == PENDING:
        # nothing is known of the cause, the format or the time of these
        known = chosen.group or chosen.format or chosen.slow or not numbers.pending
        return {} if known else reader.pending(numbers.protocols)
    signature = _named((group.signature for group in numbers.groups), group_id, chosen.group)
    failure = _named((one.name for one in numbers.formats), format_id, chosen.format)
    if (chosen.group and signature is None) or (chosen.format and failure is None):
        return {}
    criteria = Criteria(chosen.verdict or None, signature, failure, chosen.slow or None)
    return reader.matching(numbers.protocol, criteria)


def _named(names: Iterable[str], as_id: Callable[[str], str], wanted: str) -> str | None:
    """The name that an id of a URL means; None where there is none."""
    return next((name for name in names if as_id(name) == wanted), None) if wanted else None


def _says(head: Head, words: str) -> bool:
    return not words or words.casefold() in f"{head.id}\n{head.entry_point}\n{head.prompt}".casefold()


def _sorted(heads: list[Head], numbers: RunNumbers, sort: str) -> list[Head]:
    counts = numbers.counts[numbers.protocol]

    def rate(head: Head) -> float:
        n, c = counts[head.id]
        return c / n if n else -1.0

    return sorted(heads, key=rate, reverse=sort == "easiest") if sort else heads


def _row(head: Head, codes: dict[int, str], numbers: RunNumbers, matching: dict[str, set[int]] | None) -> MatrixRow:
    wanted = None if matching is None else matching.get(head.id, set())
    cells = tuple(Cell(index, code, wanted is None or index in wanted) for index, code in codes.items())
    n, c = numbers.counts[numbers.protocol][head.id]
    return MatrixRow(head.id, head.entry_point, title(head.prompt), head.hidden, n, c, cells)


def codes_of(head: Head, marks: Sequence[Mark], numbers: RunNumbers, reader: RunViews) -> dict[int, str]:
    """What the matrix shows of each sample of a problem, by ascending index. `marks`: of its judged samples."""
    if head.hidden:
        outputs = {mark.index: as_outputs(mark.outputs) for mark in marks}
        agreed = consensus(list(outputs.values()))
        judged = {index: hidden_code(found, agreed.outputs if agreed else None) for index, found in outputs.items()}
    else:
        judged = {mark.index: mark.verdict or PENDING for mark in marks}
    if len(judged) >= max(head.wanted, numbers.samples.get(head.id, 0)):
        return judged
    waiting = dict.fromkeys(range(head.wanted), MISSING) | dict.fromkeys(reader.indices(head.id), PENDING)
    return dict(sorted((waiting | judged).items()))


def as_outputs(stored: str | None) -> tuple[str | None, ...] | str:
    found = unpack_json(stored or "[]")
    return found if isinstance(found, str) else tuple(found)


def hidden_code(outputs: tuple[str | None, ...] | str, agreed: tuple[str | None, ...] | None) -> str:
    """How a sample stands to the consensus of its problem."""
    if isinstance(outputs, str) or not any(text is not None for text in outputs):
        return SILENT
    return AGREES if outputs == agreed else DIFFERS


_QUOTES = re.compile(r'"""|\'\'\'')
_MAX_TITLE = 200


def title(prompt: str) -> str:
    """The first line of the docstring with something on it; empty if there is none, or it is longer than a title."""
    text = prompt[:20_000]
    opening = _QUOTES.search(text)
    if opening is None:
        return ""
    first = text[opening.end() :].lstrip().partition("\n")[0].partition(opening[0])[0].rstrip()
    return first if len(first) <= _MAX_TITLE else ""
