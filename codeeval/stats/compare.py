"""Paired comparison of two runs on the same problems. Pure.

Everything is b - a: negative means that b is worse. Per problem the two pass@k estimates over all samples are subtracted;
pairing by problem removes the difficulty of the problems from the comparison, which is most of the variance.

Two intervals, as for one run. `population`: paired t over problems, for a claim about other problems of this kind; it is
widened, and `population_method` says so, where few problems decide the difference (codeeval/stats/paired.py).
`rerun`: from the sampling variance of both runs on exactly these problems; it is what tells a changed model from the same
model sampled again, and the narrower of the two. With one sample per problem it can't be told apart and is None.

One problem's change is called
- `regressed` (or `fixed`) where it exceeds sampling noise: Fisher's exact two-sided p of its two counts is at most 0.05;
  where so few samples could never reach that, where all samples were right and now none is (or the other way round);
- `changed` where the rates differ by less than that;
- `same` where they are equal.
The tests of single problems are not adjusted for the number of problems. Instead it is said how many would be listed as
regressed if both runs came from one model (`expected_regressed`), and how likely as many as were seen are then (`p_regressed`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Literal

from codeeval.errors import NothingToEvaluate, UsageError
from codeeval.stats.chance import Counts, at_least, drop_p, named_by_chance
from codeeval.stats.intervals import Interval
from codeeval.stats.paired import (
    MeanDifference,
    detectable,
    fisher_p,
    mcnemar_p,
    paired_t,
    rerun_difference,
    sign_flip_p,
)
from codeeval.stats.passk import pass_at_k
from codeeval.stats.rerun import rerun_variance
from codeeval.stats.summary import count_pairs

_NOISE = 0.05
Change = Literal["regressed", "fixed", "changed", "same"]


@dataclass(frozen=True, slots=True)
class RunCounts:
    """What a comparison needs of a run: (samples, correct) per problem id, and what must agree for it to be fair.

    `digests`: name -> digest, for example problems, prompt, image, limits.
    """

    name: str
    counts: Mapping[str, tuple[int, int]]
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """`allow_different`: compare what both runs have although digests or problems differ, and say so in the warnings."""

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
class ProblemChange:
    """One problem in both runs: (n, c) each, difference of its pass@k, Fisher's p, and what that amounts to."""

    problem_id: str
    a: tuple[int, int]
    b: tuple[int, int]
    difference: float
    p: float
    change: Change


@dataclass(frozen=True, slots=True)
class Comparison:
    """b - a on the problems of both. Rates in [0, 1]; `mde` is the smallest true difference seen with chance `power`.

    `expected_regressed`, `p_regressed`: of problems called regressed, how many chance alone would give, and the exact
    one-sided p of as many as there are. `p_drop`: how often one model would score as low as b against a, or lower, on
    pass@1, exact and one-sided (codeeval/stats/chance.py)."""

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

    Raises UsageError where digests or problems differ (unless allowed) or some problem has fewer than k samples, and
    NothingToEvaluate where the runs have no problem in common.
    """
    chosen = options or CompareOptions()
    shared, warnings = _shared(a, b, chosen.allow_different)
    changes = tuple(_change(problem, a.counts[problem], b.counts[problem], chosen.k) for problem in shared)
    differences = [change.difference for change in changes]
    by_chance = [_regressed_by_chance(change.a, change.b) for change in changes]
    over_problems = paired_t(differences, chosen.level)
    same_problems = _rerun(changes, chosen)
    mcnemar = all(change.a[0] == change.b[0] == 1 for change in changes)
    mean_a = sum(_rate(*change.a, chosen.k) for change in changes) / len(changes)
    return Comparison(
        a=a.name,
        b=b.name,
        k=chosen.k,
        level=chosen.level,
        problems=len(changes),
        mean_a=mean_a,
        mean_b=sum(_rate(*change.b, chosen.k) for change in changes) / len(changes),
        difference=over_problems.difference,
        population=over_problems.interval,
        rerun=same_problems.interval if same_problems else None,
        p_t=over_problems.p,
        p_permutation=sign_flip_p(differences, chosen.seed, chosen.resamples),
        p_mcnemar=mcnemar_p(sum(d < 0 for d in differences), sum(d > 0 for d in differences)) if mcnemar else None,
        p_drop=drop_p([(change.a, change.b) for change in changes]),
        mde=detectable(over_problems.error, max(1, len(changes) - 1), chosen.level, chosen.power),
        mde_rerun=detectable(same_problems.error, level=chosen.level, power=chosen.power) if same_problems else None,
        expected_regressed=sum(by_chance),
        p_regressed=at_least(by_chance, sum(change.change == "regressed" for change in changes)),
        population_method=over_problems.method,
        method=_methods(over_problems.method, with_rerun=same_problems is not None),
        changes=changes,
        warnings=warnings,
    )


def _methods(over_problems: str, *, with_rerun: bool) -> str:
    rerun = "; rerun: sampling variance of both runs, normal" if with_rerun else ""
    return f"{over_problems} over problems{rerun}; sign-flip permutation"


def _shared(a: RunCounts, b: RunCounts, allow_different: bool) -> tuple[list[str], tuple[str, ...]]:
    """Problems of both runs in a's order, and what differs between the runs."""
    found = [
        f"different {name}: {a.digests[name]} in {a.name}, {b.digests[name]} in {b.name}"
        for name in sorted(a.digests.keys() & b.digests.keys())
        if a.digests[name] != b.digests[name]
    ]
    for one, other in ((a, b), (b, a)):
        extra = [problem for problem in one.counts if problem not in other.counts]
        if extra:
            found.append(
                f"{len(extra)} problems are only in {one.name}: {', '.join(extra[:5])}" + ", …" * (len(extra) > 5)
            )
    if found and not allow_different:
        raise UsageError(
            "the runs can't be compared:\n  "
            + "\n  ".join(found)
            + "\n  allow differences (--allow-different) to compare anyway"
        )
    shared = [problem for problem in a.counts if problem in b.counts]
    if not shared:
        raise NothingToEvaluate(f"{a.name} and {b.name} have no problem in common")
    return shared, tuple(found)


