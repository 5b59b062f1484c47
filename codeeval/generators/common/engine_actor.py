"""What lives on a node of a cluster: an actor that holds the process of one engine, and passes its messages on.

Ray repeats nothing of it. When the actor ends, by whatever reason, the engine's stdin ends, and the engine with it. It ends by
itself once its driver has said nothing for a while.
"""

from __future__ import annotations

import os
import platform
import queue
import threading
import time

import codeeval
from codeeval.code_digest import code_digest
from codeeval.generators.base import Scalar
from codeeval.generators.common.devices import VISIBLE
from codeeval.generators.common.engine_process import EngineProcess, Inbox, Message
from codeeval.generators.common.launch import EngineSpec, facts_of

#: Seconds after which an actor whose driver says nothing ends itself. A driver that lives asks once a second.
DRIVER_SILENCE_S = 60.0
#: Most messages in one answer.
AT_ONCE = 256


class EngineActor:
    """Called by one driver, by several of its threads at once; `open` first."""

    def __init__(self) -> None:
        self._inbox: Inbox = queue.SimpleQueue()
        self._engine: EngineProcess | None = None
        self._heard = time.monotonic()
        threading.Thread(target=self._end_without_driver, name="driver-watch", daemon=True).start()

    def hello(self) -> dict[str, str]:
        """The address of the node, and what it has."""
        self._heard = time.monotonic()
        return {"address": _address(), **versions()}

    def open(self, spec: EngineSpec) -> int:
        """Starts the engine. Returns the number of its process."""
        if spec.takes_gpus_itself:
            _point_at_cluster()
        self._heard = time.monotonic()
        name = on_node(spec.name, _address())
        self._engine = EngineProcess(
            name, spec.command(), spec.start, spec.environment, self._inbox, verbose=spec.verbose
        )
        return self._engine.pid

    def take(self, messages: list[Message]) -> None:
        """Messages for the engine, in their order."""
        assert self._engine is not None
        for message in messages:
            self._engine.send(message)

    def give(self, wait_s: float) -> list[Message]:
        """Messages of the engine: those that there are, or the first that comes within this time. The last one of all says how
        it ended, under "words"."""
        self._heard = time.monotonic()
        found: list[Message] = []
        try:
            found.append(self._inbox.get(timeout=wait_s)[1])
            while len(found) < AT_ONCE:
                found.append(self._inbox.get_nowait()[1])
        except queue.Empty:
            pass
        if found and found[-1]["event"] == "ended" and self._engine is not None:
            found[-1] = {**found[-1], "words": self._engine.last_words()}
        self._heard = time.monotonic()
        return found

    def facts(self, model_path: str | None) -> dict[str, Scalar]:
        """GPUs of the node, and what the model's folder tells there."""
        return facts_of(model_path)

    def close(self, wait_s: float) -> None:
        """Ends the engine. The driver ends the actor afterwards."""
        if self._engine is not None:
            self._engine.close(wait_s)

    def _end_without_driver(self) -> None:
        while time.monotonic() - self._heard < DRIVER_SILENCE_S:
            time.sleep(1.0)
        os._exit(1)  # the engine ends with its stdin


def on_node(place: str, address: str) -> str:
    """What messages call an engine: its node is what a reader needs first."""
    return f"{place} on {address}"


def _address() -> str:
    import ray

    return str(ray.util.get_node_ip_address())


def versions() -> dict[str, str]:
    """What driver and nodes must have alike: Python, Ray and this package."""
    import ray

    return {
        "python": platform.python_version(),
        "ray": str(ray.__version__),
        "codeeval": codeeval.__version__,
        "code": code_digest(),
    }


def _point_at_cluster() -> None:
    """An engine that takes its GPUs from Ray finds the cluster, and is not told that it has none."""
    import ray

    os.environ["RAY_ADDRESS"] = str(ray.get_runtime_context().gcs_address)
    os.environ.pop(VISIBLE, None)
