"""Find samples with a completion, program or error that matches a regular expression: in a separate process, so that no
pattern holds up a page beyond its time limit."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, TypeVar

from codeeval.errors import UsageError
from codeeval.explorer.filters import MAX_PATTERN
from codeeval.i18n import at, msg
from codeeval.store.views import RunViews

#: Limits of a pattern: seconds of CPU time, on a page and on the command line; memory.
PAGE_S, COMMAND_S = 2, 60
_MEMORY = 1 << 30
#: A process that gets no CPU time is ended after this many times its limit in wall time.
_WAIT = 5
#: Texts and bytes sent at once.
_BATCH_TEXTS, _BATCH_BYTES = 4_096, 8 << 20
_AT_ONCE = threading.BoundedSemaphore(2)
_PROGRAM = Path(__file__).with_name("search_process.py")


class PatternError(UsageError):
    """The pattern can't be searched for."""


#: Problem -> index -> the line of the first match.
Found = dict[str, dict[int, str]]
Key = TypeVar("Key")


def search(reader: RunViews, protocol: str, pattern: str, seconds: int = PAGE_S) -> Found:
    """The samples that match the pattern. Errors are those under `protocol`. Raises PatternError for a pattern that is
    invalid, too long or too slow; DataError and StoreError."""
    if len(pattern) > MAX_PATTERN:
        raise PatternError(msg("the pattern is longer than {n} characters", n=MAX_PATTERN))
    if not _AT_ONCE.acquire(timeout=seconds * _WAIT):
        raise PatternError(msg("other searches are going on; ask again when they are done"))
    try:
        with _Searching(pattern, seconds) as searching:
            found: Found = {}
            for (pid, index), line in searching.matching(reader.sample_texts(protocol)):
                found.setdefault(pid, {})[index] = line
            programs = dict(searching.matching(reader.programs()))
            for pid, index, digest in reader.program_digests(protocol) if programs else ():
                if (pid, digest) in programs:
                    found.setdefault(pid, {}).setdefault(index, programs[pid, digest])
            return found
    finally:
        _AT_ONCE.release()


class _Searching:
    """The process and the protocol with it, which is strictly request/response."""

    def __init__(self, pattern: str, seconds: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._end = threading.Timer(seconds * _WAIT, self._process.kill)
        self._end.daemon = True
        self._asked = {"pattern": pattern, "seconds": seconds, "bytes": _MEMORY}

    def __enter__(self) -> _Searching:
        self._end.start()
        try:
            answer = self._ask([json.dumps(self._asked).encode("ascii") + b"\n"])
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

    def matching(self, texts: Iterable[tuple[Key, bytes]]) -> Iterator[tuple[Key, str]]:
        """The keys of the matching texts, with the line of the first match."""
        for keys, batch in _batches(texts):
            head = struct.pack(f"<{len(batch) + 1}I", len(batch), *map(len, batch))
            hits = self._ask([head, *batch])
            yield from ((keys[number], line) for number, line in hits)

    def _ask(self, parts: list[bytes]) -> Any:
        try:
            _there(self._process.stdin).writelines(parts)
            _there(self._process.stdin).flush()
            line = _there(self._process.stdout).readline()
        except BrokenPipeError:
            line = b""
        if not line.endswith(b"\n"):
            raise PatternError(
                msg("the pattern took too long, or too much memory: a simpler one, without nested repetitions, is fast")
            )
        return json.loads(line)


def _there(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _batches(texts: Iterable[tuple[Key, bytes]]) -> Iterator[tuple[list[Key], list[bytes]]]:
    keys: list[Key] = []
    batch: list[bytes] = []
    size = 0
    for key, text in texts:
        keys.append(key)
        batch.append(text)
        size += len(text)
        if len(batch) >= _BATCH_TEXTS or size >= _BATCH_BYTES:
            yield keys, batch
            keys, batch, size = [], [], 0
    if batch:
        yield keys, batch
