"""An engine that misbehaves: workers that don't come to their socket, silence, and what an earlier boot left."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from host_script import job
from test_faults import answers

from sandbox import BackendUnavailable, Pool, owner
from sandbox.backends import docker, docker_engine


@pytest.fixture
def made() -> Iterator[docker.DockerBackend]:
    """A backend of its own, because it remembers what happened."""
    backend = docker.DockerBackend(lambda line: None)
    if backend.describe()["channel"] != "unix":
        pytest.skip("the engine is not on this machine")
    yield backend
    backend.close()


def no_socket_for(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next `count` workers find a file where their socket should be, as if the engine saw another file system."""
    bind, left = docker._bind_quietly, [count]

    def instead(listener: socket.socket, folder: Path) -> None:
        bind(listener, folder)
        if left[0]:
            left[0] -= 1
            (folder / "s").unlink()
            (folder / "s").touch()

    monkeypatch.setattr(docker, "_bind_quietly", instead)


@pytest.mark.docker
@pytest.mark.parametrize(("failures", "channel"), [(1, "unix"), (2, "attach")])
def test_sockets_are_given_up_only_after_two_workers(
    made: docker.DockerBackend, monkeypatch: pytest.MonkeyPatch, failures: int, channel: str
) -> None:
    """One start that failed says nothing of the next; two at the beginning say that the engine sees other files."""
    no_socket_for(failures, monkeypatch)
    with Pool(made, workers=1) as pool:
        assert answers([pool.submit(job(1, 0))]) == ["completed 1"]
        assert made.describe()["channel"] == channel


@pytest.mark.docker
def test_sockets_that_have_worked_are_never_given_up(
    made: docker.DockerBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Later failures are failures, which the pool tries again; the slower channel is not taken for the rest of the run."""
    with Pool(made, workers=1, isolation="fresh") as pool:
        assert answers([pool.submit(job(1, 0))]) == ["completed 1"]
        no_socket_for(3, monkeypatch)
        assert answers([pool.submit(job(n, 0)) for n in range(2, 5)]) == [f"completed {n}" for n in range(2, 5)]
    assert made.describe()["channel"] == "unix"


def test_an_engine_that_is_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection and says nothing, as a stopped one does: an error that says so, instead of minutes."""
    monkeypatch.setattr(docker_engine, "_PING_S", 1)
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s")
        listener.listen(8)
        monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/s")
        with pytest.raises(BackendUnavailable, match="has not answered for"):
            docker_engine.connect()


def test_folders_of_an_earlier_boot_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those older than this boot; a young one of another boot may be another machine's, on a disk that both use."""
    monkeypatch.setattr(docker_engine.tempfile, "gettempdir", lambda: str(tmp_path))
    boot = owner.me().partition(":")[0].partition(".")[0]
    other = boot[::-1] if boot[::-1] != boot else "0" * len(boot)
    for name, age in (("old", 3600), ("young", -3600)):
        folder = tmp_path / f"codeeval-sandbox-{name}"
        folder.mkdir()
        (folder / "owner").write_text(f"{other}.1:1:1")
        os.utime(folder / "owner", (owner.booted() - age,) * 2)
    mine = tmp_path / "codeeval-sandbox-mine"
    mine.mkdir()
    (mine / "owner").write_text(owner.me())
    assert docker_engine.sweep_sockets() == ["codeeval-sandbox-old"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["codeeval-sandbox-mine", "codeeval-sandbox-young"]
