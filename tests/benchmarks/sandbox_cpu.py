"""Processor time per sample of the sandbox in several checkouts, in turns: what a change costs or saves, also on a busy machine.

    python tests/benchmarks/sandbox_cpu.py humaneval_mera.json --backend docker --checkouts ../before . --rounds 9

One pool of one worker per checkout (`PATH@BASE` names the base image of its containers). Counted is what the worker's processes
have used, and the process of the pool; told are medians, and the ratios to the first checkout within a round with their least and
greatest. The programs are those of sandbox_speed.py, 2 copies each. `bare`, `programs` and `forks` as a checkout are the bare
loop's kinds under `--python`, less the start of the interpreter.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
COPIES = 2
KINDS = ("bare", "programs", "forks")
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def _worker(docker: bool) -> str:
    """The first process of the only worker of this process."""
    if docker:
        from docker import from_env

        containers = [c for c in from_env().containers.list() if f":{os.getpid()}:" in " ".join(c.labels.values())]
        (found,) = [str(c.attrs["State"]["Pid"]) for c in containers]
        return found
    (outer,) = _children(os.getpid())
    (found,) = _children(outer)
    return found


def _children(pid: int | str) -> list[str]:
    return [child for told in Path(f"/proc/{pid}/task").glob("*/children") for child in told.read_text().split()]


def _used_ms(pid: str) -> float:
    """Of a process with all that it has reaped."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) * _TICK_MS


def serve(problems: Path, name: str) -> None:
    """The side that runs in a checkout: a line in is a round, a line out the milliseconds of worker and host."""
    import time

    from sandbox_speed import load, programs

    from sandbox import Job, Pool, select

    backend = select(name, lambda line: print(line, file=sys.stderr))
    rows = load(problems)
    jobs = [Job(*item) for item in programs(rows)[: COPIES * len(rows)]]
    with Pool(backend, workers=1) as pool:
        for future in [pool.submit(job) for job in jobs[:50]]:
            future.result()
        worker = _worker(name == "docker")
        print(len(jobs), flush=True)
        for _ in sys.stdin:
            start, host = _used_ms(worker), time.process_time()
            assert all(future.result().status == "completed" for future in [pool.submit(job) for job in jobs])
            print(json.dumps((_used_ms(worker) - start, (time.process_time() - host) * 1000)), flush=True)
    backend.close()


def checkout(text: str, options: argparse.Namespace) -> Callable[[], tuple[float, float]]:
    """What measures a round of one checkout: (worker, host) milliseconds per sample."""
    path, _, base = text.partition("@")
    root = Path(path).resolve()
    environment = os.environ | {"PYTHONPATH": f"{root}{os.pathsep}{HERE}"} | ({"CODEEVAL_BASE": base} if base else {})
    command = [sys.executable, __file__, str(options.problems), "--serve", options.backend]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    told, answers = process.stdin, process.stdout
    assert told is not None
    assert answers is not None
    count = int(answers.readline())

    def one_round() -> tuple[float, float]:
        told.write("\n")
        told.flush()
        worker, host = json.loads(answers.readline())
        return worker / count, host / count

    return one_round


def bare_loop(kind: str, options: argparse.Namespace, folder: str) -> Callable[[], tuple[float, float]]:
    """The same of the bare loop, which has no host."""
    from sandbox_speed import BARE_LOOP, load, programs

    from sandbox.guest import boot

    rows = load(options.problems)
    work = programs(rows)[: COPIES * len(rows)]
    files = {"all": work, "none": []}
    for name, content in files.items():
        Path(folder, f"{name}.json").write_text(json.dumps(content))

    def used(name: str) -> float:
        command = [options.python, "-I", "-S", str(BARE_LOOP), kind, f"{folder}/{name}.json", *boot.PRELOAD]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert not process.returncode
        return (usage.ru_utime + usage.ru_stime) * 1000

    return lambda: ((used("all") - used("none")) / len(work), 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problems", type=Path)
    parser.add_argument("--checkouts", nargs="+", default=["."])
    parser.add_argument("--backend", default="local", choices=("docker", "local"))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--python", default=sys.executable, help="of the bare loop; best the one that the workers have")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.problems, options.serve)
        return
    with tempfile.TemporaryDirectory() as folder:
        sides = [
            bare_loop(text, options, folder) if text in KINDS else checkout(text, options) for text in options.checkouts
        ]
        rounds: list[list[tuple[float, float]]] = [[] for _ in sides]
        for number in range(options.rounds):
            order = range(len(sides)) if number % 2 else reversed(range(len(sides)))
            for index in order:
                rounds[index].append(sides[index]())
    first = [sum(pair) for pair in rounds[0]]
    for text, pairs in zip(options.checkouts, rounds, strict=True):
        worker, host = (statistics.median(values) for values in zip(*pairs, strict=True))
        ratios = [sum(pair) / whole for pair, whole in zip(pairs, first, strict=True)]
        spread = f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"
        print(f"{text:32} worker {worker:6.3f} ms  host {host:6.3f} ms  x {spread}")


if __name__ == "__main__":
    main()
