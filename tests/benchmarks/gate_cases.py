"""False alarms and power of a comparison and of the gate where their assumptions are strained: tables for
docs/statistics-evidence.md.

    python tests/benchmarks/gate_cases.py [permutation] [identical] [collapse] [same] [tasks] [--runs N] [--seed N]

permutation: a baseline of 50 samples per problem against 10 of the same model, pass@1, 5 and 10; and of a worse one.
identical: all samples of a problem are one text, and some problems flip from run to run. collapse: three reliable problems
are lost. same: the gate on one and the same model. tasks: eight tasks judged together, unchanged.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from cells import Vector

from codeeval.gate import load_policy
from codeeval.gate.rule import gate
from codeeval.gate.verdict import GatePolicy, GateVerdict
from codeeval.stats.compare import CompareOptions, compare
from codeeval.stats.run_counts import RunCounts

Generator = np.random.Generator
Integers = np.ndarray[Any, np.dtype[np.int64]]
MIXED = ((0.15, 1.0), (0.5, 0.3), (0.5, 1.0), (0.5, 3.0), (0.85, 1.0))


def counted(name: str, correct: Integers | Sequence[int], n: int) -> RunCounts:
    """A run with problems p0, p1, ..."""
    return RunCounts(name, {f"p{i}": (n, int(c)) for i, c in enumerate(correct)})


def sampled(rates: Vector, n: int, generator: Generator) -> RunCounts:
    """One run of a model with these success rates."""
    return counted("run", generator.binomial(n, rates), n)


def beta(mean: float, alike: float, size: int, generator: Generator) -> Vector:
    """Success rates of the problems."""
    return generator.beta(alike * mean, alike * (1 - mean), size)


def permutation(runs: int, generator: Generator) -> None:
    """p at most 5%, of one model and of one that is 5 points worse."""
    print(
        "| baseline, candidate | k | mean | s | same model, p ≤ 5% | 5 points worse, p ≤ 5% |\n|---|---|---|---|---|---|"
    )
    for n_a, n_b in ((50, 10), (10, 10)):
        for k in (1, 5, 10):
            for mean, alike in MIXED[1:]:
                rates = beta(mean, alike, 64, generator)
                options, shares = CompareOptions(k=k, resamples=1_000), []
                for factor in (1.0, 1 - 0.05 / rates.mean()):
                    found = [
                        compare(sampled(rates, n_a, generator), sampled(rates * factor, n_b, generator), options)
                        for _ in range(runs)
                    ]
                    shares.append(sum(each.p_permutation <= 0.05 for each in found) / runs)
                print(f"| {n_a}, {n_b} | {k} | {mean} | {alike:g} | {shares[0]:.1%} | {shares[1]:.1%} |", flush=True)


def verdicts(pairs: Sequence[tuple[RunCounts, RunCounts]], policy: GatePolicy) -> str:
    """Shares of FAIL, PASS and INCONCLUSIVE, as cells of a table."""
    found = Counter(gate(candidate, baseline, policy).verdict for baseline, candidate in pairs)
    order = (GateVerdict.FAIL, GateVerdict.PASS, GateVerdict.INCONCLUSIVE)
    return " | ".join(f"{found[verdict] / len(pairs):.1%}" for verdict in order)


QUICK = GatePolicy(compare=CompareOptions(resamples=100))


def identical(runs: int, generator: Generator) -> None:
    """64 problems, ten identical samples of each; every run flips each problem with the same chance."""
    print("| mean | flips | FAIL | PASS | INCONCLUSIVE |\n|---|---|---|---|---|")
    for mean in (0.5, 0.8):
        for flips in (0.01, 0.02, 0.05):
            right = generator.random(64) < mean
            pairs = []
            for _ in range(runs):
                sides = [10 * (right ^ (generator.random(64) < flips / 2)).astype(int) for _ in range(2)]
                pairs.append((counted("old", sides[0], 10), counted("new", sides[1], 10)))
            print(f"| {mean} | {flips:.0%} | {verdicts(pairs, QUICK)} |", flush=True)


def collapse(runs: int, generator: Generator) -> None:
    """Three problems that were solved nearly always are lost; what the two tests of lost problems say, and the verdict."""
    print(
        "| baseline, candidate | problems | s | p_lost < 0.005 | FAIL | PASS | INCONCLUSIVE |\n|---|---|---|---|---|---|---|"
    )
    for n_a, n_b in ((10, 10), (50, 10)):
        for problems in (64, 164):
            for alike in (1.0, 3.0):
                rates = beta(0.5, alike, problems, generator)
                rates[np.argsort(-rates)[:3]] = 0.95
                worse = np.where(rates == 0.95, 0.0, rates)
                pairs = [(sampled(rates, n_a, generator), sampled(worse, n_b, generator)) for _ in range(runs)]
                lost = [p_lost(*pair) < QUICK.lost_p for pair in pairs]
                shares = f"{np.mean(lost):.1%} | {verdicts(pairs, QUICK)}"
                print(f"| {n_a}, {n_b} | {problems} | {alike:g} | {shares} |", flush=True)


def p_lost(baseline: RunCounts, candidate: RunCounts) -> float:
    """Of the test or tests of lost problems that this version has."""
    found = compare(baseline, candidate, QUICK.compare)
    return float(getattr(found, "p_lost", found.p_regressed))


def same(runs: int, generator: Generator) -> None:
    """One and the same model: at most 5% may fail, whatever n."""
    print("| baseline, candidate | problems | mean | s | FAIL | PASS | INCONCLUSIVE |\n|---|---|---|---|---|---|---|")
    for n_a, n_b in ((10, 10), (50, 10)):
        for problems in (64, 164):
            for mean, alike in MIXED:
                rates = beta(mean, alike, problems, generator)
                pairs = [(sampled(rates, n_a, generator), sampled(rates, n_b, generator)) for _ in range(runs)]
                print(f"| {n_a}, {n_b} | {problems} | {mean} | {alike:g} | {verdicts(pairs, QUICK)} |", flush=True)


def tasks(runs: int, generator: Generator) -> None:
    """Eight tasks of 64 problems: the release passes where all of them do."""
    print("| baseline, candidate | tasks | FAIL | PASS | INCONCLUSIVE |\n|---|---|---|---|---|")
    for n_a, n_b in ((10, 10), (50, 10)):
        for many in (1, 8):
            found: Counter[GateVerdict] = Counter()
            rules = load_policy(None).for_task("t", tasks=many).gate
            policy = replace(rules, compare=replace(rules.compare, resamples=100))
            every = [beta(0.5, 1.0, 164, generator) for _ in range(many)]
            for _ in range(runs):
                seen = {gate(sampled(r, n_b, generator), sampled(r, n_a, generator), policy).verdict for r in every}
                found[next(v for v in (GateVerdict.FAIL, GateVerdict.INCONCLUSIVE, GateVerdict.PASS) if v in seen)] += 1
            order = (GateVerdict.FAIL, GateVerdict.PASS, GateVerdict.INCONCLUSIVE)
            row = " | ".join(f"{found[verdict] / runs:.1%}" for verdict in order)
            print(f"| {n_a}, {n_b} | {many} | {row} |", flush=True)


PARTS = {"permutation": permutation, "identical": identical, "collapse": collapse, "same": same, "tasks": tasks}


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1234)
    options = parser.parse_args()
    for part in options.parts:
        print(f"### {part}, {options.runs} runs per row\n")
        PARTS[part](options.runs, np.random.default_rng(options.seed))
        print()


if __name__ == "__main__":
    main()
