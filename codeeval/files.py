"""Files that the user named: reads are bounded and never hang silently; writes are atomic and never replace a
device."""

from __future__ import annotations

import gzip
import os
import select
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from codeeval.i18n import literal, msg

#: Seconds without a byte after which the wait for a pipe is reported.
PATIENCE_S = 2.0
#: Prompts, templates and lists of numbers are far smaller.
MAX_TEXT_BYTES = 16 * 1024 * 1024
#: A compressed file may unpack to the first, or to this many times its size if that is more: programs compress to a
#: tenth.
MIN_UNPACKED, MAX_RATIO = 16 * 1024 * 1024, 100

#: How a gzip file begins.
GZIP = b"\x1f\x8b"
#: The most that a stream may unpack to, or bring through a pipe: a small file can unpack to a thousand times its size.
MAX_STREAM_BYTES = 2 * 1024 * 1024 * 1024


def most_unpacked(size: int, most: int) -> int:
    """How many bytes, at most `most`, a compressed file of `size` bytes may unpack to."""
    return min(most, max(MIN_UNPACKED, MAX_RATIO * size))


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open `path` for reading. Waits for a pipe without a writer, as usual, but says so on stderr. Raises OSError, and
    ValueError for a name with a NUL in it."""
    if not stat.S_ISFIFO(path.stat().st_mode):
        with path.open("rb") as stream:
            yield stream
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as stream:
        _wait(descriptor, path)
        os.set_blocking(descriptor, True)
        yield stream


def _wait(descriptor: int, path: Path) -> None:
    from codeeval.i18n import message

    ready = select.poll()
    ready.register(descriptor, select.POLLIN)
    if not ready.poll(PATIENCE_S * 1000):
        said = message(
            msg("{path} is a pipe, and nothing was written into it yet: waiting (Ctrl-C ends it)", path=path)
        )
        print(said, file=sys.stderr, flush=True)
        ready.poll()


def read_text(path: Path, most: int = MAX_TEXT_BYTES) -> str:
    """The whole file, with line ends normalised to `\\n`. Raises OSError, and ValueError for a file larger than `most`
    bytes or not in UTF-8."""
    with opened(path) as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise ValueError(msg("larger than {n} MiB", n=most >> 20))
    return data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


class Bounded:
    """A stream that raises ValueError when read beyond `most` bytes. `name` is the file's, for the message."""

    def __init__(self, stream: IO[bytes], name: str, most: int = MAX_STREAM_BYTES) -> None:
        self._stream, self._name, self._most, self._left = stream, name, most, most

    def read(self, size: int = -1) -> bytes:
        """Reads at most one byte beyond the bound, so that a bomb is refused before it is unpacked."""
        return self._counted(self._stream.read(self._left + 1 if size < 0 else min(size, self._left + 1)))

    def readline(self, size: int = -1) -> bytes:
        return self._counted(self._stream.readline(self._left + 1 if size < 0 else min(size, self._left + 1)))

    def _counted(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise too_much(self._name, self._most)
        return data


def too_much(name: str, most: int) -> ValueError:
    """The error about a stream that brings more than `most` bytes."""
    return ValueError(f"{name} holds more than {f'{most >> 30} GiB' if most >> 30 else f'{most >> 20} MiB'}")


def is_gzip(stream: IO[bytes]) -> bool:
    """Decide by the first bytes. The stream must be at its beginning and is left there."""
    found = stream.read(len(GZIP)) == GZIP
    stream.seek(0)
    return found


@contextmanager
def unpacked(stream: IO[bytes], name: str, most: int = MAX_STREAM_BYTES) -> Iterator[IO[bytes]]:
    """The content of a seekable stream, unpacked if it is gzipped: then at most `most` bytes, and no more than its size
    makes plausible. Reading raises ValueError beyond that, and OSError, EOFError or zlib.error for broken gzip."""
    if not is_gzip(stream):
        yield stream
        return
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    with gzip.open(stream, "rb") as packed:
        yield cast(IO[bytes], Bounded(cast(IO[bytes], packed), name, most_unpacked(size, most)))


def reason(error: Exception) -> str:
    """Why a file can't be read, without its name, which the message already has."""
    if isinstance(error, UnicodeDecodeError):
        return msg("not UTF-8 (byte {n})", n=error.start + 1)
    return literal(error.strerror) if isinstance(error, OSError) and error.strerror else str(error)


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """Open `path` for writing; a file is replaced atomically. Anything else (a pipe, a device) is written to in place,
    and of a link its target is written. Raises OSError."""
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    target = path.resolve() if path.is_symlink() else path
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            yield stream
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
