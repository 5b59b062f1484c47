"""pass@k above n beside a report, only on request: never among its scores, and never exported."""

from __future__ import annotations

from collections.abc import Sequence

from codeeval.errors import UsageError
from codeeval.i18n import at, tr
from codeeval.report.terminal import interval
from codeeval.stats.extrapolate import Extrapolation, extrapolate
from codeeval.store import RunReader


def extrapolated(reader: RunReader, protocol: str, ks: Sequence[int]) -> tuple[Extrapolation, ...]:
    """One result per k, from the run's counts under `protocol`. Raises UsageError if there is nothing to fit, or no
    need to."""
    try:
        return extrapolate([(n, c) for _, n, c in reader.counts(protocol) if n], ks)
    except ValueError as error:
        raise UsageError(at("--extrapolate", str(error))) from None


def text(found: Sequence[Extrapolation]) -> str:
    """Lines for a terminal."""
    rows = [f"  pass@{item.k:<5} ≈ {item.value:.3f}   {interval(item.interval)}" for item in found]
    return "\n".join([_head(found[0]), *rows, f"  {_fit(found[0])}", f"  {_caution()}"])


def markdown(found: Sequence[Extrapolation]) -> str:
    """A section."""
    rows = [f"| {item.k} | ≈ {item.value:.3f} | {interval(item.interval)} |" for item in found]
    head = tr("| k | model's pass@k | 95% of the fit |")
    return "\n".join(
        [f"### {_head(found[0])}", "", head, "|---|---|---|", *rows, "", f"{_fit(found[0])}. {_caution()}"]
    )


def _head(first: Extrapolation) -> str:
    return tr("extrapolated by a model from {n} samples per problem, not estimated", n=first.fewest)


def _fit(first: Extrapolation) -> str:
    return tr(
        "zero-inflated beta-binomial: {never} of problems never solved, {always} always, the others Beta({alpha}, {beta})",
        never=f"{first.never:.2f}",
        always=f"{first.always:.2f}",
        alpha=f"{first.a:.2g}",
        beta=f"{first.b:.2g}",
    )


def _caution() -> str:
    return tr(
        "The interval does not cover that the model is wrong: problems without a success may be hopeless or merely hard."
    )
