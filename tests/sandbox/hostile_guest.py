"""Backends whose workers are not supervisors at all but send what a test wants, and an oracle that says who is to blame.

The oracle reads a whole recorded stream in a few lines of its own, independent of `Channel` and `Lane`.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from frames import Fields, accept, lines, ready, result, returned, ruling

from sandbox import Limits, ProtocolError, SandboxError, wire
from sandbox.channel import Channel
from sandbox.replies import Result, max_result_bytes, read_ready, read_result

#: `closed`: the connection is gone in both directions; `eof`: nothing more will come; `silent`: nothing comes, for ever.
Then = Literal["closed", "eof", "silent"]
Fate = Literal["unstarted", "before", "after"] | Result
MAX_TRIES = 3


@dataclass(frozen=True)
class Script:
    """What one worker sends, whatever it is sent, and what it does then."""

    data: bytes
    then: Then = "eof"


class ScriptedWorker:
    """The guest's end has said everything before the host sees it, so that no schedule of threads matters."""

    def __init__(self, script: Script) -> None:
        ours, self._guest = socket.socketpair()
        self.channel = Channel(ours)
        self.killed = False
        self._guest.settimeout(5.0)
        self._guest.sendall(script.data)
        if script.then == "closed":
            self._guest.close()
        elif script.then == "eof":
            self._guest.shutdown(socket.SHUT_WR)

    def kill(self) -> None:
        self.killed = True
        self.channel.close()
        self._guest.close()


class HostileBackend:
    """Starts whatever `make(index)` gives for the index-th worker; remembers all of them."""

    name = "hostile"
    why = "a test"

    def __init__(self, make: Callable[[int], ScriptedWorker | ReactiveWorker], alive: bool = True) -> None:
        self._make, self._alive = make, alive
        self._lock = threading.Lock()
        self.workers: list[ScriptedWorker | ReactiveWorker] = []

    def describe(self) -> dict[str, str]:
        return {"backend": self.name}

    def start(self, limits: Limits) -> ScriptedWorker | ReactiveWorker:
        with self._lock:
            worker = self._make(len(self.workers))
            self.workers.append(worker)
            return worker

    def alive(self) -> bool:
        return self._alive

    def sweep(self) -> list[str]:
        return []

    def close(self) -> None:
        assert all(worker.killed for worker in self.workers), "a worker was forgotten"


def scripted(scripts: Sequence[Script], alive: bool = True) -> HostileBackend:
    """One script after the other; once they are used up, no further worker can be started."""

    def make(index: int) -> ScriptedWorker:
        if index >= len(scripts):
            raise SandboxError("no more scripts")
        return ScriptedWorker(scripts[index])

    return HostileBackend(make, alive)


# --- the oracle ------------------------------------------------------------------------------------------------------


def fate(script: Script, number: int, n_calls: int, limits: Limits, judged: bool = False) -> Fate:
    """What becomes of a job (`judged`: an assert-style one) that is sent under this number to a worker with this script."""
    found, rest = _frame(script.data, wire.READY, wire.MAX_READY_BYTES)
    try:
        if found is None:
            return "unstarted"
        read_ready(found)
    except ProtocolError:
        return "unstarted"
    if script.then == "closed":
        return "before"
    found, rest = _frame(rest, wire.ACCEPT, 9)
    if found != struct.pack(">Q", number):
        return "before"
    if _frame(rest, wire.DECLINE, max_result_bytes(limits))[0] == struct.pack(">Q", number):
        return "before"
    for _ in range(wire.MOST_WAITS):
        found, after = _frame(rest, wire.WAIT, max_result_bytes(limits))
        if found != struct.pack(">Q", number):
            break
        rest = after
    found, rest = _frame(rest, wire.RESULT, max_result_bytes(limits))
    try:
        told = read_result(found, n_calls, limits, judged=judged) if found is not None else None
    except ProtocolError:
        return "after"
    return told if told is not None and told.number == number else "after"


def _frame(data: bytes, kind: bytes, most: int) -> tuple[bytes | None, bytes]:
    size = int.from_bytes(data[:4], "big")
    whole = len(data) >= 4 + size and 1 <= size <= most and data[4:5] == kind
    return (data[5 : 4 + size] if whole else None), data[4 + size :]


