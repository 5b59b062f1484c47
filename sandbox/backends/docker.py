"""Workers as containers of a Docker (or Podman) engine.

Covered: no network, read-only root, no capability but SETUID, SETGID and KILL (the supervisor's), no new privileges, a
seccomp profile, memory without swap and pids capped by the control group, separate pid, ipc, uts and mount namespaces,
small tmpfs mounts. Not covered: bugs of the kernel and of the engine; `runtime="runsc"` puts gVisor in between if it is
installed.

The channel is a Unix socket in a bind-mounted folder when the engine runs on this machine (no daemon in the data path), and
the engine's attach stream otherwise. The socket is unlinked as soon as the supervisor has connected, before any candidate runs.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox import owner
from sandbox.backends import cgroup_parent, docker_engine, image, podman, user_ids
from sandbox.backends.base import ENVIRONMENT, Progress
from sandbox.channel import AttachChannel, Channel
from sandbox.errors import BackendUnavailable, SandboxError
from sandbox.wire import Limits

if TYPE_CHECKING:
    import docker

_OVERHEAD_MB = 64
_SUPERVISOR_PIDS = 16
_START_DEADLINE_S = 60.0
#: Options of an empty folder in place of one that programs should not have.
_CLOSED = "ro,noexec,nosuid,nodev,mode=755,size=4k"
_BOOT = "import sys; sys.path.append('/opt/sandbox'); from sandbox.guest.boot import main; main()"


class DockerWorker:
    """One container. `kill` removes it by force, then calls `tidy`."""

    def __init__(
        self, client: docker.DockerClient, container: str, channel: Channel, tidy: Callable[[], object]
    ) -> None:
        self._client, self._container, self._tidy = client, container, tidy
        self.channel = channel

    def kill(self) -> None:
        self.channel.close()
        if docker_engine.answers(self._client):  # a hung engine is not waited for: the container ends with its channel
            docker_engine.remove(self._client, self._container)
        self._tidy()


class DockerBackend:
    """Raises BackendUnavailable on construction if no engine answers or the image can't be made."""

    name = "docker"

    def __init__(self, progress: Progress, runtime: str | None = None, channel: str | None = None) -> None:
        self.why = "a Docker engine answers"
        self._process = os.getpid()
        self._client = docker_engine.connect()
        self._runtime = runtime or os.environ.get("CODEEVAL_RUNTIME") or None
        try:
            self._version, self._info = docker_engine.described(self._client)
            self._podman = podman.answered(self._version)
            if self._podman:
                podman.check_runtime(self._runtime, self._info)
            self._parent = self._worker_parent()
            self.tag, self.image_id, self._volumes = image.ensure(self._client, progress)
        except BaseException:
            self._client.close()
            raise
        self._seccomp = image.resource("seccomp.json")
        wished = channel or os.environ.get("CODEEVAL_CHANNEL") or "auto"
        self._unix = wished == "unix" or (wished == "auto" and docker_engine.is_here(self._client))
        self._fallback = wished == "auto"  # until a worker has connected to a socket once
        self._sockets: Path | None = None
        self._lock = threading.Lock()

    def _worker_parent(self) -> cgroup_parent.WorkerParent:
        info = {} if self._podman else self._info
        return cgroup_parent.WorkerParent(os.environ.get("CODEEVAL_CGROUP_PARENT"), info, self._runtime)

    def describe(self) -> dict[str, str]:
        version, info = self._version, self._info
        return {
            "backend": self.name,
            "image": self.image_id,
            "image_tag": self.tag,
            "engine": f"{self._kind(version)} {version.get('Version', '')}".strip(),
            "cgroup": str(info.get("CgroupVersion", "1")) if docker_engine.caps(info) else "none",
            "runtime": self._runtime or str(info.get("DefaultRuntime", "runc")),
            "channel": "unix" if self._unix else "attach",
        }

    def _kind(self, version: Mapping[str, Any]) -> str:
        return "Podman" if self._podman else str(version.get("Platform", {}).get("Name") or "Docker")

    def start(self, limits: Limits) -> DockerWorker:
        from docker.errors import DockerException
        from requests.exceptions import RequestException

        self._check_process()
        if not self.alive():
            raise SandboxError(f"the engine could not start a worker: {docker_engine.silent()}")
        try:
            return self._start_by_socket(limits) if self._unix else self._start_attached(limits)
        except (DockerException, RequestException, OSError) as error:
            raise SandboxError(f"the engine could not start a worker: {error}") from error

    def _start_by_socket(self, limits: Limits) -> DockerWorker:
        """An engine with another file system (a remote one, or codeeval is in a container) never connects a worker to
        the socket: if the first two don't connect, all later ones are attached. After one has connected, a failure is
        only a failure."""
        for _ in range(2):
            try:
                worker = self._start_unix(limits)
            except _NoSocket:
                if not self._fallback:
                    raise
            else:
                self._fallback = False
                return worker
        worker = self._start_attached(limits)
        self._unix = False
        return worker

    def alive(self) -> bool:
        if docker_engine.answers(self._client):
            return True
        self._parent = self._parent.anew()  # it may come back with another one
        return False

    def sweep(self) -> list[str]:
        self._check_process()
        return docker_engine.sweep(self._client)

    def _check_process(self) -> None:
        """A fork has the same connections to the engine: requests from two processes would get each other's answers."""
        if self._process != os.getpid():
            raise BackendUnavailable("this backend belongs to another process: call `select` in this one")

    def _start_unix(self, limits: Limits) -> DockerWorker:
        folder = Path(tempfile.mkdtemp(dir=self._socket_folder()))
        folder.chmod(0o711)
        container = ""
        try:
            with socket.socket(socket.AF_UNIX) as listener:
                _bind_quietly(listener, folder)
                (folder / "s").chmod(0o666)  # the parent folder is private; the container sees only this one
                listener.listen(1)
                with self._parent.turn():
                    container = self._create("unix:/run/sandbox/s", limits, folder)
                    with self._parent.watched(self._client, container):
                        self._client.api.start(container)
                    self._parent.learn(self._client, container)
                connection = self._accept(listener, container)
            (folder / "s").unlink()
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            if container:
                docker_engine.remove(self._client, container)
            raise
        return DockerWorker(
            self._client, container, Channel(connection), lambda: shutil.rmtree(folder, ignore_errors=True)
        )

    def _accept(self, listener: socket.socket, container: str) -> socket.socket:
        deadline = time.monotonic() + _START_DEADLINE_S
        listener.settimeout(1.0)
        while time.monotonic() < deadline:
            with contextlib.suppress(TimeoutError):
                return listener.accept()[0]
            from docker.errors import NotFound

            try:
                if not self._client.api.inspect_container(container)["State"]["Running"]:
                    raise _NoSocket("the worker ended before it had connected")
            except NotFound as error:
                raise _NoSocket("the worker ended before it had connected") from error
        raise SandboxError(f"the worker did not connect within {_START_DEADLINE_S:.0f} s")

    def _start_attached(self, limits: Limits) -> DockerWorker:
        container = self._create("fd:0,1", limits, None)
        try:
            stream = self._client.api.attach_socket(
                container, params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            )
            self._client.api.start(container)
        except BaseException:
            docker_engine.remove(self._client, container)
            raise
        # the SDK's own file object: its socket, duplicated, would not do for TLS and SSH
        return DockerWorker(
            self._client, container, AttachChannel(getattr(stream, "_sock", stream)), lambda: _close_stream(stream)
        )

    def _create(self, channel: str, limits: Limits, folder: Path | None) -> str:
        api = self._client.api
        # separate ids for every worker, for candidates and judges: limits count per user, over all containers and the
        # host
        uid = user_ids.first_of_a_worker()
        created = api.create_container(
            image=self.image_id,
            command=["python3", "-s", "-P", "-c", _BOOT, channel, str(uid), str(limits.memory_mb), str(limits.pids)],
            user="0:0",
            hostname="sandbox",
            working_dir="/",
            environment=ENVIRONMENT,
            labels={docker_engine.LABEL: owner.me()},
            stdin_open=folder is None,
            tty=False,
            host_config=api.create_host_config(**self._host_options(limits, folder)),
        )
        return str(created["Id"])

    def _host_options(self, limits: Limits, folder: Path | None) -> dict[str, Any]:
        """The arguments of `create_host_config`: what a container may do and use. `folder` has the channel's socket."""
        from docker.types import LogConfig

        memory = (limits.memory_mb + _OVERHEAD_MB) << 20
        mounts: dict[str, Mapping[str, str]] = {str(folder): {"bind": "/run/sandbox", "mode": "ro"}} if folder else {}
        tmpfs = f"rw,noexec,nosuid,nodev,mode=1777,size={limits.tmp_mb}m,nr_inodes=8192"
        options: dict[str, Any] = {
            "network_mode": "none",
            "read_only": True,
            "cap_drop": ["ALL"],
            "cap_add": ["SETUID", "SETGID", "KILL"],
            "security_opt": ["no-new-privileges", f"seccomp={self._seccomp}"],
            "pids_limit": limits.pids + _SUPERVISOR_PIDS,
            "mem_limit": memory,
            "memswap_limit": memory,
            "ipc_mode": "none",
            # no terminals: the host has one supply for all its containers, and their memory is not accounted. Nor volumes of the
            # base image: a program could fill the host's disk, and leave files for others
            "tmpfs": {**dict.fromkeys((*self._volumes, "/dev/pts"), _CLOSED), "/tmp": tmpfs, "/dev/shm": tmpfs},
            "binds": mounts,
            "init": False,
            "log_config": LogConfig(type="none"),
            "auto_remove": True,
            "runtime": self._runtime,
            "cgroup_parent": self._parent.chosen,
        }
        return podman.adapted(options, self._socket_folder()) if self._podman else options

    def _socket_folder(self) -> Path:
        with self._lock:
            if self._sockets is None or not self._sockets.is_dir():
                self._sockets = Path(tempfile.mkdtemp(prefix=docker_engine.SOCKETS))
                (self._sockets / "owner").write_text(owner.me())
                # also at the end of the process, if `close` is never called
                weakref.finalize(self, _remove_folder, self._sockets, self._process)
            return self._sockets

    def close(self) -> None:
        """Remove the socket folder and close the connections to the engine."""
        if self._sockets is not None:
            _remove_folder(self._sockets, self._process)
        self._client.close()


def _remove_folder(folder: Path, process: int) -> None:
    """Does nothing in a fork of the process that made the folder."""
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def _bind_quietly(listener: socket.socket, folder: Path) -> None:
    """Bind `folder/s` under a name that reveals nothing about this machine: the container can read it in
    /proc/net/unix."""
    handle = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        listener.bind(f"/proc/self/fd/{handle}/s")
    finally:
        os.close(handle)


class _NoSocket(SandboxError):
    """The supervisor did not connect to the socket."""


def _close_stream(stream: Any) -> None:
    """Close what the SDK holds of an attach stream: the file object and the response that it came with."""
    response = getattr(stream, "_response", stream)
    for part in (stream, response):
        with contextlib.suppress(Exception):
            part.close()
