"""Which samples of a run a filter selects: computed once for the matrix, the list, a sample's neighbours, the exports,
and `codeeval samples`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from codeeval.explorer.agreement import agreement
from codeeval.explorer.annotations import Annotations
from codeeval.explorer.answers import answer_id, failed_with
from codeeval.explorer.filters import AGREEMENT, ANY_NOTE, FAILED, PENDING, Filter, format_id, group_id
from codeeval.explorer.numbers import RunNumbers
from codeeval.explorer.search import PAGE_S, Found, search
from codeeval.store.tallies import Head
from codeeval.store.views import Criteria, RunViews

Key = tuple[str, int]
Of = TypeVar("Of")


@dataclass(frozen=True, slots=True)
class Matching:
    """What a filter selects: problems in the order of the page, and which samples of each (None: all that exist);
    `lines`: where its pattern is found in them."""

    heads: tuple[Head, ...]
    by_problem: dict[str, set[int]] | None
    counts: tuple[int, ...]
    lines: Found = field(default_factory=dict)

    @property
    def n_samples(self) -> int:
        return sum(self.counts)

    def indices(self, reader: RunViews, problem_id: str) -> tuple[int, ...]:
        """The selected samples of one problem, ascending."""
        if self.by_problem is None:
            return reader.indices(problem_id)
        return tuple(sorted(self.by_problem.get(problem_id, ())))

    def keys(self, reader: RunViews, start: int = 0, end: int | None = None) -> Iterator[Key]:
        """(problem id, index) of positions `start` to `end` (exclusive), in order."""
        at = 0
        for head, n in zip(self.heads, self.counts, strict=True):
            if end is not None and at >= end:
                return
            if at + n > start:
                first = max(0, start - at)
                last = n if end is None else min(n, end - at)
                for index in self.indices(reader, head.id)[first:last]:
                    yield head.id, index
            at += n

    def place(self, reader: RunViews, key: Key) -> ListPlace:
        """The position of a sample among the matching ones; it need not match itself."""
        ids = [head.id for head in self.heads]
        if key[0] not in ids:
            return ListPlace(None, self.n_samples, None, None)
        at = ids.index(key[0])
        there = self.indices(reader, key[0])
        left, right = bisect_left(there, key[1]), bisect_right(there, key[1])
        before = (key[0], there[left - 1]) if left else self._nearest(reader, range(at - 1, -1, -1), -1)
        after = (key[0], there[right]) if right < len(there) else self._nearest(reader, range(at + 1, len(ids)), 0)
        return ListPlace(sum(self.counts[:at]) + left + 1 if right > left else None, self.n_samples, before, after)

    def _nearest(self, reader: RunViews, places: Iterable[int], which: int) -> Key | None:
        for at in places:
            if self.counts[at] and (there := self.indices(reader, self.heads[at].id)):
                return self.heads[at].id, there[which]
        return None


@dataclass(frozen=True, slots=True)
class ListPlace:
    """`number`: counted from 1; None if the sample is not among the `of` matching ones. `before`, `after`: the nearest
    of them."""

    number: int | None
    of: int
    before: Key | None
    after: Key | None


def matching(numbers: RunNumbers, reader: RunViews, chosen: Filter, search_s: int = PAGE_S) -> Matching:
    """`search_s`: time limit of a search. Raises PatternError if its pattern can't be used, DataError and
    StoreError."""
    found = _samples(numbers, reader, chosen)
    if chosen.answer:
        found = _both(found, _answering(numbers, reader, chosen))
    if chosen.tag:
        found = _both(found, _noted(reader, chosen.tag))
    lines: Found = search(reader, numbers.protocol, chosen.search, search_s) if chosen.search else {}
    if chosen.search:
        found = _both(found, {pid: set(hits) for pid, hits in lines.items()})
    heads = [head for head in numbers.heads if found is None or head.id in found]
    heads = _sorted([head for head in heads if _says(head, chosen)], numbers, chosen.sort)
    counts = (len(found[head.id]) if found is not None else numbers.samples.get(head.id, 0) for head in heads)
    return Matching(tuple(heads), found, tuple(counts), lines)


def _samples(numbers: RunNumbers, reader: RunViews, chosen: Filter) -> dict[str, set[int]] | None:
    """Which samples the filter selects, ignoring its search, answer and tag, per problem; None: all."""
    if not replace(chosen, search="", answer="", tag="").by_sample:
        return None
    if chosen.verdict == PENDING:
        # the cause, the format and the time of these are unknown
        known = chosen.group or chosen.format or chosen.slow or not numbers.pending
        return {} if known else reader.pending(numbers.protocols)
    signature = _named((group.signature for group in numbers.all_groups), group_id, chosen.group)
    failure = _named((one.name for one in numbers.formats), format_id, chosen.format)
    if (chosen.group and signature is None) or (chosen.format and failure is None):
        return {}
    verdict = chosen.verdict if chosen.verdict not in (*AGREEMENT, FAILED) else ""
    criteria = Criteria(verdict or None, signature, failure, chosen.slow or None, chosen.verdict == FAILED)
    found = reader.matching(numbers.protocol, criteria)
    if (signature or failure) and not verdict and chosen.verdict != FAILED:
        for pid, indices in _hidden(numbers, reader, signature, failure, chosen.slow).items():
            found[pid] = found.get(pid, set()) | indices
    if chosen.verdict in AGREEMENT:
        found = _agreeing(numbers, reader, chosen.verdict, found)
    return found


def _hidden(
    numbers: RunNumbers, reader: RunViews, signature: str | None, failure: str | None, slow: int
) -> dict[str, set[int]]:
    """Samples of problems with hidden answers by how they ended and their failure of format, which no judgement says."""
    found: dict[str, set[int]] | None = None
    if signature is not None:
        found = _having(numbers.endings, lambda how: how.signature == signature)
    if failure is not None:
        found = _both(found, _having(numbers.hidden_formats, lambda classes: failure in classes))
    if slow and found:
        found = _both(found, reader.matching(numbers.protocol, Criteria(slower_than_ms=slow)))
    return found or {}


def _having(known: dict[str, dict[int, Of]], fits: Callable[[Of], bool]) -> dict[str, set[int]]:
    chosen = ((pid, {index for index, what in by_index.items() if fits(what)}) for pid, by_index in known.items())
    return {pid: indices for pid, indices in chosen if indices}


def _answering(numbers: RunNumbers, reader: RunViews, chosen: Filter) -> dict[str, set[int]]:
    """Samples of one problem that failed with these outputs."""
    rows = reader.judgements(numbers.protocol, chosen.problem) if chosen.problem else ()
    failed = ((row.index, failed_with(row)) for row in rows)
    found = {index for index, outputs in failed if outputs is not None and answer_id(outputs) == chosen.answer}
    return {chosen.problem: found} if found else {}


def _noted(reader: RunViews, tag: str) -> dict[str, set[int]]:
    """Samples with a note with this tag."""
    found: dict[str, set[int]] = {}
    for (pid, index), note in Annotations(reader.run_dir).read().items():
        if tag in (note.tag, ANY_NOTE):
            found.setdefault(pid, set()).add(index)
    # a note may be on a sample of another run with this name
    return {pid: both for pid, indices in found.items() if (both := indices & set(reader.indices(pid)))}


def _both(one: dict[str, set[int]] | None, two: dict[str, set[int]]) -> dict[str, set[int]]:
    """The intersection; None stands for all."""
    if one is None:
        return two
    return {pid: both for pid, indices in one.items() if (both := indices & two.get(pid, set()))}


def _agreeing(numbers: RunNumbers, reader: RunViews, code: str, among: dict[str, set[int]]) -> dict[str, set[int]]:
    """Samples of problems with hidden answers, by their relation to the consensus."""
    found: dict[str, set[int]] = {}
    for head in numbers.heads:
        if not head.hidden or head.id not in among:
            continue
        codes = agreement(reader, numbers.protocol, head.id)
        if indices := {index for index in among[head.id] if codes.get(index) == code}:
            found[head.id] = indices
    return found


def _named(names: Iterable[str], as_id: Callable[[str], str], wanted: str) -> str | None:
    """The name for an id in a URL; None if there is none."""
    return next((name for name in names if as_id(name) == wanted), None) if wanted else None


def _says(head: Head, chosen: Filter) -> bool:
    if chosen.problem and head.id != chosen.problem:
        return False
    if chosen.topic and chosen.topic not in head.topics:
        return False
    if chosen.meta and not has_field(head, chosen.meta):
        return False
    words = chosen.q
    return not words or words.casefold() in f"{head.id}\n{head.entry_point}\n{head.prompt}".casefold()


def has_field(head: Head, wanted: str) -> bool:
    """Whether a problem's `meta` has this field with this value, given as `name:value`."""
    return any(wanted == f"{name}:{value}" for name, values in head.fields for value in values)


def _sorted(heads: list[Head], numbers: RunNumbers, sort: str) -> list[Head]:
    counts = numbers.counts[numbers.protocol]

    def rate(head: Head) -> float:
        n, c = counts[head.id]
        return c / n if n else -1.0

    return sorted(heads, key=rate, reverse=sort == "easiest") if sort else heads
