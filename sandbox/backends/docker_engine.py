"""The engine itself: how to connect to it, what it is, whether it still answers, and what dead runs have left in it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox import owner
from sandbox.backends import image
from sandbox.errors import BackendUnavailable, SandboxError

if TYPE_CHECKING:
    import docker

LABEL = "codeeval.sandbox.owner"
SOCKETS = "codeeval-sandbox-"
#: How long a working engine may take to answer a ping (s).
_PING_S = 10


def connect(timeout_s: int = 120) -> docker.DockerClient:
    """A client of the engine that DOCKER_HOST (or the default socket) names. Raises BackendUnavailable, at the latest
    after the engine has been silent for 10 seconds."""
    from docker.errors import DockerException

    import docker

    try:
        _knock(os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock", _PING_S)
        client = docker.from_env(timeout=_PING_S)  # asks for its version: a hung engine still accepts connections
    except (DockerException, OSError) as error:
        raise no_engine(silent() if "timed out" in str(error).lower() else error) from error
    client.api.timeout = timeout_s
    return client


def described(client: docker.DockerClient) -> tuple[dict[str, Any], dict[str, Any]]:
    """The engine's version and its description of itself (`docker version`, `docker info`). Raises BackendUnavailable."""
    from docker.errors import DockerException

    try:
        return dict(client.version()), dict(client.info())
    except (DockerException, OSError) as error:  # it answered a moment ago
        raise no_engine(error) from error


def is_rootless(info: Mapping[str, Any]) -> bool:
    """Whether the engine runs as an ordinary user, according to its own description (in Docker's or Podman's form)."""
    return "name=rootless" in (info.get("SecurityOptions") or []) or bool(info.get("Rootless"))


def caps(info: Mapping[str, Any]) -> bool:
    """Whether its containers have their own control groups: an ordinary user gets none in version 1, and in version 2
    only from systemd."""
    if info.get("CgroupDriver") == "none":
        return False
    return not (is_rootless(info) and str(info.get("CgroupVersion", "1")) == "1")


def answers(client: docker.DockerClient) -> bool:
    """Whether the engine answers within 10 seconds, less than any other request may take."""
    try:
        return client.api.get(f"{client.api.base_url}/_ping", timeout=_PING_S).ok
    except Exception:
        return False


def silent() -> str:
    return f"it has not answered for {_PING_S} s (stopped, overloaded, or gone?)"


def _knock(host: str, timeout_s: float) -> None:
    """Raise OSError if nothing listens on a Unix socket; the SDK would report it as well, but leave its own socket
    open."""
    if host.startswith("unix:///"):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(timeout_s)
            probe.connect(host.removeprefix("unix://"))


def no_engine(error: object) -> BackendUnavailable:
    where = os.environ.get("DOCKER_HOST") or "/var/run/docker.sock"
    return BackendUnavailable(
        f"no Docker engine answers at {where} ({error}).\n"
        f"  Start one (`{image.script('engine.sh')}` does it as root on Debian and Ubuntu), add yourself to the group `docker`,\n"
        "  point DOCKER_HOST to an engine (Podman's socket works too), or use --sandbox local."
    )


def is_here(client: docker.DockerClient) -> bool:
    return str(client.api.base_url).startswith("http+docker://localhost") and os.uname().sysname == "Linux"


def remove(client: docker.DockerClient, container: str) -> None:
    from docker.errors import DockerException
    from requests.exceptions import RequestException

    # already gone, or just being removed by the engine: both are fine; a dead engine is left to the sweep
    with contextlib.suppress(DockerException, RequestException, OSError):
        client.api.remove_container(container, force=True, v=True)


def sweep_engine() -> list[str]:
    """What `sweep` does, without a client. Raises BackendUnavailable if no engine answers."""
    client = connect()
    try:
        return sweep(client)
    finally:
        client.close()


def sweep(client: docker.DockerClient) -> list[str]:
    from docker.errors import DockerException
    from requests.exceptions import RequestException

    removed = sweep_sockets()
    try:
        for found in client.api.containers(all=True, filters={"label": LABEL}):
            if owner.is_dead(found["Labels"].get(LABEL, "")):
                remove(client, found["Id"])
                removed.append(found["Id"][:12])
    except (DockerException, RequestException) as error:
        raise SandboxError(f"the engine could not list containers: {error}") from error
    return removed


def sweep_sockets() -> list[str]:
    removed = []
    for folder in Path(tempfile.gettempdir()).glob(f"{SOCKETS}*"):
        with contextlib.suppress(OSError):
            mark = folder / "owner"
            who = mark.read_text()
            # Another boot: this machine's earlier one, or another machine on a shared disk, whose folder would be
            # created again.
            if owner.is_dead(who) or (owner.is_of_another_boot(who) and mark.stat().st_mtime < owner.booted()):
                shutil.rmtree(folder, ignore_errors=True)
                removed.append(folder.name)
    return removed
