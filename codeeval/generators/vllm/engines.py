"""The processes that hold vLLM's engines: one, or several side by side, each with its share of the GPUs, on this machine or
where a launcher places them."""

from __future__ import annotations

import os
import queue
import sys
from functools import partial
from pathlib import Path

from codeeval.errors import GenerationError
from codeeval.generators.base import Scalar
from codeeval.generators.common import devices
from codeeval.generators.common.engine_process import Inbox, Message
from codeeval.generators.common.launch import HERE, Engine, EngineSpec, Launcher
from codeeval.generators.vllm.settings import VLLMSettings
from codeeval.generators.vllm.worker import engine as worker


class EngineEnded(GenerationError):
    """One of the processes has ended."""

    def __init__(self, engine: Engine, message: str) -> None:
        self.engine = engine
        super().__init__(message)


class Engines:
    """Starts the processes on construction. `answered`: number of samples from each, by name."""

    def __init__(self, model: str, settings: VLLMSettings, launcher: Launcher = HERE) -> None:
        self._inbox: Inbox = queue.SimpleQueue()
        self._launcher, self._many = launcher, settings.replicas > 1 or launcher.elsewhere
        self._reasons: dict[Engine, str] = {}
        specs = [_spec(number, model, settings, launcher) for number in range(settings.replicas)]
        self._all = launcher.start(specs, self._inbox)
        self.alive = list(self._all)
        self.answered = dict.fromkeys((engine.name for engine in self._all), 0)

    def wait_ready(self) -> dict[str, Scalar]:
        """The facts that an engine reports, once all have loaded the model. Raises EngineEnded."""
        facts: dict[str, Scalar] = {}
        for _ in self._all:
            facts = self.receive("ready")[1]["facts"]
        return facts

    @property
    def first(self) -> Engine:
        """A running engine. Raises EngineEnded if there is none."""
        if not self.alive:
            raise EngineEnded(self._all[0], "vLLM's process has ended; what had finished is kept")
        return self.alive[0]

    @property
    def many(self) -> bool:
        return self._many

    def facts(self, model_path: str | None) -> dict[str, Scalar]:
        """GPUs, and what the model's folder tells, where an engine runs. Raises GenerationError."""
        return self._launcher.facts(self.first, model_path)

    def receive(self, *events: str) -> tuple[Engine, Message]:
        """The next message of one of these kinds; leftovers of a cancelled run are skipped. Raises EngineEnded when an
        engine has failed, once per engine."""
        while True:
            assert self.first
            engine, message = self._inbox.get()
            if message["event"] in events:
                return engine, message
            if message["event"] == "failed":
                self._reasons[engine] = f"vLLM failed: {message['kind']}: {' '.join(message['message'].split())[:600]}"
            if message["event"] == "ended":
                self.alive.remove(engine)
                reason = self._reasons.get(engine) or engine.last_words()
                raise EngineEnded(engine, f"{reason}\n  Everything that had finished is kept; -M verbose=1 shows more.")

    def close(self) -> None:
        for engine in self._all:
            engine.send({"op": "quit"})
        for engine in self._all:
            engine.close()
        self._launcher.close()


def _spec(number: int, model: str, settings: VLLMSettings, launcher: Launcher) -> EngineSpec:
    arguments = {"seed": 0, "disable_log_stats": True, **settings.engine, "model": model}
    environment = {"VLLM_NO_USAGE_STATS": "1"}
    if not settings.verbose:
        environment["VLLM_LOGGING_LEVEL"] = os.environ.get("VLLM_LOGGING_LEVEL", "ERROR")
    each = settings.gpus_per_replica
    if settings.replicas > 1 and not launcher.elsewhere:
        environment[devices.VISIBLE] = devices.part(number, each, devices.visible((number + 1) * each))
    name = f"replica {number + 1}" if settings.replicas > 1 or launcher.elsewhere else "vLLM's process"
    by_ray = settings.engine.get("distributed_executor_backend") == "ray"
    return EngineSpec(
        name,
        partial(command, "" if settings.python == sys.executable else settings.python),
        {"engine": arguments, "lora": settings.lora},
        environment,
        0 if by_ray else each,
        settings.verbose,
        takes_gpus_itself=by_ray,
    )


def command(python: str) -> list[str]:
    """Starts an engine with this interpreter; "": the one that codeeval runs in."""
    return [python or sys.executable, str(Path(worker.__file__).resolve())]
