"""Problem files -> rows with the place that each came from. What a row means is `mera.py`'s business.

Formats by suffix: `.json` (a list of rows, or an object that holds one under `data`, `test` or `train`, also nested as
in `{"data": {"test": […]}}`), `.jsonl` (one row per line, blank lines skipped), `.parquet` (one row per record). The first
two may be gzipped (`.jsonl.gz`).
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, NoReturn

from codeeval.errors import DataError, UsageError, install
from codeeval.tasks.bundled import page

MAX_FILE_BYTES = 256 * 1024 * 1024
#: Parquet compresses: what it may take in memory is bounded apart from what it takes on disk.
MAX_PARQUET_BYTES = 4 * MAX_FILE_BYTES
SUFFIXES = (".json", ".jsonl", ".parquet")
_LIST_KEYS = ("data", "test", "train")
#: How a gzip file begins.
_GZIP = b"\x1f\x8b"


class SourceRow(NamedTuple):
    """One row, not checked yet, and its place as an error names it: `set.jsonl, line 3`."""

    where: str
    value: object


def read_rows(path: Path) -> list[SourceRow]:
    """All rows of a problem file, in order. Raises UsageError (no such file, another suffix) and DataError."""
    suffix = suffix_of(path)
    if suffix not in SUFFIXES:
        raise UsageError(f"{path}: can't tell the format from the name; known are {', '.join(SUFFIXES)}")
    check_file(path)
    if suffix == ".parquet":
        return list(_parquet_rows(path))
    text = _text(path)
    return list(_jsonl_rows(path, text) if suffix == ".jsonl" else _json_rows(path, text))


def suffix_of(path: Path) -> str:
    """That of the format: `.jsonl` of `set.jsonl.gz`."""
    inner = Path(path.stem) if path.suffix.lower() == ".gz" else path
    return inner.suffix.lower()


def check_file(path: Path) -> None:
    """Raises UsageError for what is no file, or can't be looked at, and DataError for one that is too large."""
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{path}: can't be read: {reason}") from error
    if not path.is_file():
        raise UsageError(f"{path}: not a file; give the path of a problem file ({', '.join(SUFFIXES)})")
    if size > MAX_FILE_BYTES:
        raise DataError(
            str(path),
            f"{size} bytes, more than the limit of {MAX_FILE_BYTES >> 20} MiB for a problem file",
            "Split the set into several files.",
        )


def _text(path: Path) -> str:
    try:
        data = _unzipped(path) if path.suffix.lower() == ".gz" else path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror or error}") from error
    if data.startswith(_GZIP) and path.suffix.lower() != ".gz":
        raise DataError(str(path), "gzipped, but not named so", f"Rename it to {path.name}.gz, or unpack it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        place = f"{path}, line {line}, byte {column} of it"
        raise DataError(place, f"not UTF-8: {error.reason}", "Save the file as UTF-8.") from None


def _unzipped(path: Path) -> bytes:
    """At most MAX_FILE_BYTES, whatever the file says of itself."""
    try:
        with gzip.open(path, "rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(str(path), f"not a readable gzip file: {error}", "Download or write it again.") from error
    if len(data) > MAX_FILE_BYTES:
        raise DataError(str(path), f"more than {MAX_FILE_BYTES >> 20} MiB when unpacked", "Split the set.")
    return data


def _jsonl_rows(path: Path, text: str) -> Iterator[SourceRow]:
    # Not splitlines(): it also splits at characters that JSON allows inside of strings.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield SourceRow(f"{path}, line {number}", _loads(path, line, number))


def _json_rows(path: Path, text: str) -> Iterator[SourceRow]:
    document, name = _loads(path, text), ""
    while isinstance(document, dict):
        key = next((key for key in _LIST_KEYS if isinstance(document.get(key), list | dict)), None)
        if key is None:
            raise DataError(
                str(path),
                f"an object without a list of rows{f' in {name}' if name else ''}",
                f"The file must be a list of rows, or hold one under {', '.join(_LIST_KEYS)}.",
            )
        document, name = document[key], f"{name}.{key}" if name else key
    if not isinstance(document, list):
        raise DataError(str(path), f"a list of rows is expected, not {_kind(document)}", f"See {page('tasks.md')}.")
    for number, value in enumerate(document, 1):
        yield SourceRow(f"{path}, row {number}{f' of {name}' if name else ''}", value)


def _loads(path: Path, text: str, line: int | None = None) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{path}, line {line or error.lineno}, column {error.colno}"
        raise DataError(place, f"broken JSON: {error.msg}", _json_hint(text, error, line)) from None
    except RecursionError:
        raise DataError(f"{path}, line {line or 1}", "JSON nested too deeply") from None
    except ValueError as error:  # an integer of more than 4,300 digits
        raise DataError(f"{path}, line {line or 1}", f"broken JSON: {error}") from None


def _json_hint(text: str, error: json.JSONDecodeError, line: int | None) -> str:
    """JSON under the name of JSON Lines, and the other way round, are the usual mistakes."""
    if line == 1 and text.strip() in ("[", "{", "[{"):
        return "A .jsonl file has one whole row per line; one list over several lines is a .json file."
    if line is None and error.msg == "Extra data":
        return "A .json file is one list of rows; a file of one row per line is called .jsonl."
    return "Correct the file at this place."


def _kind(value: object) -> str:
    return {"NoneType": "null", "str": "a string", "bool": "a truth value"}.get(type(value).__name__, "a number")


def _parquet_rows(path: Path) -> Iterator[SourceRow]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError(f"{path}: reading Parquet needs pyarrow: {install('parquet')}") from error

    def fail(error: Exception) -> NoReturn:
        raise DataError(str(path), f"not a readable Parquet file: {error}", "Download or write it again.") from error

    try:
        with parquet.ParquetFile(path) as file:
            meta = file.metadata
            size = sum(meta.row_group(group).total_byte_size for group in range(meta.num_row_groups))
            if size > MAX_PARQUET_BYTES:
                raise DataError(str(path), f"{size} bytes when unpacked, more than {MAX_PARQUET_BYTES >> 20} MiB")
            records = file.read().to_pylist()
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        fail(error)
    for number, record in enumerate(records, 1):
        yield SourceRow(f"{path}, row {number}", record)
