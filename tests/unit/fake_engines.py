"""Processes of vLLM that are none: what they are told is kept, and answered at once."""

from __future__ import annotations

from typing import Any

from codeeval.generators.common.engine_set import EngineSet
from codeeval.generators.common.launch import EngineSpec
from codeeval.generators.vllm.engines import Engines


class FakeLauncher:
    """Starts nothing: hands out these engines in this order, or raises what is in an engine's place; `error` if none is left."""

    elsewhere, start_s = False, 60.0

    def __init__(self, engines: list[Any], error: Exception | None = None) -> None:
        self.left, self.error = list(engines), error or OSError("no such engine")

    def start(self, specs: Any, inbox: Any, abandoned: Any = None) -> list[Any]:
        found = []
        for spec in specs:
            engine = self.left.pop(0) if self.left else self.error
            if isinstance(engine, Exception):
                raise engine
            engine.starts(inbox, spec.name)
            found.append(engine)
        return found

    def facts(self, engine: Any, model_path: str | None) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        return None


def engines_of(engines: list[Any], *later: Any) -> Engines:
    """vLLM's processes, without starting any; `later`: those that replace lost ones."""
    made = Engines.__new__(Engines)
    made._many = len(engines) > 1
    specs = [EngineSpec(f"replica {number + 1}", list, {}) for number in range(len(engines))]
    made._set = EngineSet(specs, FakeLauncher([*engines, *later]), restarts=made._many)
    made.wait_ready()
    return made


class FakeEngine:
    """vLLM's process, as far as the messages go: prompts of ten ids, and an answer that has run into a stop. `dies_after`: so
    many answers, and then its end."""

    def __init__(self, dies_after: int | None = None) -> None:
        self.name = self.place = ""
        self.left = dies_after
        self.sent: list[dict[str, Any]] = []

    def starts(self, inbox: Any, name: str) -> None:
        self._inbox, self.name, self.place = inbox, name, name
        inbox.put((self, {"event": "ready", "facts": {}}))

    def close(self, wait_s: float = 0.0) -> None:
        return None

    def last_words(self) -> str:
        return f"{self.name} ended by signal SIGKILL"

    def send(self, message: dict[str, Any]) -> None:
        if self.left is not None and self.left < 0:
            return  # it has ended
        self.sent.append(message)
        if message["op"] == "encode":
            found = [{"ids": list(range(10)), "tail": ""} for _ in message["prompts"]]
            self._inbox.put((self, {"event": "encoded", "prompts": found}))
        for request in message.get("requests", ()):
            if self.left is not None:
                self.left -= 1
                if self.left < 0:
                    self._inbox.put((self, {"event": "ended"}))
                    return
            answer = {"event": "finished", "id": request["id"], "text": "x\nprint(1)", "ids": [1], "reason": "stop"}
            self._inbox.put((self, answer))
