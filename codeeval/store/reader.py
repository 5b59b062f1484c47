"""Questions to a run file. Nothing here writes; the explorer and the reports use nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from codeeval.errors import DataError
from codeeval.manifest import Manifest
from codeeval.store import marks, schema
from codeeval.store.codec import pack_text, unpack_json, unpack_outcome, unpack_text
from codeeval.store.connection import open_read_only, run_path, translating
from codeeval.store.damage import MISREADINGS, damage
from codeeval.store.records import (
    Counterfactual,
    Execution,
    Incident,
    PlannedProblem,
    Session,
    StoredJudgement,
    StoredReward,
)
from codeeval.store.rows import (
    COUNTERFACTUAL_COLUMNS,
    JUDGEMENT_COLUMNS,
    PROBLEM_COLUMNS,
    SAMPLE_COLUMNS,
    Row,
    counterfactual_of,
    judgement_of,
    problem_of,
    sample_of,
)
from codeeval.types import Sample, Task
from sandbox import Outcome

#: Rows that are read at a time, and less than any index.
PART, MIN_INDEX = 256, -(1 << 63)


class RunReader:
    """A run file, opened read-only by `RunReader(path)`.

    Raises UsageError (no such run), DataError (no run file, damaged, other schema) and StoreError (can't be read).
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
        """Raises DataError where it is this file that an error comes from."""
        if isinstance(error, MISREADINGS) and (found := self.damage()):
            raise DataError(str(self.path), found, "The run file is damaged.") from error

    def snapshot(self) -> None:
        """From here on every answer is about one moment, whatever a writer does meanwhile."""
        with translating(self.path):
            self._db.execute("BEGIN")
            self._db.execute("SELECT count(*) FROM meta").fetchone()

    def damage(self) -> str | None:
        """The first value that no run wrote, by its place; None where there is none. Reads the whole file."""
        with translating(self.path):
            return damage(self._db)

    # -- what was planned

    def manifest(self) -> Manifest:
        return Manifest.from_json(unpack_text(self._meta("manifest")), str(self.path))

    def problems(self) -> tuple[PlannedProblem, ...]:
        """All problems of the run, in its order."""
        return tuple(problem_of(row) for row in self._rows(f"SELECT {PROBLEM_COLUMNS} FROM problems ORDER BY position"))

    def is_own(self) -> bool:
        """Whether this user made the run on this machine, and nobody has changed since then how it was to be made."""
        with translating(self.path):
            return marks.is_own(self._db)

    def task(self) -> Task:
        """The problems of the run as a task; `digest` is that of the whole set it was taken from."""
        info = self.manifest().task
        return Task(info.name, info.source, info.digest, tuple(planned.problem for planned in self.problems()))

    def n_wanted(self) -> int:
        return int(self._one("SELECT coalesce(sum(wanted), 0) FROM problems"))

    # -- what is there

    def n_samples(self) -> int:
        return int(self._one("SELECT count(*) FROM samples"))

    def samples(self, problem_id: str | None = None) -> Iterator[Sample]:
        """All samples, or those of one problem, in the order of problems and indices."""
        where, values = ("WHERE s.problem_id = ?", (pack_text(problem_id),)) if problem_id is not None else ("", ())
        query = f"SELECT {SAMPLE_COLUMNS} FROM samples s JOIN problems p ON p.id = s.problem_id {where}"
        return map(sample_of, self._rows(query + " ORDER BY p.position, s.idx", values))

    def sample(self, problem_id: str, index: int) -> Sample | None:
        query = f"SELECT {SAMPLE_COLUMNS} FROM samples s WHERE problem_id = ? AND idx = ?"
        return next(map(sample_of, self._rows(query, (pack_text(problem_id), index))), None)

    def outcome(self, problem_id: str, job_digest: str) -> Outcome | None:
        execution = self.execution(problem_id, job_digest)
        return execution.outcome if execution else None

    def execution(self, problem_id: str, job_digest: str) -> Execution | None:
        query = "SELECT mode, source, outcome FROM executions WHERE problem_id = ? AND job_digest = ?"
        for mode, source, outcome in self._rows(query, (pack_text(problem_id), job_digest)):
            where = f"{self.path}, execution {job_digest} of problem {problem_id}"
            return Execution(problem_id, job_digest, mode, unpack_text(source), unpack_outcome(outcome, where))
        return None

    def execution_keys(self) -> set[tuple[str, str]]:
        """(problem id, job digest) of everything that was executed."""
        return {
            (unpack_text(pid), digest) for pid, digest in self._rows("SELECT problem_id, job_digest FROM executions")
        }

    def execution_digests(self, problem_id: str) -> tuple[str, ...]:
        """The digests of what was executed of one problem."""
        query = "SELECT job_digest FROM executions WHERE problem_id = ?"
        return tuple(digest for (digest,) in self._rows(query, (pack_text(problem_id),)))

    def is_judged(self, protocol: str, problem_id: str, index: int) -> bool:
        query = "SELECT 1 FROM judgements WHERE protocol = ? AND problem_id = ? AND idx = ?"
        return next(self._rows(query, (protocol, pack_text(problem_id), index)), None) is not None

    def judgements(self, protocol: str, problem_id: str | None = None) -> Iterator[StoredJudgement]:
        """In the order of problems and indices."""
        where, values = ("AND j.problem_id = ?", [pack_text(problem_id)]) if problem_id is not None else ("", [])
        query = (
            f"SELECT {JUDGEMENT_COLUMNS} FROM judgements j JOIN problems p ON p.id = j.problem_id"
            f" WHERE j.protocol = ? {where} ORDER BY p.position, j.idx"
        )
        return map(judgement_of, self._rows(query, (protocol, *values)))

    def counts(self, protocol: str) -> tuple[tuple[str, int, int], ...]:
        """(problem id, n with a verdict, c passed) of every problem of the run, in its order; n may be 0."""
        query = (
            "SELECT p.id, count(j.passed), coalesce(sum(j.passed), 0) FROM problems p"
            " LEFT JOIN judgements j ON j.problem_id = p.id AND j.protocol = ? GROUP BY p.position ORDER BY p.position"
        )
        return tuple((unpack_text(pid), n, c) for pid, n, c in self._rows(query, (protocol,)))

    def counterfactuals(self) -> Iterator[Counterfactual]:
        """Failed samples that were looked at for failures of format, in the order of problems and indices."""
        query = (
            f"SELECT {COUNTERFACTUAL_COLUMNS} FROM counterfactuals c"
            " JOIN problems p ON p.id = c.problem_id ORDER BY p.position, c.idx"
        )
        return map(counterfactual_of, self._rows(query))

    def unexplained(self) -> tuple[tuple[str, int], ...]:
        """(problem id, index) of the samples that failed under some protocol of the file, have a verdict under strict, and
        were not looked at yet."""
        query = (
            "SELECT DISTINCT j.problem_id, j.idx FROM judgements j JOIN problems p ON p.id = j.problem_id"
            " JOIN judgements s ON s.protocol = 'strict' AND s.problem_id = j.problem_id AND s.idx = j.idx"
            " LEFT JOIN counterfactuals c ON c.problem_id = j.problem_id AND c.idx = j.idx"
            " WHERE j.passed = 0 AND s.passed IS NOT NULL AND c.idx IS NULL ORDER BY p.position, j.idx"
        )
        return tuple((unpack_text(pid), index) for pid, index in self._rows(query))

    def rewards(self, ranker: int, problem_id: str | None = None) -> Iterator[StoredReward]:
        """Scores of the reward model at this position of the manifest, in the order of problems and indices."""
        where, values = ("AND r.problem_id = ?", [pack_text(problem_id)]) if problem_id is not None else ("", [])
        query = (
            "SELECT r.problem_id, r.idx, r.score, r.cut FROM rewards r JOIN problems p ON p.id = r.problem_id"
            f" WHERE r.ranker = ? {where} ORDER BY p.position, r.idx"
        )
        for pid, index, score, cut in self._rows(query, (ranker, *values)):
            yield StoredReward(unpack_text(pid), index, score, bool(cut))

    def unscored(self, ranker: int) -> tuple[tuple[str, int], ...]:
        """(problem id, index) of the samples that this reward model has not scored."""
        query = (
            "SELECT s.problem_id, s.idx FROM samples s JOIN problems p ON p.id = s.problem_id"
            " LEFT JOIN rewards r ON r.ranker = ? AND r.problem_id = s.problem_id AND r.idx = s.idx"
            " WHERE r.idx IS NULL ORDER BY p.position, s.idx"
        )
        return tuple((unpack_text(pid), index) for pid, index in self._rows(query, (ranker,)))

    def tokens(self) -> tuple[int | None, int | None]:
        """Tokens of prompts (once per sample) and of completions, over all samples; None where some are not counted."""
        query = (
            "SELECT CASE WHEN count(tokens_in) = count(*) THEN sum(tokens_in) END,"
            " CASE WHEN count(tokens_out) = count(*) THEN sum(tokens_out) END FROM samples"
        )
        tokens_in, tokens_out = next(iter(self._rows(query)))
        return tokens_in, tokens_out

    # -- what is missing

    def n_missing(self) -> int:
        """Samples that are wanted and not there."""
        query = "SELECT count(*) FROM samples s JOIN problems p ON p.id = s.problem_id WHERE s.idx >= 0 AND s.idx < p.wanted"
        return self.n_wanted() - int(self._one(query))

    def missing_samples(self) -> dict[str, tuple[int, ...]]:
        """Sample indices not there yet, ascending, of every problem that lacks some."""
        query = (
            "SELECT p.id, p.wanted, (SELECT count(*) FROM samples s WHERE s.problem_id = p.id"
            " AND s.idx >= 0 AND s.idx < p.wanted) AS had FROM problems p WHERE had < p.wanted ORDER BY p.position"
        )
        missing: dict[str, tuple[int, ...]] = {}
        for pid, wanted, had in list(self._rows(query)):
            indices = self._rows("SELECT idx FROM samples WHERE problem_id = ?", (pid,)) if had else iter(())
            have = {index for (index,) in indices}
            missing[unpack_text(pid)] = tuple(index for index in range(wanted) if index not in have)
        return missing

    def unjudged(self, protocol: str) -> tuple[tuple[str, int], ...]:
        """(problem id, index) of the samples that have no judgement under this protocol."""
        query = (
            "SELECT s.problem_id, s.idx FROM samples s JOIN problems p ON p.id = s.problem_id"
            " LEFT JOIN judgements j ON j.protocol = ? AND j.problem_id = s.problem_id AND j.idx = s.idx"
            " WHERE j.idx IS NULL ORDER BY p.position, s.idx"
        )
        return tuple((unpack_text(pid), index) for pid, index in self._rows(query, (protocol,)))

    def n_unjudged(self, protocol: str) -> int:
        """How many samples have no judgement under this protocol."""
        query = (
            "SELECT count(*) FROM samples s JOIN problems p ON p.id = s.problem_id"
            " LEFT JOIN judgements j ON j.protocol = ? AND j.problem_id = s.problem_id AND j.idx = s.idx"
            " WHERE j.idx IS NULL"
        )
        return int(self._one(query, (protocol,)))

    def unjudged_rows(self, protocols: Sequence[str]) -> Iterator[tuple[Row, tuple[str, ...]]]:
        """The samples that lack a judgement under some of these protocols, as rows, each with the protocols that it lacks.
        Read in parts: the file may be written meanwhile, and what is added behind the part in hand is met, too."""
        joins = "".join(
            f" LEFT JOIN judgements j{i} ON j{i}.protocol = ? AND j{i}.problem_id = s.problem_id AND j{i}.idx = s.idx"
            for i in range(len(protocols))
        )
        lacks = ", ".join(f"j{i}.idx IS NULL" for i in range(len(protocols)))
        where = " OR ".join(f"j{i}.idx IS NULL" for i in range(len(protocols)))
        query = (
            f"SELECT {SAMPLE_COLUMNS}, {lacks} FROM samples s{joins} WHERE s.problem_id = ? AND s.idx > ?"
            f" AND ({where}) ORDER BY s.idx LIMIT {PART}"
        )
        for (pid,) in list(self._rows("SELECT id FROM problems ORDER BY position")):
            after: int | None = MIN_INDEX
            while after is not None:
                part = list(self._rows(query, (*protocols, pid, after)))
                after = part[-1][1] if len(part) == PART else None
                for row in part:
                    lacking = row[-len(protocols) :]
                    names = tuple(name for name, is_lacking in zip(protocols, lacking, strict=True) if is_lacking)
                    yield row[: -len(protocols)], names

    def incidents(self) -> tuple[Incident, ...]:
        query = "SELECT problem_id, idx, stage, reason FROM incidents"
        return tuple(
            Incident(unpack_text(pid), index, stage, unpack_text(reason))
            for pid, index, stage, reason in self._rows(query)
        )

    def sessions(self) -> tuple[Session, ...]:
        """Every invocation that worked on this file and could say so, oldest first."""
        return tuple(
            Session.from_json(unpack_json(record))
            for (record,) in self._rows("SELECT record FROM sessions ORDER BY id")
        )

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
            str(self.path), f"no {key} in it", "The run was killed while it was being created; start it again."
        )
