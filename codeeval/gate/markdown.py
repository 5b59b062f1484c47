"""The gate as GitHub-flavoured Markdown: for a step summary or a comment."""

from __future__ import annotations

from codeeval.gate.judge import GateReport, TaskGate
from codeeval.gate.rule import interval_words
from codeeval.gate.verdict import GateVerdict
from codeeval.i18n import message, name, tr
from codeeval.report.markdown import cell
from codeeval.stats import words
from codeeval.stats.difference_lines import CHANGES, means
from codeeval.stats.problem_change import ProblemChange
from codeeval.stats.words import points

MOST = 20
#: A step summary may have 1 MiB, and a step may write several.
MOST_BYTES = 400_000
#: A symbol beside the word, never in its place.
_MARKS = {GateVerdict.PASS: "✅", GateVerdict.FAIL: "❌", GateVerdict.INCONCLUSIVE: "➖"}


def render(report: GateReport, most: int = MOST) -> str:
    """A table of tasks, followed by the changes in each. Ends with a newline."""
    blocks = [
        [f"## {_MARKS[report.verdict]} codeeval gate: {name(report.verdict)}"],
        _table(report),
        *(block for item in report.tasks for block in _task(item, most)),
    ]
    if report.skipped:
        names = ", ".join(map(cell, report.skipped))
        blocks.append([tr("> **warning:** not judged, no run was given: {names}", names=names)])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def bounded(text: str) -> str:
    """Whole lines of `text` up to MOST_BYTES bytes of UTF-8, with a note if that is not all. Ends with a newline."""
    content = text.encode("utf-8", "replace")
    if len(content) <= MOST_BYTES:
        return text
    kept = content[:MOST_BYTES].decode("utf-8", "ignore").rpartition("\n")[0]
    return f"{kept}\n\n> **cut:** this is not all of it\n"


def _table(report: GateReport) -> list[str]:
    kinds = dict.fromkeys(interval_words(item.result) for item in report.tasks)
    lines = [
        tr(
            "| task | verdict | baseline | this run | difference (points) | {kind} | problems | regressed | fixed |",
            kind=tr(" or ").join(map(message, kinds)),
        ),
        "|---|---|--:|--:|--:|---|--:|--:|--:|",
    ]
    for item in report.tasks:
        found, (low, high) = item.result.comparison, item.result.interval
        one, two = means(found)
        verdict = f"{_MARKS[item.verdict]} {item.verdict}" + (tr(" (advisory)") if item.advisory else "")
        bounds = tr("{low} to {high}", low=points(low), high=points(high))
        lines.append(
            f"| {cell(item.task)} | {verdict} | {one}% | {two}% | {points(found.difference)} "
            f"| {bounds} | {found.problems} | {len(found.with_change('regressed'))} "
            f"| {len(found.with_change('fixed'))} |"
        )
    return [
        *lines,
        "",
        f"{message(report.tasks[0].result.comparison.assumption)}; {message(words.LONG_RUN)}",
    ]


def _task(item: TaskGate, most: int) -> list[list[str]]:
    found = item.result.comparison
    blocks = [
        [
            tr(
                "**{task}**, under {protocol}: {why}.",
                task=cell(item.task),
                protocol=item.protocol,
                why="; ".join(map(message, item.reasons)),
            )
        ]
    ]
    regressed, fixed = found.with_change("regressed"), found.with_change("fixed")
    if regressed or fixed:
        beyond = [sum(change.beyond_noise for change in changes) for changes in (regressed, fixed)]
        summary = tr("{n} regressed, {m} fixed beyond sampling noise", n=beyond[0], m=beyond[1])
        if rest := len(regressed) + len(fixed) - sum(beyond):
            summary += tr(", {n} changed with too few samples to tell", n=rest)
        chance = tr("by chance alone {value} would be listed as regressed", value=f"{found.expected_regressed:.1f}")
        rows = [*_rows("regressed", regressed, most), *_rows("fixed", fixed, most)]
        blocks.append([f"<details><summary>{summary} ({chance})</summary>"])
        blocks.append([tr("| problem | change | baseline | this run | p |"), "|---|---|--:|--:|--:|", *rows])
        blocks.append(["</details>"])
    blocks.append([tr("> **warning:** {text}", text=cell(message(text))) + "  " for text in item.warnings])
    return blocks


def _rows(kind: str, found: tuple[ProblemChange, ...], most: int) -> list[str]:
    said = message(CHANGES[kind])
    rows = [
        f"| {cell(item.problem_id)} | {said} | {item.a[1]}/{item.a[0]} | {item.b[1]}/{item.b[0]} | {item.p:.2g} |"
        for item in found[:most]
    ]
    return rows + [tr("| … | {kind} | | {n} more | |", kind=said, n=len(found) - most)] * (len(found) > most)
