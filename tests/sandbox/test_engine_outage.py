"""The engine stops and comes back in the middle of a run. Done with an engine of our own, so that nobody else's is disturbed."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator

import pytest
from host_script import job
from leftovers import containers, settles
from second_engine import SecondEngine, needs_root, worker_images
from test_faults import answers

from sandbox import BackendUnavailable, Pool, SandboxError
from sandbox.backends import docker, docker_engine

pytestmark = [
    pytest.mark.docker,
    pytest.mark.slow,
    # the SDK leaves its socket to the collector when a connection to the engine is refused
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning"),
]
#: 80 jobs of 0.4 s on two workers take longer than an engine that ends politely (it gives containers ten seconds).
JOBS, SECONDS = 80, 0.4


@pytest.fixture(scope="module")
def engine() -> Iterator[SecondEngine]:
    """A second dockerd with the worker image; needs root and the program dockerd."""
    needs_root()
    tag, base = worker_images()
    made = SecondEngine()
    try:
        made.start()
        made.load(tag, base)
        yield made
    finally:
        made.remove()


@pytest.fixture
def backend(engine: SecondEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[docker.DockerBackend]:
    """Workers on the second engine; it runs."""
    if engine.docker("version").returncode != 0:
        engine.start()
    monkeypatch.setenv("DOCKER_HOST", engine.host)
    made = docker.DockerBackend(lambda line: None)
    yield made
    made.close()
    gc.collect()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_the_engine_comes_back(engine: SecondEngine, backend: docker.DockerBackend, number: signal.Signals) -> None:
    """Stopped, its containers end with it; killed, they end when it starts again. Either way every job gets its answer."""
    with Pool(backend, workers=2, patience_s=60.0) as pool:
        futures = [pool.submit(job(n, SECONDS)) for n in range(JOBS)]
        futures[10].result(60)
        before = set(containers())
        engine.stop(number)
        engine.start()
        assert answers(futures) == [f"completed {n}" for n in range(JOBS)]
        assert len(before) == len(set(containers()) - before) == 2, "the fault did not reach the workers"
    assert not settles(containers)


def test_the_engine_stays_away(engine: SecondEngine, backend: docker.DockerBackend) -> None:
    """Jobs that nobody can execute end with SandboxError when the pool's patience is over; the others are right."""
    with Pool(backend, workers=2, patience_s=1.0) as pool:
        futures = [pool.submit(job(n, SECONDS)) for n in range(JOBS)]
        futures[10].result(60)
        engine.stop(signal.SIGTERM)
        found = answers(futures)
        assert all(answer in (None, f"completed {n}") for n, answer in enumerate(found))
        assert None in found
        with pytest.raises(SandboxError):
            pool.submit(job(1, 0)).result(60)
        engine.start()
        assert answers([pool.submit(job(1, 0))]) == ["completed 1"]
    assert not settles(containers)


def test_the_engine_stands_still(engine: SecondEngine, backend: docker.DockerBackend) -> None:
    """Workers that run go on working; what needs the engine meanwhile is told so in seconds, and works again afterwards."""
    with Pool(backend, workers=2, patience_s=1.0) as pool:
        futures = [pool.submit(job(n, 0.01)) for n in range(JOBS)]
        futures[10].result(60)
        engine.freeze()
        try:
            assert answers(futures) == [f"completed {n}" for n in range(JOBS)]
            assert not backend.alive()
            with pytest.raises(SandboxError, match="has not answered for"):
                backend.start(pool.limits)
            with pytest.raises(BackendUnavailable, match="has not answered for"):
                docker_engine.connect()
        finally:
            engine.thaw()
        assert answers([pool.submit(job(1, 0))]) == ["completed 1"]
    assert not settles(containers)


def test_a_pool_closes_while_the_engine_stands_still(engine: SecondEngine, backend: docker.DockerBackend) -> None:
    """It does not wait for the engine; the workers end with their connections, and are gone when it goes on."""
    with Pool(backend, workers=2) as pool:
        assert answers([pool.submit(job(1, 0))]) == ["completed 1"]
        assert len(containers()) == 2
        engine.freeze()
    engine.thaw()
    assert not settles(containers)


@pytest.fixture
def small() -> Iterator[SecondEngine]:
    """A second engine whose disk has little room beyond the worker image."""
    needs_root()
    tag, base = worker_images()
    made = SecondEngine(disk_mb=1_500)
    try:
        made.start()
        made.load(tag, base)
        yield made
    finally:
        made.make_room()
        made.remove()


def test_a_full_disk_under_the_engine(small: SecondEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """No container can be made while it is full: workers that run go on; once they are lost, jobs end with SandboxError. With
    room again they are answered."""
    monkeypatch.setenv("DOCKER_HOST", small.host)
    backend = docker.DockerBackend(lambda line: None)
    try:
        with Pool(backend, workers=2, patience_s=2.0) as pool:
            futures = [pool.submit(job(n, SECONDS)) for n in range(40)]
            futures[4].result(60)
            small.fill()
            futures[12].result(60)
            small.docker("kill", *containers())
            found = answers(futures)
            assert all(answer in (None, f"completed {n}") for n, answer in enumerate(found))
            assert None in found
            assert found[:13] == [f"completed {n}" for n in range(13)]
            small.make_room()
            assert answers([pool.submit(job(n, 0)) for n in range(4)]) == [f"completed {n}" for n in range(4)]
        assert not settles(containers)
    finally:
        backend.close()
        gc.collect()
