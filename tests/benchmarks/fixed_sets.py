"""How far the numbers of one run can be trusted on a fixed set of problems: a table for docs/statistics-evidence.md.

    python tests/benchmarks/fixed_sets.py [--runs N] [--seed N] [--n N]

The set and its success rates are drawn once per row; every run samples the same problems again. "long run": the rerun
interval holds the score that endless sampling of these problems would give. "second run": it holds the score of one more run
of the same size. "total": the same of the interval for new problems. The last columns: the gate's verdict on a second run of
the same model.
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np
from cells import Vector

from codeeval.gate.rule import gate
from codeeval.gate.verdict import GatePolicy, GateVerdict
from codeeval.stats import summarize
from codeeval.stats.compare import CompareOptions
from codeeval.stats.run_counts import RunCounts

POLICY = GatePolicy(compare=CompareOptions(resamples=100))


def row(rates: Vector, n: int, runs: int, generator: np.random.Generator) -> str:
    """The cells of one row."""
    truth, hits, verdicts = float(rates.mean()), np.zeros(3), Counter[GateVerdict]()
    for _ in range(runs):
        first, second = (generator.binomial(n, rates).tolist() for _ in range(2))
        found = summarize([(n, c) for c in first], 1)
        assert found.rerun is not None
        assert found.population is not None
        again = sum(second) / n / len(rates)
        hits += [found.rerun[0] <= truth <= found.rerun[1], found.rerun[0] <= again <= found.rerun[1], 0]
        hits[2] += found.population[0] <= truth <= found.population[1]
        sides = [
            RunCounts(name, {str(i): (n, c) for i, c in enumerate(side)})
            for name, side in (("a", first), ("b", second))
        ]
        verdicts[gate(sides[1], sides[0], POLICY).verdict] += 1
    shares = [
        *(hits / runs),
        *(verdicts[v] / runs for v in (GateVerdict.FAIL, GateVerdict.PASS, GateVerdict.INCONCLUSIVE)),
    ]
    return " | ".join(f"{share:.1%}" for share in shares)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--n", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1234)
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    print(f"n = {options.n}, {options.runs} runs per row, nominal 95%\n")
    print("| problems | mean | s | long run | second run | total | FAIL | PASS | INCONCLUSIVE |\n" + "|---" * 9 + "|")
    for problems in (64, 164):
        for mean, alike in ((0.15, 1.0), (0.5, 0.3), (0.5, 1.0), (0.5, 3.0), (0.85, 1.0)):
            rates = generator.beta(alike * mean, alike * (1 - mean), problems)
            cells = row(rates, options.n, options.runs, generator)
            print(f"| {problems} | {rates.mean():.2f} | {alike:g} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
