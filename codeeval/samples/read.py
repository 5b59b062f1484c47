"""From paths to entries. JSON Lines, gzip, zip and pipes are read as streams; tables, documents and Inspect's logs are
recognised by content or name; a run of codeeval must be given alone."""

from __future__ import annotations

import hashlib
import io
import lzma
import re
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, cast

from codeeval import i18n
from codeeval.errors import DataError, UsageError
from codeeval.files import MAX_STREAM_BYTES, Bounded, most_unpacked, opened, reason, too_much, unpacked
from codeeval.i18n import at, msg
from codeeval.sample_rows import BadRow, Unit, UnusableRowError, as_object, json_lines, place
from codeeval.samples import documents, inspect_rows, tables
from codeeval.samples.entries import DEFAULT_RESPONSES, RESPONSES, Entry, FoundSamples, joined
from codeeval.samples.formats import Positional, RowFormat, by_position, formats, place_of
from codeeval.samples.sources import SAMPLES, expand, scored, squeezed
from codeeval.zip_sizes import refuse_false_size

#: The most that a stream may bring, or a zip member unpack to; a member's declared size is not trusted.
MAX_MEMBER_BYTES = MAX_STREAM_BYTES
#: A zip inside a zip is held in memory.
MAX_INNER_ZIP_BYTES = 512 * 1024 * 1024
#: Data from a pipe is kept in memory up to this size, and on disk beyond it.
MAX_PIPE_IN_MEMORY = 64 * 1024 * 1024
#: lm-eval names a file by task and time; a zip member's name may have up to 65,535 bytes.
_MAX_NAME = 512
#: The most samples of one call, and unusable rows: a file with nothing else is not a file of completions.
MAX_ENTRIES, MAX_BAD = 4_000_000, 100_000
_UNREADABLE = (
    *(OSError, ValueError, EOFError, NotImplementedError, RuntimeError),
    *(zlib.error, lzma.LZMAError, zipfile.BadZipFile, struct.error),
)
EXAMPLE = msg("rows look like {example}", example='{"task_id": "7", "completion": "…"}')

Rows = Iterable[tuple[int, object] | BadRow]


def read(paths: Path | Sequence[Path], task: str, responses: str = DEFAULT_RESPONSES) -> FoundSamples:
    """All completions in a file, a folder, or several of them. `task` selects among the logs of a folder or a zip;
    `responses` is one of RESPONSES.

    Raises UsageError (no such file, unknown `responses`) and DataError (nothing usable in it).
    """
    if responses not in RESPONSES:
        raise UsageError(
            msg("--responses {responses}: choose {names}", responses=repr(responses), names=" or ".join(RESPONSES))
        )
    sources = expand([paths] if isinstance(paths, Path) else paths, task)
    found = [_one(path, task, responses) for path in sources.paths]
    if len(found) == 1:
        result = replace(found[0], files=(found[0].path,))
    elif any(one.origin is not None for one in found):
        raise UsageError(
            msg("--samples: a run of codeeval is scored alone; name the other files in a call of their own")
        )
    else:
        digests = hashlib.sha256("".join(one.digest for one in found).encode("ascii"))
        result = joined(found, digests.hexdigest())
    result = replace(result, notes=(*sources.notes, *result.notes))
    _check(result)
    return result


def _check(found: FoundSamples) -> None:
    if len(found.entries) > MAX_ENTRIES:
        raise DataError(found.path, msg("more than {n} samples", n=MAX_ENTRIES), msg("Score it in parts."))
    if not found.entries:
        first = msg("; {row}: {reason}", row=found.place(found.bad[0]), reason=found.bad[0].reason) if found.bad else ""
        raise DataError(found.path, msg("no usable row{rest}", rest=first), EXAMPLE)


