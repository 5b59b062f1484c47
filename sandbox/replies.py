"""Parse what a guest sends back. Treats the guest as hostile: bounded and strict; nothing is executed.

A malformed frame header is a ProtocolError (no honest supervisor sends it). A malformed reply inside a well-formed
frame is the candidate's own doing and becomes an Outcome with status `crashed`. A malformed ruling does not count:
`not_reached`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from sandbox import reply_records, wire
from sandbox.errors import ProtocolError
from sandbox.outcomes import LastCall, Observation, Outcome, OutcomeStatus, Ruling
from sandbox.usual_replies import all_returned
from sandbox.wire import Limits

_NOT_REACHED = Observation("not_reached")
_SIGXCPU = 24
_PASSED_WITH_OWN = wire.PASSED_WITH_OWN.encode()
_MAX_NAME = 1_000
#: Characters of a call in a ruling, and of its result.
_MAX_SHOWN = 2_100


@dataclass(frozen=True, slots=True)
class Result:
    """A decoded RESULT frame: the job's number, its outcome, and whether the worker may be reused.

    `starved`: other work kept the program from running until its supervisor gave up; the outcome then says nothing
    about it. `with_own`: the tests have passed with their own arguments in place of those that the program has changed.
    """

    number: int
    outcome: Outcome
    clean: bool
    starved: bool = False
    with_own: bool = False


@dataclass(frozen=True, slots=True)
class _Written:
    """What the candidate's process recorded before it ended."""

    observations: tuple[Observation, ...] = ()
    definition: Observation | None = None
    ended: Literal["", "end", "overflow", "broken"] = ""
    status: OutcomeStatus = "completed"
    started: bool = False


def max_result_bytes(limits: Limits) -> int:
    """The largest RESULT frame that an honest supervisor can send for a job with these limits."""
    fixed = 1 + wire.RESULT_HEADER.size + wire.RULING_BYTES
    return fixed + max(limits.reply_bytes, 4096) + 2 * max(limits.stdout_bytes, 1)


def read_ready(payload: bytes) -> dict[str, str]:
    """A guest's description of itself, as text values for the manifest. Raises ProtocolError."""
    try:
        facts = json.loads(payload)
        if not isinstance(facts, dict) or facts.get("wire") != wire.WIRE_VERSION:
            raise ValueError("another wire version")
        return {str(key): str(value)[:200] for key, value in facts.items()}
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"READY is not readable: {error}") from error


def read_accept(payload: bytes) -> int:
    """The number of the accepted job. Raises ProtocolError."""
    if len(payload) != wire.ACCEPT_HEADER.size:
        raise ProtocolError("ACCEPT of a wrong size")
    return int(wire.ACCEPT_HEADER.unpack(payload)[0])


def read_result(payload: bytes, n_calls: int, limits: Limits, guest: str = "", *, judged: bool = False) -> Result:
    """Decode a RESULT frame for a job with `n_calls` calls, or with a judge and no calls.

    Raises ProtocolError if the frame itself is malformed.
    """
    head = wire.RESULT_HEADER.size
    if len(payload) < head:
        raise ProtocolError("RESULT shorter than its header")
    number, end, code, sig, cpu_ms, wall_ms, waited_ms, rss, flags, *sizes = wire.RESULT_HEADER.unpack_from(payload)
    if end >= len(wire.ENDS) or flags > 7 or head + sum(sizes) != len(payload) or (sizes[1] > 0) > judged:
        raise ProtocolError("RESULT with impossible fields")
    reply, ruled, stdout, stderr = _split(payload, head, sizes)
    told = _read_reply(reply, n_calls)
    ruling = _read_ruling(ruled) if judged else None
    if ruling is not None:
        told = _with_ruling(told, ruling)
    status, limit = _status(wire.ENDS[end], told, (sig, cpu_ms, flags), limits)
    outcome = Outcome(
        status=status,
        observations=told.observations + (_NOT_REACHED,) * (n_calls - len(told.observations)),
        definition=told.definition,
        stdout=stdout.decode("utf-8", "backslashreplace"),
        stderr=stderr.decode("utf-8", "backslashreplace"),
        truncated=bool(flags & wire.FLAG_TRUNCATED),
        cpu_ms=cpu_ms,
        wall_ms=wall_ms,
        max_rss_kb=rss,
        exit_code=code if wire.ENDS[end] == "exited" else None,
        exit_signal=sig if wire.ENDS[end] == "signalled" else None,
        oom=bool(flags & wire.FLAG_OOM),
        limit=limit,
        guest=guest,
        ruling=ruling,
        waited_ms=min(waited_ms, wall_ms),
    )
    with_own = ruling is not None and ruling.status == "passed" and ruled[wire.RULING_HEAD.size :] == _PASSED_WITH_OWN
    return Result(number, outcome, not flags & wire.FLAG_DIRTY, wire.ENDS[end] == "starved", with_own)


def _split(payload: bytes, at: int, sizes: list[int]) -> list[bytes]:
    parts = []
    for size in sizes:
        parts.append(payload[at : at + size])
        at += size
    return parts


def _with_ruling(told: _Written, ruling: Ruling) -> _Written:
    """A program that has answered its judge to the end has no end of its own: it is killed while it waits for more
    questions.

    If there is no ruling, a program that ended normally after its definitions was abandoned by a judge that is gone,
    and did not complete.
    """
    if told.status != "completed" or told.ended not in ("", "end"):
        return told
    return replace(told, ended="end" if ruling.status != "not_reached" and told.started else "")


_Limit = Literal["cpu", "wall", "memory", "reply"]


