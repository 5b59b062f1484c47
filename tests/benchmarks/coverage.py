"""How often the intervals are right, and how often the gate is: simulation tables for docs/statistics-evidence.md.

    python tests/benchmarks/coverage.py [population] [mixtures] [rerun] [difference] [further] [gate]
        [--repeats N] [--seed N] [--jobs N] [--n N] [--baseline-n N] [--level L]

Population: N problems are drawn from a population of problems, n samples of each; does the interval contain the
population's mean pass@k? Rerun: the problems stay, only the samples are drawn again; does it contain what endless sampling
of these problems would give? Mixtures: the population interval where a few problems are of another kind. Difference: both
intervals of a comparison. Gate: how often does a model fail against itself, and against a worse one?

Success rates of problems come from Beta(s m, s (1-m)): s is how alike the problems are (0.3: nearly all solved always or
never; 10: all about equally hard). m is solved for, so that the mean of pass@k itself has the value of the table's row.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import product, repeat
from math import comb
from typing import Any, NamedTuple

import numpy as np
from cells import ALIKE, MEANS, PROBLEMS, Cell, Vector, beta_binomial, grid, solve_rate, values_of
from difference_grid import difference_table
from further_grid import further_table
from rerun_grid import rerun_cell

from codeeval.gate.rule import Evidence, decide
from codeeval.gate.verdict import GatePolicy, GateVerdict
from codeeval.stats.chance import at_least, drop_p, worst_p
from codeeval.stats.intervals import Interval, population_interval, wilson
from codeeval.stats.paired import paired_t, rerun_difference
from codeeval.stats.problem_change import change_of, regressed_by_chance
from codeeval.stats.quantiles import t_quantile
from codeeval.stats.rerun import rerun_variance

POPULATION_METHODS = ("t", "Wilson, N problems", "ours")
DROP_P = (0.025, 0.045)  # other limits of the gate, for comparison


def covered(intervals: Iterable[Interval], truth: float) -> float:
    """Share of intervals that contain the truth."""
    hits = [low - 1e-12 <= truth <= high + 1e-12 for low, high in intervals]
    return sum(hits) / len(hits)


def population_cell(cell: Cell, repeats: int, generator: np.random.Generator) -> dict[str, float]:
    """Coverage of three methods in one cell."""
    rate = solve_rate(cell.alike, cell.k, cell.mean)
    chances = beta_binomial(cell.n, cell.alike * rate, cell.alike * (1 - rate))
    return population_coverage(chances, cell, repeats, generator)


def population_coverage(chances: Vector, cell: Cell, repeats: int, generator: np.random.Generator) -> dict[str, float]:
    """Only the histogram of c matters, so whole runs are one multinomial draw. `chances`: of c = 0..n."""
    values, size = values_of(cell.n, cell.k), cell.problems
    truth = float(chances @ values)
    drawn = generator.multinomial(size, chances, size=repeats)
    means = np.clip(drawn @ values / size, 0.0, 1.0)
    deviations = values - means[:, None]
    second, fourth = (np.einsum("ij,ij->i", drawn, deviations**power) / size for power in (2, 4))
    variances = second * size / (size - 1)
    kurtoses = np.where(second > 1e-24, fourth / np.maximum(second, 1e-24) ** 2, np.inf)
    quantile = t_quantile(0.975, size - 1)
    halves = quantile * np.sqrt(variances / size)
    runs = list(zip(means.tolist(), variances.tolist(), kurtoses.tolist(), strict=True))
    return {
        "t": covered(zip(means - halves, means + halves, strict=True), truth),
        "Wilson, N problems": covered((wilson(m, size, quantile) for m, _, _ in runs), truth),
        "ours": covered((population_interval(m, v, size, 0.95, kurtosis) for m, v, kurtosis in runs), truth),
    }


def mixtures(repeats: int, generator: np.random.Generator) -> None:
    """Populations of two kinds of problems, of which one is rare and very different."""
    print("### Population interval where a few problems are of another kind\n")
    print(
        "| rare kind | cells | lowest | below 93% | below 90% | below 80% | above 99% |\n|---|---|---|---|---|---|---|"
    )
    sizes = ((5, 1), (10, 1), (50, 1), (10, 5), (20, 10))
    for share in (0.01, 0.03, 0.1, 0.2):
        found = []
        for rare, other, problems, (n, k), flipped in product(
            (0.5, 0.9, 1.0), (0.0, 0.02, 0.05, 0.1), PROBLEMS, sizes, (0, 1)
        ):
            rates = (1 - rare, 1 - other) if flipped else (rare, other)
            one, two = (np.array([comb(n, c) * p**c * (1 - p) ** (n - c) for c in range(n + 1)]) for p in rates)
            chances = share * one + (1 - share) * two
            if 0.015 <= float(chances @ values_of(n, k)) <= 0.985:
                cell = Cell(n, k, 0.0, share, problems)
                found.append(population_coverage(chances / chances.sum(), cell, repeats, generator)["ours"])
        below = " | ".join(str(sum(value < limit for value in found)) for limit in (0.93, 0.9, 0.8))
        above = sum(value > 0.99 for value in found)
        print(f"| {share:.0%} of problems | {len(found)} | {min(found):.1%} | {below} | {above} |", flush=True)


def coverage_table(
    title: str, results: list[tuple[Cell, dict[str, float]]], methods: tuple[str, ...] = POPULATION_METHODS
) -> None:
    """Coverage by row of mean, then the extremes."""
    print(f"### {title}\n")
    print("| method | cells | lowest | mean | highest | cells below 93% | cells above 99% |")
    print("|---|---|---|---|---|---|---|")
    for alike in (*ALIKE, None):
        for method in methods:
            found = [values[method] for cell, values in results if alike in (None, cell.alike)]
            label = f"{method}, all" if alike is None else f"{method}, s = {alike:g}"
            below, above = sum(v < 0.93 for v in found), sum(v > 0.99 for v in found)
            figures = f"{min(found):.1%} | {np.mean(found):.1%} | {max(found):.1%}"
            print(f"| {label} | {len(found)} | {figures} | {below} | {above} |")
    print(
        "\nCoverage of our interval by mean pass@k (rows) and problems (columns): lowest to highest over n, k and s\n"
    )
    sizes, means = (
        [size for size in PROBLEMS if any(cell.problems == size for cell, _ in results)],
        [mean for mean in MEANS if any(cell.mean == mean for cell, _ in results)],
    )
    print("| mean | " + " | ".join(f"N = {size}" for size in sizes) + " |")
    print("|---|" + "---|" * len(sizes))
    for mean in means:
        row = []
        for size in sizes:
            found = [values["ours"] for cell, values in results if cell.mean == mean and cell.problems == size]
            row.append(f"{min(found):.1%} – {max(found):.1%}")
        print(f"| {mean} | " + " | ".join(row) + " |")
    worst = sorted(results, key=lambda item: item[1]["ours"])
    print("\nLowest: " + "; ".join(f"{v['ours']:.1%} at {c}" for c, v in worst[:3]))
    print("\nHighest: " + "; ".join(f"{v['ours']:.1%} at {c}" for c, v in worst[-3:]) + "\n")


def rerun_results(repeats: int, seed: int, jobs: int) -> list[tuple[Cell, dict[str, float]]]:
    """Every cell with draws of its own, so that it does not matter who computes it."""
    cells = list(grid())
    with ProcessPoolExecutor(jobs) as pool:
        each = pool.map(one_rerun_cell, cells, repeat(repeats), ((seed, i) for i in range(len(cells))), chunksize=4)
        return list(zip(cells, each, strict=True))


def one_rerun_cell(cell: Cell, repeats: int, seed: tuple[int, int]) -> dict[str, float]:
    """In a process of its own."""
    return rerun_cell(cell, repeats, np.random.default_rng(seed))


def bounds_table(results: list[tuple[Cell, dict[str, float]]]) -> None:
    """The cells above 99%, and in how many of them no interval can do with less."""
    found = [(cell, values) for cell, values in results if "known" in values]
    print("Cells above 99%, and in how many of them a bound for any interval is above 99%, or 98%, as well\n")
    print("| s | cells above 99% | known rates > 99% | > 98% | forced > 99% | > 98% | neither > 98% |")
    print("|---|---|---|---|---|---|---|")
    for alike in (*ALIKE, None):
        rows = [values for cell, values in found if alike in (None, cell.alike)]
        counts = [sum(row[bound] > limit for row in rows) for bound in ("known", "forced") for limit in (0.99, 0.98)]
        neither = sum(max(row["known"], row["forced"]) <= 0.98 for row in rows)
        label = "all" if alike is None else f"{alike:g}"
        print(f"| {label} | {len(rows)} | " + " | ".join(map(str, [*counts, neither])) + " |")
    print("\nThose where neither is above 98% (ours, known, forced):\n")
    for cell, row in sorted(found, key=lambda item: -item[1]["ours"]):
        if max(row["known"], row["forced"]) <= 0.98:
            print(f"- {cell}: {row['ours']:.1%}, {row['known']:.1%}, {row['forced']:.1%}")
    print()


def shifted(rates: Vector, drop: float) -> Vector:
    """Every problem a little harder: all rates scaled, by as much as lowers their mean by `drop`."""
    return rates * (1 - drop / rates.mean())


def harder(rates: Vector, drop: float) -> Vector:
    """The odds of every problem divided by one number: difficulty added evenly. Here no unbiased test beats the sum."""
    odds = rates / np.maximum(1 - rates, 1e-12)
    low, high = 1.0, 1e6
    for _ in range(100):
        middle = (low * high) ** 0.5
        worse = (odds / middle) / (1 + odds / middle)
        low, high = (middle, high) if rates.mean() - worse.mean() < drop else (low, middle)
    return worse


def broken(rates: Vector, drop: float, order: np.ndarray[Any, np.dtype[np.int64]]) -> Vector:
    """Some problems lost for good, in this order, until the mean is lower by `drop`; the last one only in part."""
    result, left = rates.copy(), drop * len(rates)
    for problem in order:
        result[problem] -= (lost := min(left, result[problem]))
        left -= lost
    return result


class Draws(NamedTuple):
    """How a row of the gate's table is simulated."""

    repeats: int
    generator: np.random.Generator
    n: int = 10
    level: float = 0.95
    baseline: int = 10