@dataclass
class Blame:
    """What the pool must answer for one job, as the fates of its tries come in. `answer` is set once it is known."""

    alive: bool = True
    sent: int = 0
    tries: int = 0
    deaths: int = 0
    answer: Result | Literal["infrastructure", "crashed"] | None = None

    def add(self, one: Fate) -> None:
        if one == "unstarted":
            self.answer = "infrastructure"
            return
        self.sent += 1
        if one == "after" and self.alive:
            self.deaths += 1
            self.answer = "crashed" if self.deaths > 1 else None
        elif one in ("before", "after"):
            self.tries += 1
            self.answer = "infrastructure" if self.tries >= MAX_TRIES else None
        else:
            assert isinstance(one, Result)
            self.answer = "infrastructure" if one.starved else one


# --- generated streams -----------------------------------------------------------------------------------------------

_LENGTHS = (0, 1, 9, 10, 16_384, 16_385, 2**24, 2**31, 2**32 - 1)
_TEXTS = ("1", "ж", "\ud800", "x" * 500)


def generate(random: Random, number: int, n_calls: int, silent: float) -> Script:
    """An honest stream for the job's number, or one that was bent in up to three places."""
    parts = [ready(), accept(number), _any_result(random, number, n_calls)]
    for _ in range(random.choice((0, 0, 1, 1, 1, 2, 3))):
        _BENDS[random.randrange(len(_BENDS))](random, parts, number)
    then: Then = "silent" if random.random() < silent else random.choice(("eof", "eof", "eof", "closed"))
    return Script(b"".join(parts)[:60_000], then)


def _any_result(random: Random, number: int, n_calls: int) -> bytes:
    kind = random.random()
    if kind < 0.4:
        return result(number, returned(*random.choices(_TEXTS, k=n_calls)), cpu_ms=random.randrange(10_000))
    if kind < 0.7:  # what a judge leaves, honest or not; a job without one must not get such an answer
        record = {"s": random.choice(("passed", "failed", "unsupported", "lost", "?")), "y": "E", "m": "m", "l": 1}
        ruled = random.choice((ruling(record, 3, 4), ruling(record)[:-1], ruling(b"[" * 5_000), b"\xff" * 12, b"x"))
        return result(number, lines({"s": "defined", "c": 0.1}), ruled)
    kinds = ("defined", "returned", "raised", "end", "overflow", "noentry", "syntax", "?")
    records = [{"s": random.choice(kinds), "t": "1", "y": "int"} for _ in range(random.randrange(5))]
    numbers: Fields = {"end": random.randrange(7), "sig": random.randrange(256), "flags": random.randrange(10)}
    return result(number, lines(*records), **numbers)


def _flip(random: Random, parts: list[bytes], number: int) -> None:
    at = random.randrange(len(parts))
    data = bytearray(parts[at])
    for _ in range(random.randrange(1, 4)):
        if data:
            data[random.randrange(len(data))] = random.randrange(256)
    parts[at] = bytes(data)


def _cut(random: Random, parts: list[bytes], number: int) -> None:
    data = b"".join(parts)
    parts[:] = [data[: random.randrange(len(data) + 1)]]


def _drop(random: Random, parts: list[bytes], number: int) -> None:
    parts[random.randrange(len(parts))] = b""


def _twice(random: Random, parts: list[bytes], number: int) -> None:
    at = random.randrange(len(parts))
    parts.insert(at, parts[at])


def _swap(random: Random, parts: list[bytes], number: int) -> None:
    parts.reverse()


def _noise(random: Random, parts: list[bytes], number: int) -> None:
    parts.insert(random.randrange(len(parts) + 1), bytes(random.choices(range(256), k=random.randrange(1, 40))))


def _length(random: Random, parts: list[bytes], number: int) -> None:
    at = random.randrange(len(parts))
    parts[at] = struct.pack(">I", random.choice(_LENGTHS)) + parts[at][4:]


def _stranger(random: Random, parts: list[bytes], number: int) -> None:
    other = number + random.choice((-1, 1, 2**32))
    parts.insert(random.randrange(1, len(parts) + 1), random.choice((accept(other), result(other, returned("1")))))


