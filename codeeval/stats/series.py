"""Several runs of one set side by side, for example the checkpoints of a training: pass@k of each, and every problem's rate
in each. Pure.

The runs must agree in everything that a comparison requires (codeeval/stats/compare.py). A problem's change is from the first
run to the last, classified as in a comparison of these two; its range shows what came and went between them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from codeeval.stats.chance import Counts
from codeeval.stats.compare import CompareOptions, dependent_problems
from codeeval.stats.passk import pass_at_k
from codeeval.stats.problem_change import Change, ProblemChange, change_of
from codeeval.stats.run_counts import RunCounts, shared_problems
from codeeval.stats.summary import KEstimate, summarize

#: The orders that runs can have.
ORDERS = ("given", "number", "date")
#: The order of the list of problems.
_KINDS: tuple[Change, ...] = ("regressed", "fixed", "changed", "same")
_DIGITS = re.compile(r"(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class SeriesRun:
    """One run: its name, and pass@k over the problems that all runs share."""

    name: str
    estimate: KEstimate


@dataclass(frozen=True, slots=True)
class SeriesProblem:
    """One problem in every run: `cells` are its (samples, correct), `rates` its pass@k. `difference`: last - first; `range`:
    highest - lowest; `p`: Fisher's, of the first and the last."""

    problem_id: str
    cells: tuple[Counts, ...]
    rates: tuple[float, ...]
    difference: float
    range: float
    p: float
    change: Change


@dataclass(frozen=True, slots=True)
class Series:
    """Runs in order, and problems with the largest changes first: regressed, fixed, changed, the same."""

    k: int
    runs: tuple[SeriesRun, ...]
    problems: tuple[SeriesProblem, ...]
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """One JSON object."""
        return {
            "k": self.k,
            "runs": [{"name": run.name, **run.estimate.to_json()} for run in self.runs],
            "problems": [asdict(problem) for problem in self.problems],
        }


def series(runs: Sequence[RunCounts], options: CompareOptions | None = None) -> Series:
    """`runs` must be in order. Raises what `compare` raises: UsageError if they differ in what must agree (unless allowed) or
    some problem has fewer than k samples, NothingToEvaluate if they share no problem."""
    chosen = options or CompareOptions()
    first, last, warnings = runs[0], runs[-1], list[str]()
    shared = list(first.counts)
    for other in runs[1:]:
        both, told = shared_problems(first, other, chosen.allow_different)
        among = set(both)
        shared = [problem for problem in shared if problem in among]
        warnings += told
    blocks, _ = dependent_problems(first, last, shared)
    problems = [_problem(problem, runs, chosen.k, as_one=problem in blocks) for problem in shared]
    problems.sort(key=_place)
    return Series(
        chosen.k,
        tuple(SeriesRun(run.name, summarize([run.counts[pid] for pid in shared], chosen.k)) for run in runs),
        tuple(problems),
        tuple(dict.fromkeys(warnings)),
    )


def _place(one: SeriesProblem) -> tuple[int, float, float]:
    """Within each kind, the largest loss comes first; among the fixed, the largest gain."""
    return _KINDS.index(one.change), -one.difference if one.change == "fixed" else one.difference, -one.range


def _problem(problem: str, runs: Sequence[RunCounts], k: int, *, as_one: bool) -> SeriesProblem:
    change: ProblemChange = change_of(problem, runs[0].counts[problem], runs[-1].counts[problem], k, as_one)
    cells = tuple((int(n), int(c)) for n, c in (run.counts[problem] for run in runs))
    rates = tuple(pass_at_k(*cell, k) or 0.0 for cell in cells)
    return SeriesProblem(problem, cells, rates, change.difference, max(rates) - min(rates), change.p, change.change)


def ordered(names: Sequence[str], dates: Sequence[str], how: str) -> list[int]:
    """The indices of runs in order. `how` is one of `ORDERS`: as given, by the number in their names (`numbers`) or by date. Ties
    keep the given order. Names without such a number are ordered by date."""
    places = list(range(len(names)))
    if how == "number" and (found := numbers(names)) is not None:
        by_number = found
        return sorted(places, key=lambda place: by_number[place])
    return places if how == "given" else sorted(places, key=lambda place: dates[place])


def numbers(names: Sequence[str]) -> list[int] | None:
    """The number that distinguishes the names, like 200 in `step-200-eval`: the names are equal except for one run of digits, or
    else each has exactly one. None if there is no such number."""
    parts = [_DIGITS.split(name) for name in names]
    if len(names) < 2:
        return None
    if len({tuple(part[::2]) for part in parts}) == 1:
        differing = [at for at in range(1, len(parts[0]), 2) if len({int(part[at]) for part in parts}) > 1]
        if len(differing) == 1:
            return [int(part[differing[0]]) for part in parts]
    if all(len(part) == 3 for part in parts) and len({int(part[1]) for part in parts}) == len(parts):
        return [int(part[1]) for part in parts]
    return None
