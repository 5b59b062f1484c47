"""The connection to a Ray cluster: how it is made, what it is told, and what of Ray must not reach a user.

`ray` is imported here and nowhere else in the driver, and only once a cluster is named.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.errors import BackendUnavailable

#: Seconds that the address of a cluster gets to take a connection.
_KNOCK_S = 10.0
#: Ray's own client ends its process, with exit code 1, when the head has been away for this long. The pool gives up earlier.
_RECONNECT_S = "604800"
_OBJECT_STORE_BYTES = 80 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cluster:
    """`address`: `auto` (the one that RAY_ADDRESS or this machine knows), `local` (one is started on this machine, and ended
    with the pool), `HOST:PORT`, or `ray://HOST:PORT`. A node is used where it has `num_cpus` and `resources` to spare."""

    address: str = "auto"
    num_cpus: float = 1.0
    resources: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A node that may hold workers: Ray's name of it, its address, and the processors that Ray counts there."""

    node: str
    address: str
    cpus: int


class Connection:
    """A driver's link to a cluster. Raises BackendUnavailable, with the remedy, where there is none."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._started: dict[str, str] = {}
        self.ray = _imported(cluster, self._started)
        self._ours = not self.ray.is_initialized()  # a trainer may have its own
        if not self._ours:
            self._check_address()
        else:
            _knock(cluster.address)
            try:
                with _signals_kept():
                    self.ray.init(**_arguments(cluster))
            except Exception as error:  # whatever Ray raises: it is not able to connect
                self._forget_token()
                raise BackendUnavailable(_no_cluster(cluster, error)) from None

    def places(self) -> list[Place]:
        """The nodes that live and are large enough. Blocks, perhaps for ever, while the cluster has no head."""
        needed = {"CPU": self._cluster.num_cpus, **self._cluster.resources}
        return [
            Place(node["NodeID"], node["NodeManagerAddress"], max(1, int(node["Resources"].get("CPU", 1))))
            for node in self.ray.nodes()
            if node["Alive"] and all(node["Resources"].get(name, 0) >= amount for name, amount in needed.items())
        ]

    def start(self, actor: type, place: Place, *arguments: object) -> Any:
        """A handle of a new actor on this node. It lives once its first call has returned."""
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        options = self.ray.remote(
            num_cpus=self._cluster.num_cpus,
            resources=dict(self._cluster.resources),
            max_restarts=0,  # the pool decides what is repeated, and where
            max_task_retries=0,
        )
        affinity = NodeAffinitySchedulingStrategy(place.node, soft=False)
        return options(actor).options(scheduling_strategy=affinity).remote(*arguments)

    def is_done(self, reference: Any, wait_s: float) -> bool:
        """Whether a call has returned, or failed, within this time."""
        done, _ = self.ray.wait([reference], timeout=wait_s)
        return bool(done)

    def result(self, reference: Any, timeout_s: float) -> Any:
        """What a call returns. Raises TimeoutError, or what Ray raises where the actor is gone."""
        return self.ray.get(reference, timeout=timeout_s)

    def kill(self, actor: Any) -> None:
        """Ends an actor and the workers with it."""
        with contextlib.suppress(Exception):
            self.ray.kill(actor)

    def close(self, wait_s: float = 10.0) -> None:
        """Leaves the cluster, and ends it where it was started here. Not waited for where the head is gone."""
        if self._ours:
            _in_time(self.ray.shutdown, wait_s)
        self._forget_token()

    def _check_address(self) -> None:
        """A process has one cluster: raises where another one is meant."""
        asked, has = self._cluster.address, str(self.ray.get_runtime_context().gcs_address)
        if asked not in ("auto", "local", has) and not asked.startswith("ray://"):
            raise BackendUnavailable(
                f"this process is connected to the Ray cluster {has} already: it can't use {asked} as well.\n"
                "  Name the same one, or call ray.shutdown() before."
            )

    def _forget_token(self) -> None:
        for name in self._started:
            os.environ.pop(name, None)
        self._started.clear()


def _imported(cluster: Cluster, started: dict[str, str]) -> Any:
    """Ray, told by its environment what it reads when it is imported."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_gcs_rpc_server_reconnect_timeout_s", _RECONNECT_S)
    if cluster.address == "local" and "RAY_AUTH_MODE" not in os.environ:
        started.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))
        os.environ.update(started)
    try:
        import ray
    except ImportError as error:
        raise BackendUnavailable(
            f"--cluster needs Ray, which can't be imported here ({error}).\n  Install it: pip install 'ray>=2.50,<3'"
        ) from None
    _silence()
    return ray


def _silence() -> None:
    """Ray prints what its nodes report into the driver's output, `log_to_driver=False` or not. A candidate may have written
    it: it does not belong to a run's output."""
    from ray._private import worker

    if hasattr(worker, "print_to_stdstream"):
        worker.print_to_stdstream = _not_printed


def _not_printed(data: Mapping[str, object], ignore_prefix: bool = False) -> None:
    logging.getLogger(__name__).debug("ray: %r", data.get("lines"))


def _arguments(cluster: Cluster) -> dict[str, Any]:
    common: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if cluster.address == "local":
        return {
            "address": "local",
            "include_dashboard": False,
            "object_store_memory": _OBJECT_STORE_BYTES,
            **common,
        }
    host = cluster.address.rpartition(":")[0]
    if host.startswith("127."):  # a driver of a cluster on loopback must not look for itself on another interface
        common["_node_ip_address"] = host
    return {"address": cluster.address, **common}


def _knock(address: str) -> None:
    """Ray waits for minutes if there is no listener."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host:
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), _KNOCK_S).close()
    except (OSError, ValueError) as error:
        raise BackendUnavailable(
            f"no Ray cluster listens at {address} ({error}).\n"
            "  Start one with `ray start --head`, or name the address that it printed: --cluster HOST:PORT"
        ) from None


def _no_cluster(cluster: Cluster, error: Exception) -> str:
    said = str(error).strip() or type(error).__name__
    said = said.splitlines()[0][:500]
    if "version" in str(error).lower():
        hint = "This machine and the nodes need the same versions of Ray and Python."
    elif cluster.address in ("auto", "local"):
        hint = "Start a cluster with `ray start --head`, or use --cluster local."
    else:  # Ray says no more where the token is wrong
        hint = (
            "Something listens there. Where it asks for a token, set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN as on the cluster;\n"
            "  this machine and the nodes need the same versions of Ray and Python."
        )
    return f"the Ray cluster {cluster.address} can't be used: {said}\n  {hint}"


@contextlib.contextmanager
def _signals_kept() -> Iterator[None]:
    """Ray handles SIGTERM itself, and would end the run without a message."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _in_time(do: Callable[[], object], wait_s: float) -> None:
    """Calls it in a thread that is not waited for any longer than this."""
    thread = threading.Thread(target=do, name="ray-end", daemon=True)
    thread.start()
    thread.join(wait_s)
