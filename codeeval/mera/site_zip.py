"""Which files of a zip MERA's site finds. Untrusted input: nothing is extracted to disk.

The site's scorer extracts the whole archive, walks the folder and its subfolders, and assigns every file to the task of
its name without the extension; of several files with one name the last counts. A name in another case is another task.
An archive with a member that can't be extracted has no files at all.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from codeeval.bounded_json import MAX_VALUES
from codeeval.errors import DataError, UsageError
from codeeval.files import most_unpacked, reason
from codeeval.i18n import msg
from codeeval.mera.read import BROKEN, MAX_FILE_BYTES, unreadable
from codeeval.zip_sizes import refuse_false_size

#: File system limits in bytes: of one name, and of a path below some folder.
_MAX_NAME, _MAX_PATH = 255, 4_000
_CHUNK = 1 << 20
_Node = dict[str, "_Node | None"]


@dataclass(frozen=True, slots=True)
class TaskMember:
    """The file that counts for one task: the member's name, its extension, and how many files have the task's name."""

    member: str
    extension: str
    n: int


@dataclass(frozen=True, slots=True)
class SiteZip:
    """`files`: task -> its file. `broken`: why the archive can't be extracted; then there are no files."""

    archive: zipfile.ZipFile
    path: Path
    members: tuple[str, ...]
    files: dict[str, TaskMember]
    broken: str | None

    def read(self, member: str) -> bytes:
        """A member's content. Raises DataError if it is too large or can't be read."""
        data = _read(self.archive, self.archive.getinfo(member), self.path)
        if data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_VALUES:
            raise DataError(
                msg("{path}: {member}", path=self.path, member=member), msg("more than {n} values", n=MAX_VALUES)
            )
        return data


@contextmanager
def open_zip(path: Path) -> Iterator[SiteZip]:
    """Raises UsageError if the file is not a zip, and DataError if it holds more than MAX_FILE_BYTES."""
    if path.exists() and not path.is_file():
        raise UsageError(msg("{path}: not a file; a submission is a zip of JSON files", path=path))
    try:
        archive = zipfile.ZipFile(path)
    except OSError as error:
        raise UsageError(msg("{path}: can't be read: {reason}", path=path, reason=reason(error))) from error
    except BROKEN as error:
        raise unreadable(path, str(error)) from error
    with archive:
        items = archive.infolist()
        most = most_unpacked(path.stat().st_size, MAX_FILE_BYTES)
        if sum(item.file_size for item in items) > most:
            raise DataError(str(path), msg("larger than {n} MiB", n=most >> 20))
        broken = _misplaced(items) or _unreadable(archive, items)
        members = tuple(item.filename for item in items if not item.filename.endswith("/"))
        yield SiteZip(archive, path, members, {} if broken else _walk(members), broken)


def _read(archive: zipfile.ZipFile, item: zipfile.ZipInfo, path: Path) -> bytes:
    try:
        return archive.read(item)
    except (OSError, *BROKEN) as error:
        raise DataError(
            msg("{path}: {filename}", path=path, filename=item.filename), msg("can't be read: {reason}", reason=error)
        ) from error


def _unreadable(archive: zipfile.ZipFile, items: list[zipfile.ZipInfo]) -> str | None:
    """Why the archive can't be read: extracting reads every member to its end, and so checks its checksum."""
    for item in items:
        try:
            refuse_false_size(archive, item)
            with archive.open(item) as stream:
                while stream.read(_CHUNK):
                    pass
        except (OSError, *BROKEN) as error:
            return msg("{name}: can't be extracted: {reason}", name=item.filename, reason=error)
    return None


def _parts(name: str) -> tuple[str, ...]:
    """The path below the extraction folder, as zipfile computes it: no part leads outside."""
    return tuple(part for part in name.split("/") if part not in ("", ".", ".."))


def _misplaced(items: list[zipfile.ZipInfo]) -> str | None:
    """A name that no file system accepts, or a file where another member needs a folder."""
    root: _Node = {}
    for item in items:
        name = item.filename
        parts = _parts(name) if len(name) <= _MAX_PATH else (name,)
        if any(len(part.encode("utf-8", "surrogatepass")) > _MAX_NAME for part in parts):
            return msg("{name}: can't be extracted: {reason}", name=name[:80], reason=msg("the name is too long"))
        if not parts and not item.filename.endswith("/"):
            return msg("{name}: can't be extracted: {reason}", name=name, reason=msg("it names a folder"))
        if not _place(root, parts, is_dir=item.filename.endswith("/")):
            return msg(
                "{name}: can't be extracted: {reason}",
                name=name,
                reason=msg("another member needs a folder of this name"),
            )
    return None


def _place(root: _Node, parts: tuple[str, ...], *, is_dir: bool) -> bool:
    """Whether the path fits into the tree; None marks a file."""
    node = root
    for part in parts if is_dir else parts[:-1]:
        below = node.setdefault(part, {})
        if below is None:
            return False
        node = below
    return is_dir or node.setdefault(parts[-1], None) is None


def _walk(members: tuple[str, ...]) -> dict[str, TaskMember]:
    """Walk folder by folder, the files of a folder before its subfolders. On the site the order of siblings is up to
    the file system; here it is alphabetical."""
    paths = {
        _parts(member): member for member in members
    }  # of two with the same path, the later overwrites the earlier
    files: dict[str, TaskMember] = {}
    for parts in sorted(paths, key=lambda parts: (parts[:-1], parts[-1])):
        task, extension = posixpath.splitext(parts[-1])
        before = files.get(task)
        files[task] = TaskMember(paths[parts], extension, 1 if before is None else before.n + 1)
    return files
