"""Coverage of the two intervals of a comparison, cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import numpy as np
from cells import Cell, Vector, solve_rate, values_of
from rerun_grid import histograms, within

from codeeval.stats.paired import paired_t, rerun_difference
from codeeval.stats.quantiles import t_quantile
from codeeval.stats.rerun import rerun_noises

LOST = 0.1  # share of problems that the worse model never solves
MEANS = (0.02, 0.1, 0.5, 0.9, 0.98)
MORE = 4
Counts = np.ndarray[tuple[int, int], np.dtype[np.int64]]
Pair = Callable[[Vector, np.random.Generator], Vector]


def same(rates: Vector, generator: np.random.Generator) -> Vector:
    """One model, sampled twice."""
    return rates


def another(rates: Vector, generator: np.random.Generator) -> Vector:
    """A model that is as good, at other problems: the rates of the next run."""
    return np.roll(rates, 1, axis=0)


def worse(rates: Vector, generator: np.random.Generator) -> Vector:
    """The same model after a share of problems was lost for good, any of them."""
    return np.where(generator.random(rates.shape) < LOST, 0.0, rates)


PAIRS: dict[str, tuple[Pair, float]] = {
    "same model": (same, 0.0),
    "as good": (another, 0.0),
    "10% lost": (worse, -LOST),
}


class Found(NamedTuple):
    """Of one cell: coverage of both intervals, and how long that of the population is, next to plain Student's t."""

    population: float
    rerun: float
    length: float


def difference_table(repeats: int, generator: np.random.Generator) -> None:
    """One row per kind of pair and number of problems. `repeats` for the rerun interval, MORE times as many for the other."""
    print("### Intervals of a comparison, nominal 95%\n")
    head = "| interval | pair | N | cells | lowest | mean | highest | below 93% | above 99% | times as long as t |"
    print(head + "\n" + "|---" * 10 + "|")
    for (name, (pair, share)), problems in product(PAIRS.items(), (30, 164)):
        cells = [Cell(n, k, s, m, problems) for (n, k), s, m in product(((10, 1), (10, 5)), (0.3, 1.0, 10.0), MEANS)]
        found = [difference_cell(cell, pair, share, repeats, generator) for cell in cells]
        usual = [
            one.length for one, cell in zip(found, cells, strict=True) if cell.alike >= 1 and 0.1 <= cell.mean <= 0.9
        ]
        lengths = f"{np.median(usual):.3f}, at most {max(usual):.2f}"
        row(f"population | {name} | {problems}", [one.population for one in found], lengths)
        row(f"rerun | {name} | {problems}", [one.rerun for one in found], "")


def row(label: str, covered: list[float], lengths: str) -> None:
    """One line of the table."""
    figures = f"{min(covered):.1%} | {np.mean(covered):.1%} | {max(covered):.1%}"
    counted = f"{sum(one < 0.93 for one in covered)} | {sum(one > 0.99 for one in covered)}"
    print(f"| {label} | {len(covered)} | {figures} | {counted} | {lengths} |", flush=True)


def difference_cell(cell: Cell, pair: Pair, share: float, repeats: int, generator: np.random.Generator) -> Found:
    """`share` of the mean is the difference in the population."""
    rate, values = solve_rate(cell.alike, cell.k, cell.mean), values_of(cell.n, cell.k)
    rates = generator.beta(cell.alike * rate, cell.alike * (1 - rate), (MORE * repeats, cell.problems))
    other = pair(rates, generator)
    a, b = (generator.binomial(cell.n, side) for side in (rates, other))
    differences = values[b] - values[a]
    found = np.array([paired_t(each).interval for each in differences.tolist()])
    plain = 2 * t_quantile(0.975, cell.problems - 1) * differences.std(axis=1, ddof=1) / cell.problems**0.5
    truths = np.mean((1 - rates) ** cell.k - (1 - other) ** cell.k, axis=1)[:repeats]
    return Found(
        population=within(found, np.full(len(found), share * cell.mean)),
        rerun=within(rerun_intervals(cell, a[:repeats], b[:repeats]), truths),
        length=float((found[:, 1] - found[:, 0]).mean() / plain.mean()),
    )


def rerun_intervals(cell: Cell, a: Counts, b: Counts) -> Vector:
    """One row per pair of runs."""
    values, pairs = values_of(cell.n, cell.k), [(cell.n, c) for c in range(cell.n + 1)]
    noises = [rerun_noises(pairs, histograms(side, cell.n), cell.k) for side in (a, b)]
    return np.array(
        [
            rerun_difference(differences, one.variance + two.variance, cell.k / cell.n).interval
            for differences, one, two in zip((values[b] - values[a]).tolist(), *noises, strict=True)
        ]
    )
