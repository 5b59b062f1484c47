"""Fields of a row, read strictly, with errors that name file, row and field; and what may be a problem's id.

An id stands in reports, logs and addresses, on command lines, and in files of completions.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import NoReturn, cast

from codeeval import syntax
from codeeval.errors import DataError
from codeeval.i18n import msg
from codeeval.tasks.bundled import page
from codeeval.tasks.rows import SourceRow
from sandbox.marks import has_more_marks

_SEE = msg("See {path} for the schemas.", path=page("tasks.md"))
#: Up to this size a program is parsed to find out which functions it defines.
MAX_PROGRAM_CHARS = 1_000_000
MAX_ID_CHARS = 200
#: The remedy for any unusable id.
ID_HINT = msg('An id is a whole number, or a short text on one line such as "7" or "strings/7".')


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


def as_compiled(text: str) -> str:
    """A text with its names as Python's compiler reads them (NFKC): й may be written as и and a breve."""
    return text if text.isascii() or has_more_marks(text) else unicodedata.normalize("NFKC", text)


class Fields:
    """One row of an English set. Every method raises DataError for a field that is missing or of another kind."""

    def __init__(self, row: SourceRow) -> None:
        self.where = row.where
        if not isinstance(row.value, Mapping):
            raise DataError(row.where, msg("a row must be an object"), _SEE)
        self._row = cast(Mapping[str, object], row.value)

    def __contains__(self, name: str) -> bool:
        return self._row.get(name) is not None

    def fail(self, name: str, what: str, hint: str = _SEE) -> NoReturn:
        raise DataError(msg("{where}, field {name}", where=self.where, name=name), what, hint)

    def value(self, name: str) -> object:
        if name not in self._row:
            self.fail(name, msg("is missing"))
        return self._row[name]

    def text(self, name: str) -> str:
        """A text, with line ends normalised as in Python source files."""
        value = self.value(name)
        if not isinstance(value, str):
            self.fail(name, "must be a text")
        return value.replace("\r\n", "\n")

    def optional(self, name: str) -> str:
        return self.text(name) if name in self else ""

    def texts(self, name: str) -> list[str]:
        value = self.value(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fail(name, "must be a list of texts")
        return [item.replace("\r\n", "\n") for item in value]

    def number(self, name: str) -> float:
        value = self.value(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e300:
            self.fail(name, "must be a number, zero or more")
        return float(value)

    def id(self) -> str:
        """`task_id` without the set's name: `HumanEval/7`, `"7"` and 7 are problem 7."""
        value = self.value("task_id")
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        name = value.strip().rpartition("/")[2] if isinstance(value, str) else ""
        if not isinstance(value, str):
            self.fail("task_id", "must be a number, or a text like HumanEval/7")
        if fault := id_fault(name):
            self.fail("task_id", fault, "It must be a number, or a text like HumanEval/7.")
        return name

    def function(self, name: str) -> str:
        """The name of a function."""
        value = self.text(name)
        if not value.isidentifier():
            self.fail(name, msg("{name} is not a name of Python", name=repr(value)))
        return as_compiled(value)


def parses(program: str) -> bool:
    return syntax.parses(program, MAX_PROGRAM_CHARS)
