"""The connection to a Ray cluster: how it is made and configured, and which of Ray's output must not reach a user.

`ray` is imported here and nowhere else in the driver, and only if a cluster is named.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import shutil
import signal
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sandbox.errors import BackendUnavailable
from sandbox.ray_address import knock, resolved
from sandbox.ray_auth import OwnToken, rays_own_words, refusal
from sandbox.ray_places import Cluster, Place, group_of, places, shortage, strategy

#: Ray's own client exits the process, with code 1, when the head has been away for this long. The pool gives up
#: earlier.
_RECONNECT_S = "604800"
_OBJECT_STORE_BYTES = 80 * 1024 * 1024
#: How long a killed process may take to end (s).
_KILLED_S = 5.0


#: Held while this process connects or leaves: Ray knows one connection per process.
_LOCK = threading.RLock()


class _Session:
    """This process's connection to a cluster, which all its pools share. `ours`: made here, and so left by the last of
    them; a trainer may have its own. `folder`: Ray's logs and sockets, if the cluster is started here."""

    current: _Session | None = None

    def __init__(self, ray: Any, *, ours: bool) -> None:
        self.ray, self.ours = ray, ours
        self.users = 0
        self.token: OwnToken | None = None
        self.folder: str | None = None

    def start_here(self) -> None:
        """Make what a cluster on this machine needs."""
        self.folder = tempfile.mkdtemp(prefix="sandbox-ray-", dir="/tmp")  # the path of a socket must be short
        atexit.register(self._remove_folder)  # Ray's own handlers, registered later, come before
        self.token = OwnToken()

    def leave(self, wait_s: float = 10.0) -> None:
        """Leave the cluster, and stop it if it was started here."""
        try:
            _in_time(self.ray.shutdown, wait_s)
        finally:
            self.forget()

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


class Connection:
    """A driver's connection to a cluster. Raises BackendUnavailable, with the remedy, if there is none."""

    def __init__(self, cluster: Cluster) -> None:
        self._ray = _imported()
        self._cluster = cluster
        with _LOCK:
            if not self._ray.is_initialized():
                self._connect()
            else:
                self._check_address()
            if _Session.current is None:
                _Session.current = _Session(self._ray, ours=False)
            self._session: _Session | None = _Session.current
            self._session.users += 1
        try:
            self._group = group_of(self._ray, cluster)
        except BaseException:
            self.close()
            raise

    def _connect(self) -> None:
        self._cluster, address, source = resolved(self._cluster)
        knock(address, source)
        session = _Session(self._ray, ours=True)
        if self._cluster.address == "local":
            session.start_here()
        try:
            with rays_own_words() as said:
                failed = self._init(session.folder)
        except BaseException:  # Ctrl-C
            session.leave()
            raise
        if failed is not None:
            session.forget()
            raise BackendUnavailable(_no_cluster(self._cluster, failed, said.text))
        _Session.current = session

    def _init(self, folder: str | None) -> Exception | None:
        """Connect, and return any exception that Ray raises."""
        try:
            with _signals_kept(), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the error says it
                self._ray.init(**_arguments(self._cluster, folder))
        except Exception as error:
            return error
        return None

    @property
    def ray(self) -> Any:
        """Ray, connected. Raises ConnectionError: on its own it would start a cluster on this machine."""
        if not self._ray.is_initialized():
            raise ConnectionError("this process has left the cluster")
        return self._ray

    def places(self) -> list[Place]:
        """Where actors may be started. Blocks, possibly for ever, while the cluster has no head."""
        return places(self.ray, self._cluster, self._group)

    def shortage(self) -> str:
        """Why there is no place. Blocks as `places` does."""
        return shortage(self.ray, self._cluster, self._group)

    def start(self, actor: type, place: Place, *arguments: object) -> Any:
        """A handle of a new actor on this node. The actor is running once its first call has returned."""
        options = self.ray.remote(
            num_cpus=self._cluster.num_cpus / place.parts,
            resources={name: amount / place.parts for name, amount in self._cluster.resources.items()},
            max_restarts=0,  # the pool decides what is repeated, and where
            max_task_retries=0,
        )
        return options(actor).options(scheduling_strategy=strategy(place, self._group)).remote(*arguments)

    def is_done(self, reference: Any, wait_s: float) -> bool:
        """Whether a call has returned, or failed, within this time."""
        done, _ = self.ray.wait([reference], timeout=wait_s)
        return bool(done)

    def result(self, reference: Any, timeout_s: float) -> Any:
        """What a call returns. Raises TimeoutError, or what Ray raises if the actor is gone."""
        return self.ray.get(reference, timeout=timeout_s)

    def kill(self, actor: Any) -> None:
        """Kill an actor and its workers."""
        with contextlib.suppress(Exception):
            self.ray.kill(actor)

    def close(self, wait_s: float = 10.0) -> None:
        """Leave the cluster once no other pool of this process uses it. Does not wait if the head is gone. May be called
        twice."""
        with _LOCK:
            session, self._session = self._session, None
            if session is None:
                return
            session.users -= 1
            if session.users:
                return
            if session is _Session.current:
                _Session.current = None
            if session.ours:
                session.leave(wait_s)

    def _check_address(self) -> None:
        """A process has one cluster: raise if another one is requested."""
        asked, has = self._cluster.address, str(self.ray.get_runtime_context().gcs_address)
        if asked not in ("auto", "local", has) and not asked.startswith("ray://"):
            raise BackendUnavailable(
                f"this process is connected to the Ray cluster {has} already: it can't use {asked} as well.\n"
                "  Name the same one, or call ray.shutdown() before."
            )


