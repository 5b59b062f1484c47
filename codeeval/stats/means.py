"""Means of values, some of which may be unknown. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum


def mean_of_all(values: Iterable[float | None]) -> float | None:
    """The mean, or None if there is no value or any value is None."""
    every = list(values)
    known = [value for value in every if value is not None]
    return fsum(known) / len(known) if known and len(known) == len(every) else None
