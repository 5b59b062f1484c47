"""Extrapolate pass@k to k > n from a model of how success rates are distributed. Never an estimate.

No function of n samples is unbiased for pass@k with k > n, so a model must supply what the samples can't: a share `never` of
problems is never solved, a share `always` is always solved, and the success rates of the rest follow a beta distribution
(zero-inflated beta-binomial: Ridout, Demétrio & Hinde 1998; with a point mass at one as well, because a beta distribution
that must fit a spike at 1 is distorted near 0, which decides pass@k for k > n). It is fitted by maximum likelihood:
expectation-maximisation for the shares, Minka's fixed point (2000, "Estimating a Dirichlet distribution", eq. 55) for the
beta distribution. The figure is the mean over problems of E[1 - (1-p)^k | that problem's samples].

The interval is a seeded bootstrap over problems. It shows how far the fit moves with other problems, not whether the model is
right: pass@1000 depends on whether problems without a success among n are hopeless or merely hard, and n samples say little
about that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from codeeval.i18n.messages import msg
from codeeval.stats.intervals import Interval
from codeeval.stats.summary import count_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

METHOD = "zero-inflated beta-binomial model"
_STEPS, _AGAIN, _TOLERANCE = 5_000, 500, 1e-7
_SHAPE = (1e-3, 1e4)  # bounds of both parameters of the beta distribution


@dataclass(frozen=True, slots=True)
class Extrapolation:
    """The model's pass@k at one k > n, with its bootstrap interval. `never` and `always` are the fitted shares, `a` and `b` the
    beta distribution of the rest, `fewest` the smallest n. It is not an unbiased pass@k and is never exported as one."""

    k: int
    fewest: int
    value: float
    interval: Interval
    level: float
    never: float
    always: float
    a: float
    b: float
    method: str = METHOD

    def to_json(self) -> dict[str, object]:
        """One JSON object, labelled as a model's extrapolation."""
        return {"model_based": True, **asdict(self), "interval": list(self.interval)}


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Settings of the bootstrap; the same seed gives the same interval."""

    seed: int = 1234
    resamples: int = 200
    level: float = 0.95


def extrapolate(
    counts: Sequence[tuple[int, int]], ks: Sequence[int], bootstrap: Bootstrap | None = None
) -> tuple[Extrapolation, ...]:
    """One result per k. `counts`: (n, c) per problem. Raises ValueError if some k is not above the smallest n (pass@k can be
    estimated there), if all problems have one sample, and if there is no problem or no correct sample."""
    import numpy as np

    histogram = count_pairs(counts)
    fewest = _checked(histogram, ks)
    options = bootstrap or Bootstrap()
    cells = sorted(histogram)
    seen = np.array([[histogram[cell] for cell in cells]], dtype=float)
    fit = _fitted(cells, seen, _start(1), _STEPS)
    problems = int(seen.sum())
    drawn = (
        np.random.default_rng(options.seed).multinomial(problems, seen[0] / problems, options.resamples).astype(float)
    )
    again = _fitted(cells, drawn, np.repeat(fit, options.resamples, axis=0), _AGAIN)
    never, always, a, b = (float(value) for value in fit[0])
    found = []
    for k in ks:
        value = float(_value(cells, seen, fit, k)[0])
        low, high = np.quantile(_value(cells, drawn, again, k), [0.5 - options.level / 2, 0.5 + options.level / 2])
        interval = (min(float(low), value), max(float(high), value))
        found.append(Extrapolation(k, fewest, value, interval, options.level, never, always, a, b))
    return tuple(found)


def _checked(histogram: Mapping[tuple[int, int], int], ks: Sequence[int]) -> int:
    if not histogram:
        raise ValueError("there are no problems to extrapolate from")
    fewest = min(n for n, _ in histogram)
    if fewest < 2:
        raise ValueError(
            "one sample per problem does not tell a hard problem from an unlucky one: nothing to extrapolate from"
        )
    if not any(c for _, c in histogram):
        raise ValueError("no sample is correct: nothing to extrapolate from")
    for k in ks:
        if k <= fewest:
            raise ValueError(msg("pass@{k} needs no model: every problem has {n} samples or more", k=k, n=fewest))
    return fewest


def _start(many: int) -> NDArray[Any]:
    """never, always, a, b; one row per fit."""
    import numpy as np

    return np.tile([0.1, 0.1, 0.5, 0.5], (many, 1))


def _fitted(cells: Sequence[tuple[int, int]], counts: NDArray[Any], start: NDArray[Any], steps: int) -> NDArray[Any]:
    """Rows of (never, always, a, b) after at most `steps` iterations; `counts` is (fits, cells)."""
    import numpy as np

    n, c = (np.array(column) for column in zip(*cells, strict=True))
    fit, total = start.copy(), counts.sum(axis=1)
    for _ in range(steps):
        none, all_, rest = _members(n, c, fit)
        last = fit.copy()
        fit[:, 0] = (counts * none).sum(axis=1) / total
        fit[:, 1] = (counts * all_).sum(axis=1) / total
        fit[:, 2:] = _next_shape(n, c, counts * rest, fit[:, 2:])
        if float(np.abs(np.log((fit[:, 2:] + 1e-9) / (last[:, 2:] + 1e-9))).max()) < _TOLERANCE and (
            float(np.abs(fit[:, :2] - last[:, :2]).max()) < _TOLERANCE
        ):
            break
    return fit


def _members(n: NDArray[Any], c: NDArray[Any], fit: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The probability that a problem of each cell is never solved, always solved, or one of the rest; each (fits, cells)."""
    import numpy as np

    a, b = fit[:, 2:3], fit[:, 3:4]
    rest = (1.0 - fit[:, :1] - fit[:, 1:2]) * np.exp(_rising(b, n - c) + _rising(a, c) - _rising(a + b, n))
    none, all_ = fit[:, :1] * (c == 0), fit[:, 1:2] * (c == n)
    # for 0 < c < n only the rest can have given this count; the binomial coefficient cancels and is left out
    whole = np.maximum(none + all_ + rest, 1e-300)
    return none / whole, all_ / whole, rest / whole


