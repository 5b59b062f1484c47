"""Find the counts of correct samples that can produce a published triple of pass@1 / pass@5 / pass@10. Pure.

For pass@k, a run with n samples of each of N problems is a histogram h(0..n): h(c) problems had c correct samples. A published
value v with d decimals means that the mean of pass@k over problems lies in [v - u, v + u] with u = 0.5·10^-d (both ends
included, because rounding rules differ). Together the three values are linear conditions on h:

    sum h(c) = N        lo_k <= sum h(c) (C(n,k) - C(n-c,k)) <= hi_k        in whole numbers

so the histograms can be counted. `audit` counts them exactly, or reports that there are more than it searched for, and lists
the first ones in canonical order (most problems without a correct sample first). If there is no histogram, the triple can't
come from a run of this shape. Formatters drop trailing zeros, so all values are read with the decimals of the longest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, comb, floor

from codeeval.errors import UsageError
from codeeval.i18n.messages import msg
from codeeval.stats.histograms import Search, Windows, search

_NUMBER = re.compile(r"(?:0|1)?(?:[.,]\d{1,12})?%?|\d{1,3}(?:[.,]\d{1,12})?%")
_DEFAULT_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class AuditInput:
    """A published row. `values`: the texts as printed, one per k; `decimals`: if None, taken from the texts."""

    values: tuple[str, ...]
    n: int
    problems: int
    ks: tuple[int, ...] = (1, 5, 10)
    decimals: int | None = None

    def __post_init__(self) -> None:
        if self.n < 1 or self.problems < 1:
            raise UsageError(msg("audit: n and problems must be positive, got {n} and {m}", n=self.n, m=self.problems))
        if self.n > 200 or self.problems > 100_000:
            raise UsageError(msg("audit: at most 200 samples of 100,000 problems"))
        if len(self.values) != len(self.ks):
            raise UsageError(
                msg(
                    "audit: {n} values for {m} k ({ks}); separate them by /",
                    n=len(self.values),
                    m=len(self.ks),
                    ks=_slashed(self.ks),
                )
            )
        if len(set(self.ks)) != len(self.ks) or min(self.ks) < 1 or max(self.ks) > self.n:
            raise UsageError(
                msg(
                    "audit: every k must lie between 1 and n = {n} and occur once, got {ks}",
                    n=self.n,
                    ks=_slashed(self.ks),
                )
            )
        if self.decimals is not None and not 0 <= self.decimals <= 12:
            raise UsageError(msg("audit: decimals must lie between 0 and 12, got {n}", n=self.decimals))


@dataclass(frozen=True, slots=True)
class Audit:
    """`histograms[i][c]`: number of problems with c correct samples; the first histograms in canonical order.

    `total`: the number of histograms, or None if the search was cut short: then there are at least `at_least`. `consistent`:
    whether any exists, or None if the search ended undecided. `windows`: the [low, high] of the mean, per k.
    """

    n: int
    problems: int
    ks: tuple[int, ...]
    windows: tuple[tuple[float, float], ...]
    consistent: bool | None
    total: int | None
    at_least: int
    histograms: tuple[tuple[int, ...], ...]
    remarks: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """One JSON object; a histogram is a list of n + 1 numbers."""
        return asdict(self)


def parse_triple(text: str) -> tuple[str, ...]:
    """Split `0.015/0.076/0.152` into its texts. Accepts percentages and decimal commas. Raises UsageError."""
    parts = tuple(part.strip() for part in text.split("/"))
    for part in parts:
        if not part.strip("%") or not _NUMBER.fullmatch(part) or not 0 <= _value(part) <= 1:
            raise UsageError(
                msg(
                    "audit: {value} in {text} is not a share; write for example 0.015/0.076/0.152",
                    value=repr(part),
                    text=repr(text),
                )
            )
    return parts


def audit(published: AuditInput, most: int = 10) -> Audit:
    """Find the histograms that can produce a published row, and remark on oddities. `most`: how many to list (at least 1).

    Raises UsageError for values outside [0, 1].
    """
    for value in published.values:
        parse_triple(value)
    digits = published.decimals if published.decimals is not None else _decimals(published.values)
    exact = _exact(published, digits)
    found = search(_windows(published, exact), max(1, most))
    consistent = True if found.listed else (False if found.total == 0 else None)
    return Audit(
        n=published.n,
        problems=published.problems,
        ks=published.ks,
        windows=tuple((float(max(Fraction(0), low)), float(min(Fraction(1), high))) for low, high in exact),
        consistent=consistent,
        total=found.total,
        at_least=found.at_least,
        histograms=found.listed,
        remarks=tuple(_remarks(published, found, digits)),
    )


def _exact(published: AuditInput, digits: int) -> list[tuple[Fraction, Fraction]]:
    unit = Fraction(1, 2 * 10**digits)
    return [(_value(text) - unit, _value(text) + unit) for text in published.values]


def _decimals(values: Sequence[str]) -> int:
    longest = max(len(text.strip("%").replace(",", ".").partition(".")[2]) + 2 * text.endswith("%") for text in values)
    whole = all(not text.strip("%").replace(",", ".").partition(".")[2] for text in values)
    return _DEFAULT_DECIMALS if whole else longest


def _value(text: str) -> Fraction:
    number = Fraction(Decimal(text.strip("%").replace(",", ".")))
    return number / 100 if text.endswith("%") else number


def _windows(published: AuditInput, exact: Sequence[tuple[Fraction, Fraction]]) -> Windows:
    n, rows, bounds = published.n, [], []
    for k, (low, high) in zip(published.ks, exact, strict=True):
        whole = comb(n, k)
        rows.append(tuple(whole - comb(n - c, k) for c in range(n + 1)))
        bounds.append((ceil(low * whole * published.problems), floor(high * whole * published.problems)))
    return Windows(published.problems, tuple(rows), tuple(bounds))


def _remarks(published: AuditInput, found: Search, digits: int) -> list[str]:
    """Oddities, as sentences."""
    shares = [float(_value(text)) for text in published.values]
    order = sorted(range(len(shares)), key=lambda i: published.ks[i])
    notes = [msg("read as rounded to {n} decimals", n=digits)] if published.decimals is None else []
    for i, j in pairwise(order):
        if shares[i] > shares[j]:
            notes.append(
                msg(
                    "pass@{a} exceeds pass@{b}: impossible, more samples can't solve less",
                    a=published.ks[i],
                    b=published.ks[j],
                )
            )
        ratio = published.ks[j] / published.ks[i]
        if shares[j] > ratio * shares[i] + (1 + ratio) * 0.5 * 10**-digits:
            notes.append(
                msg(
                    "pass@{a} exceeds {ratio} × pass@{b}: impossible for any run",
                    a=published.ks[j],
                    ratio=f"{ratio:g}",
                    b=published.ks[i],
                )
            )
    for k, (low, high) in zip(published.ks, _windows(published, _exact(published, digits)).bounds, strict=True):
        if low > high:
            notes.append(msg("no mean pass@{k} of {m} problems rounds to the value given", k=k, m=published.problems))
    if found.total == 0:
        notes.append(
            msg("no run of {n} samples on {m} problems can give these numbers", n=published.n, m=published.problems)
        )
    if found.listed and found.total is not None and found.total <= len(found.listed):
        notes += _odd_counts(found.listed, published)
    return notes + _odd_values(shares, published, order, digits)


def _odd_counts(listed: Sequence[Sequence[int]], published: AuditInput) -> list[str]:
    """Statements that hold for every consistent histogram. All of them must be listed."""
    solved = [[c for c, many in enumerate(histogram) if c and many] for histogram in listed]
    if all(max(item, default=0) == 0 for item in solved):
        return [
            msg(
                "every sample of every problem failed: suspect the format (stop sequence, fence, indentation), not the "
                "model"
            )
        ]
    notes = []
    if published.n > 1 and all(max(item, default=0) <= 1 for item in solved):
        ones = {histogram[1] for histogram in listed}
        many = str(min(ones)) if len(ones) == 1 else f"{min(ones)} to {max(ones)}"
        notes.append(
            msg(
                "no problem was solved more than once: {m} problems have exactly 1 correct sample of {n}, the others "
                "none. A model that can solve a problem solves it repeatedly; one lucky sample per problem points to an "
                "accident of format or to one sample in the set being different from the others",
                m=many,
                n=published.n,
            )
        )
    if published.n > 1 and all(set(item) == {published.n} for item in solved):
        notes.append(
            msg(
                "every problem is solved always or never: all samples of a problem look alike (temperature 0, or one "
                "seed)"
            )
        )
    return notes


def _odd_values(shares: Sequence[float], published: AuditInput, order: Sequence[int], digits: int) -> list[str]:
    first, last = order[0], order[-1]
    if first == last or not shares[first]:
        return []
    ratio = published.ks[last] / published.ks[first]
    if shares[first] == shares[last] < 1:
        return [
            msg("pass@{a} = pass@{b}: further samples solve nothing new", a=published.ks[first], b=published.ks[last])
        ]
    if abs(shares[last] - ratio * shares[first]) <= (1 + ratio) * 0.5 * 10**-digits:
        return [
            msg(
                "pass@{a} = {ratio} × pass@{b} within rounding, the largest ratio there can be: no problem gained from a "
                "second correct sample",
                a=published.ks[last],
                ratio=f"{ratio:g}",
                b=published.ks[first],
            )
        ]
    return []


def _slashed(numbers: Sequence[int]) -> str:
    return "/".join(map(str, numbers))