def gate_rates(rates: Vector, worse: Vector, draws: Draws) -> dict[str, float]:
    """Shares of verdicts for one pair of models, by the gate's own rule, and by paired t in its place."""
    found: Counter[str] = Counter()
    repeats, generator, n, level, n_a = draws
    for _ in range(repeats):
        a, b = generator.binomial(n_a, rates), generator.binomial(n, worse)
        differences = (b / n - a / n_a).tolist()
        sides = [{(size, c): m for c, m in Counter(side.tolist()).items()} for size, side in ((n_a, a), (n, b))]
        noise = sum(rerun_variance(side, 1) for side in sides)
        mean = float(np.mean(differences))
        interval = rerun_difference(differences, noise, 1 / min(n, n_a), level).interval
        pairs = [((n_a, c_a), (n, c_b)) for c_a, c_b in zip(a.tolist(), b.tolist(), strict=True)]
        by_chance = [regressed_by_chance(*pair) for pair in pairs]
        regressed = sum(change_of("", *pair, k=1, as_one=False).change == "regressed" for pair in pairs)
        lost = min(1.0, 2 * min(at_least(by_chance, regressed), worst_p(pairs)))
        seen = Evidence(mean, interval, drop_p(pairs), lost)
        found[decide(seen, GatePolicy())] += 1
        for limit in DROP_P:
            found[f"{limit:g}"] += decide(seen, GatePolicy(drop_p=limit)) is GateVerdict.FAIL
        found["t"] += mean <= -0.01 and paired_t(differences, level).interval[1] < 0
        found["drop"] += mean <= -0.01
    names = {"FAIL": GateVerdict.FAIL, "PASS": GateVerdict.PASS, "INCONCLUSIVE": GateVerdict.INCONCLUSIVE}
    shares = {name: found[verdict] / repeats for name, verdict in names.items()}
    others = {f"FAIL at {limit:g}": f"{limit:g}" for limit in DROP_P}
    others |= {"FAIL by paired t": "t", "drop of 1 point or more": "drop"}
    return {**shares, **{name: found[key] / repeats for name, key in others.items()}}


