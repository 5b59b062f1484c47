"""Processes of vLLM that are none: what they are told is kept, and answered at once."""

from __future__ import annotations

from typing import Any

from codeeval.generators.common.launch import HERE
from codeeval.generators.vllm.engines import Engines


def engines_of(engines: list[Any], inbox: Any) -> Engines:
    """What holds the processes, without starting any."""
    made = Engines.__new__(Engines)
    made._all, made.alive, made._inbox, made._reasons = engines, list(engines), inbox, {}
    made._launcher, made._many = HERE, len(engines) > 1
    made.answered = dict.fromkeys((engine.name for engine in engines), 0)
    return made


class FakeEngine:
    """vLLM's process, as far as the messages go: prompts of ten ids, and an answer that has run into a stop. `dies_after`: so
    many answers, and then its end."""

    def __init__(self, inbox: Any, name: str = "e", dies_after: int | None = None) -> None:
        self._inbox, self.name, self.left = inbox, name, dies_after
        self.sent: list[dict[str, Any]] = []

    def last_words(self) -> str:
        return f"{self.name} ended by signal SIGKILL"

    def send(self, message: dict[str, Any]) -> None:
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
