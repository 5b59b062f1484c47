"""Shared style of all pictures: colours that everyone can tell apart, a light page, reproducible files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from codeeval.errors import StoreError, UsageError
from codeeval.files import reason, written
from codeeval.i18n import msg
from codeeval.report.results import check_writable
from codeeval.types import Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, FAINT, GRID, PAPER = "#1f2430", "#6b7280", "#e5e7eb", "#ffffff"
#: Okabe & Ito's palette ("Color universal design", 2008), which is safe for the common kinds of colour blindness, with
#: dark for correct and light for nothing; rare kinds never share a colour with frequent ones.
BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW = (
    *("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#F0E442"),
)
VERDICT_COLOURS: dict[str, str] = {
    Verdict.PASSED: BLUE,
    Verdict.WRONG_OUTPUT: ORANGE,
    Verdict.EXCEPTION: VERMILION,
    Verdict.SYNTAX_ERROR: PURPLE,
    Verdict.NO_ENTRY_POINT: SKY,
    Verdict.EMPTY: "#b8bec9",
    Verdict.TIMEOUT: YELLOW,
    Verdict.MEMORY: GREEN,
    Verdict.OUTPUT_LIMIT: "#7a4f00",
    Verdict.CRASHED: "#4b3f72",
    Verdict.NOT_SUPPORTED: "#8a8f98",
}
PENDING, HIDDEN = "pending", "hidden answer"
EXTRA_COLOURS = {PENDING: "#f3f4f6", HIDDEN: "#9ca3af"}
SUFFIXES = (".png", ".svg")
DPI = 160


def check_picture(path: Path, flag: str = "--plot") -> None:
    """Check what can be checked of `path`, the value of `flag`, before anything is computed. Raises UsageError:
    unsupported suffix, no folder, not a file, matplotlib missing."""
    from importlib.util import find_spec

    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(msg("{flag} {path}: the name must end in .png or .svg", flag=flag, path=path))
    check_writable(path, flag)
    if find_spec("matplotlib") is None:
        raise UsageError(msg("a picture needs matplotlib: pip install matplotlib"))


def new_figure(width: float, height: float) -> Figure:
    """An empty white page in inches. No pyplot, so no global state and no window."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), facecolor=PAPER)


def save(figure: Figure, path: Path) -> None:
    """Raises StoreError. The same figure gives the same bytes: no dates, no random ids."""
    import matplotlib

    suffix = path.suffix.lower()[1:]
    metadata: dict[str, Any] = {"Date": None, "Creator": "codeeval"} if suffix == "svg" else {"Software": "codeeval"}
    with matplotlib.rc_context({"svg.hashsalt": "codeeval"}):
        try:
            with written(path) as stream:
                figure.savefig(stream, format=suffix, dpi=DPI, metadata=metadata)
        except OSError as error:
            raise StoreError(msg("{path}: {reason}", path=path, reason=reason(error))) from None


def plain(axes: Axes, grid: str = "") -> None:
    """Remove what carries no information; `grid`: "x", "y" or none."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(GRID)
    axes.tick_params(colors=FAINT, labelsize=8.5, length=0)
    axes.set_axisbelow(True)
    if grid == "x":
        axes.grid(axis="x", color=GRID, linewidth=0.8)
    elif grid == "y":
        axes.grid(axis="y", color=GRID, linewidth=0.8)


def heading(axes: Axes, title: str, remark: str = "") -> None:
    """A bold title on the left, with a grey remark after or below it. Never parsed as mathematics."""
    axes.set_title(title, loc="left", fontsize=10, fontweight="bold", color=INK, pad=16 if remark else 6)
    if remark:
        axes.annotate(
            remark, (0, 1), (0, 4), xycoords="axes fraction", textcoords="offset points", fontsize=8, color=FAINT
        ).set_parse_math(False)


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def many(count: int, noun: str) -> str:
    """`1 problem`, `2 problems`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
