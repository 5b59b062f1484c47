"""The worker image: another content is another image, and what stands in the way is said clearly."""

from __future__ import annotations

import io
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from sandbox import BackendUnavailable, Job, Pool, select, sweep
from sandbox.backends import build_image, docker_engine, image


class Tagged(Exception):
    """Stops before anything is built."""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the installed package that a test may change; `docker/` lies beside it as in a checkout."""
    original = image._PACKAGE
    copy = tmp_path / "sandbox"
    shutil.copytree(original, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "docker").mkdir()
    for name in ("Dockerfile", "seccomp.json"):
        (tmp_path / "docker" / name).write_text(image.resource(name), "utf-8")
    monkeypatch.setattr(image, "_PACKAGE", copy)
    return copy


def tag(monkeypatch: pytest.MonkeyPatch) -> str:
    """The tag that `ensure` wants for the content as it is now, whether or not that image exists."""

    def stop(client: object, wanted: str, *_: object) -> None:
        raise Tagged(wanted)

    monkeypatch.setattr(image, "_build", stop)
    client = docker_engine.connect()
    try:
        return image.ensure(client, lambda line: None).tag
    except Tagged as reached:
        return str(reached)
    finally:
        client.close()


@pytest.mark.docker
@pytest.mark.parametrize("name", ["wire.py", "guest/child.py", "guest/supervisor.py", "../docker/Dockerfile"])
def test_another_file_is_another_image(package: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte more in anything that goes into the image changes its tag; undone, it is the old one."""
    before = tag(monkeypatch)
    content = (package / name).read_text("utf-8")
    (package / name).write_text(content + "#", "utf-8")
    after = tag(monkeypatch)
    assert after.startswith("codeeval-sandbox:")
    assert after != before
    (package / name).write_text(content, "utf-8")
    assert tag(monkeypatch) == before


