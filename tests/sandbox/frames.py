"""Frames and streams as an honest supervisor sends them, for tests that then bend them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

from sandbox import wire

READY_FACTS = {"wire": wire.WIRE_VERSION, "python": "3.12.1", "implementation": "CPython", "uid": 10_000}


class Fields(TypedDict, total=False):
    """Fields of a RESULT frame; `end` by name or by index."""

    end: int | str
    code: int
    sig: int
    cpu_ms: int
    wall_ms: int
    waited_ms: int
    rss: int
    flags: int
    sizes: Sequence[int]


def ready(**changes: object) -> bytes:
    """A READY frame."""
    return wire.frame(wire.READY, json.dumps(READY_FACTS | changes).encode())


def accept(number: int) -> bytes:
    """An ACCEPT frame."""
    return wire.frame(wire.ACCEPT, wire.ACCEPT_HEADER.pack(number))


def lines(*records: Mapping[str, object]) -> bytes:
    """A reply."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def returned(*texts: str) -> bytes:
    """The reply of a program whose calls all returned."""
    calls = [{"s": "returned", "t": text, "y": "str", "p": True, "c": 0.5} for text in texts]
    return lines({"s": "defined", "c": 0.1}, *calls, {"s": "end"})


def ruling(record: Mapping[str, object] | bytes = b"", calls: int = 0, line: int = 0) -> bytes:
    """What a judge leaves behind."""
    data = record if isinstance(record, bytes) else json.dumps(record).encode()
    return wire.RULING_HEAD.pack(len(data), calls, line) + data


def result_payload(
    number: int,
    reply: bytes = b"",
    outputs: tuple[bytes, bytes] = (b"", b""),
    ruled: bytes = b"",
    **fields: Unpack[Fields],
) -> bytes:
    """The payload of a RESULT frame."""
    end = fields.get("end", "exited")
    numbers = [fields.get(name, 0) for name in ("code", "sig", "cpu_ms", "wall_ms", "waited_ms", "rss", "flags")]
    sizes = fields.get("sizes", (len(reply), len(ruled), *map(len, outputs)))
    header = wire.RESULT_HEADER.pack(number, wire.ENDS.index(end) if isinstance(end, str) else end, *numbers, *sizes)
    return header + reply + ruled + outputs[0] + outputs[1]


def result(number: int, reply: bytes = b"", ruled: bytes = b"", **fields: Unpack[Fields]) -> bytes:
    """A RESULT frame."""
    return wire.frame(wire.RESULT, result_payload(number, reply, ruled=ruled, **fields))
