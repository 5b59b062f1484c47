"""What the host needs for a sample of a set with very many calls per problem (EvalPlus has about 1,000), where every program is
another one: reading, job, what the worker answers, grading, packing of evidence and judgement.

    python tests/benchmarks/many_calls.py --samples 400 --calls 1000
    python tests/benchmarks/many_calls.py --samples 400 --calls 1000 --protocol humanevalplus

A worker of the `local` sandbox executes them; its processes are not counted. `--null`: a pool that answers at once.

`--profile` prints where the time goes. Prints one JSON object; exit code 1 where a sample costs more than the limit.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import queue
import sys
import time
from contextlib import ExitStack

from null_pool import NullPool

from codeeval.evaluation.shards.batches import Batch, Judging, Rows
from codeeval.evaluation.shards.interface import JobRunner
from codeeval.evaluation.shards.shard import Arrival, Shard
from codeeval.scoring.protocols import ENGLISH, get
from codeeval.store.rows import sample_row
from codeeval.types import Oracle, Problem, Sample
from sandbox import Limits, Pool, select
from sandbox.packed import pack_outcome, read_outcome

LIMIT_MS = 2.0
BODY = "\n    total = 0\n    for i in range(n + 1):\n        total += 1\n    return total  # {index}\n"


def judge(protocol: str, samples: int, calls: int, pool: JobRunner) -> tuple[float, int]:
    """(processor time per sample in ms, bytes of rows per sample)."""
    inputs, expected = tuple(f"{{'n': {n}}}" for n in range(calls)), tuple(str(n + 1) for n in range(calls))
    oracle = Oracle("equal", 0.0, calls // 10) if protocol in ENGLISH else None
    problem = Problem("1", "{function}", 'def f(n):\n    """Задача."""', "f", inputs, expected, oracle=oracle)
    inbox: queue.SimpleQueue[Arrival] = queue.SimpleQueue()
    shard = Shard(Judging((get(protocol),), Limits()), pool, inbox.put)
    size = 0
    begun = time.process_time()
    for start in range(0, samples, 8):
        rows = tuple(
            (sample_row(Sample("1", index, "", BODY.format(index=index), "stop")), (protocol,))
            for index in range(start, min(start + 8, samples))
        )
        shard.take(Batch(start, "1", rows, problem if start == 0 else None))
        while shard.outstanding:
            shard.settle(inbox.get())
        found = shard.drain()
        assert found is not None
        assert len(found.judgements) == len(rows)
        packed = found.packed()
        size += len(packed)
        assert Rows.unpacked(packed) == found
    return 1000 * (time.process_time() - begun) / samples, size // samples


def crossing(calls: int, rounds: int = 200) -> float:
    """What it costs to pack and read an outcome on its way from a node of a cluster, in ms."""
    from sandbox import Job

    outcome = NullPool().submit(Job("", "f", ("{}",) * calls)).result()
    begun = time.process_time()
    for number in range(rounds):
        read_outcome(pack_outcome(number, outcome))
    return 1000 * (time.process_time() - begun) / rounds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=400)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--protocol", default="strict")
    parser.add_argument("--null", action="store_true")
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    profile = cProfile.Profile()
    with ExitStack() as stack:
        pool: JobRunner = NullPool() if arguments.null else stack.enter_context(Pool(select("local"), 1))
        judge(arguments.protocol, 16, arguments.calls, pool)
        if arguments.profile:
            profile.enable()
        spent, size = judge(arguments.protocol, arguments.samples, arguments.calls, pool)
        profile.disable()
    found = {
        "protocol": arguments.protocol,
        "calls": arguments.calls,
        "host_ms_per_sample": round(spent, 2),
        "bytes_of_rows": size,
        "crossing_ms": round(crossing(arguments.calls), 2),
        "limit_ms": LIMIT_MS,
    }
    print(json.dumps(found))
    if arguments.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    return 0 if spent <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
