"""Our end of an engine on another node: what `EngineProcess` is for a process of this machine."""

from __future__ import annotations

import contextlib
import queue
import threading
from typing import Any

from codeeval.generators.common.engine_actor import on_node
from codeeval.generators.common.engine_process import QUIT_S, Inbox, Message
from codeeval.i18n import msg

#: One call for messages returns after so many seconds; an actor that is silent for `SILENCE_S` counts as lost.
WAIT_S, SILENCE_S = 1.0, 30.0


class RemoteEngine:
    """`actor`: a handle of an `EngineActor` that has been opened. Two threads speak with it, until it or the driver ends it."""

    def __init__(self, ray: Any, actor: Any, place: str, address: str, pid: int, inbox: Inbox) -> None:
        self.place, self.name, self.pid = place, on_node(place, address), pid
        self._ray, self._actor, self._inbox = ray, actor, inbox
        self._outgoing: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._words = ""
        for body in (self._write, self._read):
            threading.Thread(target=body, name="engine-node", daemon=True).start()

    def send(self, message: Message) -> None:
        """An engine that is gone takes nothing; its end is in the inbox."""
        self._outgoing.put(message)

    def last_words(self) -> str:
        """How it ended."""
        return self._words

    def ask(self, method: str, *arguments: object, timeout_s: float = SILENCE_S) -> Any:
        """What a method of the actor returns. Raises TimeoutError, or what Ray raises where the actor is gone."""
        return self._ray.get(getattr(self._actor, method).remote(*arguments), timeout=timeout_s)

    def close(self, wait_s: float = QUIT_S) -> None:
        """Ask the engine to leave, then make it. May be called twice."""
        self._outgoing.put(None)
        if not self._ended.is_set():
            with contextlib.suppress(Exception):  # whatever Ray raises, the actor is ended
                self.ask("close", wait_s, timeout_s=wait_s + 5.0)
        self._kill()
        self._ended.wait(SILENCE_S)

    def _kill(self) -> None:
        with contextlib.suppress(Exception):
            self._ray.kill(self._actor)

    def _write(self) -> None:
        """One call after the other: Ray keeps no order among calls that run side by side."""
        while (message := self._outgoing.get()) is not None:
            with contextlib.suppress(Exception):  # `_read` tells its end
                self.ask("take", [message])

    def _read(self) -> None:
        words = ""
        try:
            while not words:
                for message in self.ask("give", WAIT_S):
                    if message["event"] == "ended":
                        words = message["words"]
                    else:
                        self._inbox.put((self, message))
        except Exception as error:  # whatever Ray raises, this engine does no more for us
            words = msg("{name} was lost: {why}", name=self.name, why=reason(error))
        self._words = words
        self._kill()
        self._outgoing.put(None)
        self._ended.set()
        self._inbox.put((self, {"event": "ended"}))


def reason(error: BaseException) -> str:
    """What Ray says, in one line: of a lost actor why it is dead, which comes after what is known of the actor."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    why = next((line for line in lines if line.startswith("The actor is dead because")), lines[0] if lines else "")
    why = why.partition(" Some common causes include")[0][:300].rstrip(".")
    return f"{type(error).__name__}: {why}" if why else type(error).__name__
