"""Completions in tables: CSV (also tab-separated) with a header, and Parquet. A row is an object keyed by column."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from codeeval import bounded_json
from codeeval.i18n import msg
from codeeval.sample_rows import MAX_LINE_BYTES, BadRow, Row, not_text
from codeeval.scoring import literals
from codeeval.tasks.parquet_file import parquet_rows

#: Separators by file extension.
SEPARATORS = {".csv": ",", ".tsv": "\t"}
_MAX_COLUMNS = 1_000
_MAX_HEADER = 1024 * 1024
#: Excel's separator declaration, on a line of its own.
_NAMED_SEPARATOR = re.compile(r"sep=([,;|\t])\r?\n?", re.IGNORECASE)
_PARQUET = b"PAR1"

if TYPE_CHECKING:
    from typing_extensions import Buffer

Rows = Iterator[tuple[int, object] | BadRow]


def is_parquet(stream: IO[bytes]) -> bool:
    """Decide by the first bytes. The stream must be at its beginning and is left there."""
    found = stream.read(len(_PARQUET)) == _PARQUET
    stream.seek(0)
    return found


def of_parquet(path: Path) -> Rows:
    """(row number from 1, row). Raises UsageError if pyarrow is missing, and DataError."""
    for number, row in enumerate(parquet_rows(path), 1):
        yield number, row.value


def of_csv(stream: IO[bytes], separator: str) -> Rows:
    """(row number from 1, row) of UTF-8 text; an empty cell is an empty answer, and a list in a cell is JSON. A row
    with too few or too many cells, or one truncated by the end of the file, is a BadRow. Raises ValueError for bytes
    that are not UTF-8."""
    before = csv.field_size_limit(MAX_LINE_BYTES)
    try:
        plain = io.BufferedReader(_Lines(stream))
        if (known := not_text(plain.peek(8)[:32])) is not None:
            raise ValueError(known)
        text = io.TextIOWrapper(plain, encoding="utf-8-sig", newline="")
        first = text.readline(_MAX_HEADER)
        if (named := _NAMED_SEPARATOR.fullmatch(first)) is not None:
            separator, first = named[1], text.readline(_MAX_HEADER)
        reader = csv.reader(
            itertools.chain((first,), _lines(text)), delimiter=_separator(first, separator), strict=True
        )
        header = [name.strip() for name in next(reader, [])]
        if len(header) > _MAX_COLUMNS:
            raise ValueError(f"more than {_MAX_COLUMNS} columns")
        if twice := [name for name in header if name and header.count(name) > 1]:
            raise ValueError(msg("the column {name} occurs in it twice", name=twice[0][:40]))
        yield from _rows(reader, header)
    except UnicodeDecodeError:
        raise ValueError(msg("not UTF-8: save the table as CSV in UTF-8")) from None
    finally:
        csv.field_size_limit(before)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Raises ValueError for a line that is too long: each of its separators would become a cell."""
    while line := text.readline(MAX_LINE_BYTES + 1):
        if len(line) > MAX_LINE_BYTES:
            raise ValueError(msg("the line is longer than {n} MiB", n=MAX_LINE_BYTES >> 20))
        yield line


def _separator(header: str, usual: str) -> str:
    """The separator in the header: spreadsheets write semicolons where the comma is the decimal mark."""
    return next((mark for mark in (usual, ";", "\t", "|") if mark in header), usual)


def _rows(reader: Iterator[list[str]], header: list[str]) -> Rows:
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(number, msg("no row of a table: {reason}", reason=error), unit="row")
            continue
        if not cells:  # a blank line
            number -= 1
            continue
        if len(cells) != len(header):
            row = dict(zip(header, cells, strict=False))
            named = row.get("task_id") or None
            reason = msg("{n} cells under {m} columns", n=len(cells), m=len(header))
            yield BadRow(number, reason, named.strip() if named else None, unit="row")
            continue
        yield number, _row(header, cells)


def _row(header: list[str], cells: list[str]) -> Row:
    return {name.strip(): _value(cell) for name, cell in zip(header, cells, strict=True)}


def _value(cell: str) -> object:
    """A list of texts, written as JSON or (by pandas) as a Python literal; otherwise the text itself."""
    if cell.startswith("[") and cell.rstrip().endswith("]"):
        for parse in (bounded_json.loads, literals.parse):
            try:
                found = parse(cell)
            except ValueError:
                continue
            if isinstance(found, list) and all(isinstance(one, str | None) for one in found):
                return found
    return cell


class _Lines(io.RawIOBase):
    """The read-only raw stream that BufferedReader needs."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer)
        data = self._stream.read(len(view))
        view[: len(data)] = data
        return len(data)
