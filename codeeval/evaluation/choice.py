"""Choices: one of several names, at most one of several flags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from codeeval.did_you_mean import did_you_mean
from codeeval.errors import UsageError
from codeeval.i18n import joined, msg


def choose(what: str, given: str, known: Iterable[str]) -> str:
    """`given`, if it is one of `known`; otherwise raises UsageError with close matches."""
    names = tuple(known)
    if given in names:
        return given
    meant = did_you_mean(given, names, most=2, cutoff=0.5)
    raise UsageError(
        msg(
            "{what} {given} is unknown.{meant}\n  Known: {names}",
            what=what,
            given=repr(given),
            meant=joined("", (" ", meant)) if meant else "",
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