def _decline(random: Random, parts: list[bytes], number: int) -> None:
    told = struct.pack(">Q", number + random.choice((0, 0, 0, 1))) + random.choice((b"", b"", b"x"))
    parts[-1] = wire.frame(wire.DECLINE, told)


def _waits(random: Random, parts: list[bytes], number: int) -> None:
    told = struct.pack(">Q", number + random.choice((0, 0, 0, 1))) + random.choice((b"", b"", b"x"))
    count = random.choice((1, 2, wire.MOST_WAITS, wire.MOST_WAITS + 1))
    parts.insert(random.choice((len(parts) - 1, random.randrange(len(parts) + 1))), count * wire.frame(wire.WAIT, told))


def _flood(random: Random, parts: list[bytes], number: int) -> None:
    parts.insert(random.randrange(len(parts) + 1), wire.frame(random.choice((b"E", b"A", b"R", b"J")), b"x" * 30_000))


def _greeting(random: Random, parts: list[bytes], number: int) -> None:
    parts[0] = random.choice(
        (ready(wire=wire.WIRE_VERSION + 1), ready(python=[[]] * 9), wire.frame(wire.READY, b"[" * 9_000), b"")
    )


_BENDS: tuple[Callable[[Random, list[bytes], int], None], ...] = (
    *(_flip, _flip, _cut, _cut, _drop, _twice),
    *(_swap, _noise, _length, _stranger, _flood, _greeting, _decline, _waits),
)


# --- workers that answer, honestly or not ----------------------------------------------------------------------------

#: What a reactive worker does with a job -> what the host must make of it.
ACTIONS: dict[str, Literal["before", "after", "ok"]] = {
    "honest": "ok",
    "dirty": "ok",
    "dies before": "before",
    "accepts another": "before",
    "says nonsense before": "before",
    "declines": "before",
    "dies after": "after",
    "answers for another": "after",
    "accepts twice": "after",
    "says nonsense after": "after",
    "floods after": "after",
}


@dataclass
class Log:
    """Per job (by the number in its source), what workers did with it, in order."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    jobs: dict[int, list[str]] = field(default_factory=dict)

    def add(self, job: int, what: str) -> None:
        with self.lock:
            self.jobs.setdefault(job, []).append(what)


class ReactiveWorker:
    """A thread that reads jobs and does with each what `decide(job)` says."""

    def __init__(self, decide: Callable[[int], str], log: Log) -> None:
        ours, self._guest = socket.socketpair()
        self.channel = Channel(ours)
        self.killed = False
        self._decide, self._log = decide, log
        self._thread = threading.Thread(target=self._serve, name="guest", daemon=True)
        self._thread.start()

    def kill(self) -> None:
        self.killed = True
        self.channel.close()
        self._thread.join()

    def _serve(self) -> None:
        with self._guest, self._guest.makefile("rb") as stream:
            try:
                self._guest.sendall(ready())
                while head := stream.read(4):
                    body = stream.read(int.from_bytes(head, "big"))
                    number = int.from_bytes(body[1:9], "big")
                    job = int(body.partition(b"<job ")[2].partition(b">")[0])
                    action = self._decide(job)
                    self._log.add(job, action)
                    for piece in answer(action, number, job):
                        self._guest.sendall(piece)
                    if (
                        action != "honest"
                    ):  # after "dirty" it will be destroyed: what it did with further jobs never counts
                        return
            except (OSError, ValueError):
                return


def answer(action: str, number: int, job: int) -> list[bytes]:
    """The frames for one job."""
    honest = [accept(number), result(number, returned(str(job)))]
    return {
        "honest": honest,
        "dirty": [honest[0], result(number, returned(str(job)), flags=wire.FLAG_DIRTY)],
        "dies before": [],
        "accepts another": [accept(number + 1)],
        "says nonsense before": [b"\xff" * 20],
        "declines": [honest[0], wire.frame(wire.DECLINE, accept(number)[5:])],
        "dies after": honest[:1],
        "answers for another": [honest[0], result(number + 1, returned(str(job)))],
        "accepts twice": [honest[0], honest[0]],
        "says nonsense after": [honest[0], b"\0\0\0\x01?"],
        "floods after": [honest[0], b"\xff" * 100_000],
    }[action]
