"""This process's connection to a Ray cluster, which all its pools share, and what is left behind when it ends."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from sandbox.ray_auth import MODE, OwnToken

#: How long a killed process may take to end (s).
_KILLED_S = 5.0
#: Held while this process connects or leaves: Ray knows one connection per process.
LOCK = threading.RLock()


class Session:
    """This process's connection to a cluster, which all its pools share. `ours`: made here, and so left by the last of
    them; a trainer may have its own. `folder`: Ray's logs and sockets, if the cluster is started here."""

    current: Session | None = None
    _leaving: threading.Thread | None = None

    def __init__(self, ray: Any, *, ours: bool) -> None:
        self.ray, self.ours = ray, ours
        self.users = 0
        self.callers: list[threading.Thread] = []
        self.token: OwnToken | None = None
        self.folder: str | None = None

    def start_here(self) -> None:
        """Make what a cluster on this machine needs."""
        self.folder = tempfile.mkdtemp(prefix="sandbox-ray-", dir="/tmp")  # the path of a socket must be short
        atexit.register(self._remove_folder)  # Ray's own handlers, registered later, come before
        self.token = OwnToken()

    def leave(self, wait_s: float = 10.0) -> None:
        """Leave the cluster, and stop it if it was started here. The threads that call it end before, however long that
        takes: one that called Ray afterwards would end the whole process, with exit code 1."""

        def leave() -> None:
            for thread in self.callers:
                thread.join()
            if Session.current in (None, self):  # another pool may have connected, or joined, meanwhile
                self.ray.shutdown()

        thread = threading.Thread(target=leave, name="ray-end", daemon=True)
        try:
            thread.start()
            Session._leaving = thread
            thread.join(wait_s)
        finally:
            self.forget()

    @staticmethod
    def has_left(wait_s: float) -> bool:
        """Whether this process has left its former cluster, or does within this time. Without a head that takes some
        seconds, and until then Ray can't connect to another cluster."""
        thread = Session._leaving
        if thread is None:
            return True
        thread.join(wait_s)
        return not thread.is_alive()

    def forget(self) -> None:
        """Remove what was made for a cluster that was started here."""
        if self.token is not None:
            self.token.forget()
        self._remove_folder()
        atexit.unregister(self._remove_folder)

    def _remove_folder(self) -> None:
        if self.folder is not None:
            _end_processes(self.folder, os.path.dirname(self.ray.__file__))
            shutil.rmtree(self.folder, ignore_errors=True)


def token_hint() -> str:
    """For a process with a token: a cluster that asks for none lets it in, but its actors can't answer. "" without one,
    and if the cluster was started here."""
    own = Session.current is not None and Session.current.token is not None
    if own or os.environ.get(MODE) != "token":
        return ""
    return f"If the cluster asks for no token, set {MODE}=disabled here: this process has {MODE}=token."


def _end_processes(folder: str, package: str) -> None:
    """Kill Ray's processes with this folder: of a start that was interrupted Ray itself may not know every process, and
    they would write into the folder while it is removed."""

    def left() -> list[int]:
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _is_of(folder, package, pid)]

    deadline = time.monotonic() + _KILLED_S
    while (pids := left()) and time.monotonic() < deadline:
        for pid in pids:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _is_of(folder: str, package: str, pid: int) -> bool:
    """Whether both are in the command line of a running process."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()  # empty for a process that has ended
    except OSError:
        return False
    return folder.encode() in command and package.encode() in command
