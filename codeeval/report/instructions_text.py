"""The instructions side by side, for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from codeeval.i18n import message, recognised, tr
from codeeval.report.instructions import InstructionRow, InstructionsReport
from codeeval.report.markdown import cell
from codeeval.report.terminal import Style, interval, number, place, safe, table
from codeeval.stats import words
from codeeval.stats.spread import Spread
from codeeval.tasks.instructions import shortened

_WIDTH = 46


def render(report: InstructionsReport, style: Style = Style()) -> str:  # noqa: B008 (frozen, so it can be shared)
    """Several lines, without a newline at the end."""
    title = style.bold(f"{safe(report.task)} · {safe(report.model)} · {report.protocol}")
    rows = table([_header(report), *(_cells(report, row) for row in report.rows)])
    blocks = [
        [title, _state(report)],
        [style.bold(rows[0]), *rows[1:], style.dim(_legend())],
        list(_spreads(report)),
        [f"{tr('run')}  {place(report.run)}"],
        [style.warn(tr("warning: ")) + " ".join(message(recognised(note)).split()) for note in report.notes],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def markdown(report: InstructionsReport) -> str:
    """GitHub-flavoured Markdown, ending with a newline."""
    header = _header(report)
    lines = [f"### {cell(report.task)} · {cell(report.model)} · {report.protocol}", "", _state(report), ""]
    lines += [_line(header), "|" + "---|" * len(header)]
    lines += [_line([cell(text) for text in _cells(report, row)]) for row in report.rows]
    lines += ["", _legend()]
    lines += [part for text in _spreads(report) for part in ("", cell(text.strip()))]
    lines += [
        part
        for text in report.notes
        for part in ("", f"> **{tr('warning: ').strip()}** {cell(message(recognised(text)))}")
    ]
    return "\n".join(lines) + "\n"


def one_line(report: InstructionsReport) -> str:
    """Only the spreads."""
    found = [f"pass@{k} {number(each.range)}" for k, each in report.spreads.get(report.protocol, {}).items()]
    state = [] if report.complete else ["INCOMPLETE"]
    return " ".join(["spread", *found, f"({report.protocol})", *state, place(report.run)])


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _state(report: InstructionsReport) -> str:
    state = tr("complete") if report.complete else tr("INCOMPLETE, {n} pending", n=report.pending)
    counted = tr("{n} {n:instruction|instructions} and the set's own", n=len(report.rows) - 1)
    return f"{counted}, {state}"


def _ks(report: InstructionsReport) -> list[int]:
    return list(next((by_k for row in report.rows for by_k in row.estimates.values()), {}))


def _header(report: InstructionsReport) -> list[str]:
    columns = [tr("instruction"), tr("own problems"), *(f"pass@{k}" for k in _ks(report)), message(words.population())]
    strict = [] if report.protocol == "strict" else [f"strict pass@{k}" for k in _ks(report)[:1]]
    return [*columns, *strict, tr("against own"), message(words.rerun()), "p (Holm)"]


def _cells(report: InstructionsReport, row: InstructionRow) -> list[str]:
    ks, scores = _ks(report), row.estimates.get(report.protocol, {})
    first = scores.get(ks[0]) if ks else None
    shown = [number(scores[k].estimate) if k in scores else "n/a" for k in ks]
    shown.append(interval(first.population) if first else "n/a")
    if report.protocol != "strict":
        strict = row.estimates.get("strict", {})
        shown += [number(strict[k].estimate) if k in strict else "n/a" for k in ks[:1]]
    return [_name(row), str(row.instruction.own), *shown, *_versus(row)]


def _name(row: InstructionRow) -> str:
    text = row.instruction.text
    said = tr("each problem under its own") if text is None else safe(shortened(text, _WIDTH))
    pending = f" ({tr('INCOMPLETE, {n} pending', n=row.pending)})" if row.pending else ""
    return f"{row.instruction.name}  {said}{pending}"


def _versus(row: InstructionRow) -> list[str]:
    if row.versus is None:
        return ["", "", ""]
    found = row.versus
    again = f"{_change(found.rerun[0])} – {_change(found.rerun[1])}" if found.rerun else "n/a"
    return [_change(found.difference), again, f"{row.p_holm:.3g}"]


def _change(value: float) -> str:
    """A difference of shares, shown as a share; never -0.000."""
    return f"{round(value, 3) + 0.0:+.3f}"


def _legend() -> str:
    return tr("intervals: 95%, of pass@1; differences of pass@1 on the same problems, p adjusted for the instructions")


def _spreads(report: InstructionsReport) -> Iterator[str]:
    """For each k: where the lowest and the highest lie, how far apart they are, and what chance alone would give."""
    found = report.spreads.get(report.protocol, {})
    if any(row.hidden for row in report.rows):
        yield tr("hidden answers: there is no pass@k to compare; --answers FILE gives them")
        return
    if not found:
        yield tr("no spread yet: two instructions or more must be complete")
        return
    yield tr(
        "spread over {n} {n:instruction|instructions}, pass@k of {protocol}",
        n=len(report.compared),
        protocol=report.protocol,
    )
    for k, each in found.items():
        yield "  " + _spread(report, k, each)


def _spread(report: InstructionsReport, k: int, found: Spread) -> str:
    return tr(
        "pass@{k}: {low} (instruction {worst}) to {high} (instruction {best}), range {range}, sd {sd}; by chance alone a "
        "range of {usual}, up to {most} in 95 of 100 cases (p {p})",
        k=k,
        low=number(min(found.means)),
        worst=report.compared[found.lowest],
        high=number(max(found.means)),
        best=report.compared[found.highest],
        range=number(found.range),
        sd=number(found.sd),
        usual=number(found.range_chance),
        most=number(found.range_chance_95),
        p=f"{found.p:.2g}",
    )
