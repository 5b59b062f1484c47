"""What a problem's id may be: it appears in reports, logs, URLs, on command lines, and in files of completions."""

from __future__ import annotations

from codeeval.i18n import msg

MAX_ID_CHARS = 200
#: The remedy for any unusable id.
HINT = msg('An id is a whole number, or a short text on one line such as "7" or "strings/7".')


def id_fault(name: str) -> str | None:
    """Why a text can't be an id; None if it can. Files of completions strip white space around an id, so an id with it
    would never match its samples."""
    if not name.strip():
        return msg("is empty")
    if len(name) > MAX_ID_CHARS:
        return msg("has {n} characters, and {m} are the most", n=len(name), m=MAX_ID_CHARS)
    if name != name.strip():
        return msg("{value} begins or ends with white space", value=repr(name))
    if not name.isprintable():
        return msg("{value} has characters that can't be printed", value=ascii(name))
    return None
