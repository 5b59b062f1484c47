"""What a reader of the numbers has to know in addition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from codeeval.i18n import msg, recognised
from codeeval.report.values import Report
from codeeval.report.waterfall import verbatim_of
from codeeval.stats import KEstimate
from codeeval.types import Verdict

#: From this difference of pass@1 between the protocols on, a warning is given.
NOTICEABLE_DIFFERENCE = 0.02
#: How many problems are named on a line.
MOST_NAMES = 10


def warnings(report: Report) -> Report:
    """The report with its warnings."""
    sampling = [finding.message for finding in report.sanity.warnings]
    estimates = (
        []
        if report.hidden and not report.n_samples
        else of_estimates(report.estimates, report.protocol, headline=report.headline is not None)
    )
    found = [
        *_incomplete(report),
        *_not_supported(report),
        *of_hidden(report.hidden),
        *_packages(report),
        *_thoughts(report),
        *sampling,
        *_dependent(report),
        *estimates,
        *_rewards(report),
    ]
    return replace(report, warnings=(*found, *report.notes))


def _incomplete(report: Report) -> list[str]:
    if report.complete:
        return []
    lines = [incomplete(report.pending, report.n_wanted, report.run, report.unread)]
    return lines + [
        msg("pending ({n}): {why}", n=count, why=recognised(reason)) for reason, count in report.pending_reasons[:3]
    ]


def incomplete(pending: int, wanted: int, run: str, unread: int) -> str:
    """A warning about pending samples, and what to do; `unread`: those with rows that can't be read."""
    if unread:
        return msg(
            "the run is incomplete: {n} of {m} samples are pending, and the numbers are over those that were judged; "
            "correct the rows that can't be read, or leave them out with --skip-bad-rows",
            n=pending,
            m=wanted,
        )
    return msg(
        "the run is incomplete: {n} of {m} samples are pending, and the numbers are over those that were judged; "
        "`codeeval run --resume {run}` continues it",
        n=pending,
        m=wanted,
        run=run,
    )


def _not_supported(report: Report) -> list[str]:
    """Warnings about samples with tests that could not be carried out: they lower the score, and not because of the
    model."""
    count = report.verdicts.get(Verdict.NOT_SUPPORTED, 0)
    if not count:
        return []
    names = ", ".join(report.not_supported[:MOST_NAMES]) + (", …" if len(report.not_supported) > MOST_NAMES else "")
    return [
        msg(
            "{n} samples count as not passed because the tests of their problems can't be carried out here "
            "(not_supported): {names}",
            n=count,
            names=names,
        )
    ]


def of_hidden(hidden: int) -> list[str]:
    """Warnings about samples without a verdict."""
    if hidden:
        return [
            msg(
                "{n} samples belong to problems whose expected outputs are hidden: they were executed, but there is no "
                "verdict and no pass@k for them",
                n=hidden,
            )
        ]
    return []


#: How many missing packages are named.
_PACKAGES_SHOWN = 5


def _packages(report: Report) -> list[str]:
    found = list(report.missing_packages.items())[:_PACKAGES_SHOWN]
    return [
        msg("{n} {n:sample|samples} {n:imports|import} {package}, which the sandbox lacks", n=count, package=package)
        for package, count in found
    ]


def _thoughts(report: Report) -> list[str]:
    count = report.cut_thoughts
    if not count:
        return []
    return [
        msg(
            "{n} {n:sample|samples} {n:begins|begin} with a thought and {n:was|were} cut by a stop sequence; -M "
            "think_tokens=N keeps the stops out of thoughts",
            n=count,
        )
    ]


def of_estimates(estimates: Mapping[str, Mapping[int, KEstimate]], protocol: str, headline: bool = False) -> list[str]:
    """Warnings about pass@k under `protocol`; `estimates` are those of every protocol. `headline`: a sentence under the
    table already says how far they differ."""
    said: dict[str, list[str]] = {}  # what holds for several k is said once
    for k, estimate in estimates.get(protocol, {}).items():
        for text in estimate.warnings:
            said.setdefault(text, []).append(str(k))
    found = [msg("pass@{ks}: {text}", ks=",".join(ks), text=text) for text, ks in said.items()]
    strict = estimates.get("strict", {}).get(1)
    protocol = verbatim_of(tuple(estimates)) if estimates else protocol
    requested = estimates.get(protocol, {}).get(1)
    if strict and requested and strict.estimate is not None and requested.estimate is not None:
        difference = strict.estimate - requested.estimate
        if not headline and abs(difference) >= NOTICEABLE_DIFFERENCE:
            found.append(
                msg(
                    "pass@1 is {a} as {protocol} scores it and {b} under strict; the table of differences says why",
                    a=f"{requested.estimate:.3f}",
                    protocol=protocol,
                    b=f"{strict.estimate:.3f}",
                )
            )
    return found


def _dependent(report: Report) -> list[str]:
    many, judged = len(report.dependence.problems), report.n_samples
    if not many or not judged:
        return []
    return [
        msg(
            "samples of {n} problems are not independent draws, {why}: intervals for these problems are too short, "
            "and n says nothing of their noise",
            n=many,
            why=report.dependence.reason,
        )
    ]


def _rewards(report: Report) -> list[str]:
    found = []
    for model in report.reranked:
        if model.missing:
            found.append(
                msg(
                    "the reward model {model} has not scored {n} samples, so there is no best-of-k yet; `codeeval run "
                    "--resume {run}` continues",
                    model=model.model,
                    n=model.missing,
                    run=report.run,
                )
            )
        if model.cut:
            found.append(
                msg(
                    "{n} samples were longer than the context of the reward model {model} and were scored by their beginning",
                    n=model.cut,
                    model=model.model,
                )
            )
    return found
