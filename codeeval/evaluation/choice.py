"""Choices: one of several names, at most one of several flags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from codeeval.errors import UsageError
from codeeval.i18n import msg


def choose(what: str, given: str, known: Iterable[str]) -> str:
    """`given`, if it is one of `known`; otherwise raises UsageError with close matches."""
    names = tuple(known)
    if given in names:
        return given
    meant = ""
    match get_close_matches(given, names, n=2, cutoff=0.5):
        case [name]:
            meant = msg(" Did you mean {name}?", name=name)
        case [name, other]:
            meant = msg(" Did you mean {name} or {other}?", name=name, other=other)
    raise UsageError(
        msg(
            "{what} {given} is unknown.{meant}\n  Known: {names}",
            what=what,
            given=repr(given),
            meant=meant,
            names=", ".join(names),
        )
    )


def one_of(flags: Mapping[str, object]) -> None:
    """Raise UsageError if more than one of these flags was given (is not None): the others would be ignored."""
    given = [flag for flag, value in flags.items() if value is not None]
    if len(given) > 1:
        raise UsageError(
            msg("{flag} and {other}: only one of the two can be meant; leave one out", flag=given[0], other=given[1])
        )
