"""The gate as GitHub-flavoured Markdown: for a step summary or a comment."""

from __future__ import annotations

from codeeval.gate.judge import GateReport, TaskGate
from codeeval.gate.rule import GateVerdict
from codeeval.report.markdown import cell
from codeeval.stats.compare import ProblemChange, points

MOST = 20
#: A step summary may have 1 MiB, and a step may write more than one.
MOST_BYTES = 400_000
#: A mark beside the word, never in its place.
_MARKS = {GateVerdict.PASS: "✅", GateVerdict.FAIL: "❌", GateVerdict.INCONCLUSIVE: "➖"}


def render(report: GateReport, most: int = MOST) -> str:
    """A table of tasks, then what changed in each. Ends with a newline."""
    blocks = [
        [f"## {_MARKS[report.verdict]} codeeval gate: {report.verdict}"],
        _table(report),
        *(block for item in report.tasks for block in _task(item, most)),
    ]
    if report.skipped:
        names = ", ".join(map(cell, report.skipped))
        blocks.append([f"> **warning:** not judged, no run was given: {names}"])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def bounded(text: str, most: int = MOST_BYTES) -> str:
    """Whole lines of `text` up to so many bytes of UTF-8, and a note where that is not all. Ends with a newline."""
    content = text.encode("utf-8", "replace")
    if len(content) <= most:
        return text
    kept = content[:most].decode("utf-8", "ignore").rpartition("\n")[0]
    return f"{kept}\n\n> **cut:** this is not all of it\n"


def _table(report: GateReport) -> list[str]:
    lines = [
        "| task | verdict | baseline | this run | difference (points) | interval | problems | regressed | fixed |",
        "|---|---|--:|--:|--:|---|--:|--:|--:|",
    ]
    for item in report.tasks:
        found, (low, high) = item.result.comparison, item.result.interval
        verdict = f"{_MARKS[item.verdict]} {item.verdict}" + (" (advisory)" if item.advisory else "")
        lines.append(
            f"| {cell(item.task)} | {verdict} | {found.mean_a:.1%} | {found.mean_b:.1%} | {points(found.difference)} "
            f"| {points(low)} to {points(high)} | {found.problems} | {len(found.with_change('regressed'))} "
            f"| {len(found.with_change('fixed'))} |"
        )
    return lines


def _task(item: TaskGate, most: int) -> list[list[str]]:
    found = item.result.comparison
    blocks = [[f"**{cell(item.task)}**, under {item.protocol}: {'; '.join(item.reasons)}."]]
    regressed, fixed = found.with_change("regressed"), found.with_change("fixed")
    if regressed or fixed:
        summary = f"{len(regressed)} regressed, {len(fixed)} fixed beyond sampling noise"
        chance = f"by chance alone {found.expected_regressed:.1f} would be listed as regressed"
        rows = [*_rows("regressed", regressed, most), *_rows("fixed", fixed, most)]
        blocks.append([f"<details><summary>{summary} ({chance})</summary>"])
        blocks.append(["| problem | change | baseline | this run | p |", "|---|---|--:|--:|--:|", *rows])
        blocks.append(["</details>"])
    blocks.append([f"> **warning:** {cell(text)}  " for text in item.warnings])
    return blocks


def _rows(kind: str, found: tuple[ProblemChange, ...], most: int) -> list[str]:
    rows = [
        f"| {cell(item.problem_id)} | {kind} | {item.a[1]}/{item.a[0]} | {item.b[1]}/{item.b[0]} | {item.p:.2g} |"
        for item in found[:most]
    ]
    return rows + [f"| … | {kind} | | {len(found) - most} more | |"] * (len(found) > most)
