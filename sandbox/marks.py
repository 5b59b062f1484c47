"""Texts that Python's parser reads in quadratic time: names with thousands of combining characters on one letter.

The parser normalises names (NFKC), which sorts the combining characters that follow one letter by moving each of them
past the others: a minute for 50,000 of them.
"""

from __future__ import annotations

import itertools
import re
from unicodedata import combining, normalize

#: Far more than decorated text has.
MAX_MARKS = 1_000
_HALF_WIDTH = "\uff9e\uff9f"  # letters that become combining characters when they are normalised
_RUN = re.compile(rf"(?:[^\x00-\x7f\w\s]|[{_HALF_WIDTH}])++")


def has_more_marks(text: str) -> bool:
    """Whether more than MAX_MARKS combining characters follow one another."""
    return not text.isascii() and any(map(_is_of_marks, _RUN.findall(text)))


def _is_of_marks(run: str) -> bool:
    if len(run) <= MAX_MARKS:
        return False
    others = [place for place, char in enumerate(run) if not combining(normalize("NFKD", char)[0])]
    return max(after - before for before, after in itertools.pairwise((-1, *others, len(run)))) > MAX_MARKS