def _rising(start: NDArray[Any], steps: NDArray[Any]) -> NDArray[Any]:
    """log of start (start + 1) … (start + steps - 1); `start` is (fits, 1), the result (fits, cells)."""
    return _cumulated(start, steps, logarithm=True)


def _cumulated(start: NDArray[Any], steps: NDArray[Any], logarithm: bool) -> NDArray[Any]:
    import numpy as np

    terms = start + np.arange(max(1, int(steps.max())))
    sums = np.cumsum(np.log(terms) if logarithm else 1.0 / terms, axis=1)
    result: NDArray[Any] = np.concatenate([np.zeros_like(start), sums], axis=1)[:, steps]
    return result


def _next_shape(n: NDArray[Any], c: NDArray[Any], weights: NDArray[Any], shape: NDArray[Any]) -> NDArray[Any]:
    """One step of Minka's fixed point for (a, b); differences of digamma functions are finite sums."""
    import numpy as np

    a, b = shape[:, :1], shape[:, 1:]
    below = np.maximum((weights * _cumulated(a + b, n, False)).sum(axis=1), 1e-300)
    up_a = (weights * _cumulated(a, c, False)).sum(axis=1) / below
    up_b = (weights * _cumulated(b, n - c, False)).sum(axis=1) / below
    return np.clip(np.stack([shape[:, 0] * up_a, shape[:, 1] * up_b], axis=1), *_SHAPE)


def _value(cells: Sequence[tuple[int, int]], counts: NDArray[Any], fit: NDArray[Any], k: int) -> NDArray[Any]:
    """Mean over problems of the expectation of 1 - (1-p)^k given (n, c), per fit."""
    import numpy as np

    n, c = (np.array(column) for column in zip(*cells, strict=True))
    _, all_, rest = _members(n, c, fit)
    a, b = fit[:, 2:3], fit[:, 3:4]
    later = np.full_like(n, k)
    columns = [
        _rising(b + miss, later[:1]) - _rising(a + b + size, later[:1]) for size, miss in zip(n, n - c, strict=True)
    ]
    missed = np.exp(np.concatenate(columns, axis=1))
    solved = all_ + rest * (1.0 - missed)
    result: NDArray[Any] = (counts * solved).sum(axis=1) / counts.sum(axis=1)
    return result
