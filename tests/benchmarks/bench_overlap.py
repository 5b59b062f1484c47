"""How much of generation and execution happens at the same time: wall time of a run over the longer of the two alone.

    python tests/benchmarks/bench_overlap.py --seconds 20 --workers 2 --sandbox local

Generation hands over samples at a steady pace, as a model on an accelerator does: it waits and needs no processor. Each
program sleeps, so execution has a duration that other work on this machine does not change. Both are sized to last
equally long, which is the hardest case: any waiting of one for the other shows. Prints one JSON object; exit code 1 above
the limit.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from codeeval.evaluation.batches import Judging
from codeeval.evaluation.pipeline import Pipeline, Plan
from codeeval.manifest import (
    Manifest,
    ModelInfo,
    PromptInfo,
    SamplingInfo,
    SandboxInfo,
    TaskInfo,
    host_info,
)
from codeeval.scoring.protocols import get
from codeeval.store import PlannedProblem, RunStore, Session
from codeeval.types import Problem, Prompt, Request, Sample, Sampling
from sandbox import Limits, Pool, select

LIMIT = 1.05
SLEEP_S = 0.1


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
        task=TaskInfo(name="t", source="s", digest="", n_problems=1, n_selected=1, problems_digest=""),
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


def run(pool: Pool, samples: int, every_s: float, workers: int) -> float:
    """Seconds of one whole run with a generator at this pace."""
    problem = Problem("1", "{function}", "def f(n):", "f", ("{'n': 1}",), ("2",))
    prompt = Prompt(text="p")
    requests = (Request("1", prompt, tuple(range(samples))),)
    plan = Plan(Judging((get("strict"),), Limits()), requests, Sampling(n=samples), 8 * workers)
    with (
        tempfile.TemporaryDirectory() as folder,
        RunStore.create(Path(folder, "r"), manifest(samples), [PlannedProblem(problem, prompt, "", samples)]) as store,
    ):
        begun = time.monotonic()
        result = Pipeline(plan, store, Paced(every_s), pool, Session("", (), "running")).run()
        took = time.monotonic() - begun
        assert result.counts.executed == samples
        assert [(n, c) for _, n, c in store.counts("strict")] == [(samples, samples)]
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sandbox", default="local")
    arguments = parser.parse_args()
    samples = int(arguments.seconds * arguments.workers / SLEEP_S)
    with Pool(select(arguments.sandbox), workers=arguments.workers) as pool:
        run(pool, 2 * arguments.workers, 0.0, arguments.workers)  # workers are up
        execution = run(pool, samples, 0.0, arguments.workers)
        every_s = execution / samples
        begun = time.monotonic()
        generated = list(Paced(every_s).generate([Request("1", Prompt(text="p"), tuple(range(samples)))], Sampling()))
        generation = time.monotonic() - begun
        both = run(pool, samples, every_s, arguments.workers)
    ratio = both / max(generation, execution)
    found = {"samples": len(generated), "generation_s": generation, "execution_s": execution, "both_s": both}
    print(json.dumps({**{k: round(v, 2) for k, v in found.items()}, "ratio": round(ratio, 4), "limit": LIMIT}))
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