def _status(
    end: str, told: _Written, facts: tuple[int, int, int], limits: Limits
) -> tuple[OutcomeStatus, _Limit | None]:
    sig, cpu_ms, flags = facts
    if end == "memory" or flags & wire.FLAG_OOM:
        return "memory", "memory"
    if end == "cpu_limit" or (end == "signalled" and sig == _SIGXCPU and cpu_ms >= limits.cpu_s * 1000):
        return "timeout", "cpu"
    if end in ("wall_limit", "starved"):
        return "timeout", "wall"
    if told.ended == "overflow":
        return "output_limit", "reply"
    if end == "exited" and told.ended == "end":
        return told.status, None
    return "crashed", None


def _read_reply(data: bytes, n_calls: int) -> _Written:
    """All records up to the first that an honest child would not write; then `ended` is `broken`."""
    observations: list[Observation] = []
    definition: Observation | None = None
    status: OutcomeStatus = "completed"
    ended: Literal["", "end", "overflow", "broken"] = ""
    started = False
    if data.count(b"\n") > n_calls + 3 or (data and not data.endswith(b"\n")):
        return _Written(ended="broken")
    if (returned := all_returned(data, n_calls)) is not None:  # the usual case
        return _Written(returned, None, "end", "completed", True)
    records = reply_records.records(data)
    for record in records:
        kind = record.get("s") if record else None
        if record is None or ended:
            ended = "broken"
            break
        if kind == "returned" and started and status == "completed" and len(observations) < n_calls:
            observations.append(_returned(record))
        elif kind == "defined" and not started:
            started = True
        elif kind in ("syntax", "definitions", "noentry") and not started:
            started = True
            status = _BEFORE_CALLS[kind]
            definition = _raised(record) if kind != "noentry" else None
        elif kind == "raised" and started and status == "completed" and len(observations) < n_calls:
            observations.append(_raised(record))
        elif kind in ("end", "overflow"):
            ended = "end" if kind == "end" else "overflow"
        else:
            ended = "broken"
            break
    if ended == "end" and (not started or (status == "completed" and len(observations) != n_calls)):
        ended = "broken"
    return _Written(tuple(observations), definition, ended, status, started)


def _read_ruling(data: bytes) -> Ruling:
    """The judge's ruling. Anything that an honest judge would not send is not a ruling."""
    head = wire.RULING_HEAD.size
    if len(data) < head:
        return Ruling("not_reached")
    size, calls, line = wire.RULING_HEAD.unpack_from(data)
    nothing = Ruling("not_reached", calls=calls, line=_line(line))
    record = reply_records.record(data[head:]) if size == len(data) - head else None
    kind = record.get("s") if record else None
    if record is None or kind not in ("passed", "failed", "unsupported"):
        return nothing
    if kind == "passed":
        return Ruling("passed", calls=calls)
    message = _message(record.get("m"))
    if kind == "unsupported":
        return replace(nothing, message=message)
    return Ruling(
        "failed",
        exc_type=_text(record.get("y")),
        message=message,
        line=_line(record.get("l")),
        from_candidate=record.get("f") is True,
        calls=calls,
        candidate_line=_line(record.get("c")),
        not_carried=record.get("n") is True,
        last_calls=_last_calls(record),
    )


def _last_calls(record: dict[str, Any]) -> tuple[LastCall, ...]:
    """A record has the most recent call first; the result has it last."""
    found: list[LastCall] = []
    for number in range(wire.MOST_LAST_CALLS):
        call, *came = (record.get(f"{field}{number}") for field in "are")
        returned, raised = (one[:_MAX_SHOWN] if isinstance(one, str) else None for one in came)
        if isinstance(call, str) and (returned is None) != (raised is None):
            found.insert(0, LastCall(call[:_MAX_SHOWN], returned, raised))
    return tuple(found)


_BEFORE_CALLS: dict[str, OutcomeStatus] = {
    "syntax": "syntax_error",
    "definitions": "definition_error",
    "noentry": "no_entry_point",
}


def _returned(record: dict[str, Any]) -> Observation:
    get = record.get
    text, name, cpu_ms, data = get("t"), get("y"), get("c"), get("d")
    return _NEW(
        Observation,
        (
            "returned",
            text if isinstance(text, str) else "",
            name if isinstance(name, str) and len(name) <= _MAX_NAME else _text(name),
            get("p") is True,
            None,
            None,
            None,
            cpu_ms if type(cpu_ms) is float and 0.0 <= cpu_ms < 1e9 else _milliseconds(cpu_ms),
            data if isinstance(data, str) else None,
        ),
    )


#: A named tuple's own `__new__` takes three times as long, and a reply may have a thousand records.
_NEW: Callable[[type[Observation], tuple[object, ...]], Observation] = tuple.__new__


def _raised(record: dict[str, Any]) -> Observation:
    return Observation(
        "raised",
        exc_type=_text(record.get("y")),
        message=_message(record.get("m")),
        line=_line(record.get("l")),
        cpu_ms=_milliseconds(record.get("c")),
    )


def _message(value: object) -> str:
    return value[:4_000] if isinstance(value, str) else ""


def _line(value: object) -> int | None:
    return value if type(value) is int and 0 < value < 10**9 else None


def _text(value: object) -> str:
    return value[:_MAX_NAME] if isinstance(value, str) else "?"


def _milliseconds(value: object) -> float:
    if type(value) not in (int, float):
        return 0.0
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        return 0.0
    return number if math.isfinite(number) and 0 <= number < 1e9 else 0.0
