"""The gate for a terminal or a log."""

from __future__ import annotations

from codeeval.gate.judge import GateReport, TaskGate
from codeeval.report.comparison import printable_line
from codeeval.report.terminal import Style, safe
from codeeval.stats.compare import chance_line, change_lines, points


def render(report: GateReport, style: Style = Style(), most: int = 10) -> str:  # noqa: B008 (frozen, so it can be shared)
    """Verdict first, then task by task. Several lines, no newline at the end."""
    blocks = [_task(item, style, most) for item in report.tasks]
    lines = ["\n".join(block) for block in blocks]
    if len(blocks) > 1:
        lines.insert(0, style.bold(f"{report.verdict}") + f": {len(blocks)} tasks judged together")
    if report.skipped:
        lines.append(style.warn("warning: ") + f"not judged, no run was given: {', '.join(map(safe, report.skipped))}")
    return "\n\n".join(lines)


def one_line(report: GateReport) -> str:
    """Verdict and differences."""
    found = [f"{safe(item.task)} {points(item.result.difference)} points" for item in report.tasks]
    return f"{report.verdict} {', '.join(found)}"


def _task(item: TaskGate, style: Style, most: int) -> list[str]:
    found = item.result.comparison
    advisory = " (advisory: does not count)" if item.advisory else ""
    lines = [style.bold(f"{item.verdict}  {safe(item.task)}") + advisory]
    lines += [f"  {reason}" for reason in item.reasons]
    lines += [
        f"  baseline {safe(item.baseline_model)} {found.mean_a:.1%} -> {safe(item.model)} {found.mean_b:.1%}, "
        f"{found.problems} problems under {item.protocol}, {item.result.interval_kind} interval at {found.level:.4g}, "
        f"margin {100 * item.result.margin:g} points",
        f"  detectable {100 * _mde(item):.1f} points (smallest true difference that this gate would usually see)",
    ]
    for kind in ("regressed", "fixed"):
        lines += ["  " + printable_line(line) for line in change_lines(kind, found.with_change(kind), most)]
    lines.append(f"  {chance_line(found)}")
    return lines + [style.warn("  warning: ") + safe(warning) for warning in item.warnings]


def _mde(item: TaskGate) -> float:
    found = item.result.comparison
    return found.mde if found.mde_rerun is None else found.mde_rerun
