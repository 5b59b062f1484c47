"""The worker that shows whether namespaces can be used is the first worker of the pool, and never left over."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from leftovers import settles, worker_processes

from sandbox import Job, Limits, Pool
from sandbox.backends.local import LocalBackend

pytestmark = pytest.mark.local
PROGRAM = Job("def f():\n    return 1\n", "f", ("{}",))


def test_it_serves_the_first_lane() -> None:
    """A pool of one worker starts no other one, and ends it."""
    backend = LocalBackend()
    probed = worker_processes()
    with Pool(backend, workers=1) as pool:
        assert pool.submit(PROGRAM).result(timeout=60).observations[0].text == "1"
        assert worker_processes() == probed != []
    assert not settles(worker_processes)


def test_other_limits_need_another_worker() -> None:
    """It is ended, and one with those limits is started."""
    backend = LocalBackend()
    probed = worker_processes()
    with Pool(backend, workers=1, limits=replace(Limits(), memory_mb=300)) as pool:
        assert pool.submit(PROGRAM).result(timeout=60).observations[0].text == "1"
        assert not set(worker_processes()) & set(probed)
    assert not settles(worker_processes)


@pytest.mark.parametrize("closed", [True, False])
def test_it_ends_with_the_backend(closed: bool) -> None:
    """Also if the backend is only forgotten."""
    backend = LocalBackend()
    assert worker_processes()
    if closed:
        backend.close()
    del backend
    assert not settles(worker_processes)


def test_a_fork_does_not_get_it() -> None:
    """Its connection belongs to one process: a fork starts its own workers, and ends none of the parent's."""
    backend = LocalBackend()
    probed = worker_processes()
    if not (child := os.fork()):
        try:
            worker = backend.start(Limits())
            worker.channel.receive(60.0, 16_384)
            worker.kill()
            backend.close()
        except BaseException:
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert worker_processes() == probed != []
    backend.close()
    assert not settles(worker_processes)
