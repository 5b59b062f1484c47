"""The report as Markdown, for a pull request, a step summary or a model card."""

from __future__ import annotations

from codeeval.i18n import message, msg, name, recognised, tr
from codeeval.report import waterfall_text
from codeeval.report.headline import sentence
from codeeval.report.reranked import Reranked, columns
from codeeval.report.terminal import interval, number, safe, share
from codeeval.report.values import Report
from codeeval.stats import words


def render(report: Report) -> str:
    """GitHub-flavoured Markdown, ending with a newline."""
    blocks = [
        _head(report),
        _scores(report),
        *(_reranked(found) for found in report.reranked),
        _verdicts(report),
        _groups(report),
        _waterfall(report),
        _hidden(report),
        _foot(report),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _head(report: Report) -> list[str]:
    pending = tr("incomplete: {n} {n:sample|samples} pending", n=report.pending)
    state = tr("complete") if report.complete else f"**{pending}**"
    counted = tr(
        "{n} of {of} {of:problem|problems}, {samples} {samples:sample|samples} judged",
        n=report.n_problems,
        of=report.n_selected,
        samples=report.n_samples,
    )
    return [
        f"### {cell(report.task)} · {cell(report.model)} · {report.protocol}",
        "",
        f"{counted}, {state}",
    ]


def _scores(report: Report) -> list[str]:
    if report.hidden and not report.n_samples:
        return []
    names = " | ".join(message(each) for each in (words.population(), words.rerun(), words.STDERR))
    lines = [tr("| protocol | k | pass@k | {intervals} |", intervals=names), "|---|---|---|---|---|---|"]
    for protocol, by_k in report.estimates.items():
        for k, estimate in by_k.items():
            bounds = f"{interval(estimate.population)} | {interval(estimate.rerun)} | {number(estimate.stderr)}"
            lines.append(f"| {protocol} | {k} | {number(estimate.estimate)} | {bounds} |")
    if report.headline:
        lines += ["", f"**{cell(sentence(report.headline)).replace('&#64;', '@')}**"]
    if report.skipped_samples:
        lines += ["", f"**{waterfall_text.skipped(report.skipped_samples)}**"]
    return [*lines, "", msg("{first}; {others}", first=message(words.LONG_RUN), others=message(words.ASSUMPTION))]


def _reranked(found: Reranked) -> list[str]:
    """Best-of-k of one reward model."""
    labels = columns(found)
    if not labels:
        return []
    lines = [
        "**" + tr("chosen by {model}", model=cell(found.model)) + "**",
        "",
        tr("| protocol | k | best-of-k | {interval} | pass@k, the upper bound |", interval=message(words.population())),
        "|---|---|---|---|---|",
    ]
    for protocol, by_k in found.scores.items():
        for best, label in ((by_k[label], label) for label in labels):
            bounds = interval(best.chosen.population)
            lines.append(
                f"| {protocol} | {label} | {number(best.chosen.estimate)} | {bounds} | {number(best.possible)} |"
            )
    return lines


def _verdicts(report: Report) -> list[str]:
    total = sum(report.verdicts.values())
    rows = [f"| {name(verdict)} | {count} | {share(count, total)} |" for verdict, count in report.verdicts.items()]
    return [tr("| verdict | samples | share |"), "|---|---|---|", *rows] if rows else []


def _groups(report: Report) -> list[str]:
    if not report.groups:
        return []
    lines = [tr("| samples | problems | failure | example |"), "|---|---|---|---|"]
    for group in report.groups:
        example = f"{group.example_problem} #{group.example_index} {message(recognised(group.message))}"
        lines.append(
            f"| {group.n_samples} | {group.n_problems} | {cell(message(recognised(group.signature)))} | {cell(example)} |"
        )
    return lines


def _waterfall(report: Report) -> list[str]:
    found = report.waterfall
    if found is None or not (found.steps or found.classes):
        return []
    lines = [f"**{message(found.sentence)}**", "", tr("| pass@1 | | samples | problems |"), "|---|---|---|---|"]
    for row in waterfall_text.rows(found):
        lines.append(f"| {cell(row.name)} | {row.value} | {row.samples} | {row.problems} |")
    if found.classes:
        lines += [
            "",
            tr("| failure of format | samples | problems | pass when read | pass once repaired |"),
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {cell(name(c.name))} | {c.n_samples} | {c.n_problems} | {c.n_read} | {c.n_repaired} |"
            for c in found.classes
        ]
    return lines


def _hidden(report: Report) -> list[str]:
    if not report.hidden_answers:
        return []
    lines = [
        waterfall_text.why_hidden(),
        "",
        tr("| problem | agree | of | different answers | consensus |"),
        "|---|---|---|---|---|",
    ]
    for answer in report.hidden_answers[: waterfall_text.HIDDEN_SHOWN]:
        outputs = cell(waterfall_text.outputs_text(answer.outputs))
        lines.append(
            f"| {cell(answer.problem_id)} | {answer.votes} | {answer.samples} | {answer.distinct} | {outputs} |"
        )
    return lines


def _foot(report: Report) -> list[str]:
    return [f"> **{tr('warning: ').strip()}** {cell(message(recognised(text)))}" for text in report.warnings]


def cell(text: str) -> str:
    """Text that can't leave its table cell or become markup: it may come from a model."""
    escaped = "".join(f"\\{char}" if char in "\\`*_{}[]()#+-!|~" else char for char in safe(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
