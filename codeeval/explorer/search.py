"""Find samples with a completion, program or error that matches a regular expression: in a separate process, so that no
pattern holds up a page beyond its time limit."""

from __future__ import annotations

import fcntl
import json
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from codeeval.errors import UsageError
from codeeval.explorer.filters import MAX_PATTERN
from codeeval.i18n import at, msg
from codeeval.scoring.job import modes
from codeeval.store.texts import TextGroup
from codeeval.store.views import RunViews

#: Limits of a pattern: seconds of CPU time, on a page and on the command line; memory.
PAGE_S, COMMAND_S = 2, 60
_MEMORY = 1 << 30
#: A process that gets no CPU time is ended after this many times its limit in wall time.
_WAIT = 5
#: Bytes of texts that are sent at once, about; and of a pipe, which must hold them, so that the next texts are read
#: while the process is at these.
_BATCH_BYTES, _PIPE_BYTES = 512 << 10, 1 << 20
_AT_ONCE = threading.BoundedSemaphore(2)
_PROGRAM = Path(__file__).with_name("search_process.py")


class PatternError(UsageError):
    """The pattern can't be searched for."""


#: Problem -> index -> the line of the first match.
Found = dict[str, dict[int, str]]
#: A problem, and by the keys of its texts the lines in which the pattern is found.
Hits = tuple[str, dict[int, str]]


def search(reader: RunViews, protocol: str, pattern: str, seconds: int = PAGE_S) -> Found:
    """The samples that match the pattern. Errors are those under `protocol`. Raises PatternError for a pattern that is
    invalid, too long or too slow; DataError and StoreError."""
    if len(pattern) > MAX_PATTERN:
        raise PatternError(msg("the pattern is longer than {n} characters", n=MAX_PATTERN))
    if not _AT_ONCE.acquire(timeout=seconds * _WAIT):
        raise PatternError(msg("other searches are going on; ask again when they are done"))
    try:
        with _Searching(pattern, seconds) as searching:
            return _found(reader, protocol, searching)
    finally:
        _AT_ONCE.release()


def _found(reader: RunViews, protocol: str, searching: _Searching) -> Found:
    found: Found = {}
    for pid, lines in searching.matching(reader.completions()):
        found.setdefault(pid, {}).update(lines)
    # where all samples are found already, nothing can be added
    counts = reader.sample_counts()
    whole = {pid for pid, lines in found.items() if len(lines) == counts.get(pid)}
    if len(whole) == len(counts):
        return found
    for pid, lines in searching.matching(reader.errors(protocol, whole)):
        found[pid] = lines | found.get(pid, {})
    programs: Found = {}
    for pid, lines in searching.matching(reader.programs(modes(protocol), whole)):
        programs.setdefault(pid, {}).update(lines)
    for pid, lines in programs.items():
        for index, number in reader.executed(protocol, pid):
            if number in lines:
                found.setdefault(pid, {}).setdefault(index, lines[number])
    return found


class _Searching:
    """The process and the protocol with it, which is strictly request/response."""

    def __init__(self, pattern: str, seconds: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        _enlarge(self._process.stdin, self._process.stdout)
        self._end = threading.Timer(seconds * _WAIT, self._process.kill)
        self._end.daemon = True
        self._asked = {"pattern": pattern, "seconds": seconds, "bytes": _MEMORY}

    def __enter__(self) -> _Searching:
        self._end.start()
        try:
            self._send([json.dumps(self._asked).encode("ascii") + b"\n"])
            answer = self._answer()
            if isinstance(answer, dict) and "error" in answer:
                pattern = repr(self._asked["pattern"])
                raise PatternError(at(pattern, msg("is not a regular expression ({reason})", reason=answer["error"])))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end.cancel()
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                _there(pipe).close()
            except BrokenPipeError:
                pass
        self._process.wait()

    def matching(self, texts: Iterable[TextGroup]) -> Iterator[Hits]:
        """The texts in which the pattern is found. The next texts are read while the process is at the ones before."""
        asked: list[TextGroup] = []
        for batch in _batches(texts):
            yield from self._hits(asked)
            self._send(_said(batch))
            asked = batch
        yield from self._hits(asked)

    def _hits(self, asked: list[TextGroup]) -> Iterator[Hits]:
        """What the process says of the texts that it was sent."""
        for group, places, lines in self._answer() if asked else ():
            keys = asked[group].keys.split(",")
            yield asked[group].problem_id, {int(keys[place]): line for place, line in zip(places, lines, strict=True)}

    def _send(self, parts: list[bytes]) -> None:
        try:
            _there(self._process.stdin).writelines(parts)
            _there(self._process.stdin).flush()
        except BrokenPipeError:
            pass  # there will be no answer

    def _answer(self) -> Any:
        line = _there(self._process.stdout).readline()
        if not line.endswith(b"\n"):
            raise PatternError(
                msg("the pattern took too long, or too much memory: a simpler one, without nested repetitions, is fast")
            )
        return json.loads(line)


def _enlarge(*pipes: IO[bytes] | None) -> None:
    """Make the pipes hold a batch, where a system can and allows it."""
    with suppress(OSError, AttributeError):
        for pipe in pipes:
            fcntl.fcntl(_there(pipe), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _there(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _batches(texts: Iterable[TextGroup]) -> Iterator[list[TextGroup]]:
    batch: list[TextGroup] = []
    size = 0
    for group in texts:
        batch.append(group)
        size += len(group.data)
        if size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _said(batch: list[TextGroup]) -> list[bytes]:
    """As the process reads it."""
    parts = [struct.pack("<I", len(batch))]
    for group in batch:
        sizes = group.sizes.encode("ascii")
        parts += [struct.pack("<II", len(sizes), len(group.data)), sizes, group.data]
    return parts
