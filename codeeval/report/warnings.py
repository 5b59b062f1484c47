"""What a reader of the numbers has to know beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from codeeval.report.values import Report
from codeeval.report.waterfall import verbatim_of
from codeeval.stats import KEstimate

#: A difference of pass@1 between the protocols from which on it is pointed out.
NOTICEABLE_DIFFERENCE = 0.02


def warnings(report: Report) -> Report:
    """The report with its warnings."""
    sampling = [finding.message for finding in report.sanity.warnings]
    estimates = (
        []
        if report.hidden and not report.n_samples
        else of_estimates(report.estimates, report.protocol, headline=report.headline is not None)
    )
    found = [*_incomplete(report), *of_hidden(report.hidden), *sampling, *estimates, *_rewards(report)]
    return replace(report, warnings=(*found, *report.notes))


def _incomplete(report: Report) -> list[str]:
    if report.complete:
        return []
    lines = [incomplete(report.pending, report.n_wanted, report.run, report.unread)]
    return lines + [f"pending ({count}): {reason}" for reason, count in report.pending_reasons[:3]]


def incomplete(pending: int, wanted: int, run: str, unread: int) -> str:
    """About pending samples, and what to do; `unread`: those whose rows of a file can't be read."""
    if unread:
        return (
            f"the run is incomplete: {pending} of {wanted} samples are pending, and the numbers are over those that "
            "were judged; correct the rows that can't be read, or leave them out with --skip-bad-rows"
        )
    return (
        f"the run is incomplete: {pending} of {wanted} samples are pending, and the numbers are over those that "
        f"were judged; `codeeval run --resume {run}` continues it"
    )


def of_hidden(hidden: int) -> list[str]:
    """About samples that have no verdict."""
    if hidden:
        return [
            f"{hidden} samples belong to problems whose expected outputs are hidden: they were executed, "
            "but there is no verdict and no pass@k for them"
        ]
    return []


def of_estimates(estimates: Mapping[str, Mapping[int, KEstimate]], protocol: str, headline: bool = False) -> list[str]:
    """About pass@k under `protocol`; `estimates` are those of every protocol. `headline`: a sentence under the table says how
    far they are apart."""
    said: dict[str, list[str]] = {}  # what holds for several k is said once
    for k, estimate in estimates.get(protocol, {}).items():
        for text in estimate.warnings:
            said.setdefault(text, []).append(str(k))
    found = [f"pass@{','.join(ks)}: {text}" for text, ks in said.items()]
    strict = estimates.get("strict", {}).get(1)
    protocol = verbatim_of(tuple(estimates)) if estimates else protocol
    requested = estimates.get(protocol, {}).get(1)
    if strict and requested and strict.estimate is not None and requested.estimate is not None:
        difference = strict.estimate - requested.estimate
        if not headline and abs(difference) >= NOTICEABLE_DIFFERENCE:
            found.append(
                f"pass@1 is {requested.estimate:.3f} as {protocol} scores it and {strict.estimate:.3f} "
                "under strict; the table of differences says why"
            )
    return found


def _rewards(report: Report) -> list[str]:
    found = []
    for model in report.reranked:
        if model.missing:
            found.append(
                f"the reward model {model.model} has not scored {model.missing} samples, so there is no best-of-k yet; "
                f"`codeeval run --resume {report.run}` continues"
            )
        if model.cut:
            found.append(
                f"{model.cut} samples were longer than the context of the reward model {model.model} and were scored by "
                "their beginning"
            )
    return found
