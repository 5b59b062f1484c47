"""Records of a Parquet file, which may be made to unpack to gigabytes: a text that is stored once can stand in every
row, and a list of nulls takes no bytes at all.

Texts stay in their dictionaries until their sizes are known. Not covered: a column that unpacks to more than its footer
declares.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codeeval.errors import DataError, UsageError, install
from codeeval.i18n import msg
from codeeval.tasks.rows import MAX_FILE_BYTES, MAX_VALUES, SourceRow

#: How many rows are unpacked at a time.
_BATCH = 16
#: Kinds of columns that may share texts between rows.
_SHARED = ("NONE", "STRING", "JSON", "ENUM")
_MOST_SAID = 200


def parquet_rows(path: Path) -> Iterator[SourceRow]:
    """The records. Raises UsageError if pyarrow is missing, and DataError for a broken or too large file."""
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise UsageError(
            msg("{path}: reading Parquet needs pyarrow: {command}", path=path, command=install("parquet"))
        ) from error
    try:
        yield from _rows(path)
    except DataError:
        raise
    except Exception as error:  # besides its own, whatever Python raises for a date or a number that it lacks
        said = (str(error).splitlines() or [type(error).__name__])[0][:_MOST_SAID]
        raise DataError(
            str(path), msg("not a readable Parquet file: {reason}", reason=said), msg("Download or write it again.")
        ) from error


def _rows(path: Path) -> Iterator[SourceRow]:
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        _refuse_large(path, file.metadata)
        texts = _texts(file.metadata.schema)
    number, size = 0, 0
    with parquet.ParquetFile(path, read_dictionary=texts) as file:
        for batch in file.iter_batches(_BATCH):
            size += sum(map(_unpacked, batch.columns))
            if size > MAX_FILE_BYTES:
                raise _too_large(path)
            for record in batch.to_pylist():
                number += 1
                yield SourceRow(msg("{path}, row {row}", path=path, row=number), record)


def _refuse_large(path: Path, footer: Any) -> None:
    """Raise DataError for a file that declares more than is read."""
    groups = [footer.row_group(number) for number in range(footer.num_row_groups)]
    if sum(group.total_byte_size for group in groups) > MAX_FILE_BYTES:
        raise _too_large(path)
    values = sum(group.column(number).num_values for group in groups for number in range(group.num_columns))
    if values > MAX_VALUES:
        raise DataError(str(path), msg("more than {n} values", n=MAX_VALUES), msg("Split the set into several files."))


def _too_large(path: Path) -> DataError:
    return DataError(str(path), f"more than {MAX_FILE_BYTES >> 20} MiB when unpacked", "Split the set.")


def _texts(schema: Any) -> list[str]:
    """The columns of texts and bytes."""
    columns = [schema.column(number) for number in range(len(schema))]
    return [
        column.path
        for column in columns
        if column.physical_type == "BYTE_ARRAY" and column.logical_type.type in _SHARED
    ]


def _unpacked(array: Any) -> int:
    """The bytes of an array's values, a text counting once for every row."""
    from pyarrow import compute, types

    kind = array.type
    if types.is_dictionary(kind):
        sizes = compute.binary_length(array.dictionary).take(array.indices)
        return int(compute.sum(sizes).as_py() or 0) + int(array.indices.nbytes)
    if types.is_struct(kind):
        return sum(map(_unpacked, array.flatten()))
    if types.is_map(kind):
        first, last = array.offsets[0].as_py(), array.offsets[-1].as_py()
        return sum(_unpacked(part.slice(first, last - first)) for part in (array.keys, array.items)) + 4 * len(array)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _unpacked(array.flatten()) + 4 * len(array)
    return int(array.nbytes)
