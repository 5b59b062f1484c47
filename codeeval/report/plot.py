"""A one-page picture of a run: the pass@k curve, the verdicts, every sample of every problem, and where the time
went."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codeeval.report.plot_style import (
    BLUE,
    EXTRA_COLOURS,
    FAINT,
    GRID,
    HIDDEN,
    INK,
    PAPER,
    PENDING,
    VERDICT_COLOURS,
    VERMILION,
    heading,
    many,
    new_figure,
    plain,
    save,
    shortened,
)
from codeeval.report.plot_values import Picture
from codeeval.report.terminal import safe
from codeeval.stats import words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Rectangle

_COLOURS = VERDICT_COLOURS | EXTRA_COLOURS
_TITLE = 62  # characters that fit, even wide ones


def draw(picture: Picture, path: Path) -> None:
    """Write the page to a .png or .svg. Raises StoreError."""
    figure = new_figure(9, 7.1)
    _title(figure.add_axes((0, 0.91, 1, 0.09)), picture)
    _curve(figure.add_axes((0.065, 0.535, 0.49, 0.29)), picture)
    _verdicts(figure.add_axes((0.64, 0.52, 0.335, 0.305)), picture)
    _strip(figure.add_axes((0.065, 0.185, 0.91, 0.22)), picture)
    _time(figure.add_axes((0.065, 0.03, 0.91, 0.065)), picture)
    save(figure, path)


def _title(axes: Axes, picture: Picture) -> None:
    report = picture.report
    axes.axis("off")
    title = shortened(f"{safe(report.task)} · {safe(report.model)} · {report.protocol}", _TITLE)
    axes.text(0.065, 0.5, title, fontsize=14, fontweight="bold", color=INK, parse_math=False)
    state = "" if report.complete else f" · INCOMPLETE: {report.pending} samples pending"
    said = f"{many(report.n_problems, 'problem')}, {many(report.n_samples, 'sample')} judged"
    sandbox = f" · sandbox {report.sandbox.get('backend', '?')} · codeeval {report.codeeval_version}"
    axes.text(0.065, 0.04, said + sandbox, fontsize=9, color=FAINT, parse_math=False)
    if state:
        axes.text(0.975, 0.04, state.strip(" ·"), fontsize=9, color=VERMILION, fontweight="bold", ha="right")


def _curve(axes: Axes, picture: Picture) -> None:
    remark = f"dark band: {words.rerun()}; light: {words.population()}"
    heading(axes, "pass@k", remark)
    plain(axes, "y")
    known = [(k, found) for k, found in picture.curve if found.estimate is not None]
    if not known:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "no sample has a verdict", ha="center", va="center", color=FAINT, transform=axes.transAxes)
        return
    ks = [k for k, _ in known]
    for name, alpha in (("population", 0.13), ("rerun", 0.28)):
        bounds = [getattr(found, name) for _, found in known]
        low, high = [each[0] for each in bounds], [each[1] for each in bounds]
        if len(ks) > 1:
            axes.fill_between(ks, low, high, color=BLUE, alpha=alpha, linewidth=0)
        else:
            axes.vlines(ks, low, high, color=BLUE, alpha=2 * alpha, linewidth=8)
    values = [found.estimate or 0.0 for _, found in known]
    axes.plot(ks, values, color=BLUE, linewidth=1.8, marker="o", markersize=3, clip_on=False)
    _points(axes, dict(zip(ks, values, strict=True)), picture)
    if picture.other:
        others = [found.estimate or 0.0 for _, found in picture.other]
        dashes = (0, (4, 2))
        axes.plot([k for k, _ in picture.other], others, color=INK, linewidth=1.2, linestyle=dashes, label="strict")
        axes.plot([], [], color=BLUE, linewidth=1.8, label=picture.report.protocol)
        axes.legend(loc="lower right", fontsize=8.5, frameon=False)
    _scale(axes, ks)


def _points(axes: Axes, values: dict[int, float], picture: Picture) -> None:
    """Marks and numbers at the requested k."""
    asked = [k for k in picture.report.estimates[picture.report.protocol] if k in values]
    for k in asked:
        axes.plot(
            [k], [values[k]], marker="o", markersize=7, color=BLUE, markeredgecolor=PAPER, clip_on=False, zorder=3
        )
        above = values[k] < 0.88 and not _is_below(picture, k, values[k])
        if k == min(values) and len(values) > 1:  # the curve rises to the right of its first point
            above = values[k] < 0.15
        axes.annotate(
            f"{values[k]:.3f}", (k, values[k]), _beside(above, len(values)), textcoords="offset points",
            ha="left" if k == min(values) else "right" if k == max(values) else "center",
            fontsize=9.5, fontweight="bold", color=INK,
        )  # fmt: skip


def _beside(above: bool, points: int) -> tuple[int, int]:
    """The offset of the number from its mark, in points: a single mark has a bar through it."""
    return (10, -4) if points == 1 else (0, 9 if above else -19)


def _is_below(picture: Picture, k: int, value: float) -> bool:
    """Whether the other curve is above this point, where the number would be placed."""
    return any(at == k and (found.estimate or 0.0) > value for at, found in picture.other)


def _scale(axes: Axes, ks: list[int]) -> None:
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    margin = max(0.3, 0.035 * (ks[-1] - ks[0]))
    axes.set_xlim(ks[0] - margin, ks[-1] + margin)
    if ks[-1] > 24:
        axes.set_xscale("log")
        axes.set_xlim(0.9, ks[-1] * 1.12)
    ticks = [k for k in (1, 2, 5, 10, 20, 50, 100, 200) if k <= ks[-1]] if ks[-1] > 12 else ks
    axes.set_xticks(ticks, labels=[str(k) for k in ticks])
    axes.minorticks_off()
    axes.set_xlabel("k", fontsize=9, color=FAINT, labelpad=1)


def _verdicts(axes: Axes, picture: Picture) -> None:
    """One bar of all samples, with a legend below it, because small parts have no space for a name."""
    total = sum(picture.report.verdicts.values())
    heading(axes, "verdicts", f"share of {many(total, 'judged sample')}")
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    left = 0.0
    for name, count in picture.report.verdicts.items():
        width = count / total
        axes.barh(0.9, width, 0.17, left=left, color=_COLOURS[name], edgecolor=PAPER, linewidth=1)
        left += width
    step = min(0.125, 0.74 / max(1, len(picture.report.verdicts)))
    for row, (name, count) in enumerate(picture.report.verdicts.items()):
        y = 0.72 - row * step
        axes.barh(y, 0.035, step * 0.6, left=0, color=_COLOURS[name])
        axes.text(0.055, y, name.replace("_", " "), fontsize=9.5, color=INK, va="center")
        axes.text(0.6, y, f"{count}", fontsize=9.5, color=INK, va="center", ha="right")
        axes.text(0.79, y, f"{count / total:.3f}", fontsize=9.5, color=FAINT, va="center", ha="right")


def _strip(axes: Axes, picture: Picture) -> None:
    """Problems from left to right, the best solved first; in each column its samples, passed at the bottom."""
    from matplotlib.colors import to_rgb

    columns = picture.columns
    always = sum(set(names) == {"passed"} for names in columns)
    never = sum(not {"passed", PENDING, HIDDEN} & set(names) for names in columns)
    open_ = sum("passed" not in names and bool({PENDING, HIDDEN} & set(names)) for names in columns)
    parts = f"always solved {always}, sometimes {len(columns) - always - never - open_}, never {never}"
    parts += f", not yet known {open_}" * bool(open_)
    heading(axes, "every sample of every problem", f"a column is a problem, best solved first; {parts}")
    plain(axes)
    height = max(map(len, columns), default=1)
    paper = to_rgb(PAPER)
    image = [
        [to_rgb(_COLOURS[names[row]]) if row < len(names) else paper for names in columns] for row in range(height)
    ]
    axes.imshow(image or [[paper]], aspect="auto", interpolation="nearest", origin="lower")
    if len(columns) <= 200 and height <= 40:  # lines between cells, where cells are large enough to have some
        axes.set_xticks([x - 0.5 for x in range(1, len(columns))], minor=True)
        axes.set_yticks([y - 0.5 for y in range(1, height)], minor=True)
        axes.grid(which="minor", color=PAPER, linewidth=0.7)
        axes.tick_params(which="minor", length=0)
    axes.set_yticks(*_ends(height))
    axes.set_xticks(*_ends(len(columns)))
    axes.set_ylabel("samples", fontsize=9, color=FAINT, labelpad=-6 if height > 1 else 4)
    axes.set_xlabel("problems", fontsize=9, color=FAINT, labelpad=-8 if len(columns) > 1 else 4)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _ends(size: int) -> tuple[list[int], list[str]]:
    """Ticks at the first and the last cell; none if there is only one, because its number would overlap the axis
    label."""
    return ([0, size - 1], ["1", str(size)]) if size > 1 else ([], [])


def _time(axes: Axes, picture: Picture) -> None:
    """Wall time, divided by whether the model and the sandbox worked alone, together, or not at all."""
    time = picture.report.timing
    parts = (
        ("generation", time.generation - time.overlap, "#8391ab"),
        ("both at once", time.overlap, "#3d4861"),
        ("execution", time.execution - time.overlap, "#bcc5d4"),
        ("other", time.other, GRID),
    )
    heading(axes, f"time: {duration(time.total)}")
    axes.set_axis_off()
    axes.set_xlim(0, max(time.total, 1e-9))
    axes.set_ylim(-1.3, 0.5)
    shown = [(name, seconds, colour) for name, seconds, colour in parts if seconds > 0]
    left, column = 0.0, 0.0
    for name, seconds, colour in shown:
        axes.barh(0, seconds, 0.9, left=left, color=colour, edgecolor=PAPER, linewidth=1)
        left += seconds
        axes.add_patch(_square(axes, column, colour))
        said = f"{name} {duration(seconds)}"
        axes.text(column + 0.016, 0.06, said, fontsize=9, color=INK, va="center", transform=axes.transAxes)
        column += 0.045 + 0.0105 * len(said)


def _square(axes: Axes, x: float, colour: str) -> Rectangle:
    from matplotlib.patches import Rectangle

    return Rectangle((x, -0.08), 0.011, 0.28, transform=axes.transAxes, color=colour, clip_on=False, linewidth=0)


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
