"""The records in a reply or a ruling: one JSON object a line, flat and short, read without taking many times their size."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_MAX_FIELDS = 16
_MAX_LINES = 20_000
_ORDINARY = bytes(each for each in range(256) if each not in b'"[{,')
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)


#: (text, name of the type, whether it is plain, milliseconds, literal or nothing), as they stand between the quotes.
Returned = tuple[str, str, str, str, str]
_TEXT = r"(?:[^\"\\\x00-\x1f]|\\[^\x00-\x1f])"
_RETURNED = re.compile(
    rf'^{{"s":"returned","t":"({_TEXT}*+)","y":"([^"\\\x00-\x1f]{{0,1000}}+)","p":(true|false),'
    rf'"c":([0-9]{{1,9}}\.[0-9]{{3}})(?:,"d":"({_TEXT}++)")?}}\n',
    re.MULTILINE,
)
_DEFINED, _END = re.compile(rb'{"s":"defined","c":[0-9]{1,9}\.[0-9]{3}}\n'), b'{"s":"end"}\n'


def returned(data: bytes, n_calls: int) -> list[Returned] | None:
    """What each call returned, where a whole reply is that of a program that returned from every call, written as an honest
    child writes it; None for any other. `unquoted` reads a text of it.

    The same values as `records` would give, in a third of the time: a reply may have a thousand records.
    """
    head = _DEFINED.match(data)
    if head is None or not data.endswith(_END) or data.count(b"\n") != n_calls + 2:
        return None
    try:
        body = data[head.end() : -len(_END)].decode()
    except UnicodeDecodeError:
        return None
    found: list[Returned] = _RETURNED.findall(body)
    return found if len(found) == n_calls else None  # each is a whole line, so nothing is beside them


def unquoted(text: str) -> str:
    """A string of JSON, given without its quotes. Raises ValueError."""
    return str(json.loads(f'"{text}"')) if "\\" in text else text


def records(data: bytes) -> list[dict[str, Any]] | Iterator[dict[str, Any] | None]:
    """The records of a reply, one a line; None, and no more, where a line is not one.

    Read in one go where that gives as many records as there are lines. A program that writes lines which are records only when
    taken together gains nothing by it: it could have written the records.
    """
    if not _is_plain(data):
        return _one_by_one(data)
    try:
        found = json.loads(b"[%b]" % data[:-1].replace(b"\n", b","))
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
    """One record, or None. Its values may still be of any simple JSON type."""
    if not _is_flat(line):
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("s"), str) else None


def _is_flat(line: bytes) -> bool:
    """Whether a record has no more fields than an honest one, and nothing nested in it: a reply of `[],[],…` would become
    thirty times its size of lists, and take ten seconds."""
    if line.count(b"[") + line.count(b"{") + line.count(b",") <= _MAX_FIELDS:
        return True
    bare = _STRING.sub(b"", line)
    return bare.count(b"{") <= 1 and b"[" not in bare and bare.count(b",") < _MAX_FIELDS


def _is_plain(data: bytes) -> bool:
    """Whether a whole reply has records without lists, few fields each, and as many as a sample of EvalPlus at most: such a reply
    is read in one go without taking many times its size."""
    lines = data.count(b"\n")
    if lines > _MAX_LINES:
        return False
    bare = data
    if b"[" in data or data.count(b"{") > lines or data.count(b",") > lines * _MAX_FIELDS:
        bare = _outside_strings(data)
    return b"[" not in bare and bare.count(b"{") <= lines and bare.count(b",") <= lines * _MAX_FIELDS


def _outside_strings(data: bytes) -> bytes:
    """What of JSON's own marks stands outside of its strings. Without an escape a mark is inside where the number of quotes
    before it is odd, and that does not change when two neighbouring quotes are taken away."""
    if b"\\" in data:
        return _STRING.sub(b"", data)
    return b"".join(data.translate(None, _ORDINARY).replace(b'""', b"").split(b'"')[::2])
