"""The records in a reply or a ruling: one flat, short JSON object per line, parsed without using many times their
size."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_MAX_FIELDS = 16
_MAX_LINES = 20_000
_ORDINARY = bytes(each for each in range(256) if each not in b'"[{,')
#: A string that is never closed reaches to the end: otherwise each escaped quote in it would be tried as another one's beginning.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?+', re.DOTALL)


def records(data: bytes) -> list[dict[str, Any]] | Iterator[dict[str, Any] | None]:
    """The records of a reply, one per line; None at the first line that is not a record, and no more after it.

    Parsed in one go if that gives as many records as there are lines. A program gains nothing by writing lines that are
    records only when taken together: it could have written the records.
    """
    if not _is_plain(data):
        return _one_by_one(data)
    try:
        found = json.loads((b"[%b]" % data[:-1].replace(b"\n", b",")).decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return _one_by_one(data)
    sound = [one for one in found if isinstance(one, dict) and isinstance(one.get("s"), str)]
    return sound if len(sound) == len(found) == data.count(b"\n") else _one_by_one(data)


def _one_by_one(data: bytes) -> Iterator[dict[str, Any] | None]:
    for line in data.splitlines():
        found = record(line)
        yield found
        if found is None:
            return


def record(line: bytes) -> dict[str, Any] | None:
    """One record, or None. Its values may be of any simple JSON type."""
    if not _is_flat(line):
        return None
    try:
        # decoded here, because of bytes it would also read UTF-16, which is not counted here
        found = json.loads(line.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("s"), str) else None


def _is_flat(line: bytes) -> bool:
    """Whether a record has no more fields than an honest one and nothing nested: parsing a reply of `[],[],…` would
    take thirty times its size in lists, and ten seconds."""
    if line.count(b"[") + line.count(b"{") + line.count(b",") <= _MAX_FIELDS:
        return True
    bare = _STRING.sub(b"", line)
    return bare.count(b"{") <= 1 and b"[" not in bare and bare.count(b",") < _MAX_FIELDS


def _is_plain(data: bytes) -> bool:
    """Whether a whole reply has records without lists, with few fields each, and at most as many as a sample of
    EvalPlus: such a reply is parsed in one go without using many times its size."""
    lines = data.count(b"\n")
    if lines > _MAX_LINES:
        return False
    bare = data
    if b"[" in data or data.count(b"{") > lines or data.count(b",") > lines * _MAX_FIELDS:
        bare = _outside_strings(data)
    return b"[" not in bare and bare.count(b"{") <= lines and bare.count(b",") <= lines * _MAX_FIELDS


def _outside_strings(data: bytes) -> bytes:
    """JSON's structural characters outside its strings. Without escapes, a character is inside a string if the number
    of quotes before it is odd, and removing two adjacent quotes does not change that."""
    if b"\\" in data:
        return _STRING.sub(b"", data)
    return b"".join(data.translate(None, _ORDINARY).replace(b'""', b"").split(b'"')[::2])
