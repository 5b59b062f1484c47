"""How many samples are needed to detect a difference, and what they cost. Pure.

Two runs of n samples on each of N problems are compared on pass@1. The sampling variance of the difference is
2 W / (N n), where W is the mean of p (1-p) over problems, so a true difference of

    mde = (t(1 - α/2) + z(power)) sqrt(2 W / (N n))                      (Miller 2024, section 5; Cohen 1988, ch. 2)

is detected with the wanted power. W = mean (1 - mean) (1 - spread), where `spread` is the part of the variance that lies
between problems: 0 if all are equally hard, 1 if each is either always or never solved. Given the counts of an earlier run, W
is estimated from them. Otherwise spread = 1/3 (rates spread evenly over [0, 1]), a conservative choice: real models have 0.5
and more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from math import ceil, inf, sqrt

from codeeval.errors import UsageError
from codeeval.stats.quantiles import normal_quantile, t_quantile
from codeeval.stats.rerun import rerun_variance
from codeeval.stats.summary import count_pairs

_EVEN_SPREAD = 1 / 3


@dataclass(frozen=True, slots=True)
class Costs:
    """What one sample costs. `cpu_s`: executing it. Tokens: of the prompt (shared by a problem's samples) and of the answer.

    `tokens_per_s`: generated tokens per second over all requests; None: generation time is not estimated.
    """

    cpu_s: float = 0.1
    prompt_tokens: float = 300.0
    completion_tokens: float = 150.0
    tokens_per_s: float | None = None

    def __post_init__(self) -> None:
        rate = 1.0 if self.tokens_per_s is None else self.tokens_per_s
        if min(self.cpu_s, self.prompt_tokens, self.completion_tokens) < 0 or rate <= 0:
            raise UsageError("plan: costs can't be negative, tokens per second must be positive")


@dataclass(frozen=True, slots=True)
class PlanInput:
    """`mde`: the wanted detectable difference, as a share (3 points = 0.03). `mean`, `spread`: a guess about the model."""

    mde: float
    problems: int = 164
    level: float = 0.95
    power: float = 0.8
    mean: float = 0.5
    spread: float = _EVEN_SPREAD
    costs: Costs = field(default_factory=Costs)

    def __post_init__(self) -> None:
        if not 0 < self.mde < 1:
            raise UsageError(f"plan: the detectable effect must lie between 0 and 1 (3 points = 0.03), got {self.mde}")
        if self.problems < 2:
            raise UsageError(f"plan: at least 2 problems are needed, got {self.problems}")
        if not 0 < self.level < 1 or not 0.5 <= self.power < 1:
            raise UsageError("plan: need 0 < level < 1 and 0.5 <= power < 1")
        if not 0 < self.mean < 1 or not 0 <= self.spread < 1:
            raise UsageError("plan: need 0 < mean < 1 and 0 <= spread < 1")


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """Per run: `n` samples per problem, `samples` in total, tokens, CPU hours of execution, hours of generation.

    `mde_at`: detectable difference at other n. `within`: W, the sampling variance of one sample, averaged over problems.
    """

    mde: float
    n: int
    problems: int
    samples: int
    completion_tokens: int
    prompt_tokens: int
    cpu_hours: float
    generation_hours: float | None
    within: float
    level: float
    power: float
    mde_at: tuple[tuple[int, float], ...]

    def to_json(self) -> dict[str, object]:
        """One JSON object; `mde_at` as a list of [n, mde]."""
        return {**asdict(self), "mde_at": [list(item) for item in self.mde_at]}


def plan(wish: PlanInput, counts: Sequence[tuple[int, int]] | None = None) -> SamplingPlan:
    """Samples per problem for `wish`. `counts`: (n, c) per problem of an earlier run of a similar model, if there is one.

    Raises UsageError if any problem in `counts` has fewer than two samples.
    """
    within = wish.mean * (1 - wish.mean) * (1 - wish.spread) if counts is None else _within(counts)
    n = max(1, ceil(2 * within / wish.problems * (_quantiles(wish) / wish.mde) ** 2 - 1e-9))
    samples = n * wish.problems
    costs = wish.costs
    tokens = ceil(samples * costs.completion_tokens)
    return SamplingPlan(
        mde=wish.mde,
        n=n,
        problems=wish.problems,
        samples=samples,
        completion_tokens=tokens,
        prompt_tokens=ceil(wish.problems * costs.prompt_tokens),
        cpu_hours=samples * costs.cpu_s / 3600,
        generation_hours=None if costs.tokens_per_s is None else tokens / costs.tokens_per_s / 3600,
        within=within,
        level=wish.level,
        power=wish.power,
        mde_at=tuple((size, detectable_at(size, within, wish)) for size in sorted({1, 5, 10, 20, 50, 100, n})),
    )


def detectable_at(n: int, within: float, wish: PlanInput) -> float:
    """The difference that two runs of n samples per problem detect with the wanted power."""
    return _quantiles(wish) * sqrt(2 * within / (wish.problems * n))


def _quantiles(wish: PlanInput) -> float:
    return t_quantile(0.5 + wish.level / 2, inf) + normal_quantile(wish.power)


def _within(counts: Sequence[tuple[int, int]]) -> float:
    """Mean of p (1-p): n times the sampling variance of c/n."""
    if not counts or min(n for n, _ in counts) < 2:
        raise UsageError("plan: the earlier run needs at least two samples of every problem")
    by_n: dict[int, list[tuple[int, int]]] = {}
    for n, c in counts:
        by_n.setdefault(n, []).append((n, c))
    total = sum(n * len(group) * rerun_variance(count_pairs(group), 1) for n, group in by_n.items())
    return total / len(counts)


def render(result: SamplingPlan) -> str:
    """Plain text: what to run, what it costs, and what other n would detect."""
    lines = [
        f"To see a true difference of {100 * result.mde:g} points in pass@1 with a chance of {result.power:.0%}:",
        f"  {result.n} samples per problem, {result.samples:,} per run on {result.problems} problems",
        f"  {result.completion_tokens:,} new tokens, {result.prompt_tokens:,} prompt tokens, "
        f"{result.cpu_hours:.2g} CPU hours of execution",
    ]
    if result.generation_hours is not None:
        lines.append(f"  {result.generation_hours:.2g} hours of generation")
    lines.append("samples per problem -> detectable difference of two runs with seeds of their own")
    lines.append("  (runs that share seeds differ by less: `codeeval compare` says what those two could have shown)")
    lines += [f"  {n:>6} -> {100 * mde:.1f} points" for n, mde in result.mde_at]
    return "\n".join(lines)
