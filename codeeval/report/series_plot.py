"""A picture of several runs of one set: pass@k over the runs, and below it every problem's rate in each, sorted by
change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codeeval.report.plot_style import BLUE, FAINT, GRID, INK, PAPER, heading, many, new_figure, plain, save, shortened
from codeeval.report.terminal import safe
from codeeval.stats import words
from codeeval.stats.problem_change import Change
from codeeval.stats.series import Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Up to this many problems have their names at the side; with more, only the start of each kind of change is marked.
MOST_NAMES = 60
#: How many names of runs fit below the picture side by side.
_MOST_LABELS = 30
_KINDS: tuple[Change, ...] = ("regressed", "fixed", "changed", "same")


def draw(found: Series, path: Path) -> None:
    """Write a .png or .svg. Raises StoreError."""
    rows = len(found.problems)
    width = min(14.0, max(7.2, 2.6 + 0.42 * len(found.runs)))
    below = min(12.0, max(1.6, 0.17 * rows if rows <= MOST_NAMES else 6.5))
    height = 3.0 + below + 1.7
    figure = new_figure(width, height)
    left, right = 1.7 / width, 1 - 0.35 / width
    top = (below + 1.7) / height
    curve = figure.add_axes((left, top + 0.25 / height, right - left, 2.1 / height))
    heat = figure.add_axes((left, 1.25 / height, right - left, below / height), sharex=curve)
    _curve(curve, found)
    _heat(heat, found)
    _names(heat, found)
    save(figure, path)


def _curve(axes: Axes, found: Series) -> None:
    heading(
        axes,
        f"pass@{found.k} over {many(len(found.runs), 'run')}",
        f"thick: {words.rerun()}; thin: {words.population()}",
    )
    plain(axes, "y")
    known = [(place, run.estimate) for place, run in enumerate(found.runs) if run.estimate.estimate is not None]
    for name, line, alpha in (("population", 1.6, 0.55), ("rerun", 7.0, 0.5)):
        bounds = [(place, getattr(one, name)) for place, one in known if getattr(one, name) is not None]
        axes.vlines(
            [place for place, _ in bounds], [low for _, (low, _) in bounds], [high for _, (_, high) in bounds],
            color=BLUE, linewidth=line, alpha=alpha,
        )  # fmt: skip
    places, means = [place for place, _ in known], [one.estimate or 0.0 for _, one in known]
    axes.plot(places, means, color=BLUE, linewidth=1.4, marker="o", markersize=4, markeredgecolor=PAPER, clip_on=False)
    for place in {places[0], places[-1], places[means.index(max(means))]} if places else ():
        value = means[places.index(place)]
        axes.annotate(
            f"{value:.3f}", (place, value), (0, 22), textcoords="offset points", fontsize=8.5, color=INK, ha="center"
        )
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.set_xlim(-0.5, len(found.runs) - 0.5)
    axes.tick_params(labelbottom=False)


def _heat(axes: Axes, found: Series) -> None:
    """A column per run, a row per problem; white is 0, dark is 1."""
    from matplotlib.colors import LinearSegmentedColormap

    counts = {kind: sum(one.change == kind for one in found.problems) for kind in _KINDS}
    said = ", ".join(f"{n} {kind}" for kind, n in counts.items() if n)
    remark = f"from the first run to the last: {said}; white 0, blue 1"
    heading(axes, f"{many(len(found.problems), 'problem')}, by change", remark)
    colours = LinearSegmentedColormap.from_list("rate", [PAPER, BLUE])
    axes.imshow(
        [one.rates for one in found.problems], aspect="auto", interpolation="nearest", cmap=colours, vmin=0, vmax=1
    )
    for side in axes.spines.values():
        side.set_color(GRID)
    begin = 0
    for kind in _KINDS:
        if begin and counts[kind]:
            axes.axhline(begin - 0.5, color=INK, linewidth=0.8)
        begin += counts[kind]
    axes.tick_params(colors=FAINT, labelsize=7.5, length=0)
    if len(found.problems) <= MOST_NAMES:
        labels = [shortened(safe(one.problem_id), 22) for one in found.problems]
        ticks = axes.set_yticks(range(len(labels)), labels=labels)
    else:
        shown = _kinds_at(counts)
        ticks = axes.set_yticks([place for place, _ in shown], labels=[text for _, text in shown])
    for tick in ticks:
        tick.label1.set_parse_math(False)


def _kinds_at(counts: dict[Change, int]) -> list[tuple[float, str]]:
    """The position of each kind's name: the middle of its rows, unless another name is there."""
    found: list[tuple[float, str]] = []
    begin, near = 0, 0.03 * sum(counts.values())
    for kind, n in counts.items():
        middle = begin + n / 2 - 0.5
        if n and (not found or middle - found[-1][0] > near):
            found.append((middle, f"{kind} {n}"))
        begin += n
    return found


def _names(axes: Axes, found: Series) -> None:
    """Names below the columns; if there are too many, only every few."""
    step = -(-len(found.runs) // _MOST_LABELS)
    places = range(0, len(found.runs), step)
    labels = [shortened(safe(found.runs[place].name), 18) for place in places]
    for tick in axes.set_xticks(list(places), labels=labels, rotation=40, ha="right", rotation_mode="anchor"):
        tick.label1.set_parse_math(False)
