"""Is a cluster as fast as the local pools of its nodes together, and what does a job cost the driver?

    python tests/benchmarks/cluster_speed.py trivial --nodes 1,2,3 --jobs 20000
    python tests/benchmarks/cluster_speed.py sleep --nodes 1,2,4,8 --workers 4 --jobs 160 --nap 0.5
    python tests/benchmarks/cluster_speed.py null --nodes 2 --jobs 1000000

The nodes are Ray's, as processes of this machine on addresses of loopback, with `--workers` workers of the `local` sandbox each;
Ray itself takes processor time as well. `trivial`: jobs per second of the cluster, in turns with a local pool of as many workers.
`sleep`: `--jobs` per node, which need no processor. `null`: the nodes answer at once without a sandbox; what a job costs this
process, and its memory. Prints one JSON object per number of nodes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

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


def measure(arguments: argparse.Namespace, nodes: int) -> dict[str, object]:
    workers, jobs = arguments.workers, arguments.jobs
    with ExitStack() as stack:
        pool = pool_of(stack, cluster_of(stack, nodes, workers), nodes, workers)
        if arguments.kind == "null":
            list(pool.map(trivial(2000)))
            before, memory = time.process_time(), memory_mb()
            per_s = rate(pool, trivial(jobs), jobs)
            cost = 1000 * (time.process_time() - before) / jobs
            return {
                "nodes": nodes,
                "jobs": jobs,
                "driver_ms_per_job": round(cost, 4),
                "per_s": round(per_s),
                "memory_mb_before": memory,
                "memory_mb_after": memory_mb(),
            }
        if arguments.kind == "sleep":
            count = jobs * nodes
            list(pool.map(naps(nodes * workers, 0.0)))
            found = rate(pool, naps(count, arguments.nap), count)
            return {"nodes": nodes, "jobs": count, "per_s": round(found, 1), "most": nodes * workers / arguments.nap}
        local = stack.enter_context(Pool(select("local"), nodes * workers))
        list(pool.map(trivial(200)))
        list(local.map(trivial(200)))
        part, rounds = jobs // arguments.rounds, []
        for _ in range(arguments.rounds):
            rounds.append((rate(pool, trivial(part), part), rate(local, trivial(part), part)))
        ratios = sorted(here / there for here, there in rounds)
        return {
            "nodes": nodes,
            "jobs": part * arguments.rounds,
            "ratio": round(ratios[len(ratios) // 2], 3),
            "per_s": [round(here) for here, _ in rounds],
            "local_per_s": [round(there) for _, there in rounds],
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=("trivial", "sleep", "null"))
    parser.add_argument("--nodes", default="1,2,3")
    parser.add_argument("--workers", type=int, default=1, help="per node")
    parser.add_argument("--jobs", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--nap", type=float, default=0.5)
    arguments = parser.parse_args()
    if arguments.kind == "null":
        ray_link.Node = NullNode  # type: ignore[misc]
    for nodes in map(int, arguments.nodes.split(",")):
        print(json.dumps(measure(arguments, nodes)), flush=True)
    return 0


if __name__ == "__main__":
    from cluster_speed import main as named  # the nodes find `NullNode` by the module's name

    sys.exit(named())
