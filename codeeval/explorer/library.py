"""The runs that an explorer shows, by name. Names from URLs are looked up here and never joined to a path."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from codeeval.errors import CodeevalError, DataError, UsageError
from codeeval.explorer.links import slug, unique
from codeeval.explorer.numbers import RunNumbers, count
from codeeval.store.columns import MISREADINGS
from codeeval.store.connection import FILE_NAME, run_path, runs_in
from codeeval.store.kept_views import KeptViews
from codeeval.store.locks import is_held
from codeeval.store.views import RunViews

#: Counting that takes longer (s) continues in the background.
LONG_S = 0.5
UNREADABLE = "a value in the file can't be read"


@dataclass(frozen=True, slots=True)
class RunFile:
    """One run: its name in URLs and its file. `blames`: whether an unreadable value makes the reader search the whole
    file for damage, which a request must not wait for."""

    slug: str
    path: Path
    blames: bool = True

    @property
    def name(self) -> str:
        return self.path.parent.name

    def version(self) -> str:
        """Changes with every commit, and when the writer ends: the sizes and times of the file and of its write-ahead
        log, and whether a process is writing. Nothing stays open between requests, so that the writer can checkpoint
        its log into the file when it ends."""
        found = ["r" if is_held(self.path.parent) is False else "w"]
        for path in (self.path, self.path.with_name(self.path.name + "-wal")):
            try:
                state = path.stat()
            except OSError:
                continue
            found.append(f"{state.st_size:x}.{state.st_mtime_ns:x}")
        return "-".join(found)

    def open(self) -> RunViews:
        """Open the file; everything read from it is of the same moment."""
        reader = KeptViews(self.path) if self.blames else _Hasty(self.path)
        try:
            reader.snapshot()
        except BaseException:
            reader.close()
            raise
        return reader

    def damage(self) -> str | None:
        """The first value in the file that a run never writes; None if there is none. Reads the whole file. Raises
        CodeevalError."""
        with RunViews(self.path) as reader:
            return reader.damage()


class _Hasty(KeptViews):
    """Does not search for damage when a value can't be read, which takes minutes for a large run."""

    def _blame(self, error: BaseException | None) -> None:
        pass


@dataclass(frozen=True, slots=True)
class _Remembered:
    version: str
    numbers: dict[str, RunNumbers]
    took: float


def _count(run: RunFile) -> _Remembered:
    """Raises CodeevalError."""
    start, version = time.monotonic(), run.version()
    with run.open() as reader:
        return _Remembered(version, count(reader, written=version.startswith("w")), time.monotonic() - start)


@dataclass(slots=True)
class Library:
    """All runs of one explorer, in the given order; `folders` may get more of them."""

    runs: tuple[RunFile, ...]
    folders: tuple[Path, ...] = ()
    _numbers: dict[str, _Remembered] = field(default_factory=dict)
    _ids: dict[str, dict[str, str]] = field(default_factory=dict)
    _counting: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)

    @classmethod
    def of(cls, paths: Iterable[Path]) -> Library:
        """Run folders, run files, or folders that hold runs. Raises UsageError if there is none."""
        paths = list(paths)
        files = list(dict.fromkeys(file.resolve() for path in paths for file in _files(path)))
        names = unique(file.parent.name for file in files)
        folders = tuple(path.resolve() for path in paths if path.is_dir() and not (path / FILE_NAME).exists())
        return cls(tuple(RunFile(name, file) for name, file in zip(names, files, strict=True)), folders)

    def serve(self) -> None:
        """From now on requests are waiting: damage is searched for only after a page has been answered."""
        self.runs = tuple(replace(run, blames=False) for run in self.runs)

    def look_again(self) -> None:
        """Find runs that were started since, and drop those that are gone. A run keeps its name in URLs."""
        with self._lock:
            known = {run.path: run for run in self.runs}
            there = dict.fromkeys(file.resolve() for folder in self.folders for file in runs_in(folder))
            new = [file for file in there if file not in known]
            kept = [run for run in self.runs if run.path in there or run.path.parent.parent not in self.folders]
            if not new and len(kept) == len(self.runs):
                return
            names = unique((file.parent.name for file in new), (run.slug for run in self.runs))
            self.runs = (*kept, *(RunFile(name, file, False) for name, file in zip(names, new, strict=True)))

    def find(self, name: str) -> RunFile | None:
        return next((run for run in self.runs if run.slug == name), None)

    def numbers(self, run: RunFile, protocol: str = "") -> RunNumbers:
        """The run's aggregates, under the requested protocol if the run has none of that name; recounted only if its
        file has changed (in the background if that takes long). Raises CodeevalError."""
        found = self._counted(run)
        return found.get(protocol) or next(iter(found.values()))

    def _counted(self, run: RunFile) -> dict[str, RunNumbers]:
        with self._lock:
            lock = self._locks.setdefault(run.slug, threading.Lock())
        with lock:  # of this run only: others are answered meanwhile
            known = self._numbers.get(run.slug)
            if known is None or (known.version != run.version() and known.took < LONG_S):
                known = self._numbers[run.slug] = _count(run)
            elif known.version != run.version() and run.slug not in self._counting:
                # a growing run with this many samples keeps its old numbers until it is recounted
                self._counting.add(run.slug)
                threading.Thread(target=self._count_again, args=(run,), daemon=True).start()
            return known.numbers

    def _count_again(self, run: RunFile) -> None:
        try:
            self._numbers[run.slug] = _count(run)
        except (CodeevalError, *MISREADINGS):
            pass  # pages that read a damaged file report it
        finally:
            self._counting.discard(run.slug)

    def forget(self, run: RunFile) -> None:
        """Recount it on the next request."""
        self._numbers.pop(run.slug, None)

    def version(self, run: RunFile) -> str:
        """The version of the numbers that pages show, or of the file if it is not counted yet."""
        known = self._numbers.get(run.slug)
        return known.version if known else run.version()

    def problem_id(self, run: RunFile, name: str) -> str | None:
        """The problem that a name in a URL refers to. The problems of a run never change."""
        if run.slug not in self._ids:
            self._ids[run.slug] = {slug(head.id): head.id for head in self.numbers(run).heads}
        return self._ids[run.slug].get(name)

    def try_numbers(self, run: RunFile, protocol: str = "") -> RunNumbers | str:
        """The aggregates, or why there are none: one damaged file must not hide the other runs."""
        try:
            return self.numbers(run, protocol)
        except CodeevalError as error:
            return str(error)
        except MISREADINGS:
            if run.blames:
                raise
            return f"{run.path}: {UNREADABLE}"


def _files(path: Path) -> list[Path]:
    try:
        return [run_path(path)]
    except DataError:
        raise
    except UsageError:
        inside = runs_in(path) if path.is_dir() else []
        if not inside:
            raise
        return inside
