"""Coverage of the rerun interval where problems have different numbers of samples: a table for docs/statistics-evidence.md.

    python tests/benchmarks/unequal_rerun.py [--runs N] [--problems N] [--seed N]

The problems of a set keep their success rates; n goes with difficulty, against it, or neither. "length" is the mean length of the
interval over 2 · 1.96 standard deviations of the score, seen in the simulation: 1 is as long as it has to be.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from cells import Vector

from codeeval.stats import summarize
from codeeval.stats.passk import pass_at_k_array

LEVEL = 1.96
Numbers = np.ndarray[Any, np.dtype[np.int64]]
WAYS = ("5 on hard, 50 on easy", "50 on hard, 5 on easy", "5 or 50 by lot", "8 to 12 by lot")


def sizes(way: str, rates: Vector, generator: np.random.Generator) -> Numbers:
    """Samples per problem."""
    hard = rates < np.median(rates)
    if way == WAYS[0]:
        return np.where(hard, 5, 50)
    if way == WAYS[1]:
        return np.where(hard, 50, 5)
    if way == WAYS[2]:
        return np.where(generator.random(len(rates)) < 0.5, 5, 50)
    return generator.integers(8, 13, len(rates))


def covered(rates: Vector, n: Numbers, k: int, runs: int, generator: np.random.Generator) -> tuple[float, float]:
    """Share of runs whose interval holds the long-run score, and the length."""
    truth, scores, lengths, hits = float(np.mean(1 - (1 - rates) ** k)), [], [], 0
    for _ in range(runs):
        c = generator.binomial(n, rates)
        found = summarize(np.stack([n, c], axis=1), k)
        assert found.rerun is not None
        low, high = found.rerun
        hits += low - 1e-12 <= truth <= high + 1e-12
        lengths.append(high - low)
        scores.append(float(np.mean(pass_at_k_array(n, c, k))))
    return hits / runs, float(np.mean(lengths) / (2 * LEVEL * np.std(scores)))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--problems", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1234)
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    print(f"{options.problems} problems, {options.runs} runs per row, nominal 95%\n")
    print("| samples | k | mean | s | covered | length |\n|---|---|---|---|---|---|")
    for way in WAYS:
        for k in (1, 5):
            for mean, alike in ((0.3, 1.0), (0.5, 0.3), (0.5, 3.0), (0.8, 1.0)):
                rates = generator.beta(alike * mean, alike * (1 - mean), options.problems)
                n = sizes(way, rates, generator)
                hit, length = covered(rates, n, k, options.runs, generator)
                print(f"| {way} | {k} | {mean} | {alike:g} | {hit:.1%} | {length:.2f} |", flush=True)


if __name__ == "__main__":
    main()