def _rate(n: int, c: int, k: int) -> float:
    value = pass_at_k(n, c, k)
    if value is None:
        raise UsageError(f"pass@{k} needs {k} samples of every problem, one has {n}")
    return value


def _change(problem: str, a: tuple[int, int], b: tuple[int, int], k: int) -> ProblemChange:
    difference = _rate(*b, k) - _rate(*a, k)
    p = fisher_p(*a, *b)
    return ProblemChange(problem, a, b, difference, p, _kind(a, b, p))


def _kind(a: tuple[int, int], b: tuple[int, int], p: float) -> Change:
    (n_a, c_a), (n_b, c_b) = a, b
    if c_a * n_b == c_b * n_a:
        return "same"
    lost, gained = (c_a, c_b) == (n_a, 0), (c_a, c_b) == (0, n_b)
    if p <= _NOISE or ((lost or gained) and fisher_p(n_a, n_a, n_b, 0) > _NOISE):
        return "fixed" if c_b * n_a > c_a * n_b else "regressed"
    return "changed"


@lru_cache(maxsize=65_536)
def _regressed_by_chance(a: Counts, b: Counts) -> float:
    return named_by_chance(a, b, lambda one, two: _kind(one, two, fisher_p(*one, *two)) == "regressed")


def _rerun(changes: tuple[ProblemChange, ...], options: CompareOptions) -> MeanDifference | None:
    """None where some run has one sample per problem: its noise can't be told from difficulty."""
    sides = [count_pairs([change.a for change in changes]), count_pairs([change.b for change in changes])]
    if any(n < 2 for side in sides for n, _ in side):
        return None
    variance = sum(rerun_variance(side, options.k) for side in sides)
    unit = min(1.0, options.k / min(n for side in sides for n, _ in side))
    return rerun_difference([change.difference for change in changes], variance, unit, options.level)


def render(result: Comparison, most: int = 10) -> str:
    """Plain text: the difference with its intervals, the tests, and up to `most` problems of each direction."""
    lines = [
        f"pass@{result.k}  {result.a}: {result.mean_a:.1%}   {result.b}: {result.mean_b:.1%}   {result.problems} problems",
        f"difference   {points(result.difference)} points",
        f"  population {_between(result.population)}   other problems of this kind ({result.population_method})",
    ]
    if result.rerun is not None:
        lines.append(f"  rerun      {_between(result.rerun)}   these problems sampled again (normal)")
    tests = [f"t {result.p_t:.3g}", f"sign-flip permutation {result.p_permutation:.3g}"]
    if result.p_mcnemar is not None:
        tests.append(f"exact McNemar {result.p_mcnemar:.3g}")
    lines.append(f"p            {', '.join(tests)}")
    mde = result.mde if result.mde_rerun is None else result.mde_rerun
    lines.append(
        f"detectable   {100 * mde:.1f} points (smallest true difference that this comparison would usually see)"
    )
    for kind in ("regressed", "fixed"):
        lines += change_lines(kind, result.with_change(kind), most)
    lines.append(chance_line(result))
    lines += [f"warning: {warning}" for warning in result.warnings]
    return "\n".join(lines)


def change_lines(kind: str, found: tuple[ProblemChange, ...], most: int) -> list[str]:
    """`regressed: 2 problems beyond noise` and one line per problem."""
    lines = [f"{kind}: {len(found)} problem{'' if len(found) == 1 else 's'} beyond sampling noise"]
    for item in found[:most]:
        (n_a, c_a), (n_b, c_b) = item.a, item.b
        lines.append(f"  {item.problem_id}: {c_a}/{n_a} -> {c_b}/{n_b}  (p {item.p:.2g})")
    return lines + [f"  … and {len(found) - most} more"] * (len(found) > most)


def chance_line(result: Comparison) -> str:
    """What to make of the number of regressed problems."""
    return (
        f"by chance alone {result.expected_regressed:.1f} problems would be listed as regressed "
        f"(p of as many as here: {result.p_regressed:.2g})"
    )


def points(rate: float) -> str:
    """A difference of rates as signed percentage points."""
    return f"{round(100 * rate, 1) + 0.0:+.1f}"  # never -0.0


def _between(interval: Interval) -> str:
    return f"{points(interval[0])} to {points(interval[1])}"
