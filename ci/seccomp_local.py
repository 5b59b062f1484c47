#!/usr/bin/env python3
"""docker/seccomp-local.json, made from docker/seccomp.json: `ci/seccomp_local.py` writes it anew.

It is for a container that codeeval itself runs in, with the local sandbox inside. What such a container needs beyond a worker: a
network, the calls of model libraries, and five calls with which namespaces are made. Everything else stays refused.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "docker"
SOURCE, PROFILE = FOLDER / "seccomp.json", FOLDER / "seccomp-local.json"

#: All that the local sandbox calls and a worker may not. That the namespace flags of `clone` are no part of it, nor `setns`,
#: was found by leaving them out.
NAMESPACES = ("unshare", "mount", "umount2", "pivot_root", "sethostname")
#: Calls that are restricted by their arguments in a worker, and are not here.
FREE = ("mmap", "memfd_create", "socket", "socketpair")
#: Attributes of files, which a worker is told do not exist.
ATTRIBUTES = ("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr")
#: What libraries of models and tools of a build call.
LIBRARIES = (
    *("sync", "syncfs", "mbind", "set_mempolicy", "get_mempolicy", "migrate_pages", "move_pages", "get_thread_area"),
    *("sched_setscheduler", "sched_setparam", "sched_setattr", "ioprio_get", "ioprio_set", "chroot", "pidfd_getfd"),
    *(
        "shmget",
        "shmat",
        "shmctl",
        "shmdt",
        "semget",
        "semop",
        "semtimedop",
        "semctl",
        "msgget",
        "msgsnd",
        "msgrcv",
        "msgctl",
    ),
)


def profile() -> dict[str, Any]:
    """The profile as a value."""
    worker = json.loads(SOURCE.read_text("utf-8"))
    lifted = {*FREE, *ATTRIBUTES}
    kept = [rule for rule in worker["syscalls"] if not lifted & set(rule["names"])]
    more = [
        _allowed("namespaces, which the local sandbox makes", NAMESPACES),
        _allowed("restricted in a worker only", (*FREE, *ATTRIBUTES)),
        _allowed("libraries of models and tools of a build", LIBRARIES),
    ]
    return {**worker, "syscalls": [*kept, *more]}


def _allowed(comment: str, names: tuple[str, ...]) -> dict[str, Any]:
    return {"comment": comment, "names": list(names), "action": "SCMP_ACT_ALLOW"}


def rendered() -> str:
    return json.dumps(profile(), indent=1) + "\n"


if __name__ == "__main__":
    PROFILE.write_text(rendered(), "utf-8")
