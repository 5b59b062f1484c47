"""Means of values, some of which may be unknown. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum


def mean_of_all(values: Iterable[float | None]) -> float | None:
    """The mean, or None if there is no value or any value is None."""
    every = list(values)
    known = [value for value in every if value is not None]
    return fsum(known) / len(known) if known and len(known) == len(every) else None


def mean_or_zero(values: Iterable[float]) -> float:
    """The mean; 0 if there is no value, as MERA counts a set without problems."""
    return mean_of_all(values) or 0.0
