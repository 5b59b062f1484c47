"""How much of generation and execution happens at the same time: wall time of a run over the longer of the two alone.

    python tests/benchmarks/bench_overlap.py --seconds 20 --workers 2 --sandbox local
    python tests/benchmarks/bench_overlap.py --replicas 2
    python tests/benchmarks/bench_overlap.py --replicas 2 --cluster

Generation hands over samples at a steady pace, as a model on an accelerator does: it waits and needs no processor. Each
program sleeps, so execution has a duration that other work on this machine does not change. Both are sized to last
equally long, which is the hardest case: any waiting of one for the other shows. `--replicas`: so many engines write, each in a
process of its own, `--cluster`: on as many nodes, which are Ray's on loopback. Prints one JSON object; exit code 1 above the
limit.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from cluster_speed import cluster_of
from paced_engine import PacedEngines

from codeeval.environment import host_info
from codeeval.evaluation.pipeline import Pipeline, Plan
from codeeval.evaluation.shards.batches import Judging
from codeeval.generators import Generator
from codeeval.generators.common.launch import HERE, Launcher
from codeeval.generators.common.ray_launcher import Needs, RayLauncher
from codeeval.generators.hf.model import HFSettings
from codeeval.generators.hf.replicas import HFReplicas
from codeeval.manifest import (
    Manifest,
    ModelInfo,
    PromptInfo,
    SamplingInfo,
    SandboxInfo,
    TaskInfo,
)
from codeeval.scoring.protocols import get
from codeeval.store import PlannedProblem, RunStore, Session
from codeeval.types import Problem, Prompt, Request, Sample, Sampling
from sandbox import Cluster, Limits, Pool, select
from sandbox.ray_cluster import Connection

LIMIT = 1.05
SLEEP_S = 0.1


PROBLEMS = 8


class Paced:
    """Samples one after the other, `every_s` apart."""

    def __init__(self, every_s: float) -> None:
        self.every_s = every_s

    def generate(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Sample]:
        due = time.monotonic()
        for request in requests:
            for index in request.indices:
                due += self.every_s
                time.sleep(max(0.0, due - time.monotonic()))
                body = f"\n    import time\n    time.sleep({SLEEP_S})\n    return n + 1  # {index}"
                yield Sample(request.problem_id, index, "", body, "stop")

    def describe(self) -> dict[str, str | int | float | bool | None]:
        return {"engine": "paced"}

    def close(self) -> None:
        return None


def manifest(samples: int) -> Manifest:
    return Manifest(
        codeeval_version="0",
        code_revision=None,
        created_at="2000-01-01T00:00:00+00:00",
        kind="run",
        command=("bench",),
        task=TaskInfo(name="t", source="s", digest="", n_problems=PROBLEMS, n_selected=PROBLEMS, problems_digest=""),
        protocol="strict",
        protocols=("strict",),
        k=(1,),
        sampling=SamplingInfo(n=samples, temperature=1, top_p=1, top_k=0, max_tokens=1, stop=(), seed=0),
        prompt=PromptInfo(template="none"),
        model=ModelInfo(name="paced", location="", backend="replay"),
        sandbox=SandboxInfo(backend="local"),
        host=host_info(),
        versions={},
    )


def asked(samples: int) -> tuple[Request, ...]:
    """So many samples of each problem."""
    return tuple(Request(str(number), Prompt(text="p"), tuple(range(samples))) for number in range(PROBLEMS))


def run(pool: Pool, samples: int, generator: Generator, workers: int) -> float:
    """Seconds of one whole run."""
    problems = [
        Problem(one.problem_id, "{function}", "def f(n):", "f", ("{'n': 1}",), ("2",)) for one in asked(samples)
    ]
    planned = [PlannedProblem(problem, Prompt(text="p"), "", samples) for problem in problems]
    plan = Plan(Judging((get("strict"),), Limits()), asked(samples), Sampling(n=samples), lambda: 8 * workers)
    with (
        tempfile.TemporaryDirectory() as folder,
        RunStore.create(Path(folder, "r"), manifest(samples), planned) as store,
    ):
        begun = time.monotonic()
        result = Pipeline(plan, store, generator, pool, Session("", (), "running")).run()
        took = time.monotonic() - begun
        assert result.counts.executed == samples * PROBLEMS
        assert [(n, c) for _, n, c in store.counts("strict")] == [(samples, samples)] * PROBLEMS
    return took


@contextmanager
def generator_of(arguments: argparse.Namespace, every_s: float) -> Iterator[Generator]:
    """Writes a sample every so many seconds; each replica in proportion less."""
    replicas = arguments.replicas
    if not replicas:
        yield Paced(every_s)
        return
    with ExitStack() as stack:
        launcher: Launcher = HERE
        if arguments.cluster:
            cluster = cluster_of(stack, replicas, 1)
            launcher = RayLauncher(Needs(gpus=0), partial(Connection, Cluster(cluster.address)), 300.0)
        engines = PacedEngines(launcher, every_s * replicas, SLEEP_S)
        yield stack.enter_context(closing(HFReplicas("m", HFSettings(device="cpu", replicas=replicas), engines)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sandbox", default="local")
    parser.add_argument("--replicas", type=int, default=0)
    parser.add_argument("--cluster", action="store_true")
    arguments = parser.parse_args()
    samples = int(arguments.seconds * arguments.workers / SLEEP_S / PROBLEMS)
    with Pool(select(arguments.sandbox), workers=arguments.workers) as pool:
        run(pool, 1, Paced(0.0), arguments.workers)  # workers are up
        execution = run(pool, samples, Paced(0.0), arguments.workers)
        with generator_of(arguments, execution / (samples * PROBLEMS)) as generator:
            begun = time.monotonic()
            generated = list(generator.generate(asked(samples), Sampling(n=samples)))
            generation = time.monotonic() - begun
            both = run(pool, samples, generator, arguments.workers)
    ratio = both / max(generation, execution)
    found = {"samples": len(generated), "generation_s": generation, "execution_s": execution, "both_s": both}
    print(json.dumps({**{k: round(v, 2) for k, v in found.items()}, "ratio": round(ratio, 4), "limit": LIMIT}))
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
