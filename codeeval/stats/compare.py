"""Paired comparison of two runs on the same problems. Pure.

Everything is b - a: negative means that b is worse. Per problem the two pass@k estimates over all samples are subtracted;
pairing by problem removes the difficulty of the problems from the comparison, which is most of the variance.

Two intervals, as for one run. `population`: paired t over problems, for a claim about other problems of this kind; it is
widened, and `population_method` says so, where few problems decide the difference (codeeval/stats/paired.py).
`rerun`: from the sampling variance of both runs on exactly these problems; it is what tells a changed model from the same
model sampled again, and the narrower of the two. With one sample per problem it can't be told apart and is None.

The samples of a problem are taken for independent draws. Problems whose samples are not (codeeval/stats/dependence.py) are judged
as if they had one sample in each run.

One problem's change is called
- `regressed` (or `fixed`) where it exceeds sampling noise: Fisher's exact two-sided p of its two counts is at most 0.05;
  where so few samples could never reach that, where all samples were right and now none is (or the other way round), which
  is then not `beyond_noise`;
- `changed` where the rates differ by less than that;
- `same` where they are equal.
The tests of single problems are not adjusted for the number of problems. Instead it is said how many would be listed as
regressed if both runs came from one model (`expected_regressed`), and how likely as many as were seen are then (`p_regressed`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Literal, TypedDict

from codeeval.errors import NothingToEvaluate, UsageError
from codeeval.i18n.messages import joined, msg
from codeeval.stats.chance import Counts, Pair, at_least, drop_p, named_by_chance, worst_p
from codeeval.stats.dependence import ALL_OR_NOTHING, all_or_nothing
from codeeval.stats.intervals import Interval
from codeeval.stats.paired import (
    CAPPED,
    MeanDifference,
    detectable,
    fisher_p,
    mcnemar_p,
    paired_t,
    plain_error,
    rerun_difference,
    unseen_blocks,
)
from codeeval.stats.passk import pass_at_k
from codeeval.stats.permutation import Sampled, permutation_p
from codeeval.stats.rerun import rerun_variance
from codeeval.stats.summary import count_pairs
from codeeval.stats.words import ASSUMPTION

_NOISE = 0.05
Change = Literal["regressed", "fixed", "changed", "same"]


@dataclass(frozen=True, slots=True)
class RunCounts:
    """What a comparison needs of a run: (samples, correct) per problem id, and what must agree for it to be fair.

    `digests`: name -> digest, for example problems, prompt, image, limits. `dependent`: problems whose samples count as one, and
    why (`dependence`); None if only the counts are known.
    """

    name: str
    counts: Mapping[str, tuple[int, int]]
    digests: Mapping[str, str] = field(default_factory=dict)
    dependent: frozenset[str] | None = None
    dependence: str = ""


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
    """One problem in both runs: (n, c) each, difference of its pass@k, Fisher's p, and what that amounts to. `as_one`: its
    samples are dependent and count as one in each run, so that p is 1."""

    problem_id: str
    a: tuple[int, int]
    b: tuple[int, int]
    difference: float
    p: float
    change: Change
    as_one: bool = False

    @property
    def beyond_noise(self) -> bool:
        """Whether its two counts differ by more than sampling noise does in one of twenty cases."""
        return self.p <= _NOISE


@dataclass(frozen=True, slots=True)
class Comparison:
    """b - a on the problems of both. Rates in [0, 1]; `mde` is the smallest true difference seen with chance `power`.

    `expected_regressed`, `p_regressed`: of problems called regressed, how many chance alone would give, and the exact
    one-sided p of as many as there are. `p_drop`: how often one model would score as low as b against a, or lower, on
    pass@1, exact and one-sided (codeeval/stats/chance.py). `p_worst`: how often some problem of one model would lose as much
    as the one that lost most. `p_lost`: of both ways to lose problems, `p_regressed` and `p_worst`, the smaller p, doubled.
    `stderr`: the plain standard error of the difference over problems; None for one problem. `dependent`: how many problems
    were judged as if they had one sample, for the reason `dependence`."""

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

    Raises UsageError if digests or problems differ (unless allowed) or some problem has fewer than k samples, and
    NothingToEvaluate where the runs have no problem in common.
    """
    chosen = options or CompareOptions()
    shared, warnings = _shared(a, b, chosen.allow_different)
    blocks, why_alike = _dependent(a, b, shared)
    changes = tuple(_change(problem, a, b, chosen.k, problem in blocks) for problem in shared)
    differences = [change.difference for change in changes]
    over_problems = paired_t(differences, chosen.level)
    same_problems = _rerun(changes, chosen)
    places = frozenset(place for place, change in enumerate(changes) if change.as_one)
    pairs = [(change.a, change.b) for change in changes]
    p_permutation, permutation = permutation_p(
        Sampled(pairs, differences, chosen.k, places), chosen.seed, chosen.resamples
    )
    return Comparison(
        a=a.name,
        b=b.name,
        k=chosen.k,
        level=chosen.level,
        problems=len(changes),
        mean_a=sum(_rate(*change.a, chosen.k) for change in changes) / len(changes),
        mean_b=sum(_rate(*change.b, chosen.k) for change in changes) / len(changes),
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
        dependent=len(places),
        dependence=why_alike if places else "",
        assumption=ASSUMPTION,
        changes=changes,
        warnings=(*warnings, *_judged_as_one(len(places), len(changes), why_alike)),
        **_by_chance(changes),
    )