def _one(path: Path, task: str, responses: str) -> FoundSamples:
    try:
        if path.is_dir() or path.suffix == ".sqlite":
            return _of_run(path)
        with _opened(path) as stream:
            digest = _digest(stream)
            return replace(_of_stream(path, stream, task, responses), digest=digest)
    except _UNREADABLE as error:
        raise DataError(str(path), msg("can't read the samples: {reason}", reason=reason(error))) from error


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open the file at its beginning. A pipe can be read only once, so it is copied to a seekable file."""
    with opened(path) as stream:
        if path.is_file():
            yield stream
            return
        with tempfile.SpooledTemporaryFile(MAX_PIPE_IN_MEMORY) as copy:
            shutil.copyfileobj(Bounded(stream, path.name, MAX_MEMBER_BYTES), copy)
            copy.seek(0)
            yield cast(IO[bytes], copy)


def _digest(stream: IO[bytes]) -> str:
    """sha256 in hex of the rest of the stream, which is rewound to its beginning."""
    found = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        found.update(chunk)
    stream.seek(0)
    return found.hexdigest()


def _of_stream(path: Path, stream: IO[bytes], task: str, responses: str) -> FoundSamples:
    name = str(path)
    if zipfile.is_zipfile(stream):
        stream.seek(0)
        return _of_zip(path, stream, task, responses)
    stream.seek(0)
    if tables.is_parquet(stream):
        return _of_rows(name, tables.of_parquet(path), responses, "row")
    inner = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    separator = tables.SEPARATORS.get(inner.suffix.lower())
    if separator is not None:
        with unpacked(stream, path.name, MAX_MEMBER_BYTES) as plain:
            return _of_rows(name, tables.of_csv(plain, separator), responses, "row")
    return _of_json(name, stream, responses)


def _of_json(name: str, stream: IO[bytes], responses: str) -> FoundSamples:
    """Read one document, or JSON Lines; gzipped or not."""
    short = Path(name).name
    with unpacked(stream, short, MAX_MEMBER_BYTES) as plain:
        value = documents.whole(plain)
    if value is documents.NOT_ONE:
        stream.seek(0)
        with unpacked(stream, short, MAX_MEMBER_BYTES) as plain:
            return _of_rows(name, json_lines(plain), responses, "line")
    found = documents.document(value)
    return replace(_of_rows(name, enumerate(found.rows, 1), responses, "row"), notes=found.notes)


def _of_rows(name: str, rows: Rows, responses: str, unit: Unit) -> FoundSamples:
    known = formats(responses)
    entries: list[Entry] = []
    bad: list[BadRow] = []
    used: Counter[str] = Counter()
    for found in rows:
        if isinstance(found, BadRow):
            bad.append(found)
        else:
            result = _parsed(known, *found)
            if isinstance(result, BadRow):
                bad.append(replace(result, unit=unit))
            else:
                used[result[0]] += 1
                entries += result[1] if unit == "line" else [replace(entry, unit=unit) for entry in result[1]]
        if len(bad) > MAX_BAD or len(entries) > MAX_ENTRIES:
            if len(bad) <= MAX_BAD:
                raise ValueError(f"more than {MAX_ENTRIES} samples in it")
            first = at(place(bad[0].unit, bad[0].line), bad[0].reason)
            raise ValueError(i18n.joined("; ", (f"more than {MAX_BAD} rows in it can't be used", first)))
    return FoundSamples(name, " + ".join(sorted(used)) or "unknown", tuple(entries), tuple(bad))


def _parsed(known: tuple[RowFormat, ...], line: int, value: object) -> tuple[str, list[Entry]] | BadRow:
    """(format name, entries) of a row, or the reason why there are none."""
    task, problem_id = None, None
    try:
        if isinstance(value, Positional):
            return "generations", list(by_position(value, line))
        row = as_object(value)
        reader = next((reader for reader in known if reader.claims(row)), None)
        if reader is None:
            has = ", ".join(str(name)[:40] for name in list(row)[:8]) or "{}"
            raise UnusableRowError(
                msg("no field completion, resps, filtered_resps or solution; it has {names}", names=has)
            )
        task, problem_id = reader.whose(row)
        return reader.name, list(reader.entries(row, line))
    except UnusableRowError as error:
        place = place_of(value) if not problem_id else None
        return BadRow(line, str(error), problem_id or None, task, error.samples, error.lost, position=place)


def _of_zip(path: Path, stream: IO[bytes], task: str, responses: str) -> FoundSamples:
    """Read the newest `samples_TASK_*.jsonl` of the archive, or of the logs_public.zip inside it; or a log of
    Inspect."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    with zipfile.ZipFile(stream) as outer:
        if inspect_rows.is_eval_file(outer):
            rows, notes = inspect_rows.eval_rows(path, outer)
            return replace(_of_rows(str(path), enumerate(rows, 1), responses, "row"), notes=notes)
        inner = next((item for item in outer.infolist() if item.filename.endswith("logs_public.zip")), None)
        if inner is None or any(_named(item) for item in outer.infolist()):
            return _of_archive(path, outer, task, responses, size)
        size = min(size, inner.compress_size)
        _refuse_bomb(outer, inner, most_unpacked(size, MAX_INNER_ZIP_BYTES))
        with zipfile.ZipFile(io.BytesIO(outer.read(inner))) as archive:
            return _of_archive(path / inner.filename, archive, task, responses, size)


