"""From a path to entries: JSON Lines, gzip, zip, a run of ours; from a pipe the first three."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import shutil
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, cast

from codeeval.errors import DataError, UsageError
from codeeval.files import most_unpacked, opened
from codeeval.samples.entries import DEFAULT_RESPONSES, RESPONSES, Entry, Found
from codeeval.samples.formats import RowFormat, formats
from codeeval.samples.samples_file import BadRow, UnusableRowError, as_object, json_lines

#: A file inside of a zip is foreign input, too: what it says of its size is checked, and so is the zip inside of a zip.
MAX_MEMBER_BYTES = 2 * 1024 * 1024 * 1024
MAX_INNER_ZIP_BYTES = 512 * 1024 * 1024
#: What comes out of a pipe is kept in memory up to this size, on disk beyond it.
MAX_PIPE_IN_MEMORY = 64 * 1024 * 1024
_SAMPLES = re.compile(r"samples_(?P<task>.+?)_?(?P<date>\d{4}-[\dT:.\-]+)?\.jsonl?$")
#: lm-eval names a file by task and time; a zip may name its members by up to 65,535 bytes.
_MAX_NAME = 512


def read(path: Path, task: str, responses: str = DEFAULT_RESPONSES) -> Found:
    """All completions in `path`. `task` chooses among the files of a zip; `responses` is one of RESPONSES.

    Raises UsageError (no such file, unknown `responses`) and DataError (nothing usable in it).
    """
    if responses not in RESPONSES:
        raise UsageError(f"--responses {responses!r}: choose {' or '.join(RESPONSES)}")
    if path.is_dir() or path.suffix == ".sqlite":
        found = _of_run(path)
    else:
        try:
            with _opened(path) as stream:
                digest = _digest(stream)
                zipped = zipfile.is_zipfile(stream)
                stream.seek(0)
                found = (_of_zip if zipped else _of_file)(path, stream, task, responses)
                found = replace(found, digest=digest)
        except (
            OSError,
            ValueError,
            EOFError,
            zlib.error,
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
        ) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            raise DataError(str(path), f"can't read the samples: {reason}") from error
    if not found.entries:
        first = f"; line {found.bad[0].line}: {found.bad[0].reason}" if found.bad else ""
        raise DataError(str(path), f"no usable row{first}", 'rows look like {"task_id": "7", "completion": "…"}')
    return found


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The file from its beginning. A pipe can be read once only, so it is copied to where one can go back."""
    with opened(path) as stream:
        if path.is_file():
            yield stream
            return
        with tempfile.SpooledTemporaryFile(MAX_PIPE_IN_MEMORY) as copy:
            shutil.copyfileobj(_Bounded(stream, path.name, MAX_MEMBER_BYTES), copy)
            copy.seek(0)
            yield cast(IO[bytes], copy)


def _digest(stream: IO[bytes]) -> str:
    """sha256 in hex of what is left of the stream, which is at its beginning afterwards."""
    found = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        found.update(chunk)
    stream.seek(0)
    return found.hexdigest()


def _of_file(path: Path, stream: IO[bytes], task: str, responses: str) -> Found:
    zipped = stream.read(2) == b"\x1f\x8b"
    stream.seek(0)
    if not zipped:
        return _of_stream(str(path), stream, responses)
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    with gzip.open(stream, "rb") as unpacked:
        bounded = _Bounded(cast(IO[bytes], unpacked), path.name, most_unpacked(size, MAX_MEMBER_BYTES))
        return _of_stream(str(path), cast(IO[bytes], bounded), responses)


