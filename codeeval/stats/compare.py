"""Paired comparison of two runs on the same problems. Pure.

All differences are b - a: negative means that b is worse. Per problem the two pass@k estimates over all samples are
subtracted; pairing by problem removes the difficulty of the problems, which is most of the variance.

There are two intervals, as for one run. `population` is a paired t over problems, for a claim about other problems of this
kind; if few problems decide the difference it is widened, and `population_method` says so (codeeval/stats/paired.py).
`rerun` uses the sampling variance of both runs on exactly these problems; it separates a changed model from the same model
sampled again, and is the narrower of the two. With one sample per problem it is not identified, and None.

The samples of a problem are assumed to be independent. Problems for which they are not (codeeval/stats/dependence.py) are
judged as if they had one sample in each run.

codeeval/stats/problem_change.py defines what the change of one problem is called. Tests of single problems are not adjusted
for the number of problems; instead `expected_regressed` says how many would be listed as regressed if both runs came from
one model, and `p_regressed` how likely at least the observed number is then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TypedDict

from codeeval.errors import UsageError
from codeeval.i18n.messages import joined, msg
from codeeval.stats.chance import Counts, Pair, at_least, drop_p, worst_p
from codeeval.stats.dependence import ALL_OR_NOTHING, all_or_nothing
from codeeval.stats.intervals import Interval
from codeeval.stats.paired import (
    CAPPED,
    MeanDifference,
    detectable,
    mcnemar_p,
    paired_t,
    plain_error,
    rerun_difference,
    unseen_blocks,
)
from codeeval.stats.permutation import Sampled, permutation_p
from codeeval.stats.problem_change import Change, ProblemChange, all_or_none, change_of, rate, regressed_by_chance
from codeeval.stats.rerun import rerun_variance
from codeeval.stats.run_counts import RunCounts, shared_problems
from codeeval.stats.summary import count_pairs
from codeeval.stats.words import ASSUMPTION


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """`allow_different`: compare the shared problems although digests or problem sets differ, and say so in the warnings."""

    k: int = 1
    level: float = 0.95
    power: float = 0.8
    seed: int = 1234
    resamples: int = 10_000
    allow_different: bool = False

    def __post_init__(self) -> None:
        if self.k < 1 or not 0 < self.level < 1 or not 0.5 <= self.power < 1 or self.resamples < 100:
            raise UsageError("compare: need k >= 1, 0 < level < 1, 0.5 <= power < 1 and at least 100 resamples")


@dataclass(frozen=True, slots=True)
class Comparison:
    """b - a on the shared problems. Rates are in [0, 1]; `mde` is the smallest true difference detected with probability `power`.

    `expected_regressed`, `p_regressed`: how many regressed problems chance alone would give, and the exact one-sided p of the
    observed number. `p_drop`: how often one model would score as low as b against a, or lower, on pass@1; exact, one-sided
    (codeeval/stats/chance.py). `p_worst`: how often some problem of one model would lose as much as the one that lost most.
    `p_lost`: twice the smaller of `p_regressed` and `p_worst`, the two ways to lose problems. `stderr`: the plain standard error
    of the difference over problems; None for one problem. `dependent`: the number of problems judged as if they had one sample,
    for the reason `dependence`."""

    a: str
    b: str
    k: int
    level: float
    problems: int
    mean_a: float
    mean_b: float
    difference: float
    population: Interval
    population_method: str
    rerun: Interval | None
    p_t: float
    p_permutation: float
    p_mcnemar: float | None
    p_drop: float
    mde: float
    mde_rerun: float | None
    expected_regressed: float
    p_regressed: float
    p_worst: float
    p_lost: float
    stderr: float | None
    shares_samples: bool
    dependent: int
    dependence: str
    assumption: str
    method: str
    changes: tuple[ProblemChange, ...]
    warnings: tuple[str, ...] = ()

    def with_change(self, change: Change) -> tuple[ProblemChange, ...]:
        """The problems of one kind, largest difference first."""
        found = (item for item in self.changes if item.change == change)
        return tuple(sorted(found, key=lambda item: (-abs(item.difference), item.problem_id)))

    def to_json(self) -> dict[str, object]:
        """One JSON object; `counts` says how many problems changed in which way."""
        kinds: tuple[Change, ...] = ("regressed", "fixed", "changed", "same")
        return {**asdict(self), "counts": {kind: len(self.with_change(kind)) for kind in kinds}}


def compare(a: RunCounts, b: RunCounts, options: CompareOptions | None = None) -> Comparison:
    """Compare run `b` with run `a`.

    Raises UsageError if digests or problems differ (unless allowed) or if some problem has fewer than k samples, and
    NothingToEvaluate if the runs share no problem.
    """
    chosen = options or CompareOptions()
    shared, warnings = shared_problems(a, b, chosen.allow_different)
    blocks, why_alike = dependent_problems(a, b, shared)
    changes = tuple(
        change_of(problem, a.counts[problem], b.counts[problem], chosen.k, problem in blocks) for problem in shared
    )
    differences = [change.difference for change in changes]
    over_problems = paired_t(differences, chosen.level)
    same_problems = _rerun(changes, chosen)
    dependent = sum(change.as_one for change in changes)
    p_permutation, permutation = _permutation(changes, chosen)
    return Comparison(
        *(a.name, b.name, chosen.k, chosen.level, len(changes)),
        mean_a=sum(rate(*change.a, chosen.k) for change in changes) / len(changes),
        mean_b=sum(rate(*change.b, chosen.k) for change in changes) / len(changes),
        difference=over_problems.difference,
        population=over_problems.interval,
        rerun=same_problems.interval if same_problems else None,
        p_t=over_problems.p,
        p_permutation=p_permutation,
        mde=detectable(over_problems.error, max(1, len(changes) - 1), chosen.level, chosen.power),
        mde_rerun=detectable(same_problems.error, level=chosen.level, power=chosen.power) if same_problems else None,
        population_method=over_problems.method,
        method=_methods(over_problems.method, same_problems, permutation),
        stderr=plain_error(differences),
        shares_samples=same_problems is not None and same_problems.method == CAPPED,
        dependent=dependent,
        dependence=why_alike if dependent else "",
        assumption=ASSUMPTION,
        changes=changes,
        warnings=(*warnings, *_judged_as_one(dependent, len(changes), why_alike)),
        **_by_chance(changes),
    )


def _permutation(changes: Sequence[ProblemChange], options: CompareOptions) -> tuple[float, str]:
    """The p of the permutation test, and what it is called."""
    as_one = frozenset(place for place, change in enumerate(changes) if change.as_one)
    pairs, differences = [(change.a, change.b) for change in changes], [change.difference for change in changes]
    return permutation_p(Sampled(pairs, differences, options.k, as_one), options.seed, options.resamples)


class _Chances(TypedDict):
    """The exact tests of a comparison."""

    p_mcnemar: float | None
    p_drop: float
    expected_regressed: float
    p_regressed: float
    p_worst: float
    p_lost: float


def _by_chance(changes: tuple[ProblemChange, ...]) -> _Chances:
    """What two runs of one model would show against each other."""
    pairs: list[Pair] = [(change.a, change.b) for change in changes if not change.as_one]
    blocks: list[Pair] = [(change.a, change.b) for change in changes if change.as_one]
    named = [
        _either_way(change.a, change.b) if change.as_one else regressed_by_chance(change.a, change.b)
        for change in changes
    ]
    p_regressed = at_least(named, sum(change.change == "regressed" for change in changes))
    p_worst = worst_p(pairs, blocks)
    single = all(_is_one(change) for change in changes)
    lost, gained = (sum(sign * change.difference > 0 for change in changes) for sign in (-1, 1))
    return _Chances(
        p_mcnemar=mcnemar_p(lost, gained) if single else None,
        p_drop=drop_p(pairs, blocks),
        expected_regressed=sum(named),
        p_regressed=p_regressed,
        p_worst=p_worst,
        p_lost=min(1.0, 2.0 * min(p_regressed, p_worst)),
    )


def _is_one(change: ProblemChange) -> bool:
    """Whether each run is all right or all wrong on it: one sample, or several that count as one and agree."""
    (n_a, c_a), (n_b, c_b) = change.a, change.b
    return n_a == n_b == 1 or (change.as_one and c_a in (0, n_a) and c_b in (0, n_b))


def _either_way(a: Counts, b: Counts) -> float:
    """The probability that a problem with dependent samples is called regressed: only whole runs can be exchanged."""
    return sum(0.5 for one, two in ((a, b), (b, a)) if all_or_none(one, two) == "regressed")


def dependent_problems(a: RunCounts, b: RunCounts, shared: Sequence[str]) -> tuple[frozenset[str], str]:
    """Problems whose samples count as one in both runs, and why. If neither run records it, the counts alone decide."""
    if a.dependent is None and b.dependent is None:
        pairs = [side.counts[problem] for side in (a, b) for problem in shared]
        return (frozenset(shared), ALL_OR_NOTHING) if all_or_nothing(pairs) else (frozenset(), "")
    found = (a.dependent or frozenset()) | (b.dependent or frozenset())
    several = {problem for problem in shared if max(a.counts[problem][0], b.counts[problem][0]) > 1}
    reasons = dict.fromkeys(side.dependence for side in (a, b) if side.dependent and side.dependence)
    return frozenset(found & several), joined(", ", reasons)


def _judged_as_one(many: int, problems: int, why: str) -> tuple[str, ...]:
    if not many:
        return ()
    return (
        msg(
            "samples are not independent, {why}: {n} of {m} problems are judged as if each had one sample in each run",
            why=why,
            n=many,
            m=problems,
        ),
    )


def _methods(over_problems: str, same_problems: MeanDifference | None, permutation: str) -> str:
    if same_problems is None:
        return msg("{method} over problems; {permutation}", method=over_problems, permutation=permutation)
    return msg(
        "{method} over problems; rerun: {rerun}; {permutation}",
        method=over_problems,
        rerun=same_problems.method,
        permutation=permutation,
    )


def _rerun(changes: tuple[ProblemChange, ...], options: CompareOptions) -> MeanDifference | None:
    """None if some run has one sample per problem, or if all problems count as one: noise and difficulty can't be separated then.

    The sampling variance of a problem that counts as one shows only in its own difference."""
    own = [change for change in changes if not change.as_one]
    sides = [count_pairs([change.a for change in own]), count_pairs([change.b for change in own])]
    if not own or any(n < 2 for side in sides for n, _ in side):
        return None
    alone = [change.difference for change in changes if change.as_one]
    variance = sum(rerun_variance(side, options.k) for side in sides)
    if alone:
        variance = (variance * len(own) + unseen_blocks(alone)) / len(changes)
    unit = min(1.0, options.k / min(n for side in sides for n, _ in side))
    return rerun_difference([change.difference for change in changes], variance, unit, options.level, bool(alone))
