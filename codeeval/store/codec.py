"""Encode values for the run file: text that may not be valid Unicode, outcomes and judgements as JSON.

A model's text can contain lone surrogates and NULs. SQLite keeps NULs; a text that UTF-8 can't encode is stored as a
BLOB in UTF-8 with surrogates passed through, so that every `str` round-trips. JSON is written without `\\u` escapes for
the same reason: escapes would join two lone surrogates into one character.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, replace
from operator import attrgetter
from typing import Any, NamedTuple

from codeeval import bounded_json
from codeeval.errors import DataError
from codeeval.i18n import msg
from codeeval.store.records import READER, Reading
from sandbox import Observation, Outcome
from sandbox.outcomes import LastCall, Ruling
from sandbox.wire import MOST_LAST_CALLS

#: Larger outcomes and outputs are compressed, so that a program that prints megabytes does not fill the disk.
COMPRESS_ABOVE = 8_192
#: No outcome of a run is larger when unpacked (replies and outputs are limited); refuses files made to fill memory.
MAX_UNPACKED = 48 * 1024 * 1024

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
#: A text in JSON, as the encoder above writes it. What every sample has is put together by hand, for speed.
_text: Callable[[str], str] = json.encoder.encode_basestring


def pack_text(text: str) -> str | bytes:
    """`str` in a form that SQLite can store, without a message's template; `unpack_text` restores it exactly."""
    text = str.__str__(text)
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def unpack_text(stored: Any) -> str:
    return stored.decode("utf-8", "surrogatepass") if isinstance(stored, bytes) else str(stored)


def unpack_optional(stored: Any) -> str | None:
    return None if stored is None else unpack_text(stored)


def pack_int(value: int | None) -> int | str | None:
    """SQLite's integers are signed 64-bit; a larger one (a seed) is stored as text."""
    return value if value is None or -(1 << 63) <= value < 1 << 63 else str(value)


def unpack_int(stored: Any) -> int | None:
    return None if stored is None else int(stored)


def pack_json(value: object) -> str | bytes:
    return pack_text(_ENCODE(value))


def unpack_json(stored: Any) -> Any:
    """Raises ValueError, like `bounded_json.loads`."""
    return bounded_json.loads(unpack_text(stored))


def pack_outputs(outputs: tuple[str | None, ...] | str) -> str | bytes:
    """Like `pack_json`, but compressed (a BLOB) if large."""
    if isinstance(outputs, str):
        return _compressed(_text(outputs))
    return _compressed(f"[{','.join(['null' if text is None else _text(text) for text in outputs])}]")


def pack_numbers(numbers: Iterable[int]) -> str:
    """`pack_json` for whole numbers."""
    return f"[{','.join(map(int.__repr__, numbers))}]"


def pack_reading(reading: Reading) -> str | bytes:
    """`pack_json` for what its `to_json` gives."""
    kept: list[str] = []
    left_out: list[str] = []
    for cut in reading.trace:
        part = f"[{_text(cut.rule.removeprefix(READER))},{cut.start!r},{cut.end!r}]"
        (kept if cut.kept else left_out).append(part)
    added = ",".join(map(_text, reading.added))
    return pack_text(f'{{"kept":[{",".join(kept)}],"left_out":[{",".join(left_out)}],"prompt_parts":[{added}]}}')


def unpack_large(stored: Any) -> Any:
    """Decode what `pack_outputs` or `pack_json` made. Raises ValueError, also for zlib's errors."""
    return unpack_json(large_text(stored))


def large_text(stored: Any) -> str:
    """Its JSON text. No JSON text begins like compressed data. Raises ValueError."""
    if not isinstance(stored, bytes) or stored[:1] != _ZLIB:
        return unpack_text(stored)
    try:
        return _unpacked(stored)
    except zlib.error as error:
        raise ValueError(str(error)) from None


_ZLIB = b"x"


def pack_outcome(outcome: Outcome) -> str | bytes:
    """JSON without defaults; compressed (a BLOB) if large or not valid Unicode."""
    return _compressed(_outcome_text(outcome))


def _compressed(text: str) -> str | bytes:
    if len(text) <= COMPRESS_ABOVE and isinstance(packed := pack_text(text), str):
        return packed
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def unpack_outcome(stored: Any, where: str) -> Outcome:
    """Raises DataError if the row is damaged."""
    try:
        text = _unpacked(stored) if isinstance(stored, bytes) else stored
        return _outcome(bounded_json.loads(text))
    except (zlib.error, ValueError, TypeError, KeyError, RecursionError) as error:
        raise DataError(
            where, msg("the stored outcome can't be read ({reason})", reason=error), msg("The run file is damaged.")
        ) from None