class _Chances(TypedDict):
    """The exact tests of a comparison."""

    p_mcnemar: float | None
    p_drop: float
    expected_regressed: float
    p_regressed: float
    p_worst: float
    p_lost: float


def _by_chance(changes: tuple[ProblemChange, ...]) -> _Chances:
    """What one model would show against itself."""
    pairs: list[Pair] = [(change.a, change.b) for change in changes if not change.as_one]
    blocks: list[Pair] = [(change.a, change.b) for change in changes if change.as_one]
    named = [
        _either_way(change.a, change.b) if change.as_one else _regressed_by_chance(change.a, change.b)
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
    """Whether it is right or wrong in each run, and nothing between: one sample, or several that count as one and agree."""
    (n_a, c_a), (n_b, c_b) = change.a, change.b
    return n_a == n_b == 1 or (change.as_one and c_a in (0, n_a) and c_b in (0, n_b))


def _either_way(a: Counts, b: Counts) -> float:
    """The chance that a problem is called regressed whose samples count as one: the two runs as a whole are exchanged."""
    return sum(0.5 for one, two in ((a, b), (b, a)) if _lost(one, two) == "regressed")


def _dependent(a: RunCounts, b: RunCounts, shared: Sequence[str]) -> tuple[frozenset[str], str]:
    """Problems whose samples count as one in both runs, and why; where neither run says so, by the counts alone."""
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


def _shared(a: RunCounts, b: RunCounts, allow_different: bool) -> tuple[list[str], tuple[str, ...]]:
    """Problems of both runs in a's order, and what differs between the runs."""
    for run in (a, b):
        _check(run)
    found = [
        _different(name, a, b)
        for name in sorted(a.digests.keys() & b.digests.keys())
        if a.digests[name] != b.digests[name]
    ]
    for one, other in ((a, b), (b, a)):
        extra = [problem for problem in one.counts if problem not in other.counts]
        if extra:
            ids = ", ".join(extra[:5]) + ", …" * (len(extra) > 5)
            found.append(msg("{n} problems are only in {where}: {ids}", n=len(extra), where=one.name, ids=ids))
    if found and not allow_different:
        raise UsageError(
            msg(
                "the runs can't be compared:\n  {differences}\n  allow differences (--allow-different) to compare anyway",
                differences=joined("\n  ", found),
            )
        )
    shared = [problem for problem in a.counts if problem in b.counts]
    if not shared:
        raise NothingToEvaluate(msg("{a_run} and {b_run} have no problem in common", a_run=a.name, b_run=b.name))
    return shared, tuple(found)


def _different(digest: str, a: RunCounts, b: RunCounts) -> str:
    names = {
        "limits": msg("limits"),
        "problems": msg("problems"),
        "protocol": msg("protocol"),
        "prompt": msg("prompt"),
        "image": msg("image"),
    }
    return msg(
        "different {what}: {left} in {a_run}, {right} in {b_run}",
        what=names.get(digest, digest),
        left=a.digests[digest],
        a_run=a.name,
        right=b.digests[digest],
        b_run=b.name,
    )


def _check(run: RunCounts) -> None:
    for problem, (n, c) in run.counts.items():
        if not 0 <= c <= n:
            raise UsageError(f"{run.name}, problem {problem}: need 0 <= correct <= samples, got {c} of {n}")


def _rate(n: int, c: int, k: int) -> float:
    value = pass_at_k(n, c, k)
    if value is None:
        raise UsageError(msg("pass@{k} needs {n} samples of every problem, one has {m}", k=k, n=k, m=n))
    return value


def _change(problem: str, a: RunCounts, b: RunCounts, k: int, as_one: bool) -> ProblemChange:
    one, two = _whole(a.counts[problem]), _whole(b.counts[problem])
    difference = _rate(*two, k) - _rate(*one, k)
    if as_one:
        return ProblemChange(problem, one, two, difference, 1.0, _lost(one, two), as_one=True)
    p = fisher_p(*one, *two)
    return ProblemChange(problem, one, two, difference, p, _kind(one, two, p))


def _whole(pair: Counts) -> Counts:
    """Python's own integers, whatever a caller counted with: those of numpy overflow."""
    return int(pair[0]), int(pair[1])


def _kind(a: Counts, b: Counts, p: float) -> Change:
    (n_a, c_a), (n_b, c_b) = a, b
    if p <= _NOISE and c_a * n_b != c_b * n_a:
        return "fixed" if c_b * n_a > c_a * n_b else "regressed"
    found = _lost(a, b)
    return found if found not in ("regressed", "fixed") or fisher_p(n_a, n_a, n_b, 0) > _NOISE else "changed"


def _lost(a: Counts, b: Counts) -> Change:
    """What a change amounts to where no test could tell: all right and then all wrong, or the other way round."""
    (n_a, c_a), (n_b, c_b) = a, b
    if c_a * n_b == c_b * n_a:
        return "same"
    if (c_a, c_b) == (n_a, 0):
        return "regressed"
    return "fixed" if (c_a, c_b) == (0, n_b) else "changed"


@lru_cache(maxsize=65_536)
def _regressed_by_chance(a: Counts, b: Counts) -> float:
    return named_by_chance(a, b, lambda one, two: _kind(one, two, fisher_p(*one, *two)) == "regressed")


def _rerun(changes: tuple[ProblemChange, ...], options: CompareOptions) -> MeanDifference | None:
    """None if some run has one sample per problem, or all problems count as one: noise can't be told from difficulty then.

    A problem that counts as one shows its own sampling variance by its difference alone."""
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
