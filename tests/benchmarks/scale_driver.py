"""What the driver of a run costs where shards do the work: processor time per sample, and memory, at 10^5 and 10^6 samples.

    python tests/benchmarks/scale_driver.py --samples 100000 --kill
    python tests/benchmarks/scale_driver.py --samples 400000 --workers 16 --nodes 2

The pools of the shards answer at once, so that only what surrounds them is measured. Each sample is another program of one of
164 problems with ten calls. `--generate`: a generator hands the samples over while they are judged; otherwise they are in the
file, as with `score`. `--kill`: the process is killed with SIGKILL in the middle, and another one resumes. `--nodes`: the shards
are actors of a Ray cluster, whose nodes are processes of this machine on addresses of loopback. Prints one JSON object per part;
exit code 1 where a row is missing, double, or costs more than the limit.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "sandbox"))

from bench_overlap import manifest
from loopback_cluster import LoopbackCluster
from null_pool import NullPool

from codeeval.evaluation.pipeline import Pipeline, Plan
from codeeval.evaluation.shards import nodes as cluster_nodes
from codeeval.evaluation.shards.batches import Judging
from codeeval.evaluation.shards.node_actor import ShardNode, package
from codeeval.evaluation.shards.process_main import Spec
from codeeval.evaluation.shards.processes import ProcessShards
from codeeval.evaluation.work import requests_for
from codeeval.scoring.protocols import get
from codeeval.store import PlannedProblem, RunStore, Session
from codeeval.types import Problem, Prompt, Request, Sample, Sampling
from sandbox import Cluster, Limits
from sandbox.ray_node import versions

LIMIT_MS = 0.06
PROBLEMS = 164
BODY = "\n    total = 0\n    for i in range(n + 1):\n        total += 1\n    return total  # {index}\n"


def problem(number: int) -> Problem:
    calls, expected = tuple(f"{{'n': {n}}}" for n in range(10)), tuple(str(n + 1) for n in range(10))
    return Problem(str(number), "{function}", f'def f(n):\n    """Задача {number}."""', "f", calls, expected)


class NullNode(ShardNode):
    """A node whose pool answers at once."""

    def open(self) -> dict[str, str]:
        self._pool = NullPool()  # type: ignore[assignment]
        self._begin()
        return {**package(), **versions(), "backend": "null", "image": "none", "why": "a benchmark"}


class Instant:
    """Samples as fast as they are taken."""

    def generate(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Sample]:
        for request in requests:
            yield from (sample(request.problem_id, index) for index in request.indices)

    def describe(self) -> dict[str, str | int | float | bool | None]:
        return {"engine": "instant"}

    def close(self) -> None:
        return None


def sample(problem_id: str, index: int) -> Sample:
    return Sample(problem_id, index, "", BODY.format(index=index), "stop", 200, 60, index)


def create(folder: Path, samples: int, *, generated: bool) -> None:
    each = samples // PROBLEMS
    prompt = Prompt(text="p")
    planned = [PlannedProblem(problem(number), prompt, "", each) for number in range(PROBLEMS)]
    with RunStore.create(folder, manifest(each), planned) as store:
        for number in range(PROBLEMS if not generated else 0):
            store.add_samples(sample(str(number), index) for index in range(each))


@contextmanager
def shards_of(workers: int, nodes: int) -> Iterator[ProcessShards | cluster_nodes.ClusterShards]:
    """So many workers in all, in processes or on nodes."""
    if not nodes:
        with ProcessShards(Spec("none", workers, Limits(), maker="null_pool:null_pool")) as processes:
            yield processes
        return
    cluster_nodes.ShardNode = NullNode  # type: ignore[misc]  # mypy takes any assignment to a class for a mistake
    with LoopbackCluster({"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}) as cluster:
        addresses = [f"127.0.0.{3 + number}" for number in range(nodes)]
        for address in addresses:
            cluster.add(address, cpus=workers // nodes)
            cluster.wait(address)
        with cluster_nodes.ClusterShards(Cluster(cluster.address, patience_s=300.0)) as shards:
            while shards.workers < workers // nodes * nodes:
                time.sleep(0.2)
            yield shards


def judge(folder: Path, workers: int, *, nodes: int = 0, generated: bool) -> dict[str, float]:
    """One invocation; what it cost this process."""
    with RunStore.open(folder) as store, shards_of(workers, nodes) as shards:
        requests = requests_for(store) if generated else ()
        wanted = sum(len(request.indices) for request in requests) or store.n_unjudged("strict")
        plan = Plan(Judging((get("strict"),), Limits()), requests)
        before, begun = time.process_time(), time.monotonic()
        memory = rss_mb()
        result = Pipeline(plan, store, Instant() if generated else None, shards, Session("", (), "running")).run()
        assert result.sandbox_error is None, result.sandbox_error
        spent, took = time.process_time() - before, time.monotonic() - begun
    return {
        "samples": wanted,
        "driver_ms_per_sample": round(1000 * spent / wanted, 4),
        "wall_s": round(took, 1),
        "memory_mb_before": memory,
        "memory_mb_most": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * resource.getpagesize() / 2**20, 1)


def killed(arguments: argparse.Namespace, folder: Path) -> int:
    """Judge in another process, which is killed once half of the samples are judged. How many were."""
    command = [sys.executable, __file__, "--only", str(folder), "--workers", str(arguments.workers)]
    command += ["--nodes", str(arguments.nodes)]
    process = subprocess.Popen(command + ["--generate"] * arguments.generate)
    while process.poll() is None and executed(folder) < arguments.samples // 2:
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(1.0)
    return executed(folder)


def executed(folder: Path) -> int:
    connection = sqlite3.connect(f"{(folder / 'run.sqlite').resolve().as_uri()}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM judgements").fetchone()[0])
    finally:
        connection.close()


def complaints(folder: Path, samples: int) -> list[str]:
    """What is wrong with the finished file."""
    questions = {
        "samples": f"SELECT count(*) = {samples} FROM samples",
        "executions": f"SELECT count(*) = {samples} FROM executions",
        "judgements": f"SELECT count(*) = {samples} AND sum(passed) = {samples} FROM judgements",
        "evidence of every judgement": "SELECT count(*) = 0 FROM judgements j LEFT JOIN executions e"
        " ON e.problem_id = j.problem_id AND e.job_digest = j.job_digest WHERE e.job_digest IS NULL",
        "incidents": "SELECT count(*) = 0 FROM incidents",
    }
    connection = sqlite3.connect(folder / "run.sqlite")
    try:
        return [name for name, question in questions.items() if not connection.execute(question).fetchone()[0]]
    finally:
        connection.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=64, help="pretended ones; eight to a shard")
    parser.add_argument("--nodes", type=int, default=0, help="of a cluster; 0: processes of this machine")
    parser.add_argument("--generate", action="store_true")
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--only", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only:
        judge(arguments.only, arguments.workers, nodes=arguments.nodes, generated=arguments.generate)
        return 0
    samples = arguments.samples // PROBLEMS * PROBLEMS
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent, "r")
        create(folder, samples, generated=arguments.generate)
        if arguments.kill:
            print(json.dumps({"killed_after": killed(arguments, folder), "of": samples}), flush=True)
        found = judge(folder, arguments.workers, nodes=arguments.nodes, generated=arguments.generate)
        wrong = complaints(folder, samples)
        size = os.path.getsize(folder / "run.sqlite") / 2**20
    print(json.dumps({**found, "file_mb": round(size, 1), "wrong": wrong, "limit_ms": LIMIT_MS}))
    return 0 if not wrong and found["driver_ms_per_sample"] <= LIMIT_MS else 1


if __name__ == "__main__":
    from scale_driver import main as named  # the nodes find `NullNode` by the module's name

    sys.exit(named())
