"""Do time limits give the same verdicts on an idle and on a loaded machine? Runs the same samples under both and compares.

    python tests/benchmarks/timing_verdicts.py --sandbox docker --samples 1000 --rounds 10
    python tests/benchmarks/timing_verdicts.py --sandbox local --samples 200 --rounds 3 --load 16 --protocol mera-1.1 --wall 1

A round is once idle and once loaded, so that ten rounds are twenty runs, in 4 to 5 minutes on two processors. Of the samples 5%
spin for a share of the CPU limit, by their own processor time: half of them 10 ms (at least 2%) to 20% below the limit, half as
much above it; nearer than that, what a process's start and end cost would decide. The others return at once, sleep, raise, or
loop for ever. The load is `--load` busy processes, each in a session of its own. `--protocol` chooses how programs are executed
and, where it is MERA's, what counts as too late there. A verdict is right when it is what the sample's share of the limit
says; both the wrong ones and those that differ between rounds are listed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from codeeval.scoring import protocols
from codeeval.scoring.mera_outputs import overslept
from sandbox import Job, Limits, Outcome, Pool, SandboxError, select

NEAR = 0.05
CPU_S, WALL_S = 0.25, 60.0
#: The nearest and the farthest of them, as shares of the limit.
NEAREST, FARTHEST = max(0.02, 0.010 / CPU_S), 0.20
SPIN = "def f():\n    import time\n    while time.process_time() < {until}: pass\n    return 'spun'\n"
OTHERS = (
    ("def f(): return sorted(range(1_000))[-1]\n", "completed"),
    ("def f(): return sum(n * n for n in range(20_000))\n", "completed"),
    ("def f():\n    import time\n    time.sleep(0.02)\n", "completed"),
    ("def f(): return 1 // 0\n", "completed"),
    ("def f(:\n", "syntax_error"),
    ("def f():\n    return [bytes(1_000) for _ in range(1_000)][-1][:1]\n", "completed"),
)
BUSY = "while True: pass"


@dataclass(frozen=True)
class Sample:
    """A job with the status it must get; `share` is the part of the CPU limit that it spins for, if it does."""

    job: Job
    status: str
    share: float | None = None


@dataclass(frozen=True)
class Rule:
    """How samples are executed and when they count as late."""

    mode: Literal["module", "mera"]
    mera: bool

    def status(self, outcome: Outcome | str) -> str:
        """What became of a sample; `pending` where the machinery gave up."""
        if isinstance(outcome, str):
            return outcome
        return "timeout" if self.mera and outcome.status == "completed" and overslept(outcome) else outcome.status


def samples(count: int, rule: Rule) -> list[Sample]:
    """`count` samples, the near ones spread evenly among the others, every 200th a loop without end."""
    near = round(count * NEAR)
    step = (FARTHEST - NEAREST) / max(1, near // 2 - 1)
    shares = [1 + side * (NEAREST + step * n) for n in range(near // 2) for side in (-1, 1)]
    out = []
    for number in range(count):
        if number % round(1 / NEAR) == 0 and shares:
            share = shares.pop(0)
            source = SPIN.format(until=round(CPU_S * share, 4))
            out.append(Sample(job_of(source, number, rule), "completed" if share < 1 else "timeout", share))
        elif number % 200 == 7:
            out.append(Sample(job_of("def f():\n    while True: pass\n", number, rule), "timeout"))
        else:
            source, status = OTHERS[number % len(OTHERS)]
            out.append(Sample(job_of(source, number, rule), status))
    return out


def job_of(source: str, number: int, rule: Rule) -> Job:
    return Job(f"{source}# {number}\n", "f", ("{}",), mode=rule.mode)


@contextmanager
def load(processes: int) -> Iterator[None]:
    """Other work: this many processes that never stop computing."""
    running = [subprocess.Popen([sys.executable, "-c", BUSY], start_new_session=True) for _ in range(processes)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


Seen = Outcome | str


def run(pool: Pool, work: list[Sample]) -> tuple[list[Seen], float]:
    start = time.perf_counter()
    futures = [pool.submit(sample.job) for sample in work]
    return [result_of(future) for future in futures], time.perf_counter() - start


def result_of(future: Future[Outcome]) -> Seen:
    try:
        return future.result()
    except SandboxError:
        return "pending"


def report(name: str, work: list[Sample], seen: list[Seen], seconds: float, rule: Rule) -> int:
    """One line of the table and one per wrong verdict; returns how many were wrong."""
    pairs = list(zip(work, seen, strict=True))
    wrong = [(sample, outcome) for sample, outcome in pairs if rule.status(outcome) != sample.status]
    near = sum(sample.share is not None for sample, _ in wrong)
    ended = [(sample, outcome) for sample, outcome in pairs if isinstance(outcome, Outcome)]
    over = [o.cpu_ms / (1000 * CPU_S * s.share) - 1 for s, o in ended if s.share is not None and s.share < 1]
    waited = max((outcome.waited_ms for _, outcome in ended), default=0)
    print(
        f"{name:<12}{seconds:8.1f}{len(seen) / seconds:8.0f}{len(wrong):8d}{near:8d}{waited:10d}"
        f"{100 * sum(over) / max(1, len(over)):10.1f}%",
        flush=True,
    )
    for sample, outcome in wrong:
        share = f"{sample.share:.3f} of the limit" if sample.share is not None else sample.job.source.splitlines()[0]
        cpu = f"{outcome.cpu_ms} ms CPU, {outcome.wall_ms} ms" if isinstance(outcome, Outcome) else ""
        print(f"    wrong: {share}: {rule.status(outcome)} instead of {sample.status} {cpu}")
    return len(wrong)


def main() -> int:
    """Returns 0 when all verdicts were right in all rounds, else 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sandbox", choices=("docker", "local"), default="docker")
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--load", type=int, default=os.cpu_count(), help="busy processes (default: one per processor)")
    parser.add_argument("--wall", type=float, default=WALL_S, help="wall limit in seconds")
    parser.add_argument("--protocol", choices=("strict", "mera-1.1", "mera-1.2", "mera-code"), default="strict")
    arguments = parser.parse_args()
    protocol = protocols.get(arguments.protocol)
    rule = Rule("mera" if protocol.mode == "mera" else "module", protocol.comparison == "mera")
    work = samples(arguments.samples, rule)
    near = sum(sample.share is not None for sample in work)
    print(f"{len(work)} samples, {near} near the CPU limit of {CPU_S} s; {arguments}")
    print(f"{'round':<12}{'s':>8}{'per s':>8}{'wrong':>8}{'near':>8}{'waited ms':>10}{'CPU over':>11}")
    wrong, seen = 0, []
    backend = select(arguments.sandbox)
    with Pool(backend, workers=arguments.workers, limits=Limits(cpu_s=CPU_S, wall_s=arguments.wall)) as pool:
        pool.wait_ready()
        for number in range(arguments.rounds):
            for name, processes in (("idle", 0), ("loaded", arguments.load)):
                with load(processes):
                    outcomes, seconds = run(pool, work)
                wrong += report(f"{name} {number + 1}", work, outcomes, seconds, rule)
                seen.append([rule.status(outcome) for outcome in outcomes])
    backend.close()
    differing = sum(len(set(statuses)) > 1 for statuses in zip(*seen, strict=True))
    print(f"wrong in all: {wrong}; samples whose verdict differed between rounds: {differing}")
    print("statuses:", dict(Counter(seen[0])))
    return int(bool(wrong or differing))


if __name__ == "__main__":
    sys.exit(main())
