"""May this model be released? Three verdicts on pass@1 against a baseline, on the same problems. Pure.

With d = candidate - baseline and its interval [low, high]:

    FAIL          d <= -min_effect, and an unchanged model would rarely drop this far   (p below `drop_p`)
                  or it lost more problems, or one of them more clearly,                (p below `lost_p`)
                  than chance explains
    PASS          low > -margin                                                         it is not worse by `margin` or more
    INCONCLUSIVE  otherwise, with the number of samples per problem that would decide

FAIL is checked first. A model that is reliably worse by less than `min_effect` can still pass. The second way to fail
is for models that lost a few problems completely: these may not move the mean by much more than noise does, but a dozen
problems that fell from 10/10 to 0/10 are not chance, and neither is one that fell from 50/50 to 0/10. Half of `lost_p`
is for the number of problems that regressed, half for the one that lost most. All p are exact and one-sided
(codeeval/stats/chance.py): one model against itself fails in at most drop_p + lost_p = 4% of cases, whatever its
success rates, as long as the samples of a problem are independent draws; problems with samples known to be dependent
are judged as if they had one. The rest of 5% is left for comparisons with few runs. A test is used rather than the
interval because it is nearly as powerful as any unbiased test at this rate of false alarms.

The interval is `rerun` (these problems sampled again) if both runs have at least two samples per problem, because a
gate guards a fixed set of problems: a handful of problems lost for good is a regression, however little it says about
other problems. With one sample per problem it is the paired t over problems. A fixed rule such as "fail at a drop of 1
point" would fail the same model sampled again in up to 25% of cases; this rule does in about 3%
(docs/statistics-evidence.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil, inf

from codeeval.gate.reason import reason
from codeeval.gate.verdict import Advice, GatePolicy, GateVerdict
from codeeval.i18n.messages import msg
from codeeval.stats import words
from codeeval.stats.chance import drop_p, worst_p
from codeeval.stats.compare import Comparison, compare
from codeeval.stats.intervals import Interval
from codeeval.stats.quantiles import t_quantile
from codeeval.stats.run_counts import RunCounts
from codeeval.stats.words import apart

_NONE_DECIDES = 100_000


@dataclass(frozen=True, slots=True)
class GateResult:
    """`samples_to_decide`: samples per problem, in both runs, with which the observed difference would decide;
    `candidate_samples_to_decide`: the same for the candidate alone, against this baseline. None if it is decided, or if
    no number of samples of these problems would. `reason`: one sentence. `warnings`: reasons to give the verdict little
    weight."""

    verdict: GateVerdict
    reason: str
    difference: float
    interval: Interval
    interval_kind: str
    samples_to_decide: int | None
    margin: float
    min_effect: float
    comparison: Comparison
    candidate_samples_to_decide: int | None = None
    warnings: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 pass, 1 fail, 4 inconclusive (which a non-strict caller turns into 0)."""
        return {GateVerdict.PASS: 0, GateVerdict.FAIL: 1, GateVerdict.INCONCLUSIVE: 4}[self.verdict]

    def to_json(self) -> dict[str, object]:
        """One JSON object: the verdict, its reasons, and the comparison behind it."""
        return {
            **{name: value for name, value in asdict(self).items() if name != "comparison"},
            "regressed": [asdict(item) for item in self.comparison.with_change("regressed")],
            "fixed": [asdict(item) for item in self.comparison.with_change("fixed")],
            "comparison": self.comparison.to_json(),
        }


def gate(candidate: RunCounts, baseline: RunCounts, policy: GatePolicy | None = None) -> GateResult:
    """Judge `candidate` against `baseline`. Raises what `compare` raises (different digests or problems, no shared
    problem)."""
    rules = policy or GatePolicy()
    comparison = compare(baseline, candidate, rules.compare)
    interval = comparison.rerun or comparison.population
    found = Evidence(comparison.difference, interval, comparison.p_drop, comparison.p_lost)
    verdict = decide(found, rules)
    advice = _advice(comparison, interval, rules) if verdict is GateVerdict.INCONCLUSIVE else Advice()
    return GateResult(
        verdict=verdict,
        reason=reason(verdict, comparison, rules, advice),
        difference=comparison.difference,
        interval=interval,
        interval_kind="population" if comparison.rerun is None else "rerun",
        samples_to_decide=advice.both,
        margin=rules.margin,
        min_effect=rules.min_effect,
        comparison=comparison,
        candidate_samples_to_decide=advice.candidate,
        warnings=() if verdict is GateVerdict.FAIL else _can_not_fail(comparison, rules),
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rule's input: candidate - baseline and its interval; the probabilities that an unchanged model drops this
    far, and that it loses problems in this way."""

    difference: float
    interval: Interval
    p_drop: float = 1.0
    p_lost: float = 1.0


def decide(found: Evidence, policy: GatePolicy) -> GateVerdict:
    """The rule itself."""
    worse = found.p_drop < policy.drop_p or found.p_lost < policy.lost_p
    if worse and found.difference <= -policy.min_effect:
        return GateVerdict.FAIL
    return GateVerdict.PASS if found.interval[0] > -policy.margin else GateVerdict.INCONCLUSIVE


def _advice(comparison: Comparison, interval: Interval, policy: GatePolicy) -> Advice:
    """Sampling error falls with the square root of n; the error over other problems has a part that does not.

    With one sample per problem the parts can't be separated, and everything is treated as sampling error.
    """
    drop = -comparison.difference
    wanted = max(policy.margin - drop, drop if drop >= policy.min_effect else 0.0)
    half = (interval[1] - interval[0]) / 2
    if wanted <= 0 or half <= 0:
        return Advice(dependent=comparison.dependent > 0)
    df = inf if comparison.rerun is not None else max(1, comparison.problems - 1)
    half *= t_quantile(0.5 + comparison.level / 2, inf) / t_quantile(0.5 + comparison.level / 2, df)
    before, now = _inverse([item.a for item in comparison.changes]), _inverse([item.b for item in comparison.changes])
    allowed = (before + now) * (wanted / half) ** 2  # the sum of 1 / n over both
    return Advice(
        both=_bounded(ceil(2 / allowed + 1e-9)),
        candidate=_bounded(ceil(1 / (allowed - before) + 1e-9)) if allowed > before else None,
        enough_before=2 * before <= allowed,
        dependent=comparison.dependent > 0,
    )


def _inverse(counts: Sequence[tuple[int, int]]) -> float:
    """The mean of 1 / n."""
    return sum(1 / n for n, _ in counts) / len(counts)


def _bounded(needed: int) -> int | None:
    return needed if needed <= _NONE_DECIDES else None


def _can_not_fail(found: Comparison, policy: GatePolicy) -> tuple[str, ...]:
    """Warnings that the gate would let everything through."""
    if found.mean_a < policy.min_effect:
        one, two = apart(100 * found.mean_a, 100 * policy.min_effect)
        return (
            msg(
                "the baseline, at {one}%, is below the smallest drop that fails, {two} points: no run can fail",
                one=one,
                two=two,
            ),
        )
    lost = [(item.as_one, (item.a, (item.b[0], 0))) for item in found.changes]
    pairs, blocks = ([pair for as_one, pair in lost if as_one is kind] for kind in (False, True))
    if drop_p(pairs, blocks) >= policy.drop_p and 2 * worst_p(pairs, blocks) >= policy.lost_p:
        return (msg("there are too few problems and samples: not even a run with nothing right would fail"),)
    return ()


def interval_words(result: GateResult) -> str:
    """The name of the verdict's interval."""
    level = result.comparison.level
    return words.rerun(level) if result.interval_kind == "rerun" else words.population(level)
