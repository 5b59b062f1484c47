"""What a run file lacks: requested samples that are missing, and samples without a judgement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, product

from codeeval.manifest import Manifest
from codeeval.store.codec import pack_text, unpack_text
from codeeval.store.rows import SAMPLE_COLUMNS, Row
from codeeval.store.run_file import OpenRunFile

#: How many rows are read at a time; and a number below any index.
PART, MIN_INDEX = 256, -(1 << 63)


class PendingReader(OpenRunFile):
    """Queries about what is still to be done."""

    def manifest(self) -> Manifest:
        return Manifest.from_json(unpack_text(self._meta("manifest")), str(self.path))

    def n_wanted(self) -> int:
        return int(self._one("SELECT coalesce(sum(wanted), 0) FROM problems"))

    def sample_counts(self) -> dict[str, int]:
        """Number of samples per problem, for problems that have any."""
        rows = self._rows("SELECT problem_id, count(*) FROM samples GROUP BY problem_id")
        return {unpack_text(pid): n for pid, n in rows}

    def indices(self, problem_id: str) -> tuple[int, ...]:
        """The sample indices of one problem, ascending."""
        rows = self._rows("SELECT idx FROM samples WHERE problem_id = ? ORDER BY idx", (pack_text(problem_id),))
        return tuple(index for (index,) in rows)

    def n_pending(self, protocols: Sequence[str] | None = None) -> int:
        """Number of samples that are missing, or lack a judgement under one of the protocols (by default the run's)."""
        names = self.manifest().protocols if protocols is None else protocols
        return sum(map(len, self.pending(names).values()))

    def pending(self, protocols: Sequence[str]) -> dict[str, set[int]]:
        """Indices of the samples that `n_pending` counts, per problem that has any. Only problems with incomplete
        counts are examined."""
        there = self.sample_counts()
        judged = [self._judged_counts(name) for name in protocols]
        found = {}
        for pid, wanted in self._rows("SELECT id, wanted FROM problems"):
            name = unpack_text(pid)
            n = there.get(name, 0)
            if n != wanted or any(counts.get(name, 0) < n for counts in judged):
                found[name] = self._lacking(name, wanted, protocols)
        return {name: indices for name, indices in found.items() if indices}

    def _judged_counts(self, protocol: str) -> dict[str, int]:
        query = "SELECT problem_id, count(*) FROM judgements WHERE protocol = ? GROUP BY problem_id"
        return {unpack_text(pid): n for pid, n in self._rows(query, (protocol,))}

    def _lacking(self, problem_id: str, wanted: int, protocols: Sequence[str]) -> set[int]:
        there = set(self.indices(problem_id))
        found = set(range(wanted)) - there
        query = "SELECT idx FROM judgements WHERE protocol = ? AND problem_id = ?"
        for name in protocols:
            found |= there - {index for (index,) in self._rows(query, (name, pack_text(problem_id)))}
        return found

    def missing_samples(self) -> dict[str, tuple[int, ...]]:
        """Missing sample indices, ascending, of every problem that lacks any."""
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

    def n_missing(self) -> int:
        """Number of samples that are not there yet."""
        return sum(map(len, self.missing_samples().values()))

    def n_unjudged(self, *protocols: str) -> int:
        """Number of samples without a judgement under any one of these protocols."""
        joins, lacks = _judgements(len(protocols))
        query = f"SELECT count(*) FROM samples s JOIN problems p ON p.id = s.problem_id{joins}"
        return int(self._one(f"{query} WHERE {' OR '.join(lacks)}", protocols))

    def unjudged_rows(self, protocols: Sequence[str]) -> Iterator[tuple[Row, tuple[str, ...]]]:
        """The samples that lack a judgement under any of these protocols, as rows, each with the protocols that it
        lacks. Read in parts: the file may be written meanwhile, and rows added after the current part are included."""
        n = len(protocols)
        joins, lacks = _judgements(n)
        lacking = {flags: tuple(compress(protocols, flags)) for flags in product((0, 1), repeat=n)}
        query = (
            f"SELECT {SAMPLE_COLUMNS}, {', '.join(lacks)} FROM samples s{joins} WHERE s.problem_id = ? AND s.idx > ?"
            f" AND ({' OR '.join(lacks)}) ORDER BY s.idx LIMIT {PART}"
        )
        for (pid,) in list(self._rows("SELECT id FROM problems ORDER BY position")):
            after: int | None = MIN_INDEX
            while after is not None:
                part = list(self._rows(query, (*protocols, pid, after)))
                after = part[-1][1] if len(part) == PART else None
                for row in part:
                    yield row[:-n], lacking[row[-n:]]


def _judgements(n: int) -> tuple[str, list[str]]:
    """The judgements of samples `s` under n protocols: joins, and for each the condition that there is none."""
    joins = (
        f" LEFT JOIN judgements j{i} ON j{i}.protocol = ? AND j{i}.problem_id = s.problem_id AND j{i}.idx = s.idx"
        for i in range(n)
    )
    return "".join(joins), [f"j{i}.idx IS NULL" for i in range(n)]
