"""Bring the dataset card up to date: the tables between the marks in README.md, and the plot difficulty.svg.

python problems/card.py
python problems/card.py --png FILE  a PNG of the plot as well
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources import TOPICS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HERE = Path(__file__).resolve().parent
LEVELS = range(1, 6)
START, END = "<!-- tables: written by card.py -->\n", "<!-- end of tables -->\n"
#: one hue from light to dark, so that the order of the levels can also be seen without colour
SHADES = ("#cfe1f2", "#9dc4e0", "#5a9fcb", "#2b74ae", "#0d4478")
INK = ("#1b2733", "#1b2733", "#1b2733", "#ffffff", "#ffffff")


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one of the two built files."""
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def count(problems: list[dict[str, Any]]) -> tuple[Counter[int], Counter[tuple[str, int]]]:
    """Problems by difficulty, and by topic and difficulty; a problem counts once in each of its topics."""
    levels = Counter(row["meta"]["difficulty"] for row in problems)
    topics = Counter((topic, row["meta"]["difficulty"]) for row in problems for topic in row["meta"]["topics"])
    return levels, topics


def ordered_topics(topics: Counter[tuple[str, int]]) -> list[str]:
    """The most frequent topic first."""
    return sorted(TOPICS, key=lambda topic: (-sum(topics[topic, level] for level in LEVELS), topic))


def tables(problems: list[dict[str, Any]], solutions: list[dict[str, Any]]) -> str:
    """The Markdown between the marks."""
    levels, topics = count(problems)
    lines = ["| topic | " + " | ".join(str(level) for level in LEVELS) + " | all |", "|---|" + "--:|" * 6]
    for topic in ordered_topics(topics):
        cells = [topics[topic, level] for level in LEVELS]
        lines.append(f"| {topic} | " + " | ".join(str(n or "") for n in cells) + f" | {sum(cells)} |")
    lines.append("| **problems** | " + " | ".join(f"**{levels[n]}**" for n in LEVELS) + f" | **{len(problems)}** |")
    verdicts = Counter(row["verdict"] for row in solutions)
    lines += ["", "| verdict under `strict` | stored solutions |", "|---|--:|"]
    lines += [f"| {verdict} | {n} |" for verdict, n in sorted(verdicts.items(), key=lambda item: (-item[1], item[0]))]
    calls = sum(len(row["outputs"]) for row in problems)
    lines += ["", f"{len(problems)} problems, {calls} test calls, {len(solutions)} stored solutions."]
    return "\n".join(lines) + "\n"


def updated(card: str, text: str) -> str:
    """The card with `text` between the marks."""
    head, _, rest = card.partition(START)
    return head + START + text + END + rest.partition(END)[2]


def draw_levels(axes: Axes, levels: Counter[int]) -> None:
    """Left panel: problems per difficulty."""
    from matplotlib.ticker import MaxNLocator

    bars = axes.bar([str(level) for level in LEVELS], [levels[level] for level in LEVELS], color=SHADES, width=0.8)
    axes.bar_label(bars, padding=3)
    axes.set_title("By difficulty", loc="left")
    axes.set_xlabel("1: one idea, a few lines … 5: a small program")
    axes.set_ylabel("problems")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(y=0.12)


def draw_topics(axes: Axes, topics: Counter[tuple[str, int]]) -> None:
    """Right panel: topics, each bar divided by difficulty."""
    names = ordered_topics(topics)[::-1]
    left = [0] * len(names)
    for level, shade, ink in zip(LEVELS, SHADES, INK, strict=True):
        widths = [topics[name, level] for name in names]
        bars = axes.barh(names, widths, left=left, color=shade, edgecolor="white", label=str(level))
        axes.bar_label(bars, [str(n or "") for n in widths], label_type="center", color=ink, fontsize=8)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axes.set_title("By topic (a problem counts in each of its topics)", loc="left")
    axes.set_xlabel("problems")
    axes.legend(title="difficulty", frameon=False, loc="lower right")


def draw(problems: list[dict[str, Any]], png: Path | None) -> None:
    """Write difficulty.svg; the same bytes for the same problems and the same matplotlib."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "rustarter"
    from matplotlib.figure import Figure

    levels, topics = count(problems)
    figure = Figure(figsize=(10, 4.6), layout="constrained", facecolor="white")
    left, right = figure.subplots(1, 2, width_ratios=(2, 3))
    draw_levels(left, levels)
    draw_topics(right, topics)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(HERE / "difficulty.svg", metadata={"Date": None})
    if png is not None:
        figure.savefig(png, dpi=110)


def main(arguments: list[str]) -> int:
    """Update the card and the plot."""
    parser = argparse.ArgumentParser(description="Update the tables and the plot of the dataset card.")
    parser.add_argument("--png", type=Path, help="write a PNG of the plot, too")
    png = parser.parse_args(arguments).png
    problems = rows("rustarter.jsonl")
    card = HERE / "README.md"
    text = tables(problems, rows("solutions.jsonl"))
    card.write_text(updated(card.read_text(encoding="utf-8"), text), encoding="utf-8", newline="\n")
    draw(problems, png)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
