"""A pool that is opened in a thread while its caller does other things."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from leftovers import containers, pool_threads, settles, worker_processes

from sandbox import BackendUnavailable, Job, Limits, early_pool
from sandbox.backends.base import Backend, Progress
from sandbox.early_pool import EarlyPool

PROGRAM = Job("def f():\n    return 1\n", "f", ("{}",))
KINDS = [pytest.param("local", marks=pytest.mark.local), pytest.param("docker", marks=pytest.mark.docker)]


def is_left(kind: str) -> list[object]:
    return [*pool_threads(), *worker_processes(), *(containers() if kind == "docker" else [])]


@pytest.mark.parametrize("kind", KINDS)
def test_its_pool_has_the_limits_that_are_asked_for(kind: str) -> None:
    """Those of single programs are known only when the task has been read."""
    early = EarlyPool(kind, 1, "warm", Limits(memory_mb=256))
    early.begin()
    try:
        wanted = Limits(memory_mb=256, cpu_s=1.0)
        assert early.fits(wanted)
        assert not early.fits(Limits(cpu_s=1.0))
        pool = early.pool(wanted, lambda line: None)
        assert pool.limits == wanted
        assert pool.submit(PROGRAM).result(timeout=60).observations[0].text == "1"
    finally:
        early.close()
    assert not is_left(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_caller_that_gives_up(kind: str) -> None:
    """At once, before anything was started, or when workers are starting."""
    early = EarlyPool(kind, 2, "warm", Limits())
    early.close()
    for wait_s in (0.0, 0.1, 0.5):
        early = EarlyPool(kind, 2, "warm", Limits())
        early.begin()
        threading.Event().wait(wait_s)
        early.close()
        early.close()
        assert not is_left(kind)


def test_an_error_waits_for_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller that never asks never hears of it."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/no.sock")
    early = EarlyPool("docker", 1, "warm", Limits())
    early.begin()
    with pytest.raises(BackendUnavailable):
        early.pool(Limits(), lambda line: None)
    early.close()
    early = EarlyPool("docker", 1, "warm", Limits())
    early.begin()
    early.close()


@pytest.mark.local
@pytest.mark.parametrize("asks", [True, False])
def test_what_takes_long_waits_for_the_question(asks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is announced first; what would follow does not happen if nobody asks."""
    done, select = [], early_pool.select

    def building(kind: str, progress: Progress) -> Backend:
        progress("building")
        done.append("built")
        progress("built")
        return select(kind)

    monkeypatch.setattr(early_pool, "select", building)
    early = EarlyPool("local", 1, "warm", Limits())
    early.begin()
    assert not settles(lambda: done, 0.2)
    said: list[str] = []
    if asks:
        early.pool(Limits(), said.append)
    early.close()
    assert (said, done) == ((["building", "built"], ["built"]) if asks else ([], []))
    assert not is_left("local")


def test_numpy_starts_no_thread_that_the_workers_wait_for() -> None:
    """OpenBLAS has one for each processor, which spins at first; and what is set for it does not stay."""
    program = (
        "import os; from codeeval.cli.report_imports import import_numpy; import_numpy();"
        "print(len(os.listdir('/proc/self/task')), 'OPENBLAS_NUM_THREADS' in os.environ)"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "False"]
