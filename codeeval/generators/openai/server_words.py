"""Extract a server's own error text and make it safe to show: found wherever it is, bounded, and inert on a
terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator

#: How many characters of a server's text are shown.
MOST_SHOWN = 500
#: Only this much of a longer body is searched for text.
_MOST_READ = 200_000
#: Fields in which servers put their messages.
_HOLDERS = (
    *("error", "errors", "detail", "message", "msg", "error_msg", "error_message", "errmsg", "status_msg", "base_resp"),
    *("title", "details"),
)


def words_of(body: str) -> str:
    """The message in the body of a refusal: `error` as text or object, FastAPI's `detail`, `message`, otherwise the
    beginning of the body. "" for an empty body."""
    try:
        found = json.loads(body[:_MOST_READ])
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, list) and found:
        found = found[0]
    said = words_in(found) if isinstance(found, dict) else None
    return inert(said or body[: 4 * MOST_SHOWN])


def words_in(body: dict[str, object]) -> str | None:
    """The same for a body parsed as JSON; None if it reports no problem."""
    for name in _HOLDERS:
        if said := complaint(body.get(name)):
            return said
    return None


def complaint(value: object) -> str | None:
    """The text of a field like `error`; None if it is null, empty, or an object of nulls."""
    if not value:
        return None
    if isinstance(value, dict):
        if not any(complaint(item) for item in value.values()):
            return None
        return _of_object(value) or json.dumps(value, ensure_ascii=False)[:_MOST_READ]
    if isinstance(value, list):
        return "; ".join(filter(None, map(complaint, value))) or None
    said = str(value).strip()
    return said if said.lower() not in ("", "null", "none") else None


def _of_object(value: dict[str, object]) -> str | None:
    """FastAPI: `{"loc": ["body", "top_p"], "msg": "extra fields not permitted"}`; OpenAI: `{"message": …}`."""
    said = words_in(value)
    place = value.get("loc")
    if said and isinstance(place, list):
        return f"{'.'.join(map(str, place))}: {said}"
    return said


def named_in(body: str) -> Iterator[str]:
    """The parameters that a refusal points to: `error.param`, and the last part of each `detail[].loc`."""
    try:
        found = json.loads(body[:_MOST_READ])
    except (ValueError, RecursionError):
        return
    if isinstance(found, list) and found:
        found = found[0]
    outer = found if isinstance(found, dict) else {}
    for part in (outer, *(outer[name] for name in ("error", "message") if isinstance(outer.get(name), dict))):
        if isinstance(part.get("param"), str):
            yield part["param"].rpartition(".")[2]
        details = part.get("detail")
        for one in details if isinstance(details, list) else ():
            place = one.get("loc") if isinstance(one, dict) else None
            if isinstance(place, list) and place:
                yield str(place[-1])


def inert(text: str, most: int = MOST_SHOWN) -> str:
    """One line of at most `most` characters, with terminal control sequences escaped."""
    line = " ".join(text[: 20 * most].split())
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in line)
    return shown if len(shown) <= most else shown[: most - 1] + "…"