def _imported() -> Any:
    """Import Ray, after setting the environment variables that it reads on import."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_gcs_rpc_server_reconnect_timeout_s", _RECONNECT_S)
    try:
        import ray
    except ImportError as error:
        raise BackendUnavailable(
            f"--cluster needs Ray, which can't be imported here ({error}).\n  Install it: pip install 'ray>=2.50,<3'"
        ) from None
    _silence()
    return ray


def _silence() -> None:
    """Silence Ray, which prints what its nodes report into the driver's output even with `log_to_driver=False`. A
    candidate may have written it, so it does not belong in a run's output."""
    from ray._private import worker

    if hasattr(worker, "print_to_stdstream"):
        worker.print_to_stdstream = _not_printed


def _not_printed(data: Mapping[str, object], ignore_prefix: bool = False) -> None:
    logging.getLogger(__name__).debug("ray: %r", data.get("lines"))


def _arguments(cluster: Cluster, folder: str | None) -> dict[str, Any]:
    common: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR, "namespace": cluster.namespace}
    if cluster.address == "local":
        return {
            "address": "local",
            "include_dashboard": False,
            "object_store_memory": _OBJECT_STORE_BYTES,
            "_temp_dir": folder,
            **common,
        }
    host = cluster.address.rpartition(":")[0]
    if host.startswith("127."):  # a driver of a cluster on loopback must not use another interface for itself
        common["_node_ip_address"] = host
    return {"address": cluster.address, **common}


def _no_cluster(cluster: Cluster, error: Exception, said: str) -> str:
    where = f"the Ray cluster {cluster.address} can't be used"
    if (why := refusal(error, said)) is not None:
        return f"{where}: {why}"
    words = str(error).strip() or type(error).__name__
    if cluster.address in ("auto", "local"):
        hint = "Start a cluster with `ray start --head`, or use --cluster local."
    else:
        hint = "Something listens there. This machine and the nodes need the same versions of Ray and Python, and the same token."
    return f"{where}: {words.splitlines()[0][:500]}\n  {hint}"


@contextlib.contextmanager
def _signals_kept() -> Iterator[None]:
    """Preserve signal handlers: Ray handles SIGTERM itself, from the moment it connects, and would end the run without a
    message and with another exit code."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    from ray._private import utils

    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    rays = getattr(utils, "set_sigterm_handler", None)
    try:
        if rays is not None:
            utils.set_sigterm_handler = lambda handler: None
        yield
    finally:
        if rays is not None:
            utils.set_sigterm_handler = rays
        for number, handler in kept.items():
            signal.signal(number, handler)


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


def _in_time(do: Callable[[], object], wait_s: float) -> None:
    """Call `do` in a thread and wait for it at most this long."""
    thread = threading.Thread(target=do, name="ray-end", daemon=True)
    thread.start()
    thread.join(wait_s)
