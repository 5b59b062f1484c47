"""Untrusted JSON: parsed with memory in proportion to its size, and no more.

`json.loads` makes thirty bytes of every byte of `[],[],…`, and raises RecursionError. Not covered: the size of the text, which
the readers of files bound.
"""

from __future__ import annotations

import json
import re
from typing import Any

from codeeval.i18n import msg

#: Commas and opening brackets of one text, outside of its strings. Each can stand for 80 bytes of memory.
MAX_VALUES = 2_000_000
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)


def loads(text: str, most: int = MAX_VALUES) -> Any:
    """The value of a JSON text. Raises ValueError (json.JSONDecodeError where the text is no JSON), also for nesting too deep to
    read, integers of more than 4,300 digits, and more than `most` values."""
    refuse_many(text, most)
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def refuse_many(text: str, most: int) -> None:
    """Raises ValueError for a JSON text of more than `most` values. For readers that collect every error: each takes two
    kilobytes."""
    if len(text) > most and _values(text) > most and _values(_STRING.sub("", text)) > most:
        raise ValueError(msg("more than {n} values", n=most))


def _values(text: str) -> int:
    return sum(map(text.count, "[{,"))
