"""What a program can see of this machine's files."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path
from typing import Any

import numpy

from sandbox import Job, Pool
from sandbox.backends import Backend

PROGRAM = """
import os

def existing(paths):
    return [path for path in paths if os.path.exists(path)]

def listed(folder):
    return os.listdir(folder) if os.access(folder, os.R_OK) else []

def mounted():
    lines = [line.split() for line in open("/proc/self/mountinfo")]
    return [(fields[4], fields[5].partition(",")[0]) for fields in lines]
"""
#: In the local sandbox; the last two are written for the worker.
ETC = {"alternatives", "ld.so.cache", "ld.so.conf", "localtime", "group", "passwd"}
#: Mounts of a container besides those of the kernel and for temporary files. The engine makes the files in /etc.
FROM_OUTSIDE = {("/run/sandbox", "ro"), ("/etc/hostname", "ro"), ("/etc/hosts", "ro"), ("/etc/resolv.conf", "ro")}


def told(pool: Pool, function: str, **arguments: object) -> Any:
    """What this function of the program returns."""
    (seen,) = pool.submit(Job(PROGRAM, function, (repr(arguments),))).result().observations
    assert seen.status == "returned", seen
    return ast.literal_eval(seen.text or "")


def test_neither_home_nor_project(pool: Pool, tmp_path: Path, repository: Path) -> None:
    """Nor temporary files of others. Of a Python that lies in such a folder its own files are there, and numpy."""
    (tmp_path / "secret").write_text("expected")
    python = [os.path.realpath(path) for path in (sys.base_prefix, numpy.__file__)]
    inside = [path for folder in (Path.home(), repository) for path in folder.iterdir()]
    paths = [str(path) for path in inside if not any(own.startswith(os.path.realpath(path)) for own in python)]
    assert len(paths) > 10
    assert told(pool, "existing", paths=[*paths, str(tmp_path / "secret")]) == []


def test_what_is_mounted(backend: Backend, pool: Pool) -> None:
    """Of a container the channel's folder, which can't be listed or is empty; locally four names in /etc."""
    if backend.name == "local":
        assert set(told(pool, "listed", folder="/etc")) <= ETC
        return
    assert told(pool, "listed", folder="/run/sandbox") == []
    own = ("/proc", "/sys", "/dev", "/tmp")
    assert {
        (path, how) for path, how in told(pool, "mounted") if path != "/" and not path.startswith(own)
    } <= FROM_OUTSIDE
