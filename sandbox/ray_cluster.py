"""The connection to a Ray cluster: how it is made and configured, and which of Ray's output must not reach a user.

`ray` is imported here and nowhere else in the driver, and only if a cluster is named.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.errors import BackendUnavailable
from sandbox.ray_address import knock, resolved
from sandbox.ray_auth import rays_own_words, refusal
from sandbox.ray_places import Cluster, Place, group_of, places, shortage, strategy
from sandbox.ray_session import LOCK, Session
from sandbox.ray_signals import signals_kept

#: Ray's own client exits the process, with code 1, when the head has been away for this long. The pool gives up
#: earlier.
_RECONNECT_S = "604800"
_OBJECT_STORE_BYTES = 80 * 1024 * 1024


class Connection:
    """A driver's connection to a cluster. Raises BackendUnavailable, with the remedy, if there is none."""

    def __init__(self, cluster: Cluster) -> None:
        self._ray = _imported()
        self._cluster = cluster
        Session.has_left(cluster.patience_s)  # not under the lock, which others need for leaving
        with LOCK:
            if not Session.has_left(0.0):
                raise BackendUnavailable(
                    "this process is still leaving a Ray cluster that does not answer.\n"
                    "  Try again later, or in another process."
                )
            if not self._ray.is_initialized():
                self._connect()
            else:
                self._check_address()
            if Session.current is None:
                Session.current = Session(self._ray, ours=False)
            self._session: Session | None = Session.current
            self._session.users += 1
        try:
            self._group = group_of(self._ray, cluster)
        except BaseException:
            self.close()
            raise

    def _connect(self) -> None:
        self._cluster, address, source = resolved(self._cluster)
        knock(address, source)
        session = Session(self._ray, ours=True)
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
        Session.current = session

    def _init(self, folder: str | None) -> Exception | None:
        """Connect, and return any exception that Ray raises."""
        try:
            with signals_kept(), warnings.catch_warnings():
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

    def close(self, wait_s: float = 10.0, callers: Iterable[threading.Thread] = ()) -> None:
        """Leave the cluster once no other pool of this process uses it; what that takes longer than `wait_s`, as without a
        head, it does in a thread of its own. `callers`: threads that may still be using it. May be called twice."""
        with LOCK:
            session, self._session = self._session, None
            if session is None:
                return
            session.callers += callers
            session.users -= 1
            if session.users:
                return
            if session is Session.current:
                Session.current = None
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
