"""The share of a busy machine that Docker's workers get: processor time of each worker beside that of busy sessions.

    python tests/benchmarks/worker_share.py --workers 6 --load 16
    CODEEVAL_CGROUP_PARENT=/docker python tests/benchmarks/worker_share.py --workers 6 --load 16

Every worker executes an endless loop, and so does every process of the load, each in a session of its own. Needs an engine on
this machine with control groups of version 1, whose counters it reads.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sandbox import Job, Limits, Pool, owner
from sandbox.backends import docker_engine
from sandbox.backends.cgroups import hierarchies
from sandbox.backends.docker import DockerBackend

ENDLESS = "def f():\n    while True: pass\n"
#: Until the kernel's shares have settled (s).
SETTLE_S = 2.0


def counters() -> dict[str, Path]:
    """The file that counts the processor time of each worker of this process, by the place of its group."""
    found = {}
    with closing(docker_engine.connect()) as client:
        for container in client.api.containers(filters={"label": f"{docker_engine.LABEL}={owner.me()}"}):
            pid = client.api.inspect_container(container["Id"])["State"]["Pid"]
            groups = Path(f"/proc/{pid}/cgroup").read_text()
            root, folder = dict(hierarchies(Path("/proc/self/mountinfo").read_text(), groups))["cpuacct"]
            found[str(folder.relative_to(root))] = folder / "cpuacct.usage"
    return found


def computed(pid: int) -> float:
    """Processor seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def busy(number: int) -> Iterator[list[int]]:
    """So many busy processes, each in a session of its own."""
    command = [sys.executable, "-c", "while True: pass"]
    processes = [subprocess.Popen(command, start_new_session=True) for _ in range(number)]
    try:
        yield [process.pid for process in processes]
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def measure(workers: int, load: int, seconds: float) -> tuple[dict[str, float], list[float]]:
    """Processor seconds of each worker, by the place of its group, and of each busy process."""
    limits = Limits(cpu_s=600, wall_s=600)
    with closing(DockerBackend(print)) as backend, Pool(backend, workers, limits) as pool:
        pool.wait_ready()
        while len(files := counters()) < workers:
            time.sleep(0.2)
        jobs = [pool.submit(Job(ENDLESS, "f", ("{}",))) for _ in range(3 * workers)]  # each worker holds a few
        with busy(load) as pids:
            time.sleep(SETTLE_S)
            before = {place: int(file.read_text()) for place, file in files.items()}, [computed(pid) for pid in pids]
            time.sleep(seconds)
            spent = {place: (int(file.read_text()) - before[0][place]) / 1e9 for place, file in files.items()}
            others = [computed(pid) - was for pid, was in zip(pids, before[1], strict=True)]
        for job in jobs:
            job.cancel()
        with closing(docker_engine.connect()) as client:
            for container in client.api.containers(filters={"label": f"{docker_engine.LABEL}={owner.me()}"}):
                docker_engine.remove(client, container["Id"])
    return spent, others


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=6)
    parser.add_argument("--load", type=int, default=16, help="busy processes")
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    spent, others = measure(options.workers, options.load, options.seconds)
    share = sum(spent.values()) / (sum(spent.values()) + sum(others))
    for place, seconds in spent.items():
        print(f"  {place[:20]:20} {seconds:6.2f} s")
    print(f"a busy process: {sum(others) / len(others):.2f} s; all workers together: {share:.1%}")


if __name__ == "__main__":
    main()
