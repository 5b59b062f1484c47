"""Checks of this machine, each with the remedy if it fails."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.backends.base import Backend
from sandbox.errors import SandboxError
from sandbox.wire import Limits

if TYPE_CHECKING:
    from docker import DockerClient


_OTHERWISE = "take the other kind of sandbox (--sandbox docker or --sandbox local), and report this with the line above"


@dataclass(frozen=True, slots=True)
class Check:
    """`ok` None: information, not a failure."""

    name: str
    ok: bool | None
    detail: str
    remedy: str = ""


def checks() -> list[Check]:
    """All checks, in the order in which to fix them. Never raises."""
    return [_system(), *_container(), _cgroups(), _space(), *_docker(), _local()]


def _system() -> Check:
    detail = f"{platform.system()} {platform.release()} {platform.machine()}, Python {platform.python_version()}, "
    detail += f"{os.cpu_count()} processors"
    linux = platform.system() == "Linux"
    return Check(
        "system", linux, detail, "" if linux else "the sandbox needs Linux; a remote engine (DOCKER_HOST) works too"
    )


def _container() -> list[Check]:
    from sandbox.backends import container

    found = container.rights()
    return [] if found is None else [Check("container", None, container.described(found))]


def _cgroups() -> Check:
    from sandbox.backends import cgroups

    own = "local workers are capped by groups of their own"
    if os.geteuid() != 0 or cgroups.parents() is None:
        own = "local workers can't have their own: their memory is watched instead of capped"
    if Path("/sys/fs/cgroup/cgroup.controllers").exists():
        return Check("control groups", True, f"version 2; {own}")
    if Path("/sys/fs/cgroup/memory").exists():
        return Check("control groups", True, f"version 1; {own}")
    return Check("control groups", None, "none visible here; the engine may still have them")


def _space() -> Check:
    free = shutil.disk_usage(os.environ.get("TMPDIR", "/tmp")).free
    enough = free > 500 << 20
    return Check(
        "disk", enough, f"{free >> 20} MiB free for temporary files", "" if enough else "make room or set TMPDIR"
    )


def _docker() -> list[Check]:
    from sandbox.backends import docker, docker_engine, image

    try:
        client = docker_engine.connect(timeout_s=10)
    except SandboxError as error:
        first, *rest = str(error).splitlines()
        return [Check("docker", False, first, "\n".join(line.strip() for line in rest))]
    try:
        found = engine(client.version(), client.info(), os.environ.get("CODEEVAL_RUNTIME") or "")
        built = client.images.list(name=image.REPOSITORY)
        found.append(Check("image", None, f"{len(built)} built" if built else "not built yet: the first run builds it"))
        found.append(_try("docker worker", lambda: docker.DockerBackend(lambda _: None)) if built else _base(client))
        return found
    except Exception as error:
        return [
            Check("docker", False, f"the engine answers but fails: {error}", "restart the engine and look into its log")
        ]
    finally:
        client.close()


def engine(version: Mapping[str, Any], info: Mapping[str, Any], wished: str) -> list[Check]:
    """Identify the engine and whether it supports gVisor; the arguments are its API's answers, and the requested
    runtime."""
    from sandbox.backends import docker_engine, podman

    kind = "Podman" if podman.answered(version) else "Docker"
    control = f"cgroup v{info.get('CgroupVersion', '1')}"
    rootless = ", rootless" if docker_engine.is_rootless(info) else ""
    if not docker_engine.caps(info):
        control += " that it can't use: memory is watched instead of capped"
    said = Check("docker", True, f"{kind} {version.get('Version')}{rootless}, {control}, {info.get('Driver')}")
    if kind == "Podman":  # it lists every runtime that it supports, installed or not, and uses its own choice
        used = info.get("DefaultRuntime")
        return [
            said,
            Check("gVisor", None, "used" if used == "runsc" else f"not used (Podman's configuration names {used})"),
        ]
    runtimes = sorted(info.get("Runtimes") or {})
    known = f"runtimes: {', '.join(runtimes) or 'default'}"
    if wished and wished not in runtimes and "/" not in wished and "." not in wished:
        remedy = "add it to the engine's runtimes (/etc/docker/daemon.json) and restart the engine, or unset CODEEVAL_RUNTIME"
        return [said, Check("gVisor", False, f"CODEEVAL_RUNTIME={wished} is not known to the engine ({known})", remedy)]
    if "runsc" not in runtimes:
        return [said, Check("gVisor", None, f"not installed ({known})")]
    used = " and used" if wished == "runsc" else ": CODEEVAL_RUNTIME=runsc uses it"
    return [said, Check("gVisor", None, f"runsc is installed{used}")]


def _base(client: DockerClient) -> Check:
    from sandbox.backends import image

    names = (image.DEFAULT_BASE, *image.LOCAL_BASES)
    present = [name for name in names if image.has(client, name)]
    if present:
        return Check("base image", True, f"{present[0]} is here")
    return Check(
        "base image",
        None,
        f"none here: {names[0]} will be pulled",
        f"without a registry: {image.script('base-image.sh')} (root, debootstrap)",
    )


def _local() -> Check:
    from sandbox.backends.local import LocalBackend

    return _try("local worker", LocalBackend)


def _try(name: str, make: Callable[[], Backend]) -> Check:
    """Start one real worker, run one program in it, and judge another by test code."""
    from sandbox.pool import Pool
    from sandbox.wire import Job, Tests

    try:
        backend = make()
        try:
            with Pool(backend, workers=1, limits=Limits(), patience_s=1.0) as pool:
                source = "def f():\n    return 6 * 7\n"
                outcome = pool.submit(Job(source, "f", ("{}",))).result(timeout=60)
                judged = pool.submit(Job(source, "f", (), None, "assert", Tests("assert f() == 42\n"))).result(
                    timeout=60
                )
        finally:
            backend.close()
    except (SandboxError, TimeoutError) as error:
        first, *rest = str(error).splitlines() or [type(error).__name__]
        return Check(name, False, first, "\n".join(line.strip() for line in rest) or _OTHERWISE)
    if outcome.observations[0].text != "42":
        return Check(name, False, f"a program gave {outcome.status}", _OTHERWISE)
    ruling = judged.ruling.status if judged.ruling is not None else "nothing"
    if (judged.status, ruling) != ("completed", "passed"):
        return Check(name, False, f"tests of a right program gave {judged.status}, {ruling}", _OTHERWISE)
    return Check(name, True, f"ran a program ({outcome.guest}) and tests that are code")
