"""A real Podman, started here with a storage of its own, runs workers as Docker does. Skipped where Podman is not installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Literal

import pytest
from leftovers import containers, settles
from second_engine import worker_images

from sandbox import BackendUnavailable, Job, Limits, Pool, doctor
from sandbox.backends import build_image, docker, docker_engine, podman, prune_images

pytestmark = [pytest.mark.docker, pytest.mark.slow]
_START_S = 60.0
#: crun refuses a machine that mounts both versions of control groups; the service then runs where it sees the first one only.
_HYBRID = Path("/sys/fs/cgroup/unified")
_ONLY_V1 = ["unshare", "--mount", "--propagation", "private", "sh", "-c", f'umount {_HYBRID}; exec "$@"', "sh"]

EVERYWHERE = """
import os

def folders():
    for folder, inner, _ in os.walk("/"):
        if folder == "/":
            inner.remove("proc")
        yield folder

def put():
    done = []
    for folder in list(folders()):
        try:
            open(folder + "/left", "w").close()
            done.append(folder)
        except OSError:
            pass
    return len(done)

def look():
    return sorted(folder for folder in folders() if os.path.exists(folder + "/left"))
"""


class Podman:
    """Its service with a folder of its own; `remove` ends it and takes everything away."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="podman-"))
        self.host = f"unix://{self.folder}/s"
        own = [f"--root={self.folder}/root", f"--runroot={self.folder}/run", f"--tmpdir={self.folder}/tmp"]
        self.command = ["podman", *own, "--cgroup-manager=cgroupfs", "--events-backend=file"]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        prefix = _ONLY_V1 if _HYBRID.is_dir() and os.geteuid() == 0 else []
        command = [*prefix, *self.command, "system", "service", "--time=0", self.host]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,  # where its monitors leave a file if something runs out of memory
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_S
        while not (self.folder / "s").exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                pytest.skip(f"Podman does not start here: {(self.folder / 'log').read_text()[-1000:]}")
            time.sleep(0.1)

    def load(self, tag: str) -> None:
        """Copies an image from the usual engine."""
        with subprocess.Popen(["docker", "save", tag], stdout=subprocess.PIPE) as save:
            subprocess.run([*self.command, "load"], stdin=save.stdout, capture_output=True, check=True)

    def remove(self) -> None:
        if self._process is not None:
            subprocess.run([*self.command, "rm", "-af"], capture_output=True, check=False)
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(60)
        for line in reversed(Path("/proc/mounts").read_text().splitlines()):
            if line.split()[1].startswith(str(self.folder)):
                subprocess.run(["umount", "-l", line.split()[1]], check=False)
        # an ordinary user's files belong to users that only its own name space knows
        wrap = ["podman", "unshare"] if os.geteuid() != 0 else []
        subprocess.run([*wrap, "rm", "-rf", str(self.folder)], check=False)


@pytest.fixture(scope="module")
def service() -> Iterator[Podman]:
    """Podman with the base image and nothing else."""
    if shutil.which("podman") is None:
        pytest.skip("no Podman: apt install podman")
    _, base = worker_images()
    made = Podman()
    try:
        made.start()
        made.load(base)
        yield made
    finally:
        made.remove()


@pytest.fixture
def backend(service: Podman, monkeypatch: pytest.MonkeyPatch) -> Iterator[docker.DockerBackend]:
    """Workers on it."""
    monkeypatch.setenv("DOCKER_HOST", service.host)
    monkeypatch.delenv("CODEEVAL_RUNTIME", raising=False)
    made = docker.DockerBackend(lambda line: None)
    yield made
    made.close()
    assert not settles(containers)


def test_it_is_podman(backend: docker.DockerBackend) -> None:
    """The image is built by it, and the manifest and the doctor name it; the doctor's worker runs."""
    assert backend.describe()["engine"].startswith("Podman ")
    checks = {check.name: check for check in doctor.checks()}
    assert checks["docker"].detail.startswith("Podman ")
    assert checks["docker worker"].ok, checks["docker worker"]


@pytest.mark.parametrize("channel", ["unix", "attach"])
@pytest.mark.parametrize("isolation", ["warm", "fresh"])
def test_limits_hold(
    backend: docker.DockerBackend, channel: str, isolation: Literal["warm", "fresh"], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values, sleep, processor time and memory are told apart on both channels, whatever else the machine does."""
    programs = {
        "completed": "def f(): return 41 + 1\n",
        "completed ": "import time\ndef f():\n    time.sleep(2.5)\n    return 42\n",
        "timeout": "def f():\n    while True: pass\n",
        "memory": "def f():\n    x = bytearray(600 << 20)\n    __import__('time').sleep(2)\n    return x[9]\n",
    }
    monkeypatch.setenv("CODEEVAL_CHANNEL", channel)
    made = docker.DockerBackend(lambda line: None)
    try:
        with Pool(made, workers=1, isolation=isolation, limits=Limits(cpu_s=1.0, wall_s=60.0, memory_mb=128)) as pool:
            outcomes = [pool.submit(Job(source, "f", ("{}",))).result(180) for source in programs.values()]
        assert made.describe()["channel"] == channel
    finally:
        made.close()
    assert [outcome.status for outcome in outcomes] == [status.strip() for status in programs]
    assert [outcome.observations[0].text for outcome in outcomes[:2]] == ["42", "42"]


def test_nothing_of_a_sample_stays(backend: docker.DockerBackend) -> None:
    """What one sample writes wherever it can, the next one does not find."""
    with Pool(backend, workers=1) as pool:
        put, look = (pool.submit(Job(EVERYWHERE, name, ("{}",))).result(180) for name in ("put", "look"))
    assert int(put.observations[0].text or "0") >= 2
    assert look.observations[0].text == "[]"


def test_what_a_program_finds(backend: docker.DockerBackend) -> None:
    """No rights, no new privileges, the allow-list of calls, no names of this machine, and no network."""
    source = """
import os, socket
def f():
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return [status[name].strip() for name in ("CapEff", "NoNewPrivs", "Seccomp")]
def hosts(): return open("/etc/hosts").read()
def internet(): return socket.socket(socket.AF_INET, socket.SOCK_STREAM)
"""
    with Pool(backend, workers=1) as pool:
        found = [
            pool.submit(Job(source, name, ("{}",))).result(180).observations[0] for name in ("f", "hosts", "internet")
        ]
    assert found[0].text == "['0000000000000000', '1', '2']"
    assert os.uname().nodename not in str(found[1].text)
    assert found[2].exc_type == "PermissionError"


def test_images_are_pruned_by_their_names(backend: docker.DockerBackend) -> None:
    """Podman puts a registry before the names of images: today's is still known as such and stays."""
    prune_images()
    said: list[str] = []
    assert build_image(said.append) == (backend.tag, backend.image_id)
    assert said == []


def test_another_runtime(service: Podman, monkeypatch: pytest.MonkeyPatch) -> None:
    """Podman would ignore the request, so that it is refused."""
    monkeypatch.setenv("DOCKER_HOST", service.host)
    monkeypatch.setenv("CODEEVAL_RUNTIME", "runsc")
    with closing(docker_engine.connect()) as client:
        assert podman.answered(client.version())
    with pytest.raises(BackendUnavailable, match="runtime of its own configuration"):
        docker.DockerBackend(lambda line: None)
