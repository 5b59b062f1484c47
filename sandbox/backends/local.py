"""Workers in fresh Linux namespaces on this machine: for laptops and CI jobs without an engine.

Covered: user, pid, network, mount, ipc, uts and cgroup namespaces of their own; a root that holds a read-only view of the
interpreter and the system's libraries and nothing else (no home, no project, no site-packages); small tmpfs mounts; no
capabilities for candidates; no new privileges; a system-call filter; process, address-space and file limits.
Started by root, a control group per worker as well where one can be made (`groups.py`): then memory, processes and processor
time are the kernel's to cap and to count. Not covered as tightly as by docker: without such a group memory is watched (every
20 ms) and not capped; started by an unprivileged user, supervisor and candidates share one user id (see SECURITY.md).
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import socket
import subprocess
import sys
import sysconfig
from functools import cached_property
from pathlib import Path

from sandbox.backends import cgroups, container, seccomp, user_ids
from sandbox.backends.base import ENVIRONMENT
from sandbox.channel import Channel
from sandbox.errors import BackendUnavailable, SandboxError
from sandbox.wire import Limits

_PACKAGE = Path(__file__).resolve().parent.parent
_GUEST_ROOT = "/opt/sandbox"
_COMMANDS = "/opt/commands"
_BOOT = f"import sys; sys.path.append('{_GUEST_ROOT}'); from sandbox.guest.boot import main; main()"
_SYSTEM = ("/usr/bin", "/usr/lib", "/usr/lib64", "/usr/lib32", "/usr/libx32", "/usr/share/zoneinfo")
_FILES = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/localtime", "/etc/alternatives")
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


class LocalBackend:
    """Raises BackendUnavailable at construction where namespaces can't be made."""

    name = "local"

    def __init__(self, control_groups: bool = True) -> None:
        """`control_groups` False: does without, as where none can be made."""
        self.why = "chosen by name"
        if sys.platform != "linux":
            raise BackendUnavailable(f"the local sandbox needs Linux, this is {sys.platform}.\n{_REMEDY}")
        self._groups = cgroups.parents() if control_groups and os.geteuid() == 0 else None
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
            "image": f"host python {platform.python_version()}",
            "kernel": platform.release(),
            "users": "separate" if os.geteuid() == 0 else "shared",
            "seccomp": "deny-list" if seccomp.program() else "none",
            "cgroup": str(self._groups.version) if self._groups is not None else "none",
            "channel": "socketpair",
        }

    def alive(self) -> bool:
        return True

    def sweep(self) -> list[str]:
        # a worker ends with its host's end of the channel, and has no file outside; its group is what may be left
        return cgroups.sweep()

    def start(self, limits: Limits) -> LocalWorker:
        ours, theirs = socket.socketpair()
        group: cgroups.Group | None = None
        try:
            if self._groups is not None:
                group = cgroups.make(self._groups, limits)
            plan = self._plan | {
                "join": group.join if group is not None else (),
                "meters": group.binds if group is not None else (),
                "fd": theirs.fileno(),
                "tmp_mb": limits.tmp_mb,
                "outside_uid": user_ids.first_of_a_worker(),
            }
            user = str(1000) if os.geteuid() == 0 else "-"
            channel = f"fd:{theirs.fileno()},{theirs.fileno()}"
            plan["command"] = [
                *(str(plan["python"]), "-s", "-P", "-c", _BOOT, channel, user),  # by its path: `sys.executable`
                *(str(limits.memory_mb), str(limits.pids)),
            ]
            with open(os.memfd_create("plan"), "w+b") as told:  # too long for an argument, and a pipe might block
                told.write(json.dumps(plan).encode())
                told.seek(0)
                process = subprocess.Popen(
                    [str(plan["python"]), "-I", "-S", str(_PACKAGE / "backends" / "enter_namespaces.py")],
                    stdin=told,
                    stdout=subprocess.PIPE,  # a pipe from the start: Python asks only then whether `sys.stdout` can seek
                    stderr=subprocess.PIPE,
                    pass_fds=(theirs.fileno(),),
                    env={"LANG": "C.UTF-8"},
                    start_new_session=True,  # the terminal's Ctrl-C is for us alone; we end the workers ourselves
                )
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

    def close(self) -> None:
        """Nothing is held beyond the workers."""

    def _probe(self) -> None:
        worker = self.start(Limits())
        try:
            worker.channel.receive(30.0, 65_536)
        except SandboxError as error:
            worker._process.kill()
            said = (
                worker._process.stderr.read(2_000).decode("utf-8", "replace").strip() if worker._process.stderr else ""
            )
            help = container.remedy(said) or _REMEDY
            raise BackendUnavailable(f"namespaces can't be used here ({said or error}).\n{help}") from error
        finally:
            worker.kill()

    @cached_property
    def _plan(self) -> dict[str, object]:
        """What every worker of this process needs; see enter.py."""
        python = os.path.realpath(getattr(sys, "_base_executable", sys.executable) or sys.executable)
        links = {path: os.readlink(path) for path in ("/bin", "/lib", "/lib64", "/lib32") if os.path.islink(path)}
        links[f"{_COMMANDS}/python3"] = python
        real = [path for path in ("/bin", "/lib", "/lib64") if os.path.isdir(path) and not os.path.islink(path)]
        stdlib = sysconfig.get_path("stdlib")
        shared = sysconfig.get_config_var("LIBDIR") or ""
        library = os.path.join(shared, sysconfig.get_config_var("INSTSONAME") or "-")
        binds = [*real, *_SYSTEM, *_FILES, stdlib, python, library]
        masks = ["/usr/lib/python3/dist-packages", "/usr/lib/python3/site-packages"]
        masks += [f"{stdlib}/site-packages", f"{stdlib}/dist-packages"]
        numpy = _numpy_folders()
        return {
            "python": python,
            "links": links,
            "binds": _outermost([path for path in binds if os.path.exists(path)]),
            "masks": masks,
            "extras": [(str(path), f"{_GUEST_ROOT}/{path.name}") for path in numpy],
            "files": _guest_files(),
            "seccomp": seccomp.program().hex(),
            "environment": _environment(python),
        }


def _environment(python: str) -> dict[str, str]:
    """Programs start this interpreter as `sys.executable` and as `python3`, and any other one must find its own library: the
    home is told only where this one would not find it from its place."""
    found = ENVIRONMENT | {"PATH": f"{_COMMANDS}:/usr/bin:/bin", "PYTHONPATH": _GUEST_ROOT}
    if os.path.dirname(python) != os.path.join(os.path.realpath(sys.base_prefix), "bin"):
        found["PYTHONHOME"] = sys.base_prefix
    return found


def _outermost(paths: list[str]) -> list[str]:
    """Without those that lie inside another one: a second bind would hide the masks of the first."""
    kept: list[str] = []
    for path in sorted(set(paths), key=len):
        if not any(path == other or path.startswith(other + "/") for other in kept):
            kept.append(path)
    return kept


def _numpy_folders() -> list[Path]:
    """numpy and its bundled libraries, the one package beyond the standard library that programs may use."""
    found = importlib.util.find_spec("numpy")
    if found is None or not found.origin:
        return []
    folder = Path(found.origin).parent
    return [path for path in (folder, folder.parent / "numpy.libs") if path.is_dir()]


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
