"""A base image with additional packages: another Python, and what programs may import besides numpy.

pip on this machine selects and downloads the packages, so its index, its credentials and its proxy are used and none of
them ends up in the image; only wheels, because nothing is compiled or executed for it. The same base and requirements
give the same name.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.backends import image
from sandbox.backends.base import Progress
from sandbox.errors import BackendUnavailable

if TYPE_CHECKING:
    import docker

REPOSITORY = "codeeval-base-with"
_ASK = "import json, sys, sysconfig; print(json.dumps([sys.version_info[:2], sysconfig.get_path('purelib')]))"
_OTHER_FILE = re.compile(r"\s*(?:-[rc]\s*|--(?:requirement|constraint)(?:\s+|=))(\S+)")
_DOCKERFILE = "ARG BASE\nFROM ${BASE}\nCOPY packages/ %s/\nRUN python3 -m compileall -q %s || true\n"


@dataclass(frozen=True, slots=True)
class Wanted:
    """`base`: an image with python3, None for the default one. `packages` as pip names them; `requirements`: a pip
    requirements file."""

    base: str | None = None
    packages: tuple[str, ...] = ()
    requirements: Path | None = None


def build(client: docker.DockerClient, wanted: Wanted, progress: Progress) -> str:
    """Build the requested base image unless it exists; return its name, for CODEEVAL_BASE. Raises
    BackendUnavailable."""
    from docker.errors import APIError, BuildError, DockerException

    base = image.choose_base(client, progress, wanted.base)
    if not (wanted.packages or wanted.requirements):
        return base
    try:
        lines = _lines(wanted)
        digest = hashlib.sha256("\0".join((str(client.images.get(base).id), *lines)).encode()).hexdigest()[:16]
        tag = f"{REPOSITORY}:{digest}"
        if image.has(client, tag):
            return tag
        version, folder = json.loads(
            client.containers.run(base, ["python3", "-c", _ASK], remove=True, network_mode="none")
        )
        progress(f"fetching packages for Python {version[0]}.{version[1]} …")
        with tempfile.TemporaryDirectory(prefix="codeeval-packages-") as place:
            _fetch(wanted, f"{version[0]}.{version[1]}", Path(place))
            progress(f"building the base image {tag} from {base} (once) …")
            client.images.build(
                fileobj=_context(Path(place), folder),
                custom_context=True,
                tag=tag,
                buildargs={"BASE": base},
                network_mode="none",
                rm=True,
                forcerm=True,
            )
        return tag
    except (APIError, BuildError, DockerException, OSError, ValueError) as error:
        raise BackendUnavailable(f"the base image with these packages could not be built: {error}") from error


def _lines(wanted: Wanted) -> tuple[str, ...]:
    """The request to pip as lines of a requirements file, including those of the files that it names."""
    told = _told(wanted.requirements, set()) if wanted.requirements is not None else ()
    return tuple(line for line in (*told, *wanted.packages) if line.strip())


def _told(file: Path, seen: set[Path]) -> Iterator[str]:
    seen.add(file.resolve())
    for line in file.read_text("utf-8").splitlines():
        yield line
        if (named := _OTHER_FILE.match(line)) is not None and "://" not in named[1]:
            other = file.parent / named[1]
            if other.resolve() not in seen:
                yield from _told(other, seen)


def _fetch(wanted: Wanted, version: str, place: Path) -> None:
    if find_spec("pip") is None:
        raise BackendUnavailable(
            f"packages are fetched by pip, and the environment of {sys.executable} has none: install pip into it\n"
            "  (with uv: `uv pip install pip`, or `uvx --with pip --from …`)"
        )
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += ["--only-binary=:all:", f"--python-version={version}", f"--target={place}"]
    if wanted.requirements is not None:
        command += ["--requirement", str(wanted.requirements)]
    done = subprocess.run(
        [*command, "--", *wanted.packages], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if not line.startswith("WARNING")]
        raise BackendUnavailable(
            "pip can't get these packages as wheels for Python " + version + ":\n  " + "\n  ".join(said[-5:])
        )


def _context(place: Path, folder: str) -> io.BytesIO:
    """The archive for the engine, with the files owned by root."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        text = (_DOCKERFILE % (folder, folder)).encode()
        entry = tarfile.TarInfo("Dockerfile")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text))
        archive.add(place, "packages", filter=_as_root)
    buffer.seek(0)
    return buffer


def _as_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry
