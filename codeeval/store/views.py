"""Aggregates of a run file for pages that show many samples: counted in SQLite, never by loading the evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from codeeval.store import indexes
from codeeval.store.codec import large_text, pack_text, unpack_json, unpack_optional, unpack_outcome, unpack_text
from codeeval.store.records import Counterfactual, PlannedProblem
from codeeval.store.rows import (
    COUNTERFACTUAL_COLUMNS,
    PROBLEM_COLUMNS,
    counterfactual_of,
    problem_of,
)
from codeeval.store.run_file import OpenRunFile
from codeeval.store.texts import Texts
from sandbox import Outcome

#: How many fields of a problem, values, and characters of each can help to tell problems apart.
_MOST_FIELDS, _MOST_VALUES, _LONGEST_FIELD, _LONGEST_VALUE = 50, 50, 5_000, 200
#: Evidence is JSON, compressed if large; a time of 0 is omitted.
_CPU_MS = (
    "CASE typeof(e.outcome) WHEN 'text' THEN coalesce(json_extract(e.outcome, '$.cpu_ms'), 0)"
    " ELSE cpu_ms_of(e.outcome) END"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One judged sample as shown in the matrix. `outputs` is the stored JSON text, given only for hidden problems."""

    index: int
    verdict: str | None
    signature: str | None
    outputs: str | None


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which judged samples to select; None: any. `slower_than_ms` is CPU time."""

    verdict: str | None = None
    signature: str | None = None
    format: str | None = None
    slower_than_ms: int | None = None
    failed: bool = False


class RunViews(Texts):
    """A run file, opened read-only by `RunViews(path)`; raises what RunReader raises."""

    @classmethod
    def of(cls, other: OpenRunFile) -> Self:
        """Views of a file that is open already."""
        made = cls.__new__(cls)
        made.path, made._db = other.path, other._db
        return made

    def planned(self, problem_id: str) -> PlannedProblem | None:
        rows = self._rows(f"SELECT {PROBLEM_COLUMNS} FROM problems WHERE id = ?", (pack_text(problem_id),))
        return next(map(problem_of, rows), None)

    def marks(self, protocol: str, problem_ids: Sequence[str]) -> dict[str, list[Mark]]:
        """The judged samples of some problems, by ascending index."""
        found: dict[str, list[Mark]] = {pid: [] for pid in problem_ids}
        query = (
            "SELECT problem_id, idx, verdict, signature, CASE WHEN verdict IS NULL THEN outputs END FROM judgements"
            " WHERE protocol = ? AND problem_id = ? ORDER BY idx"
        )
        for wanted in problem_ids:
            for _, index, verdict, signature, outputs in self._rows(query, (protocol, pack_text(wanted))):
                found[wanted].append(Mark(index, verdict, unpack_optional(signature), _outputs(outputs)))
        return found

    def matching(self, protocol: str, criteria: Criteria) -> dict[str, set[int]]:
        """Indices of the judged samples that meet all criteria, per problem that has any."""
        self._db.create_function("cpu_ms_of", 1, _cpu_ms, deterministic=True)
        joins, wheres, values = " FROM judgements j", ["j.protocol = ?"], [protocol]
        for column, value in (("j.verdict", criteria.verdict), ("j.signature", criteria.signature)):
            if value is not None:
                wheres.append(f"{column} = ?")
                values.append(value)
        if criteria.failed:
            wheres.append("j.passed = 0")
        if criteria.format is not None:
            joins += " JOIN counterfactuals c ON c.problem_id = j.problem_id AND c.idx = j.idx"
            wheres.append("instr(c.classes, ?)")  # a JSON string in a list of strings
            values.append(json.dumps(criteria.format, ensure_ascii=False))
        if criteria.slower_than_ms is not None:
            join, where = self._slow(criteria.slower_than_ms)
            joins += join
            wheres.append(where)
        found: dict[str, set[int]] = {}
        for pid, index in self._rows(f"SELECT j.problem_id, j.idx{joins} WHERE {' AND '.join(wheres)}", (*values,)):
            found.setdefault(unpack_text(pid), set()).add(index)
        return found

    def slower(self, protocol: str, than_ms: int) -> Iterator[tuple[str, int, int]]:
        """(problem id, index, CPU time in ms) of the judged samples that took at least this long."""
        self._db.create_function("cpu_ms_of", 1, _cpu_ms, deterministic=True)
        join, where = self._slow(than_ms)
        query = f"SELECT j.problem_id, j.idx, {_CPU_MS} FROM judgements j{join} WHERE j.protocol = ? AND {where}"
        for pid, index, cpu_ms in self._rows(query, (protocol,)):
            yield unpack_text(pid), index, cpu_ms

    def _slow(self, than_ms: int) -> tuple[str, str]:
        """A join and a condition from judgements j to executions e that took this long."""
        hint, may_be = "", ""
        if than_ms >= indexes.SLOW_MS and indexes.has(self._db, "slow"):
            hint, may_be = " INDEXED BY slow", f"{indexes.MAY_BE_SLOW.format('e.')} AND "
        join = f" CROSS JOIN executions e{hint} ON e.problem_id = j.problem_id AND e.job_digest = j.job_digest"
        return join, f"{may_be}{_CPU_MS} >= {int(than_ms)}"

    def format_failures(self) -> Iterator[tuple[str, int, tuple[str, ...]]]:
        """(problem id, index, failures of format) of the failed samples that have any."""
        query = "SELECT problem_id, idx, classes FROM counterfactuals WHERE classes != '[]'"
        for pid, index, classes in self._rows(query):
            yield unpack_text(pid), index, tuple(unpack_json(classes))

    def formats(self) -> tuple[tuple[str, int, int], ...]:
        """Failures of format of the failed samples: (name, samples, how many of them pass once repaired)."""
        query = (
            "SELECT f.value, count(*), coalesce(sum(c.passed), 0) FROM counterfactuals c, json_each(c.classes) f"
            " GROUP BY f.value ORDER BY count(*) DESC, f.value"
        )
        return tuple(self._rows(query))

    def repaired_counts(
        self, protocol: str, known: Mapping[str, tuple[int, int]] | None = None
    ) -> dict[str, tuple[int, int]]:
        """(n, c) per problem under strict with the format repaired, over the samples that `protocol` judged as well.

        `known`: the counts of strict, if the caller has them and both have judged every sample.
        """
        if known is None and not self._all_judged(protocol, "strict"):
            return self._repaired_apart(protocol)
        found = self._strict_counts() if known is None else {pid: pair for pid, pair in known.items() if pair[0]}
        passed = self.passed("strict")
        query = "SELECT problem_id, group_concat(idx) FROM counterfactuals WHERE passed = 1 GROUP BY problem_id"
        for stored, indices in self._rows(query):
            pid = unpack_text(stored)
            n, c = found[pid]
            found[pid] = n, c + len(set(indices.split(",")) - set(passed.get(pid, "").split(",")))
        return found

    def _strict_counts(self) -> dict[str, tuple[int, int]]:
        query = (
            "SELECT problem_id, count(*), sum(passed) FROM judgements WHERE protocol = 'strict' AND passed IS NOT NULL"
            " GROUP BY problem_id"
        )
        return {unpack_text(pid): (n, c) for pid, n, c in self._rows(query)}

    def _all_judged(self, *protocols: str) -> bool:
        """Whether every sample has a verdict under each of these protocols."""
        samples = self.n_samples()
        query = "SELECT count(passed) FROM judgements WHERE protocol = ?"
        return all(self._one(query, (name,)) == samples for name in protocols)

    def _repaired_apart(self, protocol: str) -> dict[str, tuple[int, int]]:
        query = (
            "SELECT s.problem_id, count(*), sum(s.passed OR coalesce(c.passed, 0)) FROM judgements s JOIN judgements j"
            " ON j.protocol = ? AND j.problem_id = s.problem_id AND j.idx = s.idx AND j.passed IS NOT NULL"
            " LEFT JOIN counterfactuals c ON c.problem_id = s.problem_id AND c.idx = s.idx"
            " WHERE s.protocol = 'strict' AND s.passed IS NOT NULL GROUP BY s.problem_id"
        )
        return {unpack_text(pid): (n, c) for pid, n, c in self._rows(query, (protocol,))}

    def counterfactual(self, problem_id: str, index: int) -> Counterfactual | None:
        query = f"SELECT {COUNTERFACTUAL_COLUMNS} FROM counterfactuals c WHERE problem_id = ? AND idx = ?"
        return next(map(counterfactual_of, self._rows(query, (pack_text(problem_id), index))), None)

    def hidden_endings(self) -> Iterator[tuple[str, str, Outcome]]:
        """(problem id, job digest, evidence) of programs for problems with hidden answers that may not have returned
        from every call."""
        query = (
            "SELECT e.problem_id, e.job_digest, e.outcome FROM problems p JOIN executions e ON e.problem_id = p.id"
            " WHERE p.expected IS NULL AND (typeof(e.outcome) != 'text' OR instr(e.outcome, '\"raised\"')"
            ' OR NOT instr(e.outcome, \'"status":"completed"\'))'
        )
        for pid, digest, stored in self._rows(query):
            yield unpack_text(pid), digest, unpack_outcome(stored, f"{self.path}, execution {digest}")

    def hidden_programs(self, protocol: str) -> Iterator[tuple[str, int, str]]:
        """(problem id, index, job digest) of the executed samples without a verdict."""
        query = (
            "SELECT problem_id, idx, job_digest FROM judgements WHERE protocol = ? AND verdict IS NULL"
            " AND job_digest IS NOT NULL"
        )
        for pid, index, digest in self._rows(query, (protocol,)):
            yield unpack_text(pid), index, digest

    def failure(self, protocol: str, problem_id: str, *, last: bool) -> int | None:
        """Index of the first or the last failed sample of a problem; None if none failed."""
        query = f"SELECT {'max' if last else 'min'}(idx) FROM judgements WHERE protocol = ? AND problem_id = ? AND passed = 0"
        found: int | None = self._one(query, (protocol, pack_text(problem_id)))
        return found


def _outputs(stored: Any) -> str | None:
    return None if stored is None else large_text(stored)


def _cpu_ms(stored: Any) -> int:
    return unpack_outcome(stored, "run file").cpu_ms
