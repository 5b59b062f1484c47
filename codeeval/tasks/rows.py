"""Problem files -> rows, each with its place in the file. Their meaning is up to the schemas (`mera.py` and others).

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
from typing import NamedTuple

from codeeval import bounded_json
from codeeval.errors import DataError, UsageError
from codeeval.files import GZIP, is_gzip, most_unpacked, reason, unpacked
from codeeval.i18n import joined, msg
from codeeval.sample_rows import COMPLETION_FIELDS, not_text
from codeeval.tasks.bundled import page

#: MBPP+ with all its inputs is a quarter of this. Memory use is up to thirty times the size.
MAX_FILE_BYTES = 64 * 1024 * 1024
#: In one file (`.json`) or row; see `bounded_json`.
MAX_VALUES = 8_000_000
SUFFIXES = (".json", ".jsonl", ".parquet")
_LIST_KEYS = ("data", "test", "train")
#: Fields that occur in rows of any schema, but not in an object that holds a list of rows. (Completions are refused by
#: name.)
_ROW_FIELDS = {"inputs", "instruction", "meta", "task_id", "entry_point", *COMPLETION_FIELDS}


class SourceRow(NamedTuple):
    """One unchecked row, and its place as an error names it: `set.jsonl, line 3`."""

    where: str
    value: object


def read_rows(path: Path) -> list[SourceRow]:
    """All rows of a problem file, in order. Raises UsageError (no such file, unknown suffix) and DataError."""
    suffix = suffix_of(path)
    if suffix not in SUFFIXES:
        raise UsageError(
            msg("{path}: can't tell the format from the name; known are {names}", path=path, names=", ".join(SUFFIXES))
        )
    check_file(path)
    if suffix == ".parquet":
        from codeeval.tasks.parquet_file import parquet_rows

        return list(parquet_rows(path))
    text = _text(path)
    return list(_jsonl_rows(path, text) if suffix == ".jsonl" else _json_rows(path, text))


def suffix_of(path: Path) -> str:
    """The suffix of the format: `.jsonl` for `set.jsonl.gz`."""
    inner = Path(path.stem) if path.suffix.lower() == ".gz" else path
    return inner.suffix.lower()


def check_file(path: Path) -> None:
    """Raise UsageError if `path` is not a readable file, and DataError if it is too large."""
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        raise UsageError(msg("{path}: can't be read: {reason}", path=path, reason=reason(error))) from error
    if not path.is_file():
        raise UsageError(
            msg("{path}: not a file; give the path of a problem file ({names})", path=path, names=", ".join(SUFFIXES))
        )
    if size > MAX_FILE_BYTES:
        raise DataError(
            str(path),
            msg("{n} bytes, more than the limit of {m} MiB for a problem file", n=size, m=MAX_FILE_BYTES >> 20),
            msg("Split the set into several files."),
        )


def _text(path: Path) -> str:
    try:
        data = _unzipped(path) if path.suffix.lower() == ".gz" else path.read_bytes()
    except OSError as error:
        raise UsageError(msg("{path}: can't be read: {reason}", path=path, reason=reason(error))) from error
    if data.startswith(GZIP) and path.suffix.lower() != ".gz":
        raise DataError(
            str(path), msg("gzipped, but not named so"), msg("Rename it to {name}.gz, or unpack it.", name=path.name)
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        place = msg("{path}, line {line}, byte {column} of it", path=path, line=line, column=column)
        said = not_text(data) or error.reason
        raise DataError(place, msg("not UTF-8: {reason}", reason=said), msg("Save the file as UTF-8.")) from None


def _unzipped(path: Path) -> bytes:
    """The unzipped content, at most MAX_FILE_BYTES, whatever size the file declares."""
    most = most_unpacked(path.stat().st_size, MAX_FILE_BYTES)
    try:
        with path.open("rb") as packed:
            if not is_gzip(packed):
                raise DataError(
                    str(path), "not a readable gzip file: it is not gzipped", msg("Download or write it again.")
                )
            with unpacked(packed, path.name, most) as stream:
                return stream.read()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(str(path), f"not a readable gzip file: {error}", msg("Download or write it again.")) from error
    except ValueError:
        raise DataError(str(path), f"more than {most >> 20} MiB when unpacked", "Split the set.") from None


def _jsonl_rows(path: Path, text: str) -> Iterator[SourceRow]:
    # Not splitlines(): it also splits at characters that JSON allows inside strings.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            place, value = msg("{path}, line {line}", path=path, line=number), _loads(path, line, number)
            if isinstance(value, list) and any(isinstance(one, dict) for one in value):
                raise DataError(
                    place,
                    msg("a list of rows in one line"),
                    msg("A .jsonl file has one row per line; a list of rows is a .json file."),
                )
            yield SourceRow(place, value)


def _json_rows(path: Path, text: str) -> Iterator[SourceRow]:
    document, name = _loads(path, text), ""
    while isinstance(document, dict):
        key = next((key for key in _LIST_KEYS if isinstance(document.get(key), list | dict)), None)
        if key is None and _ROW_FIELDS & document.keys():
            document = [document]  # a single row
            break
        if key is None:
            raise DataError(
                str(path),
                msg("an object without a list of rows{rest}", rest=f" in {name}" if name else ""),
                msg("The file must be a list of rows, or hold one under {names}.", names=", ".join(_LIST_KEYS)),
            )
        document, name = document[key], f"{name}.{key}" if name else key
    if not isinstance(document, list):
        raise DataError(
            str(path),
            msg("a list of rows is expected, not {value}", value=_kind(document)),
            msg("See {path}.", path=page("tasks.md")),
        )
    for number, value in enumerate(document, 1):
        where = msg("{path}, row {row}", path=path, row=number)
        yield SourceRow(joined("", (where, f" of {name}" if name else "")), value)


def _loads(path: Path, text: str, line: int | None = None) -> object:
    try:
        return bounded_json.loads(text, MAX_VALUES)
    except json.JSONDecodeError as error:
        place = msg("{path}, line {line}, column {colno}", path=path, line=line or error.lineno, colno=error.colno)
        raise DataError(place, msg("broken JSON: {reason}", reason=error.msg), _json_hint(text, error, line)) from None
    except ValueError as error:  # an integer of more than 4,300 digits, nested too deeply, too many values
        raise DataError(
            msg("{path}, line {line}", path=path, line=line or 1), msg("broken JSON: {reason}", reason=error)
        ) from None


def _json_hint(text: str, error: json.JSONDecodeError, line: int | None) -> str:
    """A hint at the usual mistakes: JSON in a file named JSON Lines, and the reverse."""
    if line == 1 and text.strip() in ("[", "{", "[{"):
        return msg("A .jsonl file has one whole row per line; one list over several lines is a .json file.")
    if line is None and error.msg == "Extra data":
        return msg("A .json file is one list of rows; a file of one row per line is called .jsonl.")
    return msg("Correct the file at this place.")


def _kind(value: object) -> str:
    return {"NoneType": "null", "str": "a string", "bool": "a truth value"}.get(type(value).__name__, "a number")
