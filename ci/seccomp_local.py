#!/usr/bin/env python3
"""docker/seccomp-local.json, generated from docker/seccomp.json. `ci/seccomp_local.py` updates it.

It is for a container in which codeeval itself runs with the local sandbox. Such a container needs more than a worker
does: a network, the calls of model libraries, and the five calls that make namespaces. Everything else stays refused.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "docker"
SOURCE, PROFILE = FOLDER / "seccomp.json", FOLDER / "seccomp-local.json"

#: Calls that the local sandbox makes and a worker may not. Leaving calls out showed that the namespace flags of `clone`
#: and `setns` are not needed.
NAMESPACES = ("unshare", "mount", "umount2", "pivot_root", "sethostname")
#: Calls that are restricted by their arguments in a worker, but not here.
FREE = ("mmap", "memfd_create", "socket", "socketpair", "setsockopt", "fcntl", "ioctl", "prctl", "sched_setaffinity")
#: File attributes, which a worker is told do not exist.
ATTRIBUTES = ("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr")
#: Calls of model libraries and build tools.
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
