"""The sandbox image: built on first use from the guest's own files, tagged by a digest of its content.

A different guest, Dockerfile or base gives a different tag, so a stale image can't be used by mistake.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sandbox.backends.base import Progress
from sandbox.errors import BackendUnavailable

if TYPE_CHECKING:
    from docker.models.images import Image

    import docker

REPOSITORY = "codeeval-sandbox"
LABEL = "codeeval.sandbox.image"
DEFAULT_BASE = "python:3.12-slim"
#: Bases that docker/base-image.sh makes, for machines without a registry.
LOCAL_BASES = ("codeeval-base:bookworm", "codeeval-base:trixie", "codeeval-base:forky")
#: What a worker needs beside the folders of the base's Python.
_NEEDED = ("/opt/sandbox", "/bin", "/lib", "/usr/bin", "/usr/lib", "/usr/local/bin", "/usr/local/lib")
#: Variables with which images tell where their Python is.
_PREFIXES = ("VIRTUAL_ENV", "CONDA_DIR", "CONDA_PREFIX", "MAMBA_ROOT_PREFIX", "PYTHONHOME")
_PACKAGE = Path(__file__).resolve().parent.parent


class Built(NamedTuple):
    """An image for workers. `volumes`: the folders that its base declares as such, which every container could write to."""

    tag: str
    id: str
    volumes: tuple[str, ...]


def resource(name: str) -> str:
    """A file of `docker/`, from the installed package or the source checkout."""
    for folder in (_PACKAGE / "image", _PACKAGE.parent / "docker"):
        if (folder / name).is_file():
            return (folder / name).read_text("utf-8")
    raise BackendUnavailable(f"the installation is incomplete: {name} is missing; reinstall the package")


def script(name: str) -> str:
    """The path of a file of `docker/` in the installed package or the source checkout."""
    places = (_PACKAGE / "image" / name, _PACKAGE.parent / "docker" / name)
    return str(next(filter(Path.is_file, places), name))


def _context() -> dict[str, bytes]:
    files = {"Dockerfile": resource("Dockerfile").encode(), "guest/sandbox/__init__.py": b""}
    files["guest/sandbox/wire.py"] = (_PACKAGE / "wire.py").read_bytes()
    for path in sorted((_PACKAGE / "guest").glob("*.py")):
        files[f"guest/sandbox/guest/{path.name}"] = path.read_bytes()
    return files


def _archive(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def has(client: docker.DockerClient, tag: str) -> bool:
    """Whether the engine has this image."""
    return _found(client, tag) is not None


def _found(client: docker.DockerClient, tag: str) -> Image | None:
    """This image, None if the engine does not have it."""
    from docker.errors import ImageNotFound

    try:
        return client.images.get(tag)
    except ImageNotFound:
        return None


def _volumes(found: Image, base: str) -> tuple[str, ...]:
    """The folders that this image on `base` declares as volumes. Raises BackendUnavailable if a worker, in which they are
    empty, could not start without one of them."""
    config = found.attrs.get("Config") or {}
    declared = ["/" + os.path.normpath(path).lstrip("/") for path in config.get("Volumes") or ()]
    needed = (*_NEEDED, *_python_folders(config.get("Env") or ()))
    for path in declared:
        if any(f"{folder}/".startswith(f"{path.rstrip('/')}/") for folder in needed):
            raise BackendUnavailable(
                f"the base image {base} declares {path} as a volume. Volumes are empty in a worker, and this one holds "
                "what it needs: Python, the system's libraries or the sandbox itself.\n"
                "  Name another base with CODEEVAL_BASE=IMAGE, or make one without this volume."
            )
    mounted_anyway = ("/dev/", "/proc/", "/sys/")
    return tuple(path for path in declared if not f"{path}/".startswith(mounted_anyway))


def _python_folders(environment: Iterable[str]) -> list[str]:
    """Where Python may be, as far as an image's environment tells. Homes are on the search path for other reasons."""
    values = dict(entry.partition("=")[::2] for entry in environment)
    path = [
        folder for folder in values.get("PATH", "").split(":") if folder.split("/")[1:2] not in (["home"], ["root"])
    ]
    found = map(os.path.normpath, (*path, *(values.get(name, "") for name in _PREFIXES)))
    return [folder for folder in found if folder.startswith("/")]


