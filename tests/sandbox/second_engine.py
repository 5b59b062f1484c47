"""A Docker engine of the tests' own, which they may stop and start: nobody else's containers are on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from sandbox.backends import build_image, docker_engine, image

_START_S = 60.0


def needs_root() -> None:
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        pytest.skip("a second engine needs root and dockerd")


def worker_images() -> tuple[str, str]:
    """The worker image and its base, made by the usual engine."""
    tag, _ = build_image(lambda line: None)
    client = docker_engine.connect()
    try:
        return tag, image.choose_base(client, lambda line: None)
    finally:
        client.close()


class SecondEngine:
    """`start` and `stop` as often as wanted; `remove` at the end. Raises OSError where it can't be started."""

    def __init__(self, disk_mb: int = 0, options: Sequence[str] = ()) -> None:
        """`disk_mb`: the size of a disk of its own for images and containers, which can be filled; 0: the machine's.
        `options`: further arguments of dockerd, which may be changed before it is started again."""
        self.options = options
        self.folder = Path(tempfile.mkdtemp(prefix="engine-"))  # short: socket paths have at most 107 bytes
        if disk_mb:
            (self.folder / "data").mkdir()
            command = ["mount", "-t", "tmpfs", "-o", f"size={disk_mb}m", "engine", str(self.folder / "data")]
            subprocess.run(command, check=True, capture_output=True)
        self.host = f"unix://{self.folder}/s"
        self._process: subprocess.Popen[bytes] | None = None
        self._held: list[int] = []

    def start(self) -> None:
        command = [
            *(
                "unshare",
                "--net",
                "dockerd",
                "--host",
                self.host,
                "--bridge=none",
                "--iptables=false",
                "--ip6tables=false",
            ),
            *(f"--data-root={self.folder}/data", f"--exec-root={self.folder}/exec", f"--pidfile={self.folder}/pid"),
            *self.options,
        ]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + _START_S
        while self.docker("version").returncode != 0:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop(signal.SIGKILL)
                raise OSError(f"no second engine: {(self.folder / 'log').read_text()[-2000:]}")
            time.sleep(0.2)

    def stop(self, number: signal.Signals) -> None:
        """Ends the engine: SIGTERM takes the containers with it, SIGKILL leaves them to themselves."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(60)
            self._process = None
            self._reap()

    def freeze(self) -> None:
        """It stands still: takes connections and does not answer, until `thaw`. What runs on it goes on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def fill(self) -> None:
        """Its own disk, until not a byte more can be written; `make_room` undoes it. Containers that end free nothing: their
        files are held open."""
        data = self.folder / "data"
        small = [*data.glob("containers/**/*"), *data.glob("image/*/layerdb/mounts/*/*"), *data.glob("overlay2/*/*")]
        self._held += [os.open(path, os.O_RDONLY) for path in small if path.is_file()]
        with (data / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
            free = os.fstatvfs(file.fileno())
            os.posix_fallocate(file.fileno(), 0, max(1, free.f_bavail * free.f_frsize - (8 << 20)))
            file.seek(0, os.SEEK_END)
            while True:
                file.write(bytes(1 << 12))

    def make_room(self) -> None:
        """What `fill` has taken is free again."""
        (self.folder / "data" / "filler").unlink(missing_ok=True)
        while self._held:
            os.close(self._held.pop())

    def _reap(self) -> None:
        """Its containerd may have become our child (`leftovers.adopt_orphans`); as a zombie it would be taken for alive."""
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.folder / "exec" / "containerd" / "containerd.pid").read_text())
            deadline = time.monotonic() + 10.0
            while os.waitpid(pid, os.WNOHANG)[0] == 0 and time.monotonic() < deadline:
                time.sleep(0.05)

    def docker(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        environment = os.environ | {"DOCKER_HOST": self.host}
        return subprocess.run(["docker", *arguments], env=environment, capture_output=True, timeout=120, check=False)

    def load(self, *tags: str) -> None:
        """Copies images from the engine that DOCKER_HOST names, or the usual one."""
        with subprocess.Popen(["docker", "save", *tags], stdout=subprocess.PIPE) as save:
            environment = os.environ | {"DOCKER_HOST": self.host}
            subprocess.run(["docker", "load"], env=environment, stdin=save.stdout, capture_output=True, check=True)

    def remove(self) -> None:
        """Ends it with everything that still runs on it, and removes its folder."""
        if self._process is None:
            with contextlib.suppress(OSError):
                self.start()  # what a killed engine left behind ends when it starts again
        if self._process is not None:
            names = self.docker("ps", "-aq").stdout.decode().split()
            if names:
                self.docker("rm", "-f", *names)
            self.stop(signal.SIGTERM)
        mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        for mount in sorted((m for m in mounts if m.startswith(str(self.folder))), reverse=True):
            subprocess.run(["umount", "-l", mount], check=False)
        with contextlib.suppress(OSError):
            shutil.rmtree(self.folder)
