"""Notes that people leave on samples: `annotations.json` beside the run file, so that they travel with the run. The
folder may be another user's: a link in it could bring any file of this machine into an export, or have it overwritten.

{"schema": 1, "annotations": [{"problem_id": "3", "index": 0, "tag": "bug", "note": "...", "updated_at": "..."}]}
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from codeeval import bounded_json
from codeeval.errors import CodeevalError, DataError, StoreError
from codeeval.files import reason
from codeeval.i18n import at, joined, msg
from codeeval.manifest import now
from codeeval.store.inside import MOVE_AWAY, locked, read_file, replace_file

FILE_NAME = "annotations.json"
MAX_NOTE, MAX_TAG = 10_000, 60
MAX_FILE_BYTES = 64 * 1024 * 1024
#: Tags that a page offers.
TAGS_OFFERED = 100

Key = tuple[str, int]


def _lines(text: str) -> str:
    """A browser sends a form's lines with CR LF, and earlier versions stored them so. A file may contain surrogates, which
    no link and no UTF-8 can."""
    return text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True)
class Annotation:
    """A reader's note on a sample; both texts are empty if there is none."""

    tag: str = ""
    note: str = ""
    updated_at: str = ""


def readable_notes(run_dir: Path) -> dict[Key, Annotation]:
    """All notes of a run; empty if their file can't be read, which must not hide the samples."""
    try:
        return Annotations(run_dir).read()
    except CodeevalError:
        return {}


def tags_of(notes: Mapping[Key, Annotation]) -> list[tuple[str, int]]:
    """Tags with their number of notes, the most frequent first."""
    return Counter(note.tag for note in notes.values() if note.tag).most_common()


def read_notes(path: Path, remedy: str) -> dict[Key, Annotation]:
    """The notes in a file. Raises FileNotFoundError, DataError with `remedy` if it holds no annotations, and StoreError
    if it can't be read."""
    try:
        data = read_file(path, MAX_FILE_BYTES, remedy)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreError(at(str(path), reason(error))) from None
    return notes_of(data, str(path), remedy)


def notes_of(data: bytes, where: str, remedy: str) -> dict[Key, Annotation]:
    """The notes in the bytes of a file. Raises DataError with `remedy` if there are none in it."""
    try:
        document = bounded_json.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise DataError(where, msg("is not UTF-8 text"), remedy) from None
    except ValueError as error:
        raise _no_notes(where, error, remedy) from None
    rows = document.get("annotations") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise _no_notes(where, msg('it has no list "annotations"'), remedy)
    found: dict[Key, Annotation] = {}
    for number, row in enumerate(rows, 1):
        try:
            found[str(row["problem_id"]), int(row["index"])] = Annotation(
                _lines(str(row.get("tag", ""))),
                _lines(str(row.get("note", ""))),
                str(row.get("updated_at", "")),
            )
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            fault = msg('note {n} has no "problem_id" or no "index" that is a number', n=number)
            raise _no_notes(where, fault, remedy) from None
    return found


def _no_notes(where: str, why: object, remedy: str) -> DataError:
    return DataError(where, msg("is not a file of annotations ({reason})", reason=why), remedy)


def as_document(notes: Mapping[Key, Annotation]) -> dict[str, object]:
    """The file as a value."""
    rows = [{"problem_id": pid, "index": index, **asdict(what)} for (pid, index), what in sorted(notes.items())]
    return {"schema": 1, "annotations": rows}


class Annotations:
    """All notes of one run. A change is written at once, atomically."""

    def __init__(self, run_dir: Path) -> None:
        self.path = run_dir / FILE_NAME

    def read(self) -> dict[Key, Annotation]:
        """Raises DataError if the file holds no annotations, StoreError if it can't be read."""
        try:
            return read_notes(self.path, MOVE_AWAY)
        except FileNotFoundError:
            return {}

    def put(self, problem_id: str, index: int, tag: str, note: str) -> None:
        """Replace the note of one sample; empty texts remove it. Raises DataError and StoreError."""
        tag, note = _lines(tag), _lines(note)
        with self.changing() as found:
            found.pop((problem_id, index), None)
            if tag.strip() or note.strip():
                found[problem_id, index] = Annotation(tag.strip()[:MAX_TAG], note.strip()[:MAX_NOTE], now())

    @contextmanager
    def changing(self) -> Iterator[dict[Key, Annotation]]:
        """All notes, for modification; written at the end. Raises DataError and StoreError."""
        with self._alone():
            found = self.read()
            yield found
            self._write(found)

    def _write(self, found: dict[Key, Annotation]) -> None:
        text = json.dumps(as_document(found), indent=1)
        if len(text) > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 1024**2
            raise StoreError(at(str(self.path), msg("the notes would take more than {n} MiB", n=limit)))
        try:
            replace_file(self.path, text.encode("ascii"))
        except OSError as error:
            raise StoreError(at(str(self.path), reason(error))) from None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Lock: two explorers of one run must not lose each other's notes."""
        with ExitStack() as stack:
            try:
                stack.enter_context(locked(self.path.with_name(f".{FILE_NAME}.lock")))
            except OSError as error:
                why = joined("; ", (reason(error), "notes can't be kept there"))
                raise StoreError(at(str(self.path.parent), why)) from None
            yield
