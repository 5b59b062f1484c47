"""Queries on a run file. Nothing here writes; the explorer and the reports use nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from codeeval.store import marks
from codeeval.store.codec import pack_text, unpack_json, unpack_outcome, unpack_text
from codeeval.store.columns import selection
from codeeval.store.connection import translating
from codeeval.store.records import (
    Counterfactual,
    Incident,
    PlannedProblem,
    Session,
    StoredExecution,
    StoredJudgement,
    StoredReward,
)
from codeeval.store.rows import (
    COUNTERFACTUAL_COLUMNS,
    JUDGEMENT_COLUMNS,
    PROBLEM_COLUMNS,
    REWARD_COLUMNS,
    SAMPLE_COLUMNS,
    counterfactual_of,
    incident_of,
    judgement_of,
    problem_of,
    reward_of,
    sample_of,
)
from codeeval.store.scores import Scores
from codeeval.types import Sample, Task
from sandbox import Outcome


class RunReader(Scores):
    """A run file, opened read-only by `RunReader(path)`.

    Raises UsageError (no such run), DataError (not a run file, damaged, another schema) and StoreError (can't be read).
    """

    # -- what was planned

    def problems(self) -> tuple[PlannedProblem, ...]:
        """All problems of the run, in order."""
        return tuple(problem_of(row) for row in self._rows(f"SELECT {PROBLEM_COLUMNS} FROM problems ORDER BY position"))

    def is_of_calls(self) -> bool:
        """Whether the problems are calls with expected outputs, rather than test code or a reference solution to
        compare with."""
        query = "SELECT NOT EXISTS (SELECT 1 FROM problems WHERE tests IS NOT NULL OR oracle IS NOT NULL)"
        return bool(self._one(query))

    def is_own(self) -> bool:
        """Whether this user made the run on this machine, and its manifest and prompts are unchanged since."""
        with translating(self.path):
            return marks.is_own(self._db)

    def task(self) -> Task:
        """The problems of the run as a task; `digest` is that of the whole set they were taken from."""
        info = self.manifest().task
        return Task(info.name, info.source, info.digest, tuple(planned.problem for planned in self.problems()))

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

    def execution(self, problem_id: str, job_digest: str) -> StoredExecution | None:
        query = "SELECT mode, source, outcome FROM executions WHERE problem_id = ? AND job_digest = ?"
        for mode, source, outcome in self._rows(query, (pack_text(problem_id), job_digest)):
            where = f"{self.path}, execution {job_digest} of problem {problem_id}"
            return StoredExecution(problem_id, job_digest, mode, unpack_text(source), unpack_outcome(outcome, where))
        return None

    def execution_keys(self) -> set[tuple[str, str]]:
        """(problem id, job digest) of every execution."""
        return {
            (unpack_text(pid), digest) for pid, digest in self._rows("SELECT problem_id, job_digest FROM executions")
        }

    def execution_digests(self, problem_id: str) -> tuple[str, ...]:
        """The job digests of one problem's executions."""
        query = "SELECT job_digest FROM executions WHERE problem_id = ?"
        return tuple(digest for (digest,) in self._rows(query, (pack_text(problem_id),)))

    def is_judged(self, protocol: str, problem_id: str, index: int) -> bool:
        query = "SELECT 1 FROM judgements WHERE protocol = ? AND problem_id = ? AND idx = ?"
        return next(self._rows(query, (protocol, pack_text(problem_id), index)), None) is not None

    def judgements(self, protocol: str, problem_id: str | None = None) -> Iterator[StoredJudgement]:
        """The judgements in the order of problems and indices."""
        where, values = ("AND j.problem_id = ?", [pack_text(problem_id)]) if problem_id is not None else ("", [])
        query = (
            f"SELECT {JUDGEMENT_COLUMNS} FROM judgements j JOIN problems p ON p.id = j.problem_id"
            f" WHERE j.protocol = ? {where} ORDER BY p.position, j.idx"
        )
        return map(judgement_of, self._rows(query, (protocol, *values)))

    def judgement(self, protocol: str, problem_id: str, index: int) -> StoredJudgement | None:
        """The judgement of one sample; None if it is not judged."""
        query = f"SELECT {JUDGEMENT_COLUMNS} FROM judgements j WHERE protocol = ? AND problem_id = ? AND idx = ?"
        return next(map(judgement_of, self._rows(query, (protocol, pack_text(problem_id), index))), None)

    def counts(self, protocol: str) -> tuple[tuple[str, int, int], ...]:
        """(problem id, n with a verdict, c passed) of every problem of the run, in order; n may be 0."""
        query = (
            "SELECT p.id, count(j.passed), coalesce(sum(j.passed), 0) FROM problems p"
            " LEFT JOIN judgements j ON j.problem_id = p.id AND j.protocol = ? GROUP BY p.position ORDER BY p.position"
        )
        return tuple((unpack_text(pid), n, c) for pid, n, c in self._rows(query, (protocol,)))

    def counterfactuals(self) -> Iterator[Counterfactual]:
        """Failed samples that were examined for failures of format, in the order of problems and indices."""
        query = (
            f"SELECT {COUNTERFACTUAL_COLUMNS} FROM counterfactuals c"
            " JOIN problems p ON p.id = c.problem_id ORDER BY p.position, c.idx"
        )
        return map(counterfactual_of, self._rows(query))

    def unexplained(self) -> tuple[tuple[str, int], ...]:
        """(problem id, index) of the samples that failed under some protocol of the file, have a verdict under strict,
        and were not examined yet."""
        query = (
            "SELECT DISTINCT j.problem_id, j.idx FROM judgements j JOIN problems p ON p.id = j.problem_id"
            " JOIN judgements s ON s.protocol = 'strict' AND s.problem_id = j.problem_id AND s.idx = j.idx"
            " LEFT JOIN counterfactuals c ON c.problem_id = j.problem_id AND c.idx = j.idx"
            " WHERE j.passed = 0 AND s.passed IS NOT NULL AND c.idx IS NULL ORDER BY p.position, j.idx"
        )
        return tuple((unpack_text(pid), index) for pid, index in self._rows(query))

    def rewards(self, ranker: int, problem_id: str | None = None) -> Iterator[StoredReward]:
        """Scores of the reward model at this index of the manifest, in the order of problems and indices."""
        where, values = ("AND r.problem_id = ?", [pack_text(problem_id)]) if problem_id is not None else ("", [])
        query = (
            f"SELECT {REWARD_COLUMNS} FROM rewards r JOIN problems p ON p.id = r.problem_id"
            f" WHERE r.ranker = ? {where} ORDER BY p.position, r.idx"
        )
        return map(reward_of, self._rows(query, (ranker, *values)))

    def unscored(self, ranker: int) -> tuple[tuple[str, int], ...]:
        """(problem id, index) of the samples that this reward model has not scored."""
        query = (
            "SELECT s.problem_id, s.idx FROM samples s JOIN problems p ON p.id = s.problem_id"
            " LEFT JOIN rewards r ON r.ranker = ? AND r.problem_id = s.problem_id AND r.idx = s.idx"
            " WHERE r.idx IS NULL ORDER BY p.position, s.idx"
        )
        return tuple((unpack_text(pid), index) for pid, index in self._rows(query, (ranker,)))

    def tokens(self) -> tuple[int | None, int | None]:
        """Tokens of prompts (once per sample) and of completions, over all samples; None if some are not counted."""
        query = (
            "SELECT CASE WHEN count(tokens_in) = count(*) THEN sum(tokens_in) END,"
            " CASE WHEN count(tokens_out) = count(*) THEN sum(tokens_out) END FROM samples"
        )
        tokens_in, tokens_out = next(iter(self._rows(query)))
        return tokens_in, tokens_out

    def incidents(self) -> tuple[Incident, ...]:
        return tuple(map(incident_of, self._rows(f"SELECT {selection('incidents')} FROM incidents")))

    def sessions(self) -> tuple[Session, ...]:
        """Every recorded invocation that worked on this file, oldest first."""
        return tuple(
            Session.from_json(unpack_json(record))
            for (record,) in self._rows("SELECT record FROM sessions ORDER BY id")
        )