def _refuse_bomb(archive: zipfile.ZipFile, item: zipfile.ZipInfo, most: int) -> None:
    """Raise ValueError for a member that declares more than `most` bytes, and BadZipFile for one that has more than it
    declares."""
    if item.file_size > most:
        raise too_much(f"{_shown(item.filename)} in it", most)
    refuse_false_size(archive, item)


def _shown(name: str) -> str:
    return name[:_MAX_NAME]


def _of_archive(path: Path, archive: zipfile.ZipFile, task: str, responses: str, packed: int) -> FoundSamples:
    """`packed`: the size of the archive, as it lies on the disk."""
    candidates = [(match, item) for item in archive.infolist() if (match := _named(item))]
    plain = [item for item in archive.infolist() if item.filename.endswith(".jsonl")]
    wanted = squeezed(task)
    fitting = [(match, item) for match, item in candidates if squeezed(match["task"]) == wanted]
    if not fitting and len(candidates) == 1:
        fitting = candidates
    if fitting:
        chosen = max(fitting, key=lambda pair: pair[0]["date"] or "")[1]
    elif not candidates and len(plain) == 1:
        chosen = plain[0]
    else:
        names = ", ".join(_shown(name) for name in sorted(archive.namelist())[:8]) or "nothing"
        raise DataError(
            str(path), msg("no samples_{task}_*.jsonl in the archive; it holds {names}", task=wanted, names=names)
        )
    most = most_unpacked(min(packed, chosen.compress_size), MAX_MEMBER_BYTES)
    _refuse_bomb(archive, chosen, most)
    name = _shown(chosen.filename)
    with archive.open(chosen) as stream:
        plain_rows = cast(IO[bytes], Bounded(stream, f"{name} in it", most))
        found = _of_rows(f"{path}: {name}", json_lines(plain_rows), responses, "line")
    return replace(found, notes=(scored(name, path.name, len(fitting)),))


def _of_run(path: Path) -> FoundSamples:
    """The samples of a run of codeeval with everything it records: the text before the cut, how generation ended."""
    from codeeval.store import RunReader
    from codeeval.store.inside import open_file

    with RunReader(path) as reader:
        prompts = {planned.problem.id: planned.problem.prompt for planned in reader.problems()}
        entries = tuple(
            Entry(sample.problem_id, sample.completion, sample.index, prompt=prompts[sample.problem_id], sample=sample)
            for sample in reader.samples()
        )
        missing = reader.missing_samples()
        note = (
            (msg("{path}: {n} problems lack samples, the run is incomplete", path=path, n=len(missing)),)
            if missing
            else ()
        )
        bad = tuple(
            BadRow(index, msg("the run lacks this sample"), pid, unit="sample")
            for pid, indices in missing.items()
            for index in indices[:MAX_BAD]
        )
        with open(open_file(reader.path), "rb") as stream:
            digest = _digest(stream)
        return FoundSamples(str(path), "codeeval run", entries, bad, note, reader.manifest(), digest)


def _named(item: zipfile.ZipInfo) -> re.Match[str] | None:
    """The match on a member's name, if lm-eval wrote it."""
    name = item.filename.rpartition("/")[2]
    return SAMPLES.match(name) if len(name) <= _MAX_NAME else None