class _Bounded:
    """A stream that ends in a ValueError beyond `most` bytes: one from a pipe, or one that a small file unpacks to."""

    def __init__(self, stream: IO[bytes], name: str, most: int) -> None:
        self._stream, self._name, self._most, self._left = stream, name, most, most

    def read(self, size: int = -1) -> bytes:
        return self._counted(self._stream.read(size))

    def readline(self, size: int = -1) -> bytes:
        return self._counted(self._stream.readline(size))

    def _counted(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise ValueError(f"{self._name} holds more than {max(self._most >> 20, 1)} MiB")
        return data


def _of_stream(name: str, stream: IO[bytes], responses: str) -> Found:
    known = formats(responses)
    entries: list[Entry] = []
    bad: list[BadRow] = []
    used: Counter[str] = Counter()
    for found in json_lines(stream):
        if isinstance(found, BadRow):
            bad.append(found)
            continue
        line, value = found
        try:
            reader, rows = _parsed(known, value, line)
        except UnusableRowError as error:
            bad.append(BadRow(line, str(error)))
            continue
        entries += rows
        used[reader.name] += 1
    return Found(name, " + ".join(sorted(used)) or "unknown", tuple(entries), tuple(bad))


def _parsed(known: tuple[RowFormat, ...], value: object, line: int) -> tuple[RowFormat, list[Entry]]:
    row = as_object(value)
    for reader in known:
        if reader.claims(row):
            return reader, list(reader.entries(row, line))
    raise UnusableRowError("no field completion, resps, filtered_resps or solution")


def _of_zip(path: Path, stream: IO[bytes], task: str, responses: str) -> Found:
    """The newest `samples_TASK_*.jsonl` of the archive, or of the logs_public.zip inside of it."""
    with zipfile.ZipFile(stream) as outer:
        inner = next((item for item in outer.infolist() if item.filename.endswith("logs_public.zip")), None)
        if inner is None or any(_named(item) for item in outer.infolist()):
            return _of_archive(path, outer, task, responses)
        most = most_unpacked(inner.compress_size, MAX_INNER_ZIP_BYTES)
        if inner.file_size > most:
            raise ValueError(f"{inner.filename} in it is larger than {most >> 20} MiB")
        with zipfile.ZipFile(io.BytesIO(outer.read(inner))) as archive:
            return _of_archive(path / inner.filename, archive, task, responses)


def _of_archive(path: Path, archive: zipfile.ZipFile, task: str, responses: str) -> Found:
    candidates = [(match, item) for item in archive.infolist() if (match := _named(item))]
    plain = [item for item in archive.infolist() if item.filename.endswith(".jsonl")]
    wanted = _squeezed(task)
    fitting = [(match, item) for match, item in candidates if _squeezed(match["task"]) == wanted]
    if not fitting and len(candidates) == 1:
        fitting = candidates
    if fitting:
        chosen = max(fitting, key=lambda pair: pair[0]["date"] or "")[1]
    elif not candidates and len(plain) == 1:
        chosen = plain[0]
    else:
        names = ", ".join(sorted(item.filename for item in archive.infolist())[:8]) or "nothing"
        raise DataError(str(path), f"no samples_{wanted}_*.jsonl in the archive; it holds {names}")
    with archive.open(chosen) as stream:
        bounded = _Bounded(
            stream, f"{chosen.filename[:_MAX_NAME]} in it", most_unpacked(chosen.compress_size, MAX_MEMBER_BYTES)
        )
        found = _of_stream(f"{path}: {chosen.filename}", cast(IO[bytes], bounded), responses)
    note = f"scored {chosen.filename} of {path.name}"
    if len(fitting) > 1:
        note += f", the newest of {len(fitting)} files for this task"
    return Found(found.path, found.format, found.entries, found.bad, (note,))


def _named(item: zipfile.ZipInfo) -> re.Match[str] | None:
    """What the name of a member says, where it is one that lm-eval writes."""
    name = item.filename.rpartition("/")[2]
    return _SAMPLES.match(name) if len(name) <= _MAX_NAME else None


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _of_run(path: Path) -> Found:
    """The samples of a run of ours with all that it knows of them: the text before the cut, how generation ended."""
    from codeeval.store import RunReader

    with RunReader(path) as reader:
        prompts = {planned.problem.id: planned.problem.prompt for planned in reader.problems()}
        entries = tuple(
            Entry(sample.problem_id, sample.completion, number, prompt=prompts[sample.problem_id], sample=sample)
            for number, sample in enumerate(reader.samples(), 1)
        )
        pending = len(reader.missing_samples())
        note = (f"{path}: {pending} problems lack samples, the run is incomplete",) if pending else ()
        with reader.path.open("rb") as stream:
            digest = _digest(stream)
        return Found(str(path), "codeeval run", entries, (), note, reader.manifest(), digest)
