"""What may be a problem's id. It stands in reports, logs and addresses, on command lines, and in files of completions."""

from __future__ import annotations

MAX_ID_CHARS = 200
#: The remedy, whatever is wrong with an id.
HINT = 'An id is a whole number, or a short text on one line such as "7" or "strings/7".'


def id_fault(name: str) -> str | None:
    """What keeps a text from being an id, in words; None if nothing does. Files of completions are read without white space
    around an id, so one that has it would never find its samples."""
    if not name.strip():
        return "is empty"
    if len(name) > MAX_ID_CHARS:
        return f"has {len(name)} characters, and {MAX_ID_CHARS} are the most"
    if name != name.strip():
        return f"{name!r} begins or ends with white space"
    if not name.isprintable():
        return f"{name!a} has characters that can't be printed"
    return None
