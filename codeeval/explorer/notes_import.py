"""Merge notes from another file, or from another copy of a run, into those of a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from codeeval.errors import UsageError
from codeeval.explorer.annotations import FILE_NAME, MAX_NOTE, MAX_TAG, Annotation, Annotations, Key, read_notes
from codeeval.i18n import msg
from codeeval.store.views import RunViews

#: What to do about a file that holds none.
REMEDY = msg("Name a file that `codeeval notes RUN --format json` wrote, or a run's folder.")
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Imported:
    """How many notes were `added`, `replaced` an earlier one, or were not newer than the run's, which was `kept`;
    `strange` ones are on samples that the run does not have, and were skipped."""

    added: int
    replaced: int
    kept: int
    strange: int

    def said(self) -> str:
        return msg(
            "{added} added, {replaced} in the place of earlier ones, {kept} left as they were, {strange} of samples that the run "
            "does not have",
            added=self.added,
            replaced=self.replaced,
            kept=self.kept,
            strange=self.strange,
        )


def import_notes(reader: RunViews, into: Annotations, source: Path) -> Imported:
    """Add the notes of `source`, a file or a run folder; of two on one sample the later one is kept. Nothing is changed
    if the source can't be read. Raises UsageError, DataError and StoreError."""
    path = source / FILE_NAME if source.is_dir() else source
    if path.is_symlink():
        raise UsageError(msg("--import {path}: is a link; name the file that it leads to", path=path))
    try:
        given = read_notes(path, REMEDY)
    except FileNotFoundError:
        if source.is_dir():
            raise UsageError(msg("--import {path}: there are no notes", path=source)) from None
        raise UsageError(msg("--import {path}: there is no such file", path=path)) from None
    return add_notes(reader, into, given)


def add_notes(reader: RunViews, into: Annotations, given: dict[Key, Annotation]) -> Imported:
    """Add some notes; of two on one sample the later one stays. Raises DataError and StoreError."""
    ours = _of_the_run(reader, given)
    strange = len(given) - len(ours)
    with into.changing() as found:
        new = {key: note for key, note in ours.items() if key not in found}
        later = {key: note for key, note in ours.items() if key in found and _moment(note) > _moment(found[key])}
        found.update(new | later)
    return Imported(len(new), len(later), len(ours) - len(new) - len(later), strange)


def _of_the_run(reader: RunViews, given: dict[Key, Annotation]) -> dict[Key, Annotation]:
    """Those on existing samples, no longer than a form allows."""
    there = {pid: frozenset(reader.indices(pid)) for pid in {pid for pid, _ in given}}
    return {
        (pid, index): Annotation(note.tag.strip()[:MAX_TAG], note.note.strip()[:MAX_NOTE], _said(note))
        for (pid, index), note in given.items()
        if index in there[pid] and (note.tag.strip() or note.note.strip())
    }


def _moment(note: Annotation) -> datetime:
    """When it was written; the file may contain anything."""
    try:
        found = datetime.fromisoformat(note.updated_at)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return _EARLIEST


def _said(note: Annotation) -> str:
    return "" if (found := _moment(note)) == _EARLIEST else found.isoformat(timespec="seconds")
