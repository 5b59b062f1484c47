"""The gate for a terminal or a log."""

from __future__ import annotations

from codeeval.gate.judge import GateReport, TaskGate
from codeeval.gate.rule import interval_words
from codeeval.i18n import message, name, tr
from codeeval.report.comparison import printable_line
from codeeval.report.terminal import Style, safe
from codeeval.stats import words
from codeeval.stats.difference_lines import chance_line, change_lines, detectable_line, means
from codeeval.stats.words import points


def render(report: GateReport, style: Style = Style(), most: int = 10) -> str:  # noqa: B008 (frozen, so it can be shared)
    """The verdict first, then task by task. Several lines, no newline at the end."""
    blocks = [_task(item, style, most) for item in report.tasks]
    lines = ["\n".join(block) for block in blocks]
    if len(blocks) > 1:
        lines.insert(0, style.bold(name(report.verdict)) + tr(": {n} tasks judged together", n=len(blocks)))
    if report.skipped:
        lines.append(
            style.warn(tr("warning: "))
            + tr("not judged, no run was given: {names}", names=", ".join(map(safe, report.skipped)))
        )
    return "\n\n".join(lines)


def one_line(report: GateReport) -> str:
    """Verdict and differences."""
    found = [f"{safe(item.task)} {points(item.result.difference)} points" for item in report.tasks]
    return f"{report.verdict} {', '.join(found)}"


def _task(item: TaskGate, style: Style, most: int) -> list[str]:
    found = item.result.comparison
    one, two = means(found)
    advisory = tr(" (advisory: does not count)") if item.advisory else ""
    lines = [style.bold(f"{name(item.verdict)}  {safe(item.task)}") + advisory]
    lines += [f"  {message(reason)}" for reason in item.reasons]
    lines += [
        tr(
            "  baseline {model} {one}% -> {other} {two}%, {n} problems under {protocol}, {kind}, margin {margin} "
            "points",
            model=safe(item.baseline_model),
            one=one,
            other=safe(item.model),
            two=two,
            n=found.problems,
            protocol=item.protocol,
            kind=interval_words(item.result),
            margin=f"{100 * item.result.margin:g}",
        ),
        f"  {message(detectable_line(found))}",
    ]
    for kind in ("regressed", "fixed"):
        lines += ["  " + printable_line(message(line)) for line in change_lines(kind, found.with_change(kind), most)]
    lines += [
        f"  {message(chance_line(found))}",
        tr("  assumption   {one}; {two}", one=found.assumption, two=words.LONG_RUN),
    ]
    return lines + [style.warn("  " + tr("warning: ")) + safe(message(warning)) for warning in item.warnings]
