"""What judge and program both have during a sample, besides containers, so that messages mention it without describing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sandbox.guest.declared_classes import NO_CLASSES, Declared
from sandbox.guest.identities import Identities
from sandbox.guest.library_types import TYPE_NAMES, TYPES
from sandbox.guest.not_a_numbers import NotANumbers


class Agreed(NamedTuple):
    """One side's view of it."""

    #: The prelude's classes that the program has as well.
    declared: Declared = NO_CLASSES
    #: The floats that are no numbers.
    nans: NotANumbers | None = None
    #: The immutable values, if the tests compare identities.
    same: Identities | None = None
    #: The names by which types are sent, by their ids, and what is received by these names; the tests may have their own `type`.
    names: Mapping[int, str] = TYPE_NAMES
    types: Mapping[str, Any] = TYPES


USUALLY_AGREED = Agreed()
