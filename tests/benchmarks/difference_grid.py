"""Coverage of the two intervals of a comparison, cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
from cells import Cell, Vector, solve_rate, values_of
from rerun_grid import histograms

from codeeval.stats.paired import paired_t, rerun_difference
from codeeval.stats.rerun import rerun_noises

LOST = 0.1  # share of problems that the worse model never solves
MEANS = (0.02, 0.1, 0.5, 0.9, 0.98)
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


def difference_table(repeats: int, generator: np.random.Generator) -> None:
    """One row per kind of pair and number of problems."""
    print("### Intervals of a comparison, nominal 95%\n")
    print("| interval | pair | N | cells | lowest | mean | highest | below 93% | above 99% |\n" + "|---" * 9 + "|")
    for (name, (pair, share)), problems in product(PAIRS.items(), (30, 164)):
        cells = [Cell(n, k, s, m, problems) for (n, k), s, m in product(((10, 1), (10, 5)), (0.3, 1.0, 10.0), MEANS)]
        found = np.array([difference_cell(cell, pair, share, repeats, generator) for cell in cells])
        for interval, column in zip(("population", "rerun"), found.T, strict=True):
            figures = f"{column.min():.1%} | {column.mean():.1%} | {column.max():.1%}"
            counted = f"{(column < 0.93).sum()} | {(column > 0.99).sum()}"
            print(f"| {interval} | {name} | {problems} | {len(cells)} | {figures} | {counted} |", flush=True)


def difference_cell(
    cell: Cell, pair: Pair, share: float, repeats: int, generator: np.random.Generator
) -> tuple[float, float]:
    """Coverage of the population and of the rerun interval; `share` of the mean is the difference in the population."""
    rate, values = solve_rate(cell.alike, cell.k, cell.mean), values_of(cell.n, cell.k)
    rates = generator.beta(cell.alike * rate, cell.alike * (1 - rate), (repeats, cell.problems))
    other = pair(rates, generator)
    truths = np.mean((1 - rates) ** cell.k - (1 - other) ** cell.k, axis=1).tolist()
    a, b = (generator.binomial(cell.n, side) for side in (rates, other))
    pairs = [(cell.n, c) for c in range(cell.n + 1)]
    noises = [rerun_noises(pairs, histograms(side, cell.n), cell.k) for side in (a, b)]
    unit, hits = cell.k / cell.n, [0, 0]
    for differences, one, two, truth in zip((values[b] - values[a]).tolist(), *noises, truths, strict=True):
        low, high = paired_t(differences).interval
        hits[0] += low - 1e-12 <= share * cell.mean <= high + 1e-12
        low, high = rerun_difference(differences, one.variance + two.variance, unit).interval
        hits[1] += low - 1e-12 <= truth <= high + 1e-12
    return hits[0] / repeats, hits[1] / repeats