def choose_base(client: docker.DockerClient, progress: Progress, named: str | None = None) -> str:
    """`named`, otherwise `CODEEVAL_BASE`, otherwise the default base if it is present or can be pulled, otherwise a
    local base."""
    from docker.errors import APIError

    wished = named or os.environ.get("CODEEVAL_BASE")
    for base in (wished,) if wished else (DEFAULT_BASE, *LOCAL_BASES):
        if has(client, base):
            return base
    base = wished or DEFAULT_BASE
    progress(f"pulling {base} …")
    try:
        repository, _, tag = base.rpartition(":") if ":" in base else (base, "", "latest")
        client.images.pull(repository, tag)
    except APIError as error:
        raise BackendUnavailable(
            f"the base image {base} is not here and can't be pulled ({error.explanation or error}).\n"
            f"  Without a registry, make one with {script('base-image.sh')} (needs root and debootstrap), "
            "or name another with CODEEVAL_BASE=IMAGE."
        ) from error
    return base


def ensure(client: docker.DockerClient, progress: Progress, named: str | None = None) -> Built:
    """The image for this guest, on the base `named`; built now if it does not exist. Raises BackendUnavailable."""
    from docker.errors import APIError, BuildError, DockerException

    try:
        base = choose_base(client, progress, named)
        files = _context()
        tag = _tag(client, base, files)
        found = _found(client, tag)
        volumes = _volumes(found or client.images.get(base), base)  # before the build, which can't write to them
        if found is None:
            _build(client, tag, base, files, progress)
            found = client.images.get(tag)
        return Built(tag, str(found.id), volumes)
    except BuildError as error:
        log = "\n".join(str(line.get("stream", line)).rstrip() for line in error.build_log)[-2000:]
        raise BackendUnavailable(f"the sandbox image could not be built: {error}\n{log}") from error
    except (APIError, DockerException, OSError) as error:
        raise BackendUnavailable(f"the Docker engine failed while the sandbox image was prepared: {error}") from error


def _tag(client: docker.DockerClient, base: str, files: dict[str, bytes]) -> str:
    digest = hashlib.sha256(str(client.images.get(base).id).encode())
    for name, data in files.items():
        digest.update(f"\0{name}\0{len(data)}\0".encode() + data)
    return f"{REPOSITORY}:{digest.hexdigest()[:16]}"


def prune(client: docker.DockerClient, label: str = LABEL) -> list[str]:
    """Remove the images of other guests than the current one (for every local base), except those in use. Return their
    names."""
    from docker.errors import APIError

    wished = os.environ.get("CODEEVAL_BASE")
    files = _context()
    bases = (*((wished,) if wished else ()), DEFAULT_BASE, *LOCAL_BASES)
    keep = {_tag(client, base, files) for base in bases if has(client, base)}
    removed = []
    for found in client.images.list(filters={"label": label}):
        names = [name.rpartition("/")[2] for name in found.tags]  # Podman prefixes them with a host
        if keep.isdisjoint(names):
            with contextlib.suppress(APIError):  # a container of another run still needs it
                client.images.remove(str(found.id))
                removed.append(names[0] if names else str(found.short_id))
    return removed


def _build(client: docker.DockerClient, tag: str, base: str, files: dict[str, bytes], progress: Progress) -> None:
    progress(f"building the sandbox image {tag} from {base} (once) …")
    client.images.build(
        fileobj=io.BytesIO(_archive(files)),
        custom_context=True,
        tag=tag,
        buildargs={"BASE": base},
        network_mode="none" if base in LOCAL_BASES else None,  # they contain everything that is needed
        rm=True,
        forcerm=True,
        labels={LABEL: "1"},
    )
    progress(f"built {tag}")
