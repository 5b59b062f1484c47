"""The waterfall and the hidden answers as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codeeval.i18n import message, name, tr
from codeeval.report.hidden_answers import HiddenAnswer
from codeeval.report.terminal import Style, number, safe
from codeeval.report.values import Report
from codeeval.report.waterfall import FORMAT, SCORER, FormatClass, Waterfall, WaterfallStep

HIDDEN_SHOWN = 20


def why_hidden() -> str:
    """Why there is no score, and what to do."""
    return tr(
        "The expected outputs of these problems are hidden, so there is no verdict and no pass@k; below is what most "
        "samples answer. `--answers FILE` judges them; `codeeval export mera` writes a submission."
    )


def skipped(n: int) -> str:
    """The line under a score that lacks samples because their rows could not be read."""
    return tr("{n} {n:sample|samples} could not be read and {n:is|are} not in these numbers (--skip-bad-rows)", n=n)


@dataclass(frozen=True, slots=True)
class WaterfallRow:
    """A line of the waterfall: a level or a step; columns that don't apply are empty."""

    name: str
    value: str
    samples: str = ""
    problems: str = ""
    is_level: bool = False


def rows(found: Waterfall) -> Iterator[WaterfallRow]:
    """Level, its steps, level, …"""
    first, *others = found.levels
    yield _level(first.name, first.pass_at_k[1])
    stages = (SCORER, FORMAT) if len(others) == 2 else (FORMAT,)
    for stage, level in zip(stages, others, strict=True):
        yield from (_step(step) for step in found.steps if step.stage == stage)
        yield _level(level.name, level.pass_at_k[1])


def _level(title: str, value: float | None) -> WaterfallRow:
    return WaterfallRow(name(title), number(value), is_level=True)


def _step(step: WaterfallStep) -> WaterfallRow:
    return WaterfallRow(
        f"{name(step.stage)}: {name(step.cause)}", f"{step.points:+.3f}", str(step.n_samples), str(step.n_problems)
    )


def waterfall(report: Report, style: Style) -> list[str]:
    """Empty if no sample changes its verdict and no format failed."""
    found = report.waterfall
    if found is None or not (found.steps or found.classes):
        return []
    lines = [style.bold(message(found.sentence)) + " (pass@1)"]
    shown = list(rows(found))
    width = max(len(row.name) for row in shown) + 4
    for row in shown:
        title = row.name if row.is_level else f"  {row.name}"
        many = f"  {where(int(row.samples), int(row.problems))}" if row.samples else ""
        line = f"  {title:<{width}}{row.value:>7}{style.dim(many)}"
        lines.append(style.bold(line) if row.is_level else line)
    if found.classes:
        lines.append("  " + tr("failures of format: ") + " · ".join(map(_class, found.classes)))
    if found.unexplained:
        lines.append(
            style.warn("  " + tr("{n} failed samples were not repaired yet", n=found.unexplained))
            + tr(
                ": `codeeval run --resume {run}` executes their repairs; the last line is a lower bound",
                run=safe(report.run),
            )
        )
    return lines


def _class(found: FormatClass) -> str:
    """The result of a failure of format: strict reads some by itself, a repair fixes others."""
    values = {"name": name(found.name), "n": found.n_samples, "read": found.n_read, "repaired": found.n_repaired}
    if found.n_read and found.n_repaired:
        return tr("{name} {n} ({read} pass when read, {repaired} once repaired)", **values)
    if found.n_read:
        return tr("{name} {n} ({read} pass when read)", **values)
    if found.n_repaired:
        return tr("{name} {n} ({repaired} pass once repaired)", **values)
    return tr("{name} {n} (none passes, read or repaired)", **values)


def hidden(report: Report, style: Style) -> list[str]:
    """The consensus per problem, and why there is no score."""
    answers = report.hidden_answers
    if not answers:
        return []
    lines = [style.bold(tr("hidden answers")), f"  {why_hidden()}"]
    lines += [f"  {_agreement(answer)}" for answer in answers[:HIDDEN_SHOWN]]
    if len(answers) > HIDDEN_SHOWN:
        lines.append(
            "  " + tr("… and {n} more problems; --format json and --results have all", n=len(answers) - HIDDEN_SHOWN)
        )
    return lines


def _agreement(answer: HiddenAnswer) -> str:
    return tr(
        "problem {problem}: {votes} of {samples} samples agree ({distinct} different {distinct:answer|answers}): {outputs}",
        problem=safe(answer.problem_id),
        votes=answer.votes,
        samples=answer.samples,
        distinct=answer.distinct,
        outputs=safe(outputs_text(answer.outputs)),
    )


def outputs_text(outputs: tuple[str | None, ...]) -> str:
    """A vector of outputs on one line."""
    return "[" + ", ".join("–" if text is None else text for text in outputs) + "]" if outputs else tr("no output")


def where(n_samples: int, n_problems: int) -> str:
    """`3 samples of 1 problem`"""
    return tr("{n} {n:sample|samples} of {m} {m:problem|problems}", n=n_samples, m=n_problems)
