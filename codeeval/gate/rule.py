"""May this model be released? Three verdicts on pass@1 against a baseline, on the same problems. Pure.

With d = candidate - baseline and its interval [low, high]:

    FAIL          d <= -min_effect, and one model would seldom drop as far     (p below `drop_p`: it is worse)
                  or more problems regressed than chance explains              (p below `lost_p`)
    PASS          low > -margin                                                it is not worse by `margin` or more
    INCONCLUSIVE  otherwise, with the number of samples per problem that would decide

FAIL is asked first. A model that is reliably worse by less than `min_effect` can still pass. The second way to fail is for
models that lost a few problems altogether: they may not move the mean by much more than noise does, but a dozen problems
that fell from 10/10 to 0/10 are no accident. Both p are exact and one-sided (codeeval/stats/chance.py): one model against
itself fails in at most drop_p + lost_p = 4% of cases, whatever its success rates. The rest of 5% is left for what is
measured with few runs. Why a test and not the interval: near the most that any unbiased test can see, at this price.

The interval is `rerun` (these problems sampled again) where both runs have two samples per problem or more, because a gate
guards a fixed set of problems: a handful of problems lost for good is a regression, however little it says about other
problems. With one sample per problem it is the paired t over problems. A fixed rule such as "fail at a drop of 1 point"
would fail the same model sampled again in up to 25% of cases; this one does in about 3% (docs/statistics.md).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from math import ceil, inf

from codeeval.errors import UsageError
from codeeval.stats.compare import CompareOptions, Comparison, RunCounts, chance_line, change_lines, compare, points
from codeeval.stats.intervals import Interval
from codeeval.stats.quantiles import t_quantile

_NONE_DECIDES = 100_000


class GateVerdict(StrEnum):
    """What CI acts on. INCONCLUSIVE fails a build only where that was asked for."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """`margin`: the drop that must be excluded to pass; `min_effect`: the smallest drop worth failing. As shares.

    `drop_p`: fail where one and the same model would drop as far with less than this probability. `lost_p`: fail also
    where so many problems regressed that chance gives as many with less than this probability. 0 turns either off."""

    margin: float = 0.03
    min_effect: float = 0.01
    drop_p: float = 0.035
    lost_p: float = 0.005
    compare: CompareOptions = field(default_factory=CompareOptions)

    def __post_init__(self) -> None:
        if not 0 < self.margin < 1 or not 0 <= self.min_effect < 1:
            raise UsageError(
                "gate: margin must lie between 0 and 1 and min_effect between 0 and 1, as shares (3 points = 0.03)"
            )
        if not 0 <= self.drop_p <= 0.5:
            raise UsageError(f"gate: drop_p must lie between 0 and 0.5, got {self.drop_p}")
        if not 0 <= self.lost_p <= 0.05:
            raise UsageError(f"gate: lost_p must lie between 0 and 0.05, got {self.lost_p}")
        if self.compare.k != 1:
            raise UsageError("gate: the gate is on pass@1, where every sample counts; compare shows other k")


@dataclass(frozen=True, slots=True)
class GateResult:
    """`samples_to_decide`: samples per problem, in both runs, with which the difference seen would decide; None where
    it is decided, or where no number of samples of these problems would. `reason`: one sentence."""

    verdict: GateVerdict
    reason: str
    difference: float
    interval: Interval
    interval_kind: str
    samples_to_decide: int | None
    margin: float
    min_effect: float
    comparison: Comparison

    @property
    def exit_code(self) -> int:
        """0 pass, 1 fail, 4 inconclusive (which a caller that is not strict turns into 0)."""
        return {GateVerdict.PASS: 0, GateVerdict.FAIL: 1, GateVerdict.INCONCLUSIVE: 4}[self.verdict]

    def to_json(self) -> dict[str, object]:
        """One JSON object: the verdict, its reasons, and the comparison it rests on."""
        return {
            **{name: value for name, value in asdict(self).items() if name != "comparison"},
            "regressed": [asdict(item) for item in self.comparison.with_change("regressed")],
            "fixed": [asdict(item) for item in self.comparison.with_change("fixed")],
            "comparison": self.comparison.to_json(),
        }


def gate(candidate: RunCounts, baseline: RunCounts, policy: GatePolicy | None = None) -> GateResult:
    """Judge `candidate` against `baseline`. Raises what `compare` raises (different digests or problems, nothing shared)."""
    rules = policy or GatePolicy()
    comparison = compare(baseline, candidate, rules.compare)
    interval = comparison.rerun or comparison.population
    found = Evidence(comparison.difference, interval, comparison.p_drop, comparison.p_regressed)
    verdict = decide(found, rules)
    needed = _samples_to_decide(comparison, interval, rules) if verdict is GateVerdict.INCONCLUSIVE else None
    return GateResult(
        verdict=verdict,
        reason=_reason(verdict, comparison, interval, needed, rules),
        difference=comparison.difference,
        interval=interval,
        interval_kind="population" if comparison.rerun is None else "rerun",
        samples_to_decide=needed,
        margin=rules.margin,
        min_effect=rules.min_effect,
        comparison=comparison,
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rule looks at: candidate - baseline and its interval; how seldom one model drops as far, and how seldom as
    many of its problems regress."""

    difference: float
    interval: Interval
    p_drop: float = 1.0
    p_regressed: float = 1.0


