"""What a reader of the numbers has to know beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from codeeval.report.values import Report
from codeeval.stats import KEstimate
from codeeval.types import Verdict

#: A difference of pass@1 between the protocols from which on it is pointed out.
NOTICEABLE_DIFFERENCE = 0.02
#: So many problems are named in a line.
MOST_NAMES = 10


def warnings(report: Report) -> Report:
    """The report with its warnings."""
    sampling = [finding.message for finding in report.sanity.warnings]
    estimates = [] if report.hidden and not report.n_samples else of_estimates(report.estimates, report.protocol)
    carried = _not_supported(report)
    found = [*_incomplete(report), *carried, *of_hidden(report.hidden), *sampling, *estimates, *_rewards(report)]
    return replace(report, warnings=(*found, *report.notes))


def _incomplete(report: Report) -> list[str]:
    if report.complete:
        return []
    lines = [
        f"the run is incomplete: {report.pending} of {report.n_wanted} samples are pending, and the numbers are over "
        f"those that were judged; `codeeval run --resume {report.run}` continues it"
    ]
    return lines + [f"pending ({count}): {reason}" for reason, count in report.pending_reasons[:3]]


def _not_supported(report: Report) -> list[str]:
    """About samples whose tests could not be carried out: they lower the score, and are not the model's."""
    count = report.verdicts.get(Verdict.NOT_SUPPORTED, 0)
    if not count:
        return []
    names = ", ".join(report.not_supported[:MOST_NAMES]) + (", …" if len(report.not_supported) > MOST_NAMES else "")
    return [
        f"{count} samples count as not passed because the tests of their problems can't be carried out here "
        f"(not_supported): {names}"
    ]


def of_hidden(hidden: int) -> list[str]:
    """About samples that have no verdict."""
    if hidden:
        return [
            f"{hidden} samples belong to problems whose expected outputs are hidden: they were executed, "
            "but there is no verdict and no pass@k for them"
        ]
    return []


def of_estimates(estimates: Mapping[str, Mapping[int, KEstimate]], protocol: str) -> list[str]:
    """About pass@k under `protocol`; `estimates` are those of every protocol."""
    said: dict[str, list[str]] = {}  # what holds for several k is said once
    for k, estimate in estimates.get(protocol, {}).items():
        for text in estimate.warnings:
            said.setdefault(text, []).append(str(k))
    found = [f"pass@{','.join(ks)}: {text}" for text, ks in said.items()]
    strict = estimates.get("strict", {}).get(1)
    requested = estimates.get(protocol, {}).get(1)
    if strict and requested and strict.estimate is not None and requested.estimate is not None:
        difference = strict.estimate - requested.estimate
        if abs(difference) >= NOTICEABLE_DIFFERENCE:
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
