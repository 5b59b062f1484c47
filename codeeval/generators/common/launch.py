"""Where engines are started: as processes of this machine, or by a launcher that is handed in (on the nodes of a cluster)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from codeeval.errors import GenerationError
from codeeval.generators.base import Scalar
from codeeval.generators.common.engine_process import QUIT_S, EngineProcess, Inbox, Message
from codeeval.generators.common.facts import gpu_facts, model_facts

#: The options that ask for several engines; `-M replicas=1` asks for one that a launcher places.
REPLICAS = ("replicas", "data_parallel_size")


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """An engine to start. `command` gives the words of its command, and is called on the machine that runs it; `start` is its
    first message; `gpus`: how many it takes there. `takes_gpus_itself`: it asks Ray for them, wherever they are."""

    name: str
    command: Callable[[], list[str]]
    start: Message
    environment: Mapping[str, str] = field(default_factory=dict)
    gpus: int = 0
    verbose: bool = False
    takes_gpus_itself: bool = False


class NoRoom(GenerationError):
    """No node has what the engines need to spare."""


def never() -> bool:
    """The usual answer to whether a start is to be abandoned."""
    return False


class Engine(Protocol):
    """What is known of an engine, wherever it runs: `EngineProcess` describes the methods. Messages arrive in the inbox that it
    was started with, the last one is `{"event": "ended"}`. `place`: the name in the EngineSpec; `name` may add where it runs."""

    @property
    def name(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def pid(self) -> int: ...
    def send(self, message: Message) -> None: ...
    def last_words(self) -> str: ...
    def close(self, wait_s: float = QUIT_S) -> None: ...


class Launcher(Protocol):
    """`elsewhere`: the engines run on other machines, which deal out their GPUs themselves. `start_s`: a start that has not
    returned after so many seconds never will."""

    @property
    def elsewhere(self) -> bool: ...
    @property
    def start_s(self) -> float: ...

    def start(self, specs: Sequence[EngineSpec], inbox: Inbox, abandoned: Callable[[], bool] = never) -> list[Engine]:
        """Raises GenerationError where not all can be started, or the start is `abandoned`; none is left then. NoRoom where
        only the place is missing."""
        ...

    def facts(self, engine: Engine, model_path: str | None) -> dict[str, Scalar]:
        """GPUs, and what the model's folder tells, on the machine of the engine."""
        ...

    def close(self) -> None:
        """Called once the engines have been closed. May be called twice."""
        ...


class Here:
    """Processes of this machine."""

    elsewhere = False
    start_s = math.inf

    def start(self, specs: Sequence[EngineSpec], inbox: Inbox, abandoned: Callable[[], bool] = never) -> list[Engine]:
        return [
            EngineProcess(one.name, one.command(), one.start, one.environment, inbox, verbose=one.verbose)
            for one in specs
        ]

    def facts(self, engine: Engine, model_path: str | None) -> dict[str, Scalar]:
        return facts_of(model_path)

    def close(self) -> None:
        return None


HERE = Here()


def facts_of(model_path: str | None) -> dict[str, Scalar]:
    """`Launcher.facts` on this machine."""
    return {**gpu_facts(), **(model_facts(Path(model_path)) if model_path else {})}


def launcher_for(options: Mapping[str, str], launcher: Launcher | None) -> Launcher:
    """The one that was handed in, where the options ask for replicas; else this machine."""
    return launcher if launcher is not None and any(name in options for name in REPLICAS) else HERE
