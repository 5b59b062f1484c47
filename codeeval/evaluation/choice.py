"""One of several names."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from codeeval.errors import UsageError


def choose(what: str, given: str, known: Iterable[str]) -> str:
    """`given`, if it is one of `known`; UsageError with the near matches otherwise."""
    names = tuple(known)
    if given in names:
        return given
    near = get_close_matches(given, names, n=2, cutoff=0.5)
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    raise UsageError(f"{what} {given!r} is unknown.{meant}\n  Known: {', '.join(names)}")
