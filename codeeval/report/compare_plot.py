"""A picture of two runs: a slope chart (few problems) or a scatter plot (many)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from codeeval.i18n import msg
from codeeval.report.plot_style import (
    BLUE,
    FAINT,
    GRID,
    INK,
    VERMILION,
    heading,
    many,
    new_figure,
    plain,
    save,
    shortened,
)
from codeeval.report.terminal import safe
from codeeval.stats.compare import Comparison
from codeeval.stats.passk import pass_at_k
from codeeval.stats.problem_change import Change
from codeeval.stats.words import points

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Up to this many problems are drawn as named lines; more are points.
MOST_SLOPES = 40
#: Inches: the picture, and the space for its heading and its legend.
_ROW, _ABOVE, _BELOW = 5.4, 0.6, 0.85
#: Colour and marker are redundant.
_LOOKS: dict[Change, tuple[str, str]] = {
    "same": ("#c3c8d0", "o"),
    "changed": ("#f0cd8a", "s"),
    "fixed": (BLUE, "^"),
    "regressed": (VERMILION, "v"),
}
#: Rates are in percent, like the means beside them.
_TICKS = (0, 0.25, 0.5, 0.75, 1)
_WORDS: dict[Change, str] = {"changed": "changed within noise"}


def draw(found: Comparison, path: Path) -> None:
    """Write a .png or .svg. Raises StoreError."""
    height = _ROW + _ABOVE
    figure = new_figure(7.2, height)
    axes = figure.subplots()
    if found.problems <= MOST_SLOPES:
        _slopes(axes, found)
    else:
        _scatter(axes, found)
    _head(axes, found)
    figure.subplots_adjust(left=0.11, right=0.95, top=1 - _ABOVE / height, bottom=_BELOW / height)
    save(figure, path)


def _head(axes: Axes, found: Comparison) -> None:
    low, high = found.rerun or found.population
    regressed, fixed = (sum(item.beyond_noise for item in found.with_change(kind)) for kind in ("regressed", "fixed"))
    counts = f"{regressed} regressed, {fixed} fixed beyond noise"
    if rest := len(found.with_change("regressed")) + len(found.with_change("fixed")) - regressed - fixed:
        counts += f", {rest} with too few samples to tell"
    difference = f"{points(found.difference)} points ({points(low)} to {points(high)})"
    heading(axes, msg("pass@{ks}: {text}", ks=found.k, text=difference), f"{many(found.problems, 'problem')}: {counts}")


def _rates(found: Comparison) -> list[tuple[str, float, float, Change]]:
    """(problem, pass@k before, after, kind); the most important are drawn last."""
    order: tuple[Change, ...] = tuple(_LOOKS)
    rows = [
        (item.problem_id, pass_at_k(*item.a, found.k) or 0.0, pass_at_k(*item.b, found.k) or 0.0, item.change)
        for item in found.changes
    ]
    return sorted(rows, key=lambda row: order.index(row[3]))


def _scatter(axes: Axes, found: Comparison) -> None:
    """Before against after. Many problems share a point, so its area shows how many."""
    plain(axes)
    axes.plot([0, 1], [0, 1], color=GRID, linewidth=1.2, zorder=0)
    rows = _rates(found)
    for kind, (colour, marker) in _LOOKS.items():
        spots = Counter((before, after) for _, before, after, change in rows if change == kind)
        if spots:
            axes.scatter(
                [x for x, _ in spots], [y for _, y in spots], s=[22 + 20 * (many - 1) for many in spots.values()],
                color=colour, marker=marker, alpha=0.85, linewidths=0.6, edgecolors="white", clip_on=False,
                label=f"{_WORDS.get(kind, kind)} {spots.total()}",
            )  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(_TICKS, [f"{tick:.0%}" for tick in _TICKS])
    axes.set_xlim(-0.05, 1.05)
    axes.set_ylim(-0.05, 1.05)
    axes.set_aspect("equal")
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_xlabel(_named(found.a, found.mean_a), fontsize=9, color=INK).set_parse_math(False)
    axes.set_ylabel(_named(found.b, found.mean_b), fontsize=9, color=INK).set_parse_math(False)
    legend = axes.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=4, fontsize=8.5, frameon=False, handletextpad=0.2,
        columnspacing=1,
    )  # fmt: skip
    for handle in legend.legend_handles:
        if handle is not None and hasattr(handle, "set_sizes"):
            handle.set_sizes([34])


def _slopes(axes: Axes, found: Comparison) -> None:
    """A line per problem; the names of those that changed beyond noise are on the right."""
    plain(axes, "y")
    names: dict[tuple[Change, float], list[str]] = {}
    for problem, before, after, change in _rates(found):
        colour, marker = _LOOKS[change]
        strong = change in ("regressed", "fixed")
        width = 2.0 if strong else 1.1
        axes.plot([0, 1], [before, after], color=colour, marker=marker, markersize=5, linewidth=width)
        if strong:
            names.setdefault((change, after), []).append(safe(problem))
    axes.plot([0, 1], [found.mean_a, found.mean_b], color=INK, linewidth=2.2, linestyle=(0, (3, 1.5)))
    axes.annotate(
        "mean", (0, found.mean_a), (-8, 0), textcoords="offset points", ha="right", va="center", fontsize=8.5, color=INK
    )
    for (change, after), problems in names.items():
        name = shortened(f"{change}: {', '.join(problems)}", 26)
        axes.annotate(
            name, (1, after), (9, 0), textcoords="offset points", fontsize=8.5, color=_LOOKS[change][0], va="center"
        ).set_parse_math(False)
    axes.set_xlim(-0.2, 1.5 if names else 1.2)
    axes.set_ylim(-0.04, 1.04)
    axes.set_yticks(_TICKS, [f"{tick:.0%}" for tick in _TICKS])
    labels = axes.set_xticks([0, 1], labels=[_named(found.a, found.mean_a), _named(found.b, found.mean_b)])
    for tick in labels:
        tick.label1.set_parse_math(False)
    axes.tick_params(axis="x", labelcolor=FAINT)


def _named(run: str, mean: float) -> str:
    return f"{shortened(safe(run), 28)}: {mean:.1%}"
