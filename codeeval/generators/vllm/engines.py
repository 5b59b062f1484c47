"""The processes that hold vLLM's engines: one, or several side by side, each with its share of the GPUs, on this machine or
where a launcher places them."""

from __future__ import annotations

import contextlib
import os
import sys
from functools import partial
from pathlib import Path

from codeeval.errors import GenerationError
from codeeval.generators.base import Scalar
from codeeval.generators.common import devices
from codeeval.generators.common.engine_process import Message
from codeeval.generators.common.engine_set import EngineSet
from codeeval.generators.common.launch import HERE, Engine, EngineSpec, Launcher
from codeeval.generators.vllm.settings import VLLMSettings
from codeeval.generators.vllm.worker import engine as worker


class EngineEnded(GenerationError):
    """One of the processes has ended."""

    def __init__(self, engine: Engine, message: str) -> None:
        self.engine = engine
        super().__init__(message)


class Engines:
    """Starts the processes on construction. Several, or those that a launcher places, are started again when they are lost."""

    def __init__(self, model: str, settings: VLLMSettings, launcher: Launcher = HERE) -> None:
        self._many = settings.replicas > 1 or launcher.elsewhere
        specs = [_spec(number, model, settings, launcher) for number in range(settings.replicas)]
        self._set = EngineSet(specs, launcher, restarts=self._many)

    def wait_ready(self) -> dict[str, Scalar]:
        """The facts that an engine reports, once all have loaded the model. Raises EngineEnded."""
        engine, message = self._set.wait_ready()
        if message["event"] == "ended":
            raise self._ended(engine)
        facts: dict[str, Scalar] = message["facts"]
        return facts

    @property
    def alive(self) -> list[Engine]:
        """Those that are at work."""
        return self._set.alive

    @property
    def left(self) -> bool:
        """Whether some engine is at work, or may be again."""
        return self._set.left

    @property
    def first(self) -> Engine:
        """A running engine. Raises GenerationError if there is none."""
        if not self.alive:
            raise GenerationError("vLLM's process has ended; what had finished is kept")
        return self.alive[0]

    @property
    def many(self) -> bool:
        return self._many

    def none_is_left(self) -> GenerationError:
        """Why no engine will be at work again."""
        return GenerationError(_kept(self._set.over))

    def may_restart(self, allowed: bool) -> None:
        """Whether an engine that is lost from now on is started again, if there are several."""
        self._set.restarts = self._many and allowed

    def count(self, engine: Engine) -> None:
        """Note that a sample came from this engine."""
        self._set.count(engine)

    @property
    def answered(self) -> dict[str, int]:
        """Number of samples from each, by name."""
        return self._set.answered

    def facts(self, model_path: str | None) -> dict[str, Scalar]:
        """GPUs, and what the model's folder tells, where an engine runs. Raises GenerationError."""
        return self._set.facts(self._at_work(), model_path)

    def receive(self, *events: str) -> tuple[Engine | None, Message]:
        """The next message of one of these kinds, or CHANGED; leftovers of a cancelled run are skipped. Raises EngineEnded when
        an engine has failed, once per engine."""
        engine, message = self._set.receive(*events)
        if engine is not None and message["event"] == "ended":
            raise self._ended(engine)
        return engine, message

    def ask_one(self, message: Message, event: str) -> Message:
        """What one engine answers; if it ends, another one as soon as there is one. Raises GenerationError if none is left."""
        asked: Engine | None = None
        while True:
            if asked not in self.alive:
                asked = self._at_work()
                asked.send(message)
            try:
                engine, answer = self.receive(event)
            except EngineEnded:
                if not self.left:
                    raise
                continue
            if engine is asked:
                return answer

    def _at_work(self) -> Engine:
        """An engine that is at work, as soon as there is one. Raises GenerationError if there never will be."""
        while not self.alive and self.left:
            with contextlib.suppress(EngineEnded):
                self.receive()
        return self.first

    def _ended(self, engine: Engine) -> EngineEnded:
        kind, said = self._set.failure(engine)
        reason = f"vLLM failed: {kind}: {' '.join(said.split())[:600]}" if kind else engine.last_words()
        return EngineEnded(engine, _kept(reason))

    def close(self) -> None:
        self._set.close()


def _kept(reason: str) -> str:
    return f"{reason}\n  Everything that had finished is kept; -M verbose=1 shows more."


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
