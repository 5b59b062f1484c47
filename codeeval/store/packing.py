"""Convert whole rows of a table, as `columns.py` describes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from codeeval.store.codec import pack_text, unpack_text
from codeeval.store.columns import TABLES, TEXT, ColumnKind, Row, same

Conversion = Callable[[Any], Any]


def packer(table: str, first: int = 0) -> Callable[[Iterable[Any]], Row]:
    """A function that makes a table row from its column values, in order, skipping the first `first` columns."""
    texts, others, optional = _conversions(table, first, lambda kind: kind.pack)

    def pack(values: Iterable[Any]) -> Row:
        row = list(values)
        for place in texts:
            if type(text := row[place]) is not str or not text.isascii():
                row[place] = pack_text(text)
        for place, convert in others:
            row[place] = convert(row[place])
        for place, convert in optional:
            if (value := row[place]) is not None:
                row[place] = convert(value)
        return tuple(row)

    return pack


def unpacker(table: str, first: int = 0) -> Callable[[Row], list[Any]]:
    """A function that restores the values of the columns in `selection`, skipping the first `first`."""
    texts, others, optional = _conversions(table, first, lambda kind: kind.unpack)

    def unpack(stored: Row) -> list[Any]:
        row = list(stored)
        for place in texts:
            if type(text := row[place]) is not str:
                row[place] = unpack_text(text)
        for place, convert in others:
            row[place] = convert(row[place])
        for place, convert in optional:
            if (value := row[place]) is not None:
                row[place] = convert(value)
        return row

    return unpack


def _conversions(
    table: str, first: int, which: Callable[[ColumnKind], Conversion]
) -> tuple[tuple[int, ...], tuple[tuple[int, Conversion], ...], tuple[tuple[int, Conversion], ...]]:
    """The columns of a row that are converted: texts, almost all of which are stored as they are; others; optional
    ones. Found once per table, because a run converts millions of rows."""
    kinds = [*enumerate([*TABLES[table].values()][first:])]
    changed = [(place, kind) for place, kind in kinds if which(kind) is not same]
    return (
        tuple(place for place, kind in changed if kind is TEXT),
        tuple((place, which(kind)) for place, kind in changed if kind is not TEXT and not kind.is_optional),
        tuple((place, which(kind)) for place, kind in changed if kind.is_optional),
    )
