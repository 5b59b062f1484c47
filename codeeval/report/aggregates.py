"""Numbers of a run computed from its counts, for the report and for the explorer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from codeeval.report.values import Difference, FailureGroup
from codeeval.report.waterfall import verbatim_of
from codeeval.stats import KEstimate, summarize
from codeeval.store import RunReader
from codeeval.store.tallies import Tally
from codeeval.types import Verdict


def estimates(counts: Iterable[tuple[int, int]], ks: Iterable[int]) -> dict[int, KEstimate]:
    """pass@k by k, over the problems that have samples with a verdict."""
    pairs = [pair for pair in counts if pair[0]]
    return {k: summarize(pairs, k) for k in ks}


def verdicts(tallies: Iterable[Tally]) -> dict[str, int]:
    """How often each verdict occurred, in the order of the enum; verdicts that did not occur are left out."""
    found: Counter[str] = Counter()
    for tally in tallies:
        if tally.verdict is not None:
            found[tally.verdict] += tally.n
    return {verdict.value: found[verdict.value] for verdict in Verdict if found[verdict.value]}


def failure_groups(reader: RunReader, protocol: str, tallies: Iterable[Tally]) -> list[FailureGroup]:
    """Failures by signature; the example is the first in the order of the run."""
    position = reader.positions()
    members: dict[str, list[Tally]] = {}
    for tally in tallies:
        if tally.passed is False:
            members.setdefault(tally.signature or "", []).append(tally)
    made = []
    for name, found in members.items():
        first = min(found, key=lambda tally: (position[tally.problem_id], tally.first))
        message = reader.error_of(protocol, first.problem_id, first.first)
        n_problems = len({tally.problem_id for tally in found})
        total = sum(tally.n for tally in found)
        made.append(FailureGroup(name, total, n_problems, first.problem_id, first.first, message))
    return made


def largest(found: Iterable[FailureGroup]) -> tuple[FailureGroup, ...]:
    """The largest first."""
    return tuple(sorted(found, key=lambda group: (-group.n_samples, group.signature)))


def differences(reader: RunReader) -> tuple[Difference, ...]:
    """The samples on which the two scores of a run disagree, the most frequent kind first."""
    names = reader.manifest().protocols
    if "strict" not in names:
        return ()
    return tuple(Difference(*found) for found in reader.disagreements(verbatim_of(names), "strict"))
