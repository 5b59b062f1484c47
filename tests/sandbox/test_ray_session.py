"""Who leaves this process's connection to a Ray cluster."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from loopback_cluster import HEAD, LoopbackCluster

from sandbox.ray_session import Session

NEVER_S = 3600.0


@pytest.fixture(autouse=True)
def no_session() -> Iterator[None]:
    before, Session.current = Session.current, None
    yield
    Session.current = before


def counting() -> tuple[Any, list[str]]:
    """Something with Ray's `shutdown`, and its calls."""
    calls: list[str] = []
    return SimpleNamespace(shutdown=lambda: calls.append("shutdown")), calls


def test_the_last_pool_leaves() -> None:
    ray, calls = counting()
    Session(ray, ours=True).leave()
    assert calls == ["shutdown"]


def test_a_newer_connection_stays() -> None:
    """As after `ray.shutdown()` by the user while a pool was open, and another pool since."""
    ray, calls = counting()
    older, Session.current = Session(ray, ours=True), Session(ray, ours=True)
    older.leave()
    assert not calls
    Session.current.leave()
    assert calls == ["shutdown"]


def test_a_cluster_that_takes_long_to_leave_is_waited_for() -> None:
    """As without a head: the pool is closed, and Ray, which would mix both connections, still at it."""
    gone = threading.Event()
    Session(SimpleNamespace(shutdown=gone.wait), ours=True).leave(0.01)
    assert not Session.has_left(0.01)
    gone.set()
    assert Session.has_left(NEVER_S)


#: A trainer: its cluster's head is killed, and it goes on with another cluster.
ANOTHER = """
import os, signal, sys
from sandbox import BackendUnavailable, Cluster, Job, RayPool

job = Job("import time\\ndef f():\\n    time.sleep(0.5)\\n    return 1\\n", "f", ("{{}}",))
with RayPool(Cluster({first!r}, patience_s=8.0), 1, kind="local") as pool:
    futures = [pool.submit(job) for _ in range(40)]
    futures[0].result()
    print("works", flush=True)
    sys.stdin.readline()
    failed = [future.exception() for future in futures]
    assert isinstance(failed[-1], BackendUnavailable), failed
for _ in range(2):
    with RayPool({second!r}, 1, kind="local") as pool:
        print(pool.submit(job).result().observations[0].text, flush=True)
"""


@pytest.mark.slow
@pytest.mark.ray
@pytest.mark.local
def test_another_cluster_after_a_lost_head() -> None:
    with LoopbackCluster() as first, LoopbackCluster() as second:
        for cluster in (first, second):
            cluster.add("127.0.0.3")
            cluster.wait("127.0.0.3")
        process = subprocess.Popen(
            [sys.executable, "-c", ANOTHER.format(first=first.address, second=second.address)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "RAY_AUTH_MODE": "disabled"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "works\n"
        first.kill(HEAD)
        said, _ = process.communicate("\n", timeout=300)
    assert (process.returncode, said.split()) == (0, ["1", "1"])
