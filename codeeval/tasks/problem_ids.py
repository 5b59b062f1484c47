"""What may be a problem's id. It stands in reports, logs and addresses, on command lines, and in files of completions."""

from __future__ import annotations

from codeeval.i18n import msg

MAX_ID_CHARS = 200
#: The remedy, whatever is wrong with an id.
HINT = msg('An id is a whole number, or a short text on one line such as "7" or "strings/7".')


def id_fault(name: str) -> str | None:
    """What keeps a text from being an id, in words; None if nothing does. Files of completions are read without white space
    around an id, so one that has it would never find its samples."""
    if not name.strip():
        return msg("is empty")
    if len(name) > MAX_ID_CHARS:
        return msg("has {n} characters, and {m} are the most", n=len(name), m=MAX_ID_CHARS)
    if name != name.strip():
        return msg("{value} begins or ends with white space", value=repr(name))
    if not name.isprintable():
        return msg("{value} has characters that can't be printed", value=ascii(name))
    return None
