"""Break a run down by what its set records about the problems: topics, difficulty, any field of `meta`. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codeeval.explorer.numbers import RunNumbers
from codeeval.stats import KEstimate, summarize
from codeeval.store.tallies import Head

#: The most fields and values on a page; a field with more values practically names the problems.
MOST_FIELDS, MOST_VALUES = 8, 40
#: An interval over fewer problems is wide, and its coverage was not checked.
FEW = 30
#: Fields that come first.
_FIRST = ("topics", "topic", "difficulty", "level", "category")


@dataclass(frozen=True, slots=True)
class ValueRow:
    """The problems with one value of a field: pass@k of the smallest requested k. `few`: too few for a meaningful
    interval."""

    value: str
    n_problems: int
    n_samples: int
    n_passed: int
    estimate: KEstimate
    few: bool


@dataclass(frozen=True, slots=True)
class FieldTable:
    """One field. `several`: a problem can have more than one value, so that rows share problems; `without`: problems
    without one."""

    name: str
    k: int
    rows: tuple[ValueRow, ...]
    several: bool
    without: int


def breakdown(numbers: RunNumbers) -> tuple[FieldTable, ...]:
    """The fields that distinguish problems: more than one value, and fewer than there are problems."""
    counts = numbers.counts[numbers.protocol]
    heads = [head for head in numbers.heads if counts[head.id][0]]
    found = [_table(name, heads, numbers) for name in field_names(heads)]
    return tuple(table for table in found if table is not None)[:MOST_FIELDS]


def field_names(heads: Iterable[Head]) -> list[str]:
    """Topics and difficulty first, then by name."""
    names = {name for head in heads for name, _ in head.fields}
    return sorted(names, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))


def choices(heads: Iterable[Head]) -> dict[str, tuple[str, ...]]:
    """The values of each field by which problems can be selected; like `breakdown`, for all problems."""
    heads = tuple(heads)
    found = {name: _by_value(name, heads) for name in field_names(heads)}
    useful = {name: by for name, by in found.items() if _is_useful(by)}
    return {name: tuple(sorted(by, key=_order)) for name, by in list(useful.items())[:MOST_FIELDS]}


def _table(name: str, heads: list[Head], numbers: RunNumbers) -> FieldTable | None:
    counts, k = numbers.counts[numbers.protocol], min(numbers.manifest.k)
    by_value = _by_value(name, heads)
    if not _is_useful(by_value):
        return None
    rows = []
    for value in sorted(by_value, key=_order):
        pairs = [counts[head.id] for head in by_value[value]]
        passed = sum(c for _, c in pairs)
        estimate = summarize(pairs, k)
        rows.append(ValueRow(value, len(pairs), sum(n for n, _ in pairs), passed, estimate, len(pairs) < FEW))
    ids = {head.id for found in by_value.values() for head in found}
    several = sum(map(len, by_value.values())) > len(ids)
    return FieldTable(name, k, tuple(rows), several, len(heads) - len(ids))


def _by_value(name: str, heads: Iterable[Head]) -> dict[str, list[Head]]:
    found: dict[str, list[Head]] = {}
    for head in heads:
        for value in dict(head.fields).get(name, ()):
            found.setdefault(value, []).append(head)
    return found


def _is_useful(by_value: dict[str, list[Head]]) -> bool:
    """Whether some value is shared by several problems, and there are not too many."""
    return 1 < len(by_value) <= MOST_VALUES and any(len(found) > 1 for found in by_value.values())


#: Words for degrees, in order.
_DEGREES = (
    "trivial",
    "easy",
    "introductory",
    "simple",
    "medium",
    "interview",
    "hard",
    "competition",
    "very hard",
    "expert",
)


def _order(value: str) -> tuple[int, float, str]:
    """Numbers by size, degrees by degree, the rest alphabetically."""
    try:
        return 0, float(value), value
    except ValueError:
        known = value.casefold() in _DEGREES
        return (1, float(_DEGREES.index(value.casefold())), value) if known else (2, 0.0, value)
