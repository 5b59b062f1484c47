"""Answers about a large run from the counts kept in its file, where there are any."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, replace
from typing import Any

from codeeval.store import indexes, kept_counts
from codeeval.store.connection import translating
from codeeval.store.tallies import Head, Tally
from codeeval.store.views import Criteria, RunViews

#: Indices of samples and their milliseconds, as numbers with commas: a list would have too many values to be read.
_Times = tuple[str, str]


class KeptViews(RunViews):
    """A run file, opened read-only by `KeptViews(path)`; raises what RunReader raises."""

    _heads: tuple[Head, ...] | None = None

    def heads(self) -> tuple[Head, ...]:
        if self._heads is None:
            self._heads = super().heads()
        return self._heads

    def tallies(self, protocol: str) -> Iterator[Tally]:
        found = self._of_problems(f"tallies:{protocol}", kept_counts.are_tallies)
        return super().tallies(protocol) if found is None else (Tally(*row) for row in found)

    def sample_counts(self) -> dict[str, int]:
        found: dict[str, int] | None = self._of_problems("samples", kept_counts.are_numbers)
        return super().sample_counts() if found is None else found

    def disagreements(self, protocol: str, other: str) -> tuple[tuple[str, str, int, str, int], ...]:
        found = self._of_problems(f"disagreements:{protocol}:{other}", kept_counts.are_disagreements)
        return super().disagreements(protocol, other) if found is None else tuple(map(tuple, found))

    def formats(self) -> tuple[tuple[str, int, int], ...]:
        found = self._kept("formats", kept_counts.are_formats)
        return super().formats() if found is None else tuple(map(tuple, found))

    def repaired_counts(
        self, protocol: str, known: Mapping[str, tuple[int, int]] | None = None
    ) -> dict[str, tuple[int, int]]:
        found = self._of_problems(f"repaired:{protocol}", kept_counts.are_pairs)
        if found is None:
            return super().repaired_counts(protocol, known)
        return {pid: (n, c) for pid, (n, c) in found.items()}

    def matching(self, protocol: str, criteria: Criteria) -> dict[str, set[int]]:
        times = self._times(protocol, criteria.slower_than_ms)
        if times is None:
            return super().matching(protocol, criteria)
        slow: dict[str, set[int]] = {}
        for pid, index, _ in _slower(times, criteria.slower_than_ms or 0):
            slow.setdefault(pid, set()).add(index)
        others = replace(criteria, slower_than_ms=None)
        if others == Criteria():
            return slow
        found = super().matching(protocol, others)
        return {pid: both for pid, indices in found.items() if (both := indices & slow.get(pid, set()))}

    def slower(self, protocol: str, than_ms: int) -> Iterator[tuple[str, int, int]]:
        times = self._times(protocol, than_ms)
        return super().slower(protocol, than_ms) if times is None else _slower(times, than_ms)

    def _times(self, protocol: str, than_ms: int | None) -> dict[str, _Times] | None:
        """The samples that took at least `indexes.SLOW_MS`; None if faster ones are asked for."""
        if than_ms is None or than_ms < indexes.SLOW_MS:
            return None
        found: dict[str, _Times] | None = self._of_problems(f"slow:{protocol}", kept_counts.are_times)
        return found

    def _of_problems(self, name: str, fits: Callable[[Any, list[str]], bool]) -> Any:
        return self._kept(name, lambda value: fits(value, [head.id for head in self.heads()]))

    def _kept(self, name: str, fits: Callable[[Any], bool]) -> Any:
        with translating(self.path):
            return kept_counts.kept(self._db, name, fits)


def _slower(times: Mapping[str, _Times], than_ms: int) -> Iterator[tuple[str, int, int]]:
    for pid, (indices, all_ms) in times.items():
        for index, cpu_ms in zip(map(int, indices.split(",")), map(int, all_ms.split(",")), strict=True):
            if cpu_ms >= than_ms:
                yield pid, index, cpu_ms


def counted(reader: RunViews) -> dict[str, object]:
    """All counts of a run that are kept, by their names. Raises DataError and StoreError."""
    manifest = reader.manifest()
    found: dict[str, object] = {"samples": reader.sample_counts(), "formats": reader.formats()}
    for name in dict.fromkeys((manifest.protocol, *manifest.protocols)):
        tallies = [astuple(tally) for tally in reader.tallies(name)]
        if len(tallies) <= kept_counts.MOST_ROWS:
            found[f"tallies:{name}"] = tallies
        found[f"slow:{name}"] = _times_of(reader, name)
        if "strict" in manifest.protocols:
            found[f"disagreements:{name}:strict"] = reader.disagreements(name, "strict")
            found[f"repaired:{name}"] = reader.repaired_counts(name)
    return found


def _times_of(reader: RunViews, protocol: str) -> dict[str, _Times]:
    found: dict[str, list[tuple[int, int]]] = {}
    for pid, index, cpu_ms in reader.slower(protocol, indexes.SLOW_MS):
        found.setdefault(pid, []).append((index, cpu_ms))
    return {
        pid: (",".join(str(index) for index, _ in pairs), ",".join(str(cpu_ms) for _, cpu_ms in pairs))
        for pid, pairs in found.items()
    }