def _unpacked(stored: bytes) -> str:
    decoder = zlib.decompressobj()
    data = decoder.decompress(stored, MAX_UNPACKED)
    if not decoder.eof:
        raise ValueError("cut off, or larger than any outcome")
    return data.decode("utf-8", "surrogatepass")


class _Fields(NamedTuple):
    """The fields of a class: how each begins in JSON, its value in an instance, its default."""

    heads: tuple[str, ...]
    values: Callable[[Any], tuple[object, ...]]
    defaults: tuple[object, ...]


def _fields(defaults: Mapping[str, object]) -> _Fields:
    """In order, without those that `_outcome_text` writes itself."""
    named = {name: default for name, default in defaults.items() if name not in ("observations", "attempts")}
    return _Fields(tuple(f'"{name}":' for name in named), attrgetter(*named), tuple(named.values()))


_FIELDS: dict[type, _Fields] = {
    **{kind: _fields({spec.name: spec.default for spec in fields(kind)}) for kind in (Outcome, Ruling)},
    Observation: _fields({name: Observation._field_defaults.get(name, MISSING) for name in Observation._fields}),
}


def _outcome_text(outcome: Outcome) -> str:
    observations = ",".join(map(_observation_text, outcome.observations))
    status, *more = _items(outcome)
    attempts = [f'"attempts":[{",".join(map(_outcome_text, outcome.attempts))}]'] if outcome.attempts else []
    return "{" + ",".join((status, f'"observations":[{observations}]', *more, *attempts)) + "}"


def _items(value: Outcome | Observation | Ruling) -> list[str]:
    """`"name":value` of every field that differs from its default."""
    heads, values, defaults = _FIELDS[type(value)]
    return [
        head + _plain(item)
        for head, item, default in zip(heads, values(value), defaults, strict=True)
        if item != default
    ]


def _plain(item: object) -> str:
    if type(item) is int:
        return int.__repr__(item)
    if isinstance(item, str):
        return _text(item)
    if isinstance(item, Observation | Ruling):
        return "{" + ",".join(_items(item)) + "}"
    return _ENCODE(item)


def _observation_text(seen: Observation) -> str:
    """The same for an ordinary call, written by hand because some programs are called a thousand times."""
    status, text, type_name, is_plain, exc_type, message, line, cpu_ms, data = seen
    if status != "returned" or text is None or exc_type is not None or message is not None:
        return _plain(seen)
    if line is not None or type_name is None:
        return _plain(seen)
    plain = ',"plain":true' if is_plain else ""
    took = f',"cpu_ms":{cpu_ms!r}' if cpu_ms else ""
    literal = "" if data is None else f',"literal":{_text(data)}'
    return f'{{"status":"returned","text":{_text(text)},"type_name":{_text(type_name)}{plain}{took}{literal}}}'


def _outcome(raw: dict[str, Any]) -> Outcome:
    raw = dict(raw)
    raw["observations"] = tuple(Observation(**part) for part in raw["observations"])
    if raw.get("definition") is not None:
        raw["definition"] = Observation(**raw["definition"])
    if raw.get("ruling") is not None:
        raw["ruling"] = _ruling(raw["ruling"])
    if "attempts" in raw:
        raw["attempts"] = tuple(_outcome(part) for part in raw["attempts"])
    return Outcome(**raw)


def _ruling(raw: dict[str, Any]) -> Ruling:
    """Raises ValueError and TypeError."""
    ruling = Ruling(**raw)
    calls = tuple(LastCall(*each) for each in ruling.last_calls if isinstance(each, list))
    texts = all(isinstance(call, str) and _is_one_text(returned, raised) for call, returned, raised in calls)
    if len(calls) != len(ruling.last_calls) or len(calls) > MOST_LAST_CALLS or not texts:
        raise ValueError("calls that no judge reports")
    return replace(ruling, last_calls=calls)


def _is_one_text(returned: object, raised: object) -> bool:
    """Whether a call has a result or an exception, and not both."""
    return (returned is None) != (raised is None) and isinstance(returned if raised is None else raised, str)
