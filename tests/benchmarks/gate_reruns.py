"""How often does the gate fail a real model against itself? Runs drawn from the many samples of one.

    codeeval run --n 400 --problems 0-11 -o runs/pool       # once: many samples of a few problems, or any run of yours
    python tests/benchmarks/gate_reruns.py runs/pool [--n 10] [--runs 200] [--baselines 20] [--drop 0.05]

Every run is n samples per problem drawn from those of the pool, without replacement: what the model does say, with other
seeds. Each of the baselines meets as many candidates as there are runs. "worse": the same, with passing samples made to fail
at random, as many as lower pass@1 by the drop. What was never sampled can't be drawn: the pool should have at least ten times n.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from codeeval.gate.rule import gate
from codeeval.gate.verdict import GatePolicy, GateVerdict
from codeeval.stats.compare import CompareOptions
from codeeval.stats.run_counts import RunCounts
from codeeval.store import RunReader

POLICY = GatePolicy(compare=CompareOptions(resamples=100))


def drawn(pool: list[tuple[int, int]], n: int, generator: np.random.Generator, lost: float = 0.0) -> RunCounts:
    """One run; a passing sample fails with the chance `lost`."""
    counts = {}
    for problem, (size, correct) in enumerate(pool):
        passed = int(generator.hypergeometric(correct, size - correct, n))
        counts[str(problem)] = (n, int(generator.binomial(passed, 1.0 - lost)))
    return RunCounts("run", counts)


def main() -> None:
    """Print the shares of verdicts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--n", type=int, default=10)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--baselines", type=int, default=20)
    parser.add_argument("--drop", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1234)
    options = parser.parse_args()
    with RunReader(options.run) as reader:
        pool = [(n, c) for _, n, c in reader.counts(reader.manifest().protocol) if n >= options.n]
    mean = sum(c / n for n, c in pool) / max(1, len(pool))
    if not mean > options.drop:
        parser.error(f"pass@1 of the pool is {mean:.3f}: nothing to lose a drop of {options.drop} from")
    generator = np.random.default_rng(options.seed)
    print(f"{len(pool)} problems, pass@1 {mean:.3f}, n = {options.n}, {options.baselines} × {options.runs} comparisons")
    for name, lost in (("same model", 0.0), (f"{100 * options.drop:g} points worse", options.drop / mean)):
        shares = []
        for _ in range(options.baselines):
            baseline = drawn(pool, options.n, generator)
            found = [
                gate(drawn(pool, options.n, generator, lost), baseline, POLICY).verdict for _ in range(options.runs)
            ]
            shares.append([found.count(verdict) / options.runs for verdict in GateVerdict])
        failed = [row[list(GateVerdict).index(GateVerdict.FAIL)] for row in shares]
        means = ", ".join(
            f"{verdict} {value:.1%}" for verdict, value in zip(GateVerdict, np.mean(shares, axis=0), strict=True)
        )
        print(f"{name}: {means}; FAIL by baseline {min(failed):.1%} to {max(failed):.1%}")


if __name__ == "__main__":
    main()
