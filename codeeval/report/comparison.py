"""Several runs against one, for a terminal, as Markdown and as JSON: `codeeval compare A B [C…]`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codeeval.i18n import message, tr
from codeeval.report.markdown import cell
from codeeval.report.terminal import safe
from codeeval.stats.compare import CompareOptions, Comparison, compare
from codeeval.stats.difference_lines import CHANGES, chance_line, lines_of
from codeeval.stats.intervals import Interval
from codeeval.stats.paired import holm
from codeeval.stats.problem_change import ProblemChange
from codeeval.stats.run_counts import RunCounts
from codeeval.stats.series import Series
from codeeval.stats.words import LONG_RUN, points, population, rerun

SCHEMA_VERSION = 1
MOST = 20


@dataclass(frozen=True, slots=True)
class Versus:
    """`comparisons[i]` is run i + 1 against the first; `p_holm`: their permutation p, adjusted for multiple
    comparisons."""

    comparisons: tuple[Comparison, ...]
    p_holm: tuple[float, ...]


def versus(runs: Sequence[RunCounts], options: CompareOptions) -> Versus:
    """Compare every run with the first. Raises what `compare` raises."""
    found = tuple(compare(runs[0], other, options) for other in runs[1:])
    adjusted = holm({str(index): each.p_permutation for index, each in enumerate(found)})
    return Versus(found, tuple(adjusted.values()))


def document(result: Versus, many: Series | None = None) -> dict[str, object]:
    """One JSON document. Differences are shares in [-1, 1], later run minus first. `many`: for more than two runs,
    pass@k and every problem in each."""
    return {
        "schema": SCHEMA_VERSION,
        "base": result.comparisons[0].a,
        "k": result.comparisons[0].k,
        "comparisons": [
            {**each.to_json(), "p_holm": p} for each, p in zip(result.comparisons, result.p_holm, strict=True)
        ],
        **({"series": many.to_json()} if many is not None else {}),
    }


def text(result: Versus, most: int = 10) -> str:
    """Plain text, one block per comparison."""
    blocks = []
    for each, p in zip(result.comparisons, result.p_holm, strict=True):
        lines = [printable_line(message(line)) for line in lines_of(each, most)]
        if len(result.comparisons) > 1:
            lines.append(
                tr("p adjusted for {n} comparisons (Holm): {value}", n=len(result.comparisons), value=f"{p:.3g}")
            )
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def printable_line(line: str) -> str:
    """A line made safe for a terminal, with its columns unchanged."""
    return "".join(char if char.isprintable() else "\ufffd" for char in line)


def one_line(result: Versus) -> str:
    """Only the differences."""
    return ", ".join(f"{points(each.difference)} points ({safe(each.b)})" for each in result.comparisons)


def markdown(result: Versus, most: int = MOST) -> str:
    """GitHub-flavoured Markdown, ending with a newline."""
    first = result.comparisons[0]
    lines = [
        tr("### pass@{k}: {name} and others", k=first.k, name=cell(first.a))
        if len(result.comparisons) > 1
        else tr("### pass@{k}: {name} and {other}", k=first.k, name=cell(first.a), other=cell(first.b)),
        "",
        tr(
            "| run | pass@k | difference (points) | {one} | {two} | standard error | p (permutation) | p (Holm) | "
            "regressed | fixed | detectable |",
            one=population(first.level),
            two=rerun(first.level),
        ),
        "|---|--:|--:|---|---|--:|--:|--:|--:|--:|--:|",
        f"| {cell(first.a)} | {first.mean_a:.1%} | | | | | | | | | |",
    ]
    lines += [_row(each, p) for each, p in zip(result.comparisons, result.p_holm, strict=True)]
    lines += ["", f"{message(first.assumption)}; {message(LONG_RUN)}"]
    for each in result.comparisons:
        lines += [
            "",
            tr("{name}, methods: {methods}", name=cell(each.b), methods=each.method),
            "",
            message(chance_line(each)),
        ]
        lines += _changes(each, most)
        lines += [
            part for text in each.warnings for part in ("", tr("> **warning:** {text}", text=cell(message(text))))
        ]
    return "\n".join(lines) + "\n"


def _row(found: Comparison, p_holm: float) -> str:
    again = "n/a" if found.rerun is None else _between(found.rerun)
    others = _between(found.population)
    error = "n/a" if found.stderr is None else f"{100 * found.stderr:.2f}"
    mde = found.mde if found.mde_rerun is None else found.mde_rerun
    return (
        f"| {cell(found.b)} | {found.mean_b:.1%} | {points(found.difference)} | {others} | {again} | {error} "
        f"| {found.p_permutation:.3g} | {p_holm:.3g} | {len(found.with_change('regressed'))} "
        f"| {len(found.with_change('fixed'))} | {100 * mde:.1f} |"
    )


def _between(bounds: Interval) -> str:
    return tr("{low} to {high}", low=points(bounds[0]), high=points(bounds[1]))


def _changes(found: Comparison, most: int) -> list[str]:
    rows: list[str] = []
    for kind, changes in (("regressed", found.with_change("regressed")), ("fixed", found.with_change("fixed"))):
        rows += [_change(kind, item) for item in changes[:most]]
        rows += [tr("| … | {kind} | {n} more | | |", kind=message(CHANGES[kind]), n=len(changes) - most)] * (
            len(changes) > most
        )
    if not rows:
        return []
    head = tr("| problem | {run} | before | after | p |", run=cell(found.b))
    return ["", head, "|---|---|--:|--:|--:|", *rows]


def _change(kind: str, item: ProblemChange) -> str:
    (n_a, c_a), (n_b, c_b) = item.a, item.b
    return f"| {cell(item.problem_id)} | {message(CHANGES[kind])} | {c_a}/{n_a} | {c_b}/{n_b} | {item.p:.2g} |"
