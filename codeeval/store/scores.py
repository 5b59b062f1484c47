"""What a report needs of judgements and samples: few columns, many rows, each read once; the rest is counted in SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from codeeval.store.codec import COMPRESS_ABOVE, unpack_text
from codeeval.store.columns import TABLES
from codeeval.store.records import Counterfactual
from codeeval.store.rows import COUNTERFACTUAL_COLUMNS, counterfactual_of
from codeeval.store.tallies import Tallies
from codeeval.types import Verdict

#: How many different values of a column are remembered while its rows are read.
_REMEMBERED = 64


class ScoredSample(NamedTuple):
    """A judgement without its explanation; `idx` is the sample's index. `verdict` is None if the expected outputs are
    hidden."""

    problem_id: str
    idx: int
    verdict: Verdict | None
    passed: bool
    outputs: tuple[str | None, ...] | str
    failed_calls: tuple[int, ...] = ()


class SharedCount(NamedTuple):
    """The samples of a problem with a verdict under strict and under another protocol, and how many passed each."""

    problem_id: str
    n: int
    passed: int
    strict: int


class Disagreement(NamedTuple):
    """A sample, by problem and index, that one of two protocols passes, and what was executed under each."""

    key: tuple[str, int]
    passed: bool
    job_digest: str | None
    strict_digest: str | None


class Scores(Tallies):
    """Queries for reports."""

    def scored(self, protocol: str) -> Iterator[ScoredSample]:
        """The judgements in the order of problems and indices. Equal outputs are one object."""
        kinds = TABLES["judgements"]
        outputs, calls = _remembering(kinds["outputs"].unpack), _remembering(kinds["failed_calls"].unpack)
        verdict_of = kinds["verdict"].unpack
        query = (
            "SELECT j.problem_id, j.idx, j.verdict, j.passed, j.outputs, j.failed_calls"
            " FROM judgements j JOIN problems p ON p.id = j.problem_id"
            " WHERE j.protocol = ? ORDER BY p.position, j.idx"
        )
        for pid, index, verdict, passed, given, failed in self._rows(query, (protocol,)):
            yield ScoredSample(
                pid if type(pid) is str else unpack_text(pid),
                index,
                None if verdict is None else verdict_of(verdict),
                bool(passed),
                outputs(given),
                () if failed is None else calls(failed),
            )

    def errors_with(self, protocol: str, part: str) -> Iterator[tuple[str, int, str]]:
        """(problem id, index, error) of the failed samples with this text in their error, in order."""
        query = (
            "SELECT j.problem_id, j.idx, j.error FROM judgements j JOIN problems p ON p.id = j.problem_id"
            " WHERE j.protocol = ? AND j.passed = 0 AND instr(j.error, ?) ORDER BY p.position, j.idx"
        )
        for pid, index, error in self._rows(query, (protocol, part)):
            yield unpack_text(pid), index, unpack_text(error)

    def drawn(self) -> Iterator[tuple[str, str, int | None]]:
        """(problem id, completion, seed) of every sample, in the order of problems and indices."""
        seed_of = TABLES["samples"]["seed"].unpack
        query = (
            "SELECT s.problem_id, s.completion, s.seed FROM samples s JOIN problems p ON p.id = s.problem_id"
            " ORDER BY p.position, s.idx"
        )
        for pid, completion, seed in self._rows(query):
            yield unpack_text(pid), unpack_text(completion), seed_of(seed)

    # -- samples with a verdict under strict and under another protocol

    def shared_counts(self, protocol: str) -> tuple[SharedCount, ...]:
        """Of every problem that has such samples."""
        query = (
            "SELECT r.problem_id, count(*), coalesce(sum(r.passed != 0), 0), coalesce(sum(s.passed != 0), 0)"
            f"{_BOTH}{_JUDGED} GROUP BY r.problem_id"
        )
        return tuple(SharedCount(unpack_text(pid), *numbers) for pid, *numbers in self._rows(query, (protocol,)))

    def disagreeing(self, protocol: str) -> Iterator[Disagreement]:
        """Those on which the two disagree; unordered."""
        query = (
            "SELECT r.problem_id, r.idx, r.passed, r.job_digest, s.job_digest"
            f"{_BOTH}{_JUDGED} AND (r.passed != 0) IS NOT (s.passed != 0)"
        )
        for pid, index, passed, *digests in self._rows(query, (protocol,)):
            yield Disagreement((unpack_text(pid), index), bool(passed), *digests)

    def examined(self, protocol: str) -> Iterator[tuple[Counterfactual, bool]]:
        """Those examined for failures of format, in order, each with whether strict passed it."""
        query = (
            f"SELECT s.passed, {COUNTERFACTUAL_COLUMNS}{_BOTH} JOIN problems p ON p.id = r.problem_id"
            f" JOIN counterfactuals c ON c.problem_id = r.problem_id AND c.idx = r.idx{_JUDGED} ORDER BY p.position, c.idx"
        )
        for passed, *row in self._rows(query, (protocol,)):
            yield counterfactual_of(tuple(row)), bool(passed)


#: A sample under another protocol, r, and under strict, s, if it has a verdict under both.
_BOTH = (
    " FROM judgements r JOIN judgements s ON s.protocol = 'strict' AND s.problem_id = r.problem_id AND s.idx = r.idx"
)
_JUDGED = " WHERE r.protocol = ? AND r.verdict IS NOT NULL AND s.verdict IS NOT NULL"


def _remembering(unpack: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`unpack` for a column whose neighbouring rows are often equal. Large values are not kept."""
    known = lru_cache(_REMEMBERED, typed=True)(unpack)
    return lambda stored: known(stored) if isinstance(stored, str) and len(stored) <= COMPRESS_ABOVE else unpack(stored)
