"""The waterfall as a picture: levels as columns from zero, causes as the steps between them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codeeval.errors import UsageError
from codeeval.i18n import msg
from codeeval.report.build import build
from codeeval.report.plot_style import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    VERMILION,
    check_picture,
    heading,
    new_figure,
    plain,
    save,
    shortened,
)
from codeeval.report.terminal import safe
from codeeval.report.waterfall import Waterfall
from codeeval.report.waterfall_text import WaterfallRow, rows
from codeeval.store import RunReader

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: The most steps drawn per stage; the smaller ones are merged into one, so that the columns still add up.
STEPS_SHOWN = 6


def export(run: Path, output: Path) -> None:
    """Raises UsageError for a run without verdicts and for a file name that is not a picture's, StoreError if it can't
    be written."""
    check_picture(output, "-o")
    with RunReader(run) as reader:
        report = build(reader)
    if report.waterfall is None:
        raise UsageError(f"{run}: no sample has a verdict, so there is nothing to draw")
    save(draw(report.waterfall, msg("{head} · {calls}", head=safe(report.task), calls=safe(report.model))), output)


def draw(found: Waterfall, title: str) -> Figure:
    """One bar per line of the table, from the top down, so that long causes are readable."""
    lines = _shortened(list(rows(found)))
    figure = new_figure(9.0, 1.6 + 0.42 * len(lines))
    axes = figure.add_subplot()
    level = 0.0
    for place, row in enumerate(lines):
        value = float(row.value)
        start = 0.0 if row.is_level else level
        colour = _colour(row, value)
        axes.barh(
            place, value, left=start, color=colour, height=0.62, hatch=None if row.is_level else "//", edgecolor=INK
        )
        end = start + value
        axes.text(max(start, end) + 0.01, place, row.value, va="center", color=INK, fontsize=9)
        level = end
    axes.set_yticks(range(len(lines)), [_label(row) for row in lines], fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.1)
    axes.set_xlabel("pass@1", color=FAINT)
    plain(axes, "x")
    axes.tick_params(axis="y", labelcolor=INK)
    heading(axes, found.sentence, title)
    figure.tight_layout()
    return figure


def _colour(row: WaterfallRow, value: float) -> str:
    if row.is_level:
        return BLUE
    if value < 0:
        return VERMILION
    return ORANGE if row.name.startswith("scorer") else GREEN


def _label(row: WaterfallRow) -> str:
    text = shortened(row.name, 62)
    return text if row.is_level else f"{text} ({row.samples})"


def _shortened(lines: list[WaterfallRow]) -> list[WaterfallRow]:
    kept: list[WaterfallRow] = []
    stage: list[WaterfallRow] = []
    for row in lines:
        if not row.is_level:
            stage.append(row)
            continue
        kept += stage[:STEPS_SHOWN]
        if rest := stage[STEPS_SHOWN:]:
            points = sum(float(step.value) for step in rest)
            samples = sum(int(step.samples) for step in rest)
            kept.append(WaterfallRow(f"{len(rest)} smaller causes", f"{points:+.3f}", str(samples)))
        stage = []
        kept.append(row)
    return kept
