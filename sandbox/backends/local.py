"""Workers in fresh Linux namespaces on this machine: for laptops and CI jobs without an engine.

Covered: separate user, pid, network, mount, ipc, uts and cgroup namespaces; a root that holds a read-only view of the
interpreter and the system's libraries and nothing else (no home, no project, no site-packages); small tmpfs mounts; no
capabilities for candidates; no new privileges; a system-call filter; process, address-space and file limits. If started
by root, also a control group per worker if one can be made (`cgroups.py`): the kernel then caps and counts memory,
processes and processor time. Not covered as tightly as by docker: without such a group memory is watched (every 20 ms)
and not capped; if started by an unprivileged user, supervisor and candidates share one user id (see SECURITY.md).
"""

from __future__ import annotations

import glob
import json
import os
import platform
import socket
import subprocess
import sys
import threading
import weakref
from functools import cached_property
from pathlib import Path

from sandbox import wire
from sandbox.backends import cgroups, container, interpreter, seccomp, user_ids
from sandbox.backends.base import ENVIRONMENT, worker_limits
from sandbox.channel import Channel
from sandbox.errors import BackendUnavailable, SandboxError
from sandbox.wire import Limits

_PACKAGE = Path(__file__).resolve().parent.parent
_GUEST_ROOT = "/opt/sandbox"
_COMMANDS = "/opt/commands"
_BOOT = f"import sys; sys.path.append('{_GUEST_ROOT}'); from sandbox.guest.boot import main; main()"
_TOP = ("/bin", "/lib", "/lib64", "/lib32")
_SYSTEM = ("/usr/bin", "/usr/lib", "/usr/lib64", "/usr/lib32", "/usr/libx32", "/usr/share/zoneinfo")
_FILES = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/localtime", "/etc/alternatives")
#: Of the worker that is started to find out whether it works; a pool's usual ones.
_PROBED = Limits()
_REMEDY = (
    "  The local sandbox needs Linux with user namespaces. As root: `sysctl -w user.max_user_namespaces=15000`, on Debian\n"
    "  also `sysctl -w kernel.unprivileged_userns_clone=1`, on Ubuntu 24.04\n"
    "  `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`. Or use a Docker engine (--sandbox docker)."
)


class LocalWorker:
    """An outer process that waits for PID 1 of the namespaces; killing it kills them all."""

    def __init__(self, process: subprocess.Popen[bytes], channel: Channel, group: cgroups.Group | None = None) -> None:
        self._process, self._group = process, group
        self.channel = channel

    def kill(self) -> None:
        self.channel.close()
        self._process.kill()
        self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()
        if self._group is not None:
            self._group.remove()


class _Probed:
    """The worker that was started to find out whether namespaces can be used, until it is taken; never in a fork of the
    process that started it."""

    def __init__(self) -> None:
        self.worker: LocalWorker | None = None
        self._process, self._lock = os.getpid(), threading.Lock()

    def take(self) -> LocalWorker | None:
        if self._process != os.getpid():
            return None
        with self._lock:
            worker, self.worker = self.worker, None
            return worker

    def end(self) -> None:
        if (worker := self.take()) is not None:
            worker.kill()


