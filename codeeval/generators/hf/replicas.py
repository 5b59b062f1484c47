"""Several transformers models side by side, each in its own process with its share of the GPUs, on this machine or
where a launcher places them.

A problem goes as a whole to the replica with the least work, and gets the samples that any replica would draw, because
the seed is the problem's. Problems that a replica had not finished when it ended go to the others, and it is started
again (`EngineSet`); a problem during which `MAX_LOSSES` replicas ended is skipped, and reported at the end.
"""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace

from codeeval.errors import GenerationError, UsageError
from codeeval.generators.base import Scalar, check_request, check_sampling
from codeeval.generators.common import devices
from codeeval.generators.common.context import Refusals
from codeeval.generators.common.engine_process import Message
from codeeval.generators.common.engine_set import EngineSet
from codeeval.generators.common.launch import HERE, Engine, EngineSpec, Launcher
from codeeval.generators.hf.model import HFSettings
from codeeval.i18n import msg
from codeeval.types import Request, Sample, Sampling

#: A problem is given up after this many replicas ended while working on it.
MAX_LOSSES = 2
#: Problems held by a replica: one being answered, one waiting.
AHEAD = 2
#: Seconds that the processes get to exit on their own; while drawing, they don't read messages.
QUIT_S = 2.0
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from codeeval.generators.hf.replica import main; "
    "sys.exit(main())"
)


@dataclass(slots=True)
class _Asked:
    """A problem in progress. `left`: the indices that have not arrived."""

    request: Request
    left: set[int]
    losses: int = 0


@dataclass(slots=True)
class _Work:
    """One call of `generate`: what is waiting, and what each replica has, by key."""

    sampling: Sampling
    waiting: deque[_Asked]
    held: dict[Engine, dict[int, _Asked]]
    refusals: Refusals = field(default_factory=Refusals)
    reason: str = ""


class HFReplicas:
    """Holds the processes from creation to `close`. `generate` is not thread-safe."""

    def __init__(self, name: str, settings: HFSettings, launcher: Launcher = HERE) -> None:
        self._name, self._settings = name, settings
        self._description: dict[str, Scalar] | None = None
        self._last = 0
        check_device(settings)
        names = [] if launcher.elsewhere else check_gpus(settings)
        specs = [self._spec(number, names) for number in range(settings.replicas)]
        self._engines = EngineSet(specs, launcher, restarts=True)
        try:
            engine, message = self._engines.wait_ready()
            if message["event"] == "ended":
                raise self._error(engine)
        except BaseException:
            self.close()
            raise

    @property
    def pids(self) -> dict[str, int]:
        """The running processes, by replica name."""
        return {each.name: each.pid for each in self._engines.alive}

    def _spec(self, number: int, names: Sequence[str]) -> EngineSpec:
        environment = {}
        if names:
            environment[devices.VISIBLE] = devices.part(number, len(names) // self._settings.replicas, names)
        start = {"model": self._name, "settings": asdict(replace(self._settings, replicas=1))}
        gpus = 0 if self._settings.device == "cpu" else 1
        return EngineSpec(f"replica {number + 1}", command, start, environment, gpus)

    def generate(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Sample]:
        """Samples in order of arrival. Raises UsageError, GenerationError. A problem with a prompt that does not fit is
        skipped, stays pending, and is reported at the end."""
        check_sampling(sampling)
        for request in requests:
            check_request(request, sampling)
        if sampling.harness == "mera":
            raise UsageError(msg("--sampling mera draws all samples from one random stream: leave -M replicas out"))
        waiting = deque(_Asked(request, set(request.indices)) for request in requests if request.indices)
        work = _Work(sampling, waiting, {})
        while work.waiting or any(work.held.values()):
            if not self._engines.left:
                raise GenerationError(msg("{reason}; what had finished is kept", reason=self._engines.over))
            self._hand_out(work)
            engine, message = self._engines.receive("sample", "answered", "refused", "unusable")
            if engine is not None:
                yield from self._hear(work, engine, message)
        work.refusals.tell()

    def _hand_out(self, work: _Work) -> None:
        """Give the next problems to the replicas that have the fewest."""
        for number in range(AHEAD):
            for engine in self._engines.alive:
                held = work.held.setdefault(engine, {})
                if work.waiting and len(held) <= number:
                    asked = work.waiting.popleft()
                    self._last += 1
                    held[self._last] = asked
                    request = replace(asked.request, indices=tuple(sorted(asked.left)))
                    what = {"request": asdict(request), "sampling": asdict(work.sampling)}
                    engine.send({"op": "answer", "key": self._last, **what})

    def _hear(self, work: _Work, engine: Engine, message: Message) -> Iterator[Sample]:
        held = work.held.get(engine, {})
        if message["event"] == "ended":
            work.reason = str(self._error(engine))
            self._take_back(work, engine)
        elif message["event"] == "unusable":
            raise UsageError(message["message"])
        elif message["key"] not in held:
            return  # of an abandoned call
        elif message["event"] == "sample":
            sample = Sample(**message["sample"])
            held[message["key"]].left.discard(sample.index)
            self._engines.count(engine)
            yield sample
        else:
            asked = held.pop(message["key"])
            if message["event"] == "refused":
                work.refusals.add(asked.request.problem_id, GenerationError(message["message"]))

    def _take_back(self, work: _Work, engine: Engine) -> None:
        """Reassign a replica's problems. Only the one being answered may have been the reason for its end."""
        for place, asked in enumerate(work.held.pop(engine, {}).values()):
            asked.losses += place == 0
            if not asked.left:
                continue
            if asked.losses >= MAX_LOSSES:
                why = msg("{n} replicas ended while they answered it: {why}", n=asked.losses, why=work.reason)
                work.refusals.add(asked.request.problem_id, GenerationError(why))
            else:
                work.waiting.appendleft(asked)

    def _error(self, engine: Engine) -> UsageError | GenerationError:
        kind, said = self._engines.failure(engine)
        if kind == "UsageError":
            return UsageError(said)
        if kind == "GenerationError":
            return GenerationError(said)
        return GenerationError(self._engines.why(engine))

    def answered(self) -> dict[str, int]:
        """Number of samples from each replica so far, by name."""
        return dict(self._engines.answered)

    def describe(self) -> dict[str, Scalar]:
        """One replica's description, and the number of replicas. Raises GenerationError if all have ended."""
        while self._description is None:
            if not self._engines.left:
                raise GenerationError(msg("every replica has ended"))
            for engine in self._engines.alive[:1]:
                engine.send({"op": "describe"})
            _, message = self._engines.receive("described")
            if message["event"] == "described":
                self._description = {**message["facts"], "data_parallel_size": self._settings.replicas}
        return dict(self._description)

    def close(self) -> None:
        """Stop the processes and release their resources."""
        self._engines.close(QUIT_S)


def command() -> list[str]:
    """Starts a replica with this interpreter and what it can import."""
    return [sys.executable, "-c", _BOOT, json.dumps(sys.path)]


def check_device(settings: HFSettings) -> None:
    """Raises UsageError for one device of several replicas."""
    if settings.device not in ("auto", "cuda", "cpu"):
        raise UsageError(
            msg("-M device={name}: one device can't be that of several replicas; leave it out", name=settings.device)
        )


def check_gpus(settings: HFSettings) -> list[str]:
    """The GPUs of this machine to assign; empty: every replica is on the CPU. Raises UsageError if there are too few."""
    import torch

    if settings.device == "cpu":
        return []
    names = devices.visible(torch.cuda.device_count()) if torch.cuda.is_available() else []
    devices.check_enough(settings.replicas, 1, names)
    return names
