"""Texts that Python's parser reads in quadratic time.

- Names with thousands of combining characters on one letter. The parser normalises names (NFKC), which sorts the combining
  characters that follow one letter by moving each of them past the others: a minute for 50,000 of them.
- Long f-strings with thousands of expressions. Before Python 3.12 the parser goes back to the beginning of the string for
  each of them: half an hour for a text of 64 MiB.
"""

from __future__ import annotations

import itertools
import re
from unicodedata import combining, normalize

#: Far more than decorated text has.
MAX_MARKS = 1_000
_HALF_WIDTH = "\uff9e\uff9f"  # letters that become combining characters when they are normalised
#: Characters gone through again for the expressions of f-strings, together: less than half a second.
MAX_FIELD_STEPS = 1 << 30
_RUN = re.compile(rf"(?:[^\x00-\x7f\w\s]|[{_HALF_WIDTH}])++")


_STRING = re.compile(
    r"""\#[^\n]*+
    |(?P<f>[rR]?[fF][rR]?)?+(?:
        \"{3}(?:[^"\\]|\\.|\"(?!\"\"))*+(?:\"{3})?
        |'{3}(?:[^'\\]|\\.|'(?!''))*+(?:'{3})?
        |\"(?:[^"\\\n]|\\.)*+\"?
        |'(?:[^'\\\n]|\\.)*+'?
    )""",
    re.VERBOSE | re.DOTALL,
)


def is_slow(text: str) -> str:
    """Why Python's parser would take more than linear time for a text; "" if it does not."""
    if has_more_marks(text):
        return f"more than {MAX_MARKS} combining characters on one letter"
    if has_more_fields(text):
        return "too many expressions in f-strings that are too long"
    return ""


def has_more_fields(text: str) -> bool:
    """Whether f-strings take more than MAX_FIELD_STEPS steps. Linear; the product of length and braces bounds it from
    above and decides for nearly all texts."""
    if len(text) * text.count("{") <= MAX_FIELD_STEPS:
        return False
    strings = (found[0] for found in _STRING.finditer(text) if found["f"] is not None)
    return sum(len(string) * string.count("{") for string in strings) > MAX_FIELD_STEPS


def has_more_marks(text: str) -> bool:
    """Whether more than MAX_MARKS combining characters follow one another."""
    return not text.isascii() and any(map(_is_of_marks, _RUN.findall(text)))


def _is_of_marks(run: str) -> bool:
    if len(run) <= MAX_MARKS:
        return False
    others = [place for place, char in enumerate(run) if not combining(normalize("NFKD", char)[0])]
    return max(after - before for before, after in itertools.pairwise((-1, *others, len(run)))) > MAX_MARKS