def decide(found: Evidence, policy: GatePolicy) -> GateVerdict:
    """The rule itself."""
    worse = found.p_drop < policy.drop_p or found.p_regressed < policy.lost_p
    if worse and found.difference <= -policy.min_effect:
        return GateVerdict.FAIL
    return GateVerdict.PASS if found.interval[0] > -policy.margin else GateVerdict.INCONCLUSIVE


def _samples_to_decide(comparison: Comparison, interval: Interval, policy: GatePolicy) -> int | None:
    """Sampling error falls with the square root of n; the error over other problems does not fall below its own part.

    For one sample per problem, where the parts can't be told apart, all of it is taken for sampling error.
    """
    drop = -comparison.difference
    wanted = max(policy.margin - drop, drop if drop >= policy.min_effect else 0.0)
    half = (interval[1] - interval[0]) / 2
    if wanted <= 0 or half <= 0:
        return None
    df = inf if comparison.rerun is not None else max(1, comparison.problems - 1)
    half *= t_quantile(0.5 + comparison.level / 2, inf) / t_quantile(0.5 + comparison.level / 2, df)
    pairs = [(1 / item.a[0] + 1 / item.b[0]) / 2 for item in comparison.changes]
    needed = ceil((half / wanted) ** 2 / (sum(pairs) / len(pairs)) + 1e-9)
    return needed if needed <= _NONE_DECIDES else None


def _reason(verdict: GateVerdict, found: Comparison, interval: Interval, needed: int | None, policy: GatePolicy) -> str:
    between = f"between {points(interval[0])} and {points(interval[1])}"
    seen = f"pass@1 changed by {points(found.difference)} points ({between})"
    if verdict is GateVerdict.FAIL and found.p_drop >= policy.drop_p:
        return (
            f"{seen}, and {len(found.with_change('regressed'))} problems regressed where chance explains "
            f"{found.expected_regressed:.1f} (p {found.p_regressed:.2g})"
        )
    if verdict is GateVerdict.FAIL:
        return (
            f"{seen}: one and the same model would drop as far with a chance of {found.p_drop:.2g} "
            f"(fails below {policy.drop_p:g}, from a drop of {100 * policy.min_effect:g})"
        )
    if verdict is GateVerdict.PASS:
        return f"{seen}: a drop of the margin, {100 * policy.margin:g}, or more is excluded"
    advice = f"about {needed} samples per problem in both runs would decide" if needed else "more samples won't decide"
    return f"{seen}: neither a drop nor its absence is shown; {advice} if the difference stays"


def render(result: GateResult, most: int = 10) -> str:
    """Plain text: verdict and reason first, then the problems that changed."""
    comparison = result.comparison
    lines = [
        f"{result.verdict}: {result.reason}",
        f"  {comparison.a} {comparison.mean_a:.1%} -> {comparison.b} {comparison.mean_b:.1%}, {comparison.problems} problems, "
        f"{result.interval_kind} interval, margin {100 * result.margin:g} points",
    ]
    for kind in ("regressed", "fixed"):
        lines += change_lines(kind, comparison.with_change(kind), most)
    lines.append(chance_line(comparison))
    lines += [f"warning: {warning}" for warning in comparison.warnings]
    return "\n".join(lines)
