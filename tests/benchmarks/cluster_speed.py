"""Is a cluster as fast as the local pools of its nodes together, and what does a job cost the driver?

    python tests/benchmarks/cluster_speed.py trivial --nodes 1,2,3 --jobs 20000
    python tests/benchmarks/cluster_speed.py sleep --nodes 1,2,3 --workers 4 --jobs 20000 --nap 0.1
    python tests/benchmarks/cluster_speed.py sleep --nodes 1,2,4,8 --workers 4 --jobs 640 --nap 1 --alone
    python tests/benchmarks/cluster_speed.py null --nodes 2 --jobs 1000000

The nodes are Ray's, as processes of this machine on addresses of loopback, with `--workers` workers of the `local` sandbox each;
Ray itself takes processor time as well. `trivial` and `sleep` (which needs hardly any processor): jobs per second of the cluster,
in turns with a local pool of as many workers; `--alone`: without that pool. `null`: the nodes answer at once without a sandbox;
what a job costs this process, and its memory. Prints one JSON object per number of nodes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

sys.path.append(str(Path(__file__).resolve().parent.parent / "sandbox"))

from loopback_cluster import LoopbackCluster
from null_pool import NullPool

from sandbox import Cluster, Job, Pool, RayPool, ray_link, select
from sandbox.front import Front
from sandbox.ray_node import Node, versions

CALLS = ("{'x': 1}",)


class NullNode(Node):
    """A node without a sandbox."""

    def open(self) -> dict[str, str]:
        self._pool = NullPool()  # type: ignore[assignment]
        return {**versions(), "backend": "null", "image": "none", "why": "a benchmark"}


def trivial(count: int) -> Iterator[Job]:
    return (Job(f"def f(x):\n    return x + {number}\n", "f", CALLS) for number in range(count))


def naps(count: int, nap_s: float) -> Iterator[Job]:
    source = f"import time\ndef f(x):\n    time.sleep({nap_s})\n    return x + {{}}\n"
    return (Job(source.format(number), "f", CALLS) for number in range(count))


def rate(pool: Front, jobs: Iterator[Job], count: int) -> float:
    """Jobs per second, all of them answered."""
    begun = time.monotonic()
    done = sum(outcome.status == "completed" for outcome in pool.map(jobs))
    assert done == count, (done, count)
    return count / (time.monotonic() - begun)


def cluster_of(stack: ExitStack, nodes: int, workers: int) -> LoopbackCluster:
    cluster = stack.enter_context(LoopbackCluster({"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}))
    addresses = [f"127.0.0.{3 + number}" for number in range(nodes)]
    for address in addresses:
        cluster.add(address, cpus=workers)
        cluster.wait(address)
    return cluster


def pool_of(stack: ExitStack, cluster: LoopbackCluster, nodes: int, workers: int) -> RayPool:
    pool = stack.enter_context(RayPool(Cluster(cluster.address, patience_s=300.0), workers, kind="local"))
    while pool.workers < nodes * workers:
        time.sleep(0.2)
    return pool


def memory_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024, 1)


def null(pool: RayPool, jobs: int) -> dict[str, object]:
    """What a job costs the driver, the making of the job included."""
    list(pool.map(trivial(2000)))
    before, memory = time.process_time(), memory_mb()
    per_s = rate(pool, trivial(jobs), jobs)
    cost = 1000 * (time.process_time() - before) / jobs
    return {
        "driver_ms_per_job": round(cost, 4),
        "per_s": round(per_s),
        "memory_mb_before": memory,
        "memory_mb_after": memory_mb(),
    }


def in_turns(pool: RayPool, local: Pool | None, make: Callable[[int], Iterator[Job]], part: int) -> tuple[float, float]:
    """Jobs per second of the cluster, and of the local pool."""
    return rate(pool, make(part), part), rate(local, make(part), part) if local else 0.0


def measure(arguments: argparse.Namespace, nodes: int) -> dict[str, object]:
    workers, jobs = arguments.workers, arguments.jobs
    nap_s = arguments.nap if arguments.kind == "sleep" else 0.0
    with ExitStack() as stack:
        pool = pool_of(stack, cluster_of(stack, nodes, workers), nodes, workers)
        if arguments.kind == "null":
            return {"nodes": nodes, "jobs": jobs, **null(pool, jobs)}
        local = None if arguments.alone else stack.enter_context(Pool(select("local"), nodes * workers))
        make = partial(naps, nap_s=nap_s) if nap_s else trivial
        in_turns(pool, local, trivial, 200)
        part = jobs // arguments.rounds
        rounds = [in_turns(pool, local, make, part) for _ in range(arguments.rounds)]
        found: dict[str, object] = {"nodes": nodes, "jobs": part * arguments.rounds}
        if nap_s:
            found["most"] = round(nodes * workers / nap_s, 1)
        found["per_s"] = [round(here, 1) for here, _ in rounds]
        if local:
            found["local_per_s"] = [round(there, 1) for _, there in rounds]
            found["ratio"] = round(median(here / there for here, there in rounds), 3)
        return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=("trivial", "sleep", "null"))
    parser.add_argument("--nodes", default="1,2,3")
    parser.add_argument("--workers", type=int, default=1, help="per node")
    parser.add_argument("--jobs", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--nap", type=float, default=0.1, help="seconds")
    parser.add_argument("--alone", action="store_true")
    arguments = parser.parse_args()
    if arguments.kind == "null":
        ray_link.Node = NullNode  # type: ignore[misc]
    for nodes in map(int, arguments.nodes.split(",")):
        print(json.dumps(measure(arguments, nodes)), flush=True)
    return 0


if __name__ == "__main__":
    from cluster_speed import main as named  # the nodes find `NullNode` by the module's name

    sys.exit(named())
