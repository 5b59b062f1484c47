"""Differences between Podman's Docker interface and Docker's that matter for workers (observed with 4.3.1 and 5.4.2).

Podman reads the seccomp profile from a file, supports fewer options of temporary file systems, chooses the runtime by
its own configuration (ignoring the request's), makes /run and /var/tmp of a read-only container world-writable, and
copies the host's names into /etc/hosts. Each is undone here, or refused.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.errors import BackendUnavailable

#: For folders that would be world-writable: owned by root, and empty.
_CLOSED = "rw,noexec,nosuid,nodev,mode=755,size=64k,notmpcopyup"
#: Its defaults are a million and more, which root without CAP_SYS_RESOURCE can't set. The supervisor sets lower ones
#: anyway.
_ULIMITS = [{"Name": "nofile", "Soft": 1024, "Hard": 1024}, {"Name": "nproc", "Soft": 4096, "Hard": 4096}]
_HOSTS = "127.0.0.1\tlocalhost sandbox\n::1\tlocalhost\n"


def answered(version: Mapping[str, Any]) -> bool:
    """Whether the answer to the version query came from Podman."""
    return any("Podman" in str(part.get("Name")) for part in version.get("Components") or [])


def adapted(options: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Podman's host options for a worker, from the arguments of `create_host_config` for Docker.

    `folder` belongs to this process and lasts as long as the workers. A Podman with another file system finds no
    profile there and creates no container: no worker ever runs without the profile.
    """
    kind, _, profile = options["security_opt"][-1].partition("=")
    tmpfs = {path: ",".join(_known(terms)) for path, terms in options["tmpfs"].items()}
    volumes = options["tmpfs"].keys() - {"/tmp", "/dev/shm", "/dev/pts"}
    hosts = {str(_file(folder, "hosts", _HOSTS)): {"bind": "/etc/hosts", "mode": "ro"}}
    return {
        **options,
        "security_opt": [*options["security_opt"][:-1], f"{kind}={_file(folder, 'seccomp.json', profile)}"],
        "tmpfs": {**tmpfs, **dict.fromkeys((*volumes, "/run", "/var/tmp"), _CLOSED)},
        "binds": {**options["binds"], **hosts},
        "ulimits": _ULIMITS,
    }


def check_runtime(wished: str | None, info: Mapping[str, Any]) -> None:
    """Raise BackendUnavailable if another runtime than the engine's is requested, because the request would be
    ignored."""
    used = str(info.get("DefaultRuntime"))
    if wished and wished != used:
        raise BackendUnavailable(
            f"CODEEVAL_RUNTIME={wished}: Podman takes the runtime of its own configuration, now {used}, whatever is asked for.\n"
            f"  Set `runtime` in containers.conf or start it with `podman --runtime {wished} system service`, "
            "or unset CODEEVAL_RUNTIME."
        )


def _known(terms: str) -> list[str]:
    """The options that Podman supports: without a limit on the number of files, only the memory limit bounds it."""
    return [term for term in terms.split(",") if not term.startswith("nr_inodes=")]


def _file(folder: Path, name: str, text: str) -> Path:
    """Written atomically, because workers are started from several threads."""
    path = folder / name
    if not path.exists():
        draft = folder / f"{name}.{os.urandom(8).hex()}"
        draft.write_text(text, "utf-8")
        draft.chmod(0o644)
        draft.replace(path)
    return path
