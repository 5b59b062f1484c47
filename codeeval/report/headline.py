"""The sentence under the table: how far the two scores differ, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codeeval.i18n import name, tr
from codeeval.report.waterfall import SCORER, Waterfall
from codeeval.stats import KEstimate

#: From this difference of pass@1 on, readers have to see it before anything else.
FAR_APART = 0.05
#: From this share of the differing samples on, one failure of format is named as the reason.
_MOST = 0.5
Estimates = Mapping[str, Mapping[int, KEstimate]]


@dataclass(frozen=True, slots=True)
class Headline:
    """pass@1 under the leading protocol and under the `other`; `cause` explains `n` of the `of` samples that they judge
    differently. `read`: the cause is a failure of format that `strict` can read."""

    leading: str
    other: str
    led: float
    others: float
    cause: str | None = None
    n: int = 0
    of: int = 0
    read: bool = False


def headline(estimates: Estimates, leading: str, waterfall: Waterfall | None, differing: int) -> Headline | None:
    """None unless there is a second score that differs considerably."""
    other = next((each for each in estimates if each != leading), None)
    ours, theirs = (_pass_at_1(estimates, each) for each in (leading, other))
    if other is None or ours is None or theirs is None or abs(ours - theirs) <= FAR_APART:
        return None
    found = Headline(leading, other, ours, theirs, of=differing)
    if waterfall is None:
        return found
    most_read = max(waterfall.classes, key=lambda each: each.n_read, default=None)
    if most_read is not None and most_read.n_read >= max(1, _MOST * differing):
        return Headline(leading, other, ours, theirs, most_read.name, most_read.n_read, differing, read=True)
    step = next((each for each in waterfall.steps if each.stage == SCORER), None)
    if step is not None:
        return Headline(leading, other, ours, theirs, step.cause, step.n_samples, differing)
    return found


def _pass_at_1(estimates: Estimates, protocol: str | None) -> float | None:
    found = estimates.get(protocol or "", {}).get(1)
    return found.estimate if found is not None else None


def sentence(found: Headline) -> str:
    """One sentence in the current language."""
    scores = {"a": f"{found.led:.3f}", "b": f"{found.others:.3f}", "leading": found.leading, "other": found.other}
    if found.cause is None:
        return tr("pass@1 is {a} under {leading} and {b} under {other}", **scores)
    verbatim = found.other if found.leading == "strict" else found.leading
    why = {"name": name(found.cause), "n": found.n, "of": found.of, "verbatim": verbatim}
    if found.read:
        return tr(
            "pass@1 is {a} under {leading} and {b} under {other}, mostly because of this: {name} ({n} of {of} samples that "
            "differ), which strict reads and {verbatim} executes as it stands",
            **scores,
            **why,
        )
    return tr(
        "pass@1 is {a} under {leading} and {b} under {other}, mostly because of this: {name} ({n} of {of} samples that differ)",
        **scores,
        **why,
    )
