"""The only writer of a run file.

All writes of a process go through one `RunStore`, from one thread; a lock on the run folder keeps other processes out
and is released when the process ends, however it ends. Writes collect in a transaction until `commit()`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from codeeval.errors import CodeevalError, StoreError
from codeeval.manifest import Manifest
from codeeval.scoring.equality import ATOL, RTOL
from codeeval.store import kept_counts, kept_views, locks, marks, schema
from codeeval.store.codec import pack_json, pack_text
from codeeval.store.columns import MISREADINGS, insertion
from codeeval.store.connection import FILE_NAME, open_for_writing, run_path, translating
from codeeval.store.new_run import hold_new, remove_files
from codeeval.store.reader import RunReader
from codeeval.store.records import (
    Counterfactual,
    Incident,
    PlannedProblem,
    Session,
    StoredReward,
)
from codeeval.store.rows import (
    Row,
    counterfactual_row,
    incident_row,
    problem_row,
    reward_row,
    sample_row,
)
from codeeval.store.views import RunViews
from codeeval.types import Sample


class RunStore(RunReader):
    """A run file, opened for writing by `create` or `open`. Answers everything that a reader answers."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path, self._lock = path, lock
        self._db = open_for_writing(path)
        #: Why this run has no mark although this process made it.
        self.unmarked: str | None = None
        self._changed = False
        try:
            with translating(path):
                schema.migrate(self._db, str(path))
                self._own = marks.is_own(self._db)
                self._pending = bool(self._db.execute("SELECT EXISTS (SELECT 1 FROM incidents)").fetchone()[0])
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def create(
        cls,
        run_dir: Path,
        manifest: Manifest,
        problems: Sequence[PlannedProblem],
        samples: Iterable[Iterable[Sample]] = (),
        incidents: Iterable[Incident] = (),
    ) -> RunStore:
        """A new run in `run_dir`, which exists with all of this or, whatever happens meanwhile, not at all. Raises
        UsageError if one exists there, and StoreError if it can't be written."""
        store = cls._opened(run_dir / FILE_NAME, hold_new(run_dir))
        try:
            store._begin(manifest, problems)
            for each in samples:
                store.add_samples(each)
            store.add_incidents(incidents)
            store.commit()
        except BaseException:
            store._abandon()
            raise
        with translating(store.path):  # other processes tell from the file alone whose it is
            store._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        return store

    def _abandon(self) -> None:
        """Leave nothing of a run that was not created."""
        self._db.close()
        with suppress(OSError):
            remove_files(self.path)
            self.run_dir.rmdir()  # if it is empty
        os.close(self._lock)
        self._lock = -1

    def _begin(self, manifest: Manifest, problems: Sequence[PlannedProblem]) -> None:
        with self._writing():
            manifest = manifest.model_copy(update={"float_tolerance": (RTOL, ATOL)})
            self._db.execute("INSERT INTO meta VALUES ('manifest', ?)", (pack_text(manifest.to_json()),))
            self._db.executemany(
                insertion("problems"), [problem_row(place, planned) for place, planned in enumerate(problems)]
            )
            self._own = True
            self._mark()

    @classmethod
    def open(cls, path: Path) -> RunStore:
        """An existing run, to be continued or judged again; migrates an older one. Raises UsageError (no such run, or a
        running process is writing it), DataError and StoreError."""
        file = run_path(path)
        return cls._opened(file, locks.hold(file.parent))

    @classmethod
    def _opened(cls, path: Path, lock: int) -> RunStore:
        try:
            return cls(path, lock)
        except BaseException:
            os.close(lock)
            raise

    # -- writing; nothing is durable before commit()

    def add_samples(self, samples: Iterable[Sample]) -> None:
        """Add samples. An existing one is kept: what was executed is what is stored."""
        self.add_sample_rows([sample_row(sample) for sample in samples])

    def add_sample_rows(self, rows: Sequence[Row]) -> None:
        """`add_samples` for packed samples."""
        with self._writing():
            self._db.executemany(insertion("samples", "OR IGNORE"), rows)
            self._settle((row[0], row[1], "generation") for row in rows)

    def add_judged(self, executions: Sequence[Row], judgements: Sequence[Row], late: set[Row]) -> list[Row]:
        """Add packed evidence and the judgements based on it. A row with an existing key changes nothing.

        `late`: (packed problem id, digest) of evidence of this origin that came after other evidence of the same job;
        newly found ones are added to it. Returns the judgements based on such evidence, which are left out."""
        with self._writing():
            late |= self._add_executions(executions)
            kept = [row for row in judgements if (row[1], row[3]) not in late] if late else judgements
            self._db.executemany(insertion("judgements", "OR IGNORE"), kept)
            self._settle((row[1], row[2], f"execution:{row[0]}") for row in kept)
        return [row for row in judgements if (row[1], row[3]) in late] if late else []

    def _add_executions(self, rows: Sequence[Row]) -> set[Row]:
        """The keys of those that were there already, which is rare: only then they are looked for one by one."""
        if not rows:
            return set()
        insert, late = insertion("executions", "OR IGNORE"), set()
        self._db.execute("SAVEPOINT evidence")
        if self._db.executemany(insert, rows).rowcount < len(rows):
            self._db.execute("ROLLBACK TO evidence")
            late = {row[:2] for row in rows if not self._db.execute(insert, row).rowcount}
        self._db.execute("RELEASE evidence")
        return late

    def drop_judgements(self, protocol: str) -> None:
        with self._writing():
            self._db.execute("DELETE FROM judgements WHERE protocol = ?", (protocol,))

    def add_counterfactuals(self, rows: Iterable[Counterfactual]) -> None:
        """Add the results of examining failed samples, replacing earlier rows of the same samples."""
        packed = [counterfactual_row(row) for row in rows]
        with self._writing():
            self._db.executemany(insertion("counterfactuals", "OR REPLACE"), packed)

    def drop_counterfactuals(self) -> None:
        with self._writing():
            self._db.execute("DELETE FROM counterfactuals")

    def add_rewards(self, ranker: int, rows: Iterable[StoredReward]) -> None:
        """Add scores of the reward model at this index of the manifest, replacing earlier ones of the same samples."""
        with self._writing():
            self._db.executemany(insertion("rewards", "OR REPLACE"), [reward_row(ranker, row) for row in rows])

    def set_expected(self, expected: Mapping[str, Sequence[str]]) -> None:
        """Set answers for problems with hidden ones: problem id -> one output per call."""
        with self._writing():
            self._db.executemany(
                "UPDATE problems SET expected = ? WHERE id = ?",
                [(pack_json(list(outputs)), pack_text(pid)) for pid, outputs in expected.items()],
            )

    def add_incidents(self, incidents: Iterable[Incident]) -> None:
        self.add_incident_rows([incident_row(incident) for incident in incidents])

    def add_incident_rows(self, rows: Sequence[Row]) -> None:
        """`add_incidents` for packed incidents."""
        with self._writing():
            self._db.executemany(insertion("incidents", "OR REPLACE"), rows)
            self._pending = self._pending or bool(rows)

    def _settle(self, keys: Iterable[Row]) -> None:
        """Delete the reasons why these (packed problem id, index, stage) were pending. Most runs have no incidents."""
        if self._pending:
            self._db.executemany("DELETE FROM incidents WHERE problem_id = ? AND idx = ? AND stage = ?", keys)

    def put_session(self, session: Session, row: int | None = None) -> int:
        """Add a session, or overwrite the one in `row`; return its row."""
        with self._writing():
            record = pack_json(session.to_json())
            cursor = self._db.execute(insertion("sessions", "OR REPLACE"), (row, record))
            return int(cursor.lastrowid or 0)

    def put_manifest(self, manifest: Manifest) -> None:
        with self._writing():
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('manifest', ?)", (pack_text(manifest.to_json()),))
            self._mark()

    def _mark(self) -> None:
        """Mark the run as this user's; another user's run stays unmarked, whatever is done with it here."""
        if not self._own:
            return
        try:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (marks.MARK, marks.mark_of(self._db)))
        except marks.NoKeyError as error:
            self._own, self.unmarked = False, str(error)

    def commit(self) -> None:
        """From here on, what was written survives the death of this process."""
        if self._db.in_transaction:
            with translating(self.path):
                self._db.execute("COMMIT")

    def close(self) -> None:
        """Commit, checkpoint the log into the file (so that it can be copied and read anywhere), and release the
        folder. May be called twice."""
        if self._lock < 0:
            return
        try:
            self.commit()
            if self._changed:
                self._keep_counts()
            with suppress(sqlite3.Error):  # a reader may hold the log; the last to close it then checkpoints it
                self._db.execute("PRAGMA journal_mode = DELETE")
        finally:
            self._db.close()
            os.close(self._lock)
            self._lock = -1

    def _keep_counts(self) -> None:
        """Add what the first page of a large run needs; without it that page is only slower."""
        with suppress(CodeevalError, sqlite3.Error, *MISREADINGS):
            if self.n_samples() >= kept_counts.FEWEST_SAMPLES:
                counts = kept_views.counted(RunViews.of(self))
                with self._writing():
                    kept_counts.keep(self._db, counts)
                self.commit()
        if self._db.in_transaction:  # the disk is full
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, StoreError):  # a full disk: closing must not hide the reason
            with suppress(StoreError):
                self.close()
        else:
            super().__exit__(kind, error, trace)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with translating(self.path):
            if not self._db.in_transaction:
                self._db.execute("BEGIN IMMEDIATE")
            if not self._changed:
                self._changed = True
                kept_counts.drop(self._db)
            yield
