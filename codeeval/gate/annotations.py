"""GitHub's workflow commands: log lines that become annotations of the commit. At most ten, the worst first.

Syntax and escapes: docs.github.com, "Workflow commands for GitHub Actions"; toolkit, packages/core/src/command.ts.
"""

from __future__ import annotations

from typing import Literal

from codeeval.gate.judge import GateReport, TaskGate
from codeeval.gate.verdict import GateVerdict

#: GitHub shows ten of each kind per step and silently drops the rest.
MOST = 10
Level = Literal["error", "warning", "notice"]
_LEVELS: dict[GateVerdict, Level] = {
    GateVerdict.FAIL: "error",
    GateVerdict.INCONCLUSIVE: "warning",
    GateVerdict.PASS: "notice",
}


def render(report: GateReport, most: int = MOST) -> tuple[str, ...]:
    """The lines: each task's verdict (a pass only if it has warnings), then its regressed problems."""
    verdicts = [_verdict(item) for item in report.tasks if item.verdict is not GateVerdict.PASS or item.warnings]
    problems = [line for item in report.tasks for line in _problems(item)]
    order = ("error", "warning", "notice")
    found = sorted(verdicts, key=lambda line: next(i for i, level in enumerate(order) if line.startswith(f"::{level}")))
    lines = [*found, *problems]
    if len(lines) <= most:
        return tuple(lines)
    rest = len(lines) - most + 1
    return (*lines[: most - 1], command("notice", "codeeval gate", f"{rest} more are in the step summary"))


def _verdict(item: TaskGate) -> str:
    level: Level = "warning" if item.advisory and item.verdict is GateVerdict.FAIL else _LEVELS[item.verdict]
    text = "; ".join([*item.reasons, *(f"warning: {text}" for text in item.warnings)])
    return command(level, f"codeeval gate: {item.task} {item.verdict}", text)


def _problems(item: TaskGate) -> list[str]:
    level: Level = "error" if item.verdict is GateVerdict.FAIL and not item.advisory else "warning"
    return [
        command(
            level,
            f"{item.task}: problem {change.problem_id} regressed",
            f"{change.a[1]}/{change.a[0]} correct in the baseline, {change.b[1]}/{change.b[0]} now (p {change.p:.2g})",
        )
        for change in item.result.comparison.with_change("regressed")
        if change.beyond_noise
    ]


def command(level: Level, title: str, text: str) -> str:
    """`::error title=…::…`, on one line whatever the texts contain."""
    return f"::{level} title={_property(title)}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