@pytest.mark.docker
def test_a_new_or_renamed_file_is_another_image(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names count as well as the contents."""
    tags = [tag(monkeypatch)]
    (package / "guest" / "new.py").write_text("", "utf-8")
    tags.append(tag(monkeypatch))
    (package / "guest" / "new.py").rename(package / "guest" / "newer.py")
    tags.append(tag(monkeypatch))
    assert len(set(tags)) == 3


@pytest.mark.docker
def test_what_stays_on_the_host_is_not_in_the_image(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host's half may change without a new image, and none of it is sent to the engine."""
    before = tag(monkeypatch)
    (package / "pool.py").write_text("changed", "utf-8")
    assert tag(monkeypatch) == before
    names = set(image._context())
    assert {"Dockerfile", "guest/sandbox/wire.py", "guest/sandbox/guest/child.py"} <= names
    assert all(name == "Dockerfile" or "guest/" in name or name.endswith(("wire.py", "__init__.py")) for name in names)


@pytest.mark.docker
def test_the_image_is_built_once() -> None:
    """A second call finds it and says nothing."""
    first = build_image(lambda line: None)
    said: list[str] = []
    assert build_image(said.append) == first
    assert said == []


@pytest.mark.docker
def test_a_build_that_fails_shows_its_log(package: Path) -> None:
    """The message holds what the failing step said, and nothing is tagged."""
    dockerfile = package.parent / "docker" / "Dockerfile"
    base = [line for line in dockerfile.read_text("utf-8").splitlines() if line.startswith(("ARG BASE", "FROM"))]
    dockerfile.write_text("\n".join([*base, "RUN echo the-reason-why; exit 7"]) + "\n", "utf-8")
    said: list[str] = []
    with pytest.raises(BackendUnavailable, match="the sandbox image could not be built") as caught:
        build_image(said.append)
    assert "the-reason-why" in str(caught.value)
    wanted = said[0].split()[4]
    client = docker_engine.connect()
    try:
        assert wanted.startswith("codeeval-sandbox:")
        assert not image.has(client, wanted)
    finally:
        client.close()


@pytest.mark.docker
def test_a_base_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the base and both remedies."""
    monkeypatch.setenv("CODEEVAL_BASE", "localhost:1/no-such-base:v9")
    with pytest.raises(
        BackendUnavailable, match="localhost:1/no-such-base:v9 is not here and can't be pulled"
    ) as caught:
        build_image(lambda line: None)
    assert "docker/base-image.sh" in str(caught.value)
    assert "CODEEVAL_BASE" in str(caught.value)


def test_an_incomplete_installation(package: Path) -> None:
    """A missing file is named, with what to do."""
    shutil.rmtree(package.parent / "docker")
    with pytest.raises(BackendUnavailable, match=r"seccomp\.json is missing; reinstall"):
        image.resource("seccomp.json")


@pytest.fixture
def nonsense(tmp_path: Path) -> Iterator[str]:
    """A socket on which something answers that is no engine."""
    path = tmp_path / "s"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def serve() -> None:
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            with connection, suppress(OSError):
                connection.recv(1_000)
                connection.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\n{}")

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"unix://{path}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.mark.parametrize("host", ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:1", "gopher://x", "nonsense"])
def test_no_engine(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing answers, or DOCKER_HOST is no address: the message names it and the remedies, for every way to ask."""
    monkeypatch.setenv("DOCKER_HOST", host)
    for ask in (sweep, lambda: select("docker"), lambda: build_image(lambda line: None)):
        with pytest.raises(BackendUnavailable, match=f"no Docker engine answers at {host}") as caught:
            ask()
        assert "docker/engine.sh" in str(caught.value)
        assert "--sandbox local" in str(caught.value)


def test_something_else_answers(nonsense: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is no engine is no engine."""
    monkeypatch.setenv("DOCKER_HOST", nonsense)
    with pytest.raises(BackendUnavailable, match="no Docker engine answers"):
        select("docker")


@pytest.mark.docker
def test_an_engine_that_goes_away_while_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It answered once and then no more: that is no engine, and no error of the library's."""

    def gone(self: object) -> object:
        raise ConnectionError("Connection aborted.")

    monkeypatch.setattr("docker.DockerClient.version", gone)
    with pytest.raises(BackendUnavailable, match=r"no Docker engine answers .*Connection aborted"):
        select("docker")


@pytest.mark.parametrize(
    ("info", "capped"),
    [
        ({"CgroupVersion": "1", "CgroupDriver": "cgroupfs"}, True),
        ({"CgroupVersion": "2", "CgroupDriver": "systemd", "SecurityOptions": ["name=rootless"]}, True),
        ({"CgroupVersion": "2", "CgroupDriver": "none", "SecurityOptions": ["name=rootless"]}, False),
        ({"CgroupVersion": "1", "CgroupDriver": "cgroupfs", "SecurityOptions": ["name=rootless"]}, False),
        ({}, True),
    ],
)
def test_which_engines_cap_their_containers(info: dict[str, object], capped: bool) -> None:
    """An ordinary user's engine has control groups only on version 2, and there only by way of systemd."""
    assert docker_engine.caps(info) is capped


@pytest.mark.local
def test_auto_without_an_engine_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """`auto` takes namespaces then, and records the reason in one line."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    backend = select("auto")
    assert backend.name == "local"
    assert "no Docker engine answers at unix:///nowhere/docker.sock" in backend.why
    assert "\n" not in backend.why
    backend.close()


def test_an_unknown_backend() -> None:
    """The message lists the choices."""
    with pytest.raises(BackendUnavailable, match="choose auto, docker or local"):
        select("vm")


@pytest.mark.docker
def test_images_of_other_guests_are_removed() -> None:
    """`prune` removes what carries the label and is not today's image, and leaves today's alone."""
    client = docker_engine.connect()
    label = f"codeeval.test.{os.getpid()}"
    tag = image.ensure(client, lambda line: None).tag
    try:
        recipe = io.BytesIO(f"FROM {tag}\nLABEL {label}=1\n".encode())
        client.images.build(fileobj=recipe, tag=f"{image.REPOSITORY}:of-another-guest-{os.getpid()}", rm=True)
        assert image.prune(client, label) == [f"{image.REPOSITORY}:of-another-guest-{os.getpid()}"]
        assert image.prune(client, label) == []
        assert image.has(client, tag)
    finally:
        client.close()


#: Returns the folders in which it could leave a file.
WRITES = """
import os
def f():
    found = []
    for folder in ("/data", "/data/inner", "/an other", "/run", "/tmp"):
        try:
            open(folder + "/left", "x")
            found.append(folder)
        except OSError:
            pass
    return found
"""


@pytest.mark.docker
def test_volumes_and_checks_of_the_base_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine makes a folder on the host's disk for each volume, in which programs could leave files for one another, and
    executes the check beside them."""
    name = f"codeeval-test-volumes-{os.getpid()}"
    client = docker_engine.connect()
    recipe = f"""
    FROM {image.choose_base(client, lambda line: None)}
    RUN mkdir -p /data/inner "/an other" && chmod 1777 /data /data/inner "/an other" && head -c 9000 /dev/zero > /data/large
    VOLUME ["/data/", "/an other", "/tmp/", "/run"]
    HEALTHCHECK --interval=1s CMD touch /tmp/left
    """
    before = {volume.id for volume in client.volumes.list()}
    tags = [name]
    try:
        client.images.build(fileobj=io.BytesIO(recipe.encode()), tag=name, rm=True)
        monkeypatch.setenv("CODEEVAL_BASE", name)
        tags.insert(0, image.ensure(client, lambda line: None).tag)
        assert client.images.get(tags[0]).attrs["Config"]["Healthcheck"]["Test"] == ["NONE"]
        backend = select("docker", lambda line: None)
        with Pool(backend, workers=1) as pool:
            outcomes = list(pool.map([Job(WRITES, "f", ("{}",))] * 2))
            assert {volume.id for volume in client.volumes.list()} <= before
        backend.close()
    finally:
        for tag in tags:
            with suppress(Exception):
                client.images.remove(tag, force=True)
        client.close()
    assert [outcome.observations[0].text for outcome in outcomes] == ["['/tmp']"] * 2


class Declared:
    """An image as an engine describes it."""

    def __init__(self, config: object) -> None:
        self.attrs = {"Config": config}


#: The search path of miniconda's image.
CONDA = "PATH=/opt/conda/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@pytest.mark.parametrize(
    ("path", "environment"),
    [
        *((path, []) for path in ("/", "/opt", "/opt/", "//opt", "/opt/sandbox", "/usr", "/usr/local")),
        *((path, []) for path in ("/usr/lib", "/usr/bin", "/lib", "/bin")),
        ("/opt/conda", [CONDA]),
        ("/opt/conda/bin/", [CONDA]),
        ("/venv", ["PATH=/usr/bin", "VIRTUAL_ENV=/venv"]),
    ],
)
def test_a_volume_that_hides_what_a_worker_needs_is_named(path: str, environment: list[str]) -> None:
    """Such an image can't be used, and the reason can be mended."""
    declared = Declared({"Volumes": {"/data": {}, path: {}}, "Env": environment})
    with pytest.raises(BackendUnavailable) as refused:
        image._volumes(declared, "some-base:1")  # type: ignore[arg-type]
    named = "/" + path.strip("/")
    assert f"some-base:1 declares {named} as a volume" in str(refused.value)


def test_other_volumes_are_only_closed() -> None:
    """Folders of data, and a home whose commands are on the search path."""
    data = dict.fromkeys(("/opt/conda/pkgs", "/home/1000", "/usr/local/share/data", "/optional", "/dev/shm"))
    declared = Declared({"Volumes": data, "Env": [f"{CONDA}:/home/1000/.local/bin", "LANG"]})
    assert image._volumes(declared, "base") == tuple(data)[:-1]  # type: ignore[arg-type]


@pytest.mark.parametrize("config", [None, {}, {"Volumes": None, "Env": None}])
def test_an_image_that_declares_nothing_has_no_volumes(config: object) -> None:
    """Engines write nothing in more than one way."""
    assert image._volumes(Declared(config), "base") == ()  # type: ignore[arg-type]


@pytest.mark.docker
def test_a_base_with_a_volume_that_a_worker_needs_is_refused_before_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine would discard what the build writes there."""
    name = f"codeeval-test-needed-volume-{os.getpid()}"
    client = docker_engine.connect()
    try:
        recipe = f"FROM {image.choose_base(client, lambda line: None)}\nVOLUME /opt\n"
        client.images.build(fileobj=io.BytesIO(recipe.encode()), tag=name, rm=True)
        monkeypatch.setattr(image, "_build", lambda *given: pytest.fail("it was built"))
        with pytest.raises(BackendUnavailable, match=f"{name} declares /opt as a volume"):
            image.ensure(client, lambda line: None, name)
    finally:
        with suppress(Exception):
            client.images.remove(name, force=True)
        client.close()