class LocalBackend:
    """Raises BackendUnavailable on construction if namespaces can't be made: one worker is started to find out, and is the
    first one that `start` returns."""

    name = "local"

    def __init__(self, python: str | None = None) -> None:
        """`python`: the interpreter that executes programs, None for this process's. Raises BadInterpreter."""
        self.why = "chosen by name"
        if sys.platform != "linux":
            raise BackendUnavailable(f"the local sandbox needs Linux, this is {sys.platform}.\n{_REMEDY}")
        self._named, self._python = python, interpreter.named(python) if python is not None else interpreter.own()
        self._probed = _Probed()
        weakref.finalize(self, self._probed.end)  # also if `close` is never called
        self._groups = cgroups.parents() if os.geteuid() == 0 else None
        if self._groups is not None:
            try:
                self._probe()
                return
            except (OSError, SandboxError):
                self._groups = None
        self._probe()

    def describe(self) -> dict[str, str]:
        return {
            "backend": self.name,
            "image": self._python.title,
            **({"interpreter": self._named} if self._named is not None else {}),
            "kernel": platform.release(),
            "users": "separate" if os.geteuid() == 0 else "shared",
            "seccomp": "deny-list" if seccomp.program() else "none",
            "cgroup": str(self._groups.version) if self._groups is not None else "none",
            "channel": "socketpair",
        }

    def alive(self) -> bool:
        return True

    def sweep(self) -> list[str]:
        # a worker ends with the host's end of its channel and has no file outside; only its group may be left
        return cgroups.sweep()

    def start(self, limits: Limits) -> LocalWorker:
        probed = self._probed.take()
        if probed is not None:
            if worker_limits(limits) == worker_limits(_PROBED):
                return probed
            probed.kill()
        return self._start(limits)

    def _start(self, limits: Limits) -> LocalWorker:
        ours, theirs = socket.socketpair()
        group: cgroups.Group | None = None
        try:
            if self._groups is not None:
                group = cgroups.make(self._groups, limits)
            process = _enter_namespaces(self._worker_plan(limits, theirs.fileno(), group), theirs.fileno())
        except OSError as error:
            ours.close()
            if group is not None:
                group.remove()
            raise SandboxError(f"a local worker could not be started: {error}") from error
        finally:
            theirs.close()
        if process.stdout is not None:
            process.stdout.close()
        return LocalWorker(process, Channel(ours), group)

    def _worker_plan(self, limits: Limits, fd: int, group: cgroups.Group | None) -> dict[str, object]:
        user = str(1000) if os.geteuid() == 0 else "-"
        python = str(self._plan["python"])  # by its path: `sys.executable`
        return self._plan | {
            "join": group.join if group is not None else (),
            "meters": group.binds if group is not None else (),
            "fd": fd,
            "tmp_mb": limits.tmp_mb,
            "outside_uid": user_ids.first_of_a_worker(),
            "command": [
                *(python, "-s", "-P", "-c", _BOOT, f"fd:{fd},{fd}", user),
                *(str(limits.memory_mb), str(limits.pids)),
            ],
        }

    def close(self) -> None:
        """End the first worker if no one has taken it; nothing else is held."""
        self._probed.end()

    def _probe(self) -> None:
        worker = self._start(_PROBED)
        try:
            worker.channel.expect(30.0, wire.MAX_READY_BYTES)
            self._probed.worker = worker
        except SandboxError as error:
            worker._process.kill()
            said = (
                worker._process.stderr.read(2_000).decode("utf-8", "replace").strip() if worker._process.stderr else ""
            )
            help = container.remedy(said) or _REMEDY
            raise BackendUnavailable(f"namespaces can't be used here ({said or error}).\n{help}") from error
        finally:
            if self._probed.worker is None:
                worker.kill()

    @cached_property
    def _plan(self) -> dict[str, object]:
        """What every worker of this backend needs; see enter_namespaces.py. Sources are paths of this machine, all
        others are paths inside the worker."""
        python, root = self._python, self._python.root
        links = {path: os.readlink(root + path) for path in _TOP if os.path.islink(root + path)}
        links[f"{_COMMANDS}/python3"] = python.path
        real = [path for path in _TOP if os.path.isdir(root + path) and not os.path.islink(root + path)]
        binds = [*real, *_SYSTEM, *_FILES, python.stdlib, python.path, python.library]
        return {
            "python": python.path,
            "links": links,
            "binds": [(root + path, path) for path in _outermost([p for p in binds if os.path.exists(root + p)])],
            "masks": package_folders(root, python.stdlib),
            "extras": [(root + path, f"{_GUEST_ROOT}/{os.path.basename(path)}") for path in python.packages],
            "files": _guest_files(),
            "seccomp": seccomp.program().hex(),
            "environment": _environment(python),
        }


def _enter_namespaces(plan: dict[str, object], fd: int) -> subprocess.Popen[bytes]:
    """Start a worker's outer process, which inherits `fd`. Raises OSError."""
    with open(os.memfd_create("plan"), "w+b") as told:  # too long for an argument, and a pipe might block
        told.write(json.dumps(plan).encode())
        told.seek(0)
        return subprocess.Popen(
            [interpreter.own().path, "-I", "-S", str(_PACKAGE / "backends" / "enter_namespaces.py")],
            stdin=told,
            stdout=subprocess.PIPE,  # a pipe from the start: only then Python determines whether `sys.stdout` is seekable
            stderr=subprocess.PIPE,
            pass_fds=(fd,),
            env={"LANG": "C.UTF-8"},
            start_new_session=True,  # keeps the terminal's Ctrl-C from the workers, which are stopped explicitly
        )


def _environment(python: interpreter.Interpreter) -> dict[str, str]:
    """Programs start this interpreter as `sys.executable` and as `python3`, and any other interpreter must find its own
    library: PYTHONHOME is set only if this one would not find its library from its location."""
    found = ENVIRONMENT | {"PATH": f"{_COMMANDS}:/usr/bin:/bin", "PYTHONPATH": _GUEST_ROOT}
    home = python.home if python.root else os.path.realpath(python.home)
    if os.path.dirname(python.path) != os.path.join(home, "bin"):
        found["PYTHONHOME"] = python.home
    return found


def package_folders(root: str, stdlib: str) -> list[str]:
    """Where packages of this and of any other Python are, below the folders that workers see: problem sets with their expected
    outputs may be among them. Some systems keep those in pure Python elsewhere than beside the library."""
    found = glob.glob("usr/lib*/py*/*-packages", root_dir=root or "/")
    return sorted({f"{stdlib}/site-packages", f"{stdlib}/dist-packages", *(f"/{path}" for path in found)})


def _outermost(paths: list[str]) -> list[str]:
    """Drop paths inside other ones: a second bind would hide the masks of the first."""
    kept: list[str] = []
    for path in sorted(set(paths), key=len):
        if not any(path == other or path.startswith(other + "/") for other in kept):
            kept.append(path)
    return kept


def _guest_files() -> dict[str, str]:
    files = {
        f"{_GUEST_ROOT}/sandbox/__init__.py": "",
        f"{_GUEST_ROOT}/sandbox/wire.py": (_PACKAGE / "wire.py").read_text("utf-8"),
        "/etc/passwd": "root:x:0:0::/:/bin/false\nsandbox:x:1000:1000::/tmp:/bin/false\n",
        "/etc/group": "root:x:0:\nsandbox:x:1000:\n",
    }
    for path in sorted((_PACKAGE / "guest").glob("*.py")):
        files[f"{_GUEST_ROOT}/sandbox/guest/{path.name}"] = path.read_text("utf-8")
    return files
