"""Overhead of the vLLM backend over bare `LLM.generate` with the same requests.

    CODEEVAL_VLLM_PYTHON=/path/to/python python tests/benchmarks/bench_vllm.py --minutes 4

Both get the same token ids, seeds, stops and engine arguments, in processes of their own. They are loaded together and work
in turn, ours first in one round and second in the next, so that whatever else the machine does meets both. One round each to
warm up, then rounds until the time is over, five at least. Prints one JSON object: `ratio` is the median over rounds of
ours / bare in wall time, with its 95% interval (order statistics: no assumption about the noise); `cpu_ratio` the same for the
processor seconds of all processes of either side, which other work disturbs less. On a GPU both engines need a place:
-M gpu_memory_utilization=0.4.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb
from pathlib import Path
from statistics import median

from codeeval.generators import create
from codeeval.generators.base import problem_seed
from codeeval.generators.vllm.generator import VLLMGenerator
from codeeval.prompts.templates import build_prompt
from codeeval.stops import MERA_STOPS
from codeeval.tasks import load
from codeeval.tasks.bundled import bundled
from codeeval.types import Request, Sampling

BARE = """
import json, sys
from vllm import LLM, SamplingParams
asked = json.loads(sys.stdin.readline())
llm = LLM(**asked["engine"])
prompts = [{"prompt_token_ids": ids} for ids in asked["ids"]]
params = [SamplingParams(**asked["params"], seed=seed) for seed in asked["seeds"]]
print("READY", flush=True)
for _ in sys.stdin:
    outputs = llm.generate(prompts, params, use_tqdm=False)
    print("DONE", sum(len(one.token_ids) for output in outputs for one in output.outputs), flush=True)
"""
LEAST_ROUNDS = 5
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass
class Side:
    """One of the two: `work` answers all requests once and returns the tokens; `groups` are its process groups."""

    work: Callable[[], int]
    groups: tuple[int, ...]
    own: bool = False  # this process works for it too
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    tokens: int = 0

    def measure(self) -> None:
        begun, cpu = time.perf_counter(), self._cpu_s()
        self.tokens = self.work()
        self.wall.append(time.perf_counter() - begun)
        self.cpu.append(self._cpu_s() - cpu)

    def _cpu_s(self) -> float:
        """Processor seconds so far of everything that lives in the groups, and of this process where it belongs to it."""
        ticks = 0
        for entry in Path("/proc").iterdir():
            try:
                values = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            if entry.name.isdigit() and int(values[2]) in self.groups:
                ticks += int(values[11]) + int(values[12])
        return ticks * TICK_S + (time.process_time() if self.own else 0.0)


def median_interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float]:
    """Order statistics around the median that cover it with `level` (Conover 1999, 3.2); the extremes where there are few."""
    ordered, n = sorted(values), len(values)
    below, rank = 0.0, 0
    while rank < (n - 1) // 2 and below + comb(n, rank) / 2**n <= (1 - level) / 2:
        below += comb(n, rank) / 2**n
        rank += 1
    rank = max(0, rank - 1)
    return ordered[rank], ordered[n - 1 - rank]


def compared(ours: Sequence[float], bare: Sequence[float]) -> dict[str, object]:
    ratios = [a / b for a, b in zip(ours, bare, strict=True)]
    return {"median": round(median(ratios), 4), "interval": [round(value, 4) for value in median_interval(ratios)]}


def start_bare(arguments: argparse.Namespace, asked: Mapping[str, object], cpu: bool) -> subprocess.Popen[str]:
    environment = {**os.environ, "VLLM_LOGGING_LEVEL": "ERROR", "VLLM_NO_USAGE_STATS": "1"}
    if cpu:
        environment["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"
    process = subprocess.Popen(
        [os.environ.get("CODEEVAL_VLLM_PYTHON", sys.executable), "-c", BARE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if arguments.verbose else subprocess.DEVNULL,
        text=True,
        env=environment,
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(asked) + "\n")
    process.stdin.flush()
    answer(process, "READY")
    return process


def answer(process: subprocess.Popen[str], word: str) -> str:
    """The rest of the next line that begins with `word`; the engine prints lines of its own."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(word):
            return line[len(word) :].strip()
    raise SystemExit("the bare engine has ended; --verbose shows why")


