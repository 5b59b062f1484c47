"""An open run file: how it is opened and closed, when an error is blamed on it, and how its rows are queried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from codeeval.errors import DataError
from codeeval.i18n import msg
from codeeval.store import schema
from codeeval.store.columns import MISREADINGS
from codeeval.store.connection import open_read_only, run_path, translating
from codeeval.store.damage import damage


class OpenRunFile:
    """A run file, opened read-only by `OpenRunFile(path)`.

    Raises UsageError (no such run), DataError (not a run file, damaged, another schema) and StoreError (can't be read).
    """

    def __init__(self, path: Path) -> None:
        self.path = run_path(path)
        self._db = open_read_only(self.path)
        try:
            with translating(self.path):
                schema.check(self._db, str(self.path))
        except BaseException:
            self._db.close()
            raise

    @property
    def run_dir(self) -> Path:
        return self.path.parent

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._blame(error)
        finally:
            self.close()

    def _blame(self, error: BaseException | None) -> None:
        """Raise DataError if this file is the cause of an error."""
        if isinstance(error, MISREADINGS) and (found := self.damage()):
            raise DataError(str(self.path), found, msg("The run file is damaged.")) from error

    def snapshot(self) -> None:
        """From here on, every query sees the same moment, whatever a writer does meanwhile."""
        with translating(self.path):
            self._db.execute("BEGIN")
            self._db.execute("SELECT count(*) FROM meta").fetchone()

    def damage(self) -> str | None:
        """The place of the first value that a run never writes; None if there is none. Reads the whole file."""
        with translating(self.path):
            return damage(self._db)

    # -- plumbing

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        with translating(self.path):
            for row in self._db.execute(query, values):  # noqa: UP028 - `yield from` closes a cursor after its connection
                yield row

    def _one(self, query: str, values: tuple[Any, ...] = ()) -> Any:
        return next(self._rows(query, values))[0]

    def _meta(self, key: str) -> Any:
        for (value,) in self._rows("SELECT value FROM meta WHERE key = ?", (key,)):
            return value
        raise DataError(
            str(self.path),
            msg("no manifest in it") if key == "manifest" else f"no {key} in it",
            msg("The run was killed while it was being created; start it again."),
        )
