"""The doctor looks at this machine, never raises, and names a remedy for all that is wrong."""

from __future__ import annotations

import pytest

from sandbox import BackendUnavailable, SandboxError, doctor
from sandbox.backends import docker, local
from sandbox.doctor import Check


def by_name() -> dict[str, Check]:
    found = doctor.checks()
    assert len({check.name for check in found}) == len(found)
    for check in found:
        assert check.detail
        assert "\n" not in check.detail
        assert check.ok is not False or check.remedy, f"{check.name} fails without a remedy"
    return {check.name: check for check in found}


@pytest.mark.docker
@pytest.mark.local
def test_a_machine_on_which_everything_works() -> None:
    """Both kinds of worker really run a program."""
    docker_backend = docker.DockerBackend(lambda line: None)  # so that the image exists
    docker_backend.close()
    found = by_name()
    assert found["docker worker"].ok is True
    assert found["local worker"].ok is True
    assert found["docker"].ok is True
    for kind in ("docker", "local"):
        assert "ran a program (python 3." in found[f"{kind} worker"].detail
        assert found[f"{kind} worker"].detail.endswith("and tests that are code")


def test_without_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """One failed check says how to get one; nothing else about docker is tried."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    found = by_name()
    assert found["docker"].ok is False
    assert "docker/engine.sh" in found["docker"].remedy
    assert "docker worker" not in found
    assert "image" not in found


def test_without_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """The local worker fails with the kernel's settings as its remedy."""

    def refuse(self: object) -> None:
        raise BackendUnavailable(f"namespaces can't be used here (no).\n{local._REMEDY}")

    monkeypatch.setattr(local.LocalBackend, "_probe", refuse)
    check = by_name()["local worker"]
    assert check.ok is False
    assert "user.max_user_namespaces" in check.remedy


@pytest.mark.docker
def test_an_engine_that_breaks_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails while the engine is looked at becomes a failed check."""

    def fail(*_: object, **__: object) -> object:
        raise RuntimeError("broken")

    monkeypatch.setattr("docker.DockerClient.info", fail)
    check = by_name()["docker"]
    assert check.ok is False
    assert "broken" in check.detail


@pytest.mark.docker
def test_a_worker_that_can_not_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine answers and still no worker comes up: that is found, because one is really started."""
    docker.DockerBackend(lambda line: None).close()

    def fail(*_: object) -> object:
        raise SandboxError("the engine could not start a worker: no space left")

    monkeypatch.setattr(docker.DockerBackend, "start", fail)
    check = by_name()["docker worker"]
    assert check.ok is False
    assert "no space left" in check.detail