def main() -> int:
    arguments = parsed()
    options = dict(pair.split("=", 1) for pair in arguments.M)
    requests, sampling = work_of(arguments)
    made = create("vllm", arguments.model, options)
    assert isinstance(made, VLLMGenerator)
    facts = made.describe()
    asked: dict[str, object] = {
        "engine": engine_arguments(arguments.model, facts, options),
        "ids": [encoded.ids for encoded in made.encode([request.prompt for request in requests])],
        "seeds": [problem_seed(sampling.seed, request.problem_id) for request in requests],
        "params": {"n": sampling.n, "temperature": sampling.temperature, "max_tokens": sampling.max_tokens,
                   "stop": list(sampling.stop), "include_stop_str_in_output": True},
    }  # fmt: skip
    bare = start_bare(arguments, asked, facts["device"] == "cpu")

    def one_bare() -> int:
        assert bare.stdin is not None
        bare.stdin.write("\n")
        bare.stdin.flush()
        return int(answer(bare, "DONE"))

    def one_of_ours() -> int:
        return sum(sample.tokens_out or 0 for sample in made.generate(requests, sampling))

    ours = Side(one_of_ours, tuple(engine.pid for engine in made._engines.alive), own=True)
    theirs = Side(one_bare, (bare.pid,))
    mine = rounds(ours, theirs, arguments.minutes * 60)
    made.close()
    assert bare.stdin is not None
    bare.stdin.close()
    bare.wait()
    print(json.dumps(found(ours, theirs, mine, len(requests) * sampling.n)))
    return 0


def rounds(ours: Side, bare: Side, seconds: float) -> list[float]:
    """Fill both sides; returns this process's processor seconds in each of codeeval's rounds."""
    mine: list[float] = []
    begun = time.monotonic()
    while len(ours.wall) <= LEAST_ROUNDS or time.monotonic() - begun < seconds:
        for side in (ours, bare) if len(mine) % 2 else (bare, ours):
            before = time.process_time()
            side.measure()
            if side is ours:
                mine.append(time.process_time() - before)
    for side in (ours, bare):
        del side.wall[0], side.cpu[0]  # the first warms up
    return mine[1:]


def found(ours: Side, bare: Side, mine: Sequence[float], samples: int) -> dict[str, object]:
    return {
        "samples": samples,
        "tokens": ours.tokens,
        "same_tokens": ours.tokens == bare.tokens,
        "rounds": len(ours.wall),
        "ratio": compared(ours.wall, bare.wall),
        "cpu_ratio": compared(ours.cpu, bare.cpu),
        "ours_s": [round(value, 3) for value in ours.wall],
        "bare_s": [round(value, 3) for value in bare.wall],
        "ours_cpu_s": round(median(ours.cpu), 3),
        "bare_cpu_s": round(median(bare.cpu), 3),
        "our_process_cpu_ms_per_sample": round(1000 * median(mine) / samples, 3),
        "tokens_per_s": round(ours.tokens / median(ours.wall), 1),
    }


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", type=int, default=32)
    parser.add_argument("--n", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=4, help="of rounds; the engines are started before")
    parser.add_argument("--max-tokens", type=int, default=256)
    parser.add_argument("--model", default=str(bundled("demo-model")))
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("-M", action="append", default=[], metavar="KEY=VALUE", help="engine arguments")
    return parser.parse_args()


def work_of(arguments: argparse.Namespace) -> tuple[list[Request], Sampling]:
    problems = load("rustarter").problems
    chosen = [problems[i % len(problems)] for i in range(arguments.problems)]
    sampling = Sampling(n=arguments.n, stop=MERA_STOPS, max_tokens=arguments.max_tokens)
    requests = [
        Request(f"{i}-{p.id}", build_prompt(p, "code-user"), tuple(range(sampling.n))) for i, p in enumerate(chosen)
    ]
    return requests, sampling


def engine_arguments(model: str, facts: Mapping[str, object], options: Mapping[str, str]) -> dict[str, object]:
    """The arguments that our engine was started with, defaults of the CPU included."""
    from codeeval.generators.vllm.settings import VLLMSettings

    given = {"seed": 0, "disable_log_stats": True, **VLLMSettings.parse(options).engine, "model": model}
    if facts["device"] == "cpu":
        from codeeval.generators.vllm.worker.engine import _cpu_defaults

        given = {**_cpu_defaults(given), **given}
    return given


if __name__ == "__main__":
    sys.exit(main())