def gate_table(draws: Draws) -> None:
    """False alarms and power on 164 problems."""
    generator = draws.generator
    print(f"### Gate: 164 problems, n = {draws.n} against {draws.baseline}, level {draws.level:g}, margin 3 points\n")
    kinds: dict[str, Callable[[Vector], Vector]] = {
        "same model": lambda rates: rates,
        "5 points worse, everywhere": lambda rates: shifted(rates, 0.05),
        "5 points worse, all odds lowered": lambda rates: harder(rates, 0.05),
        "5 points worse, reliable problems lost": lambda rates: broken(rates, 0.05, np.argsort(-rates)),
        "5 points worse, random problems lost": lambda rates: broken(rates, 0.05, generator.permutation(len(rates))),
    }
    columns = (
        "FAIL",
        "PASS",
        "INCONCLUSIVE",
        *(f"FAIL at {limit:g}" for limit in DROP_P),
        "FAIL by paired t",
        "drop of 1 point or more",
    )
    print("| mean | s | candidate | " + " | ".join(columns) + " |\n|---|---|---|" + "---|" * len(columns))
    for mean, alike in (*product((0.15, 0.5, 0.85), (0.3, 1.0, 3.0)), (0.5, 2.0)):
        rates = generator.beta(alike * mean, alike * (1 - mean), 164)
        for name, change in kinds.items():
            shares = gate_rates(rates, change(rates), draws)
            row = " | ".join(f"{shares[column]:.1%}" for column in columns)
            print(f"| {rates.mean():.2f} | {alike:g} | {name} | {row} |", flush=True)


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "parts", nargs="*", default=["population", "mixtures", "rerun", "difference", "further", "gate"]
    )
    parser.add_argument("--repeats", type=int, default=None, help="runs per cell (10000, 1000, 2000, 1000, 1000)")
    parser.add_argument("--n", type=int, default=10, help="samples per problem of the gate's table")
    parser.add_argument("--baseline-n", type=int, default=None, help="the same of the baseline, if it is another")
    parser.add_argument("--level", type=float, default=0.95, help="of the gate's interval")
    parser.add_argument("--seed", type=int, default=1234)
    parser.add_argument("--jobs", type=int, default=1, help="processes for the rerun interval; the result is the same")
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    if "population" in options.parts:
        found = [(cell, population_cell(cell, options.repeats or 10_000, generator)) for cell in grid()]
        coverage_table("Population interval, nominal 95%", found)
    if "mixtures" in options.parts:
        mixtures(options.repeats or 1000, generator)
    if "rerun" in options.parts:
        found = rerun_results(options.repeats or 2000, options.seed, options.jobs)
        coverage_table("Rerun interval, nominal 95%", found, ("ours",))
        bounds_table(found)
    if "difference" in options.parts:
        difference_table(options.repeats or 1000, generator)
    if "further" in options.parts:
        further_table(options.repeats or 1000, generator)
    if "gate" in options.parts:
        gate_table(Draws(options.repeats or 1000, generator, options.n, options.level, options.baseline_n or options.n))


if __name__ == "__main__":
    main()
