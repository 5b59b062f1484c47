"""Parse untrusted JSON with memory proportional to its size.

`json.loads` turns every byte of `[],[],…` into thirty, and raises RecursionError. Not covered: the size of the text,
which is bounded by the readers of files.
"""

from __future__ import annotations

import json
import re
from typing import Any

from codeeval.i18n import msg

#: The most commas and opening brackets of a text, outside its strings. Each can account for 80 bytes of memory.
MAX_VALUES = 2_000_000
#: A string that is never closed reaches to the end: otherwise each escaped quote in it would be tried as another one's beginning.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?+', re.DOTALL)


def loads(text: str, most: int = MAX_VALUES) -> Any:
    """The value of a JSON text. Raises ValueError (json.JSONDecodeError if it is not JSON), also for nesting that is
    too deep, integers of more than 4,300 digits, and more than `most` values."""
    refuse_many(text, most)
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def refuse_many(text: str, most: int) -> None:
    """Raise ValueError for a JSON text of more than `most` values. For readers that collect every error, at two
    kilobytes each."""
    if len(text) > most and _values(text) > most and _values(_STRING.sub("", text)) > most:
        raise ValueError(msg("more than {n} values", n=most))


def _values(text: str) -> int:
    return sum(map(text.count, "[{,"))
