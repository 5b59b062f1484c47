"""The doctor looks at this machine, never raises, and names a remedy for all that is wrong."""

from __future__ import annotations

from contextlib import closing

import pytest

from sandbox import BackendUnavailable, Limits, SandboxError, doctor
from sandbox.backends import docker, docker_engine, local, podman
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


PODMAN = {"Components": [{"Name": "Podman Engine", "Version": "4.3.1"}], "Version": "4.3.1"}
RUNTIMES = {"Runtimes": {"crun": {"path": "/usr/bin/crun"}, "runsc": {"path": "/usr/bin/runsc"}}, "Driver": "overlay"}
CRUN = RUNTIMES | {"DefaultRuntime": "crun", "SecurityOptions": ["name=seccomp,profile=default", "name=rootless"]}


@pytest.mark.parametrize(
    ("version", "info", "wished", "ok", "words"),
    [
        ({"Version": "27.0"}, RUNTIMES, "", None, ["Docker 27.0, cgroup v1", "CODEEVAL_RUNTIME=runsc uses it"]),
        ({"Version": "27.0"}, RUNTIMES, "runsc", None, ["Docker", "runsc is installed and used"]),
        (
            PODMAN,
            CRUN,
            "",
            None,
            [
                "Podman 4.3.1, rootless, cgroup v1 that it can't use: memory is watched",
                "not used (Podman's configuration names crun)",
            ],
        ),
        (PODMAN, CRUN, "runsc", None, ["Podman", "not used"]),
        (
            PODMAN,
            {"Rootless": True, "CgroupVersion": "2"},
            "",
            None,
            ["Podman 4.3.1, rootless, cgroup v2, ", "not used"],
        ),
        (PODMAN, CRUN | {"DefaultRuntime": "runsc"}, "", None, ["Podman", "used"]),
        ({"Version": "27.0"}, {"Runtimes": {"runc": {}}}, "", None, ["Docker 27.0", "not installed (runtimes: runc)"]),
        (
            {"Version": "27.0"},
            {"Runtimes": {"runc": {}}},
            "runsc",
            False,
            ["Docker", "CODEEVAL_RUNTIME=runsc is not known"],
        ),
        ({"Version": "27.0"}, {}, "io.containerd.runc.v2", None, ["Docker", "not installed"]),
        ({}, {"Runtimes": None}, "", None, ["Docker", "(runtimes: default)"]),
    ],
)
def test_which_engine_and_which_runtimes(
    version: dict[str, object], info: dict[str, object], wished: str, ok: bool | None, words: list[str]
) -> None:
    """Podman is told from Docker; gVisor is reported as installed, used, absent, or asked for in vain, with the remedy."""
    kind, runtime = doctor.engine(version, info, wished)
    assert kind.ok is True
    assert runtime.ok is ok
    assert ok is not False or "daemon.json" in runtime.remedy
    for check, word in zip((kind, runtime), words, strict=True):
        assert word in check.detail


@pytest.mark.docker
def test_the_runtime_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """What CODEEVAL_RUNTIME names is what the engine starts workers with; one that it does not know is an error that says so."""
    monkeypatch.setenv("CODEEVAL_RUNTIME", "io.containerd.runc.v2")
    with closing(docker_engine.connect()) as client:
        if podman.answered(client.version()):
            pytest.skip("Podman takes the runtime of its own configuration")
    backend = docker.DockerBackend(lambda line: None)
    worker = backend.start(Limits())
    try:
        assert backend.describe()["runtime"] == "io.containerd.runc.v2"
        host = backend._client.api.inspect_container(worker._container)["HostConfig"]
        assert host["Runtime"] == "io.containerd.runc.v2"
    finally:
        worker.kill()
        backend.close()
    monkeypatch.setenv("CODEEVAL_RUNTIME", "no-such-runtime")
    backend = docker.DockerBackend(lambda line: None)
    with pytest.raises(SandboxError, match="no-such-runtime"):
        backend.start(Limits())
    backend.close()
