"""Choose where workers run."""

from __future__ import annotations

import sys
from importlib import import_module

from sandbox.backends.base import Backend, Progress, Worker
from sandbox.backends.packages import Wanted
from sandbox.errors import BackendUnavailable

__all__ = [
    "KINDS",
    "Backend",
    "Progress",
    "Wanted",
    "Worker",
    "build_base",
    "build_image",
    "load",
    "prune_images",
    "select",
    "sweep",
]

#: The names that `select` knows.
KINDS = ("auto", "docker", "local")


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def select(name: str = "auto", progress: Progress | None = None, python: str | None = None) -> Backend:
    """`docker`, `local`, or `auto`: docker if an engine answers, otherwise local; `backend.why` says which and why.
    `python`: the interpreter that executes programs; only `local` can choose it, so `auto` means `local` then.

    Raises BadInterpreter for an unusable `python`; BackendUnavailable, with the remedy, if the named backend (or, for
    `auto`, both) can't work here.
    """
    report = progress or _to_stderr
    if name == "docker" and python is not None:
        raise BackendUnavailable("the docker sandbox has the Python of its image; only the local one takes another")
    if name == "docker":
        from sandbox.backends.docker import DockerBackend

        return DockerBackend(report)
    from sandbox.backends.local import LocalBackend

    if name == "local":
        return LocalBackend(python=python)
    if name == "auto" and python is not None:
        backend = LocalBackend(python=python)
        backend.why = "a Python was named, which only it can use"
        return backend
    if name != "auto":
        raise BackendUnavailable(f"unknown sandbox {name!r}: choose auto, docker or local")
    from sandbox.backends.docker import DockerBackend

    try:
        return DockerBackend(report)
    except BackendUnavailable as no_docker:
        reason = str(no_docker).splitlines()[0]
        try:
            backend = LocalBackend()
        except BackendUnavailable as no_local:
            raise BackendUnavailable(
                f"no sandbox works on this machine.\n  docker: {no_docker}\n  local: {no_local}"
            ) from None
        backend.why = f"local namespaces, because {reason}"
        return backend


def load(name: str) -> None:
    """Import what `select` needs, for a caller that calls it in a thread: two threads that import packages at once can
    block each other."""
    if name != "docker":
        import_module("sandbox.backends.local")
    if name != "local":
        import_module("sandbox.backends.docker")
        import_module("docker.errors")


def sweep() -> list[str]:
    """Remove what dead runs left on this machine and its engine; return the names of what was removed. Raises
    BackendUnavailable if no engine answers, after doing the rest."""
    from sandbox.backends import cgroups, docker_engine

    return cgroups.sweep() + docker_engine.sweep_engine()


def build_image(progress: Progress, base: str | None = None) -> tuple[str, str]:
    """Build the docker backend's image, on this base or the default one, unless it exists: (tag, image id). Raises
    BackendUnavailable."""
    from sandbox.backends import docker_engine, image

    client = docker_engine.connect()
    try:
        built = image.ensure(client, progress, base)
        return built.tag, built.id
    finally:
        client.close()


def build_base(progress: Progress, wanted: Wanted) -> str:
    """Build a base image with packages unless it exists; return its name. Raises BackendUnavailable."""
    from sandbox.backends import docker_engine, packages

    client = docker_engine.connect()
    try:
        return packages.build(client, wanted, progress)
    finally:
        client.close()


def prune_images() -> list[str]:
    """Remove sandbox images that this version would not use; return their names. Raises BackendUnavailable."""
    from sandbox.backends import docker_engine, image

    client = docker_engine.connect()
    try:
        return image.prune(client)
    finally:
        client.close()
