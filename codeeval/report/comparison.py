"""Several runs against one, for a terminal, as Markdown and as JSON: `codeeval compare A B [C…]`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codeeval.report.markdown import cell
from codeeval.report.terminal import safe
from codeeval.stats.compare import (
    CompareOptions,
    Comparison,
    ProblemChange,
    RunCounts,
    chance_line,
    compare,
    render,
)
from codeeval.stats.paired import holm
from codeeval.stats.words import LONG_RUN, points, population, rerun

SCHEMA_VERSION = 1
MOST = 20


@dataclass(frozen=True, slots=True)
class Versus:
    """`comparisons[i]` is run i + 1 against the first; `p_holm`: their permutation p, adjusted for being several."""

    comparisons: tuple[Comparison, ...]
    p_holm: tuple[float, ...]


def versus(runs: Sequence[RunCounts], options: CompareOptions) -> Versus:
    """Compare every run with the first. Raises what `compare` raises."""
    found = tuple(compare(runs[0], other, options) for other in runs[1:])
    adjusted = holm({str(index): each.p_permutation for index, each in enumerate(found)})
    return Versus(found, tuple(adjusted.values()))


def document(result: Versus) -> dict[str, object]:
    """One JSON document. Differences are shares in [-1, 1], later run minus first."""
    return {
        "schema": SCHEMA_VERSION,
        "base": result.comparisons[0].a,
        "k": result.comparisons[0].k,
        "comparisons": [
            {**each.to_json(), "p_holm": p} for each, p in zip(result.comparisons, result.p_holm, strict=True)
        ],
    }


def text(result: Versus, most: int = 10) -> str:
    """Plain text, one block per comparison."""
    blocks = []
    for each, p in zip(result.comparisons, result.p_holm, strict=True):
        lines = [printable_line(line) for line in render(each, most).split("\n")]
        if len(result.comparisons) > 1:
            lines.append(f"p adjusted for {len(result.comparisons)} comparisons (Holm): {p:.3g}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def printable_line(line: str) -> str:
    """A line made safe for a terminal, with its columns as they are."""
    return "".join(char if char.isprintable() else "\ufffd" for char in line)


def one_line(result: Versus) -> str:
    """The differences and nothing else."""
    return ", ".join(f"{points(each.difference)} points ({safe(each.b)})" for each in result.comparisons)


def markdown(result: Versus, most: int = MOST) -> str:
    """GitHub-flavoured Markdown, ending with a newline."""
    first = result.comparisons[0]
    lines = [
        f"### pass@{first.k}: {cell(first.a)} and {'others' if len(result.comparisons) > 1 else cell(first.b)}",
        "",
        f"| run | pass@k | difference (points) | {population(first.level)} | {rerun(first.level)} | standard error "
        "| p (permutation) | p (Holm) | regressed | fixed | detectable |",
        "|---|--:|--:|---|---|--:|--:|--:|--:|--:|--:|",
        f"| {cell(first.a)} | {first.mean_a:.1%} | | | | | | | | | |",
    ]
    lines += [_row(each, p) for each, p in zip(result.comparisons, result.p_holm, strict=True)]
    lines += ["", f"{first.assumption}; {LONG_RUN}"]
    for each in result.comparisons:
        lines += ["", f"{cell(each.b)}, methods: {each.method}", "", chance_line(each)]
        lines += _changes(each, most)
        lines += [part for text in each.warnings for part in ("", f"> **warning:** {cell(text)}")]
    return "\n".join(lines) + "\n"


def _row(found: Comparison, p_holm: float) -> str:
    again = "n/a" if found.rerun is None else f"{points(found.rerun[0])} to {points(found.rerun[1])}"
    others = f"{points(found.population[0])} to {points(found.population[1])}"
    error = "n/a" if found.stderr is None else f"{100 * found.stderr:.2f}"
    mde = found.mde if found.mde_rerun is None else found.mde_rerun
    return (
        f"| {cell(found.b)} | {found.mean_b:.1%} | {points(found.difference)} | {others} | {again} | {error} "
        f"| {found.p_permutation:.3g} | {p_holm:.3g} | {len(found.with_change('regressed'))} "
        f"| {len(found.with_change('fixed'))} | {100 * mde:.1f} |"
    )


def _changes(found: Comparison, most: int) -> list[str]:
    rows: list[str] = []
    for kind, changes in (("regressed", found.with_change("regressed")), ("fixed", found.with_change("fixed"))):
        rows += [_change(kind, item) for item in changes[:most]]
        rows += [f"| … | {kind} | {len(changes) - most} more | | |"] * (len(changes) > most)
    if not rows:
        return []
    head = f"| problem | {cell(found.b)} | before | after | p |"
    return ["", head, "|---|---|--:|--:|--:|", *rows]


def _change(kind: str, item: ProblemChange) -> str:
    (n_a, c_a), (n_b, c_b) = item.a, item.b
    return f"| {cell(item.problem_id)} | {kind} | {c_a}/{n_a} | {c_b}/{n_b} | {item.p:.2g} |"
