"""Coverage of the intervals that are made on request: the bootstrap, and that over clusters of problems."""

from __future__ import annotations

from itertools import product

import numpy as np
from cells import Cell, solve_rate

from codeeval.stats import Resampling, bootstrap_interval, clustered_interval

MEANS = (0.02, 0.1, 0.5, 0.9, 0.98)
#: Problems of one cluster have one success rate: as much alike as problems can be.
CLUSTER = 5


def further_table(repeats: int, generator: np.random.Generator) -> None:
    """One row per method and number of problems, for all means and for those that are not near 0 or 1."""
    print("### Intervals on request, nominal 95%\n")
    print("| interval | N | means | cells | lowest | mean | highest | below 93% | above 99% |\n" + "|---" * 9 + "|")
    for (method, clusters), problems in product(
        (("bootstrap", False), ("bootstrap", True), ("over clusters", True)), (30, 60, 164, 500)
    ):
        cells = [Cell(n, k, s, m, problems) for (n, k), s, m in product(((10, 1), (10, 5)), (0.3, 1.0, 10.0), MEANS)]
        found = [further_cell(cell, method, clusters, repeats, generator) for cell in cells]
        name = f"{method}, clusters of {CLUSTER}" if method == "bootstrap" and clusters else method
        for means in (MEANS, MEANS[1:-1]):
            part = np.array([value for value, cell in zip(found, cells, strict=True) if cell.mean in means])
            figures = f"{part.min():.1%} | {part.mean():.1%} | {part.max():.1%}"
            counted = f"{(part < 0.93).sum()} | {(part > 0.99).sum()}"
            print(
                f"| {name} | {problems} | {means[0]} to {means[-1]} | {len(part)} | {figures} | {counted} |", flush=True
            )


def further_cell(cell: Cell, method: str, clusters: bool, repeats: int, generator: np.random.Generator) -> float:
    """How often the interval contains the population's mean pass@k."""
    rate = solve_rate(cell.alike, cell.k, cell.mean)
    names = [place // CLUSTER for place in range(cell.problems)] if clusters else None
    hits = 0
    for _ in range(repeats):
        rates = generator.beta(cell.alike * rate, cell.alike * (1 - rate), cell.problems)
        if names is not None:
            rates = rates[names]
        counts = [(cell.n, c) for c in generator.binomial(cell.n, rates).tolist()]
        if method == "bootstrap":
            low, high = bootstrap_interval(counts, cell.k, names, Resampling(resamples=1_000))
        else:
            assert names is not None
            low, high = clustered_interval(counts, names, cell.k)
        hits += low - 1e-12 <= cell.mean <= high + 1e-12
    return hits / repeats
