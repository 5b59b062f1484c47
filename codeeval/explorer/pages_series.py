"""Render the pages about many runs: their list, the line of pass@k, the heat map, and the history of a problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from markupsafe import Markup, escape

from codeeval.explorer.history import HistoryPage
from codeeval.explorer.links import Links
from codeeval.explorer.pages import Frame, render
from codeeval.explorer.runs import COLUMNS, KEYS, RunsPage
from codeeval.explorer.series import KINDS, SORTS, Member, SeriesChoice, SeriesPage
from codeeval.explorer.text import clip, plain
from codeeval.stats.series import ORDERS, SeriesProblem

#: Shades of the heat map, 0 for none passed.
SHADES = 10
#: How many runs' names fit below the line.
_LABELS = 14


def runs_html(page: RunsPage, frame: Frame) -> bytes:
    link, choice = frame.link, page.choice
    return render(
        "runs.html",
        page,
        frame,
        by=lambda name: (
            f"#sort={choice.sorted_by(name).sort}" if link.static else link.runs(choice.sorted_by(name).query())
        ),
        known_columns=COLUMNS,
        sortable=[sign + name for name in KEYS for sign in ("", "-")],
        key_of=lambda run, name: KEYS[name](run),
    )


def series_html(page: SeriesPage, frame: Frame, *, compared: bool = True) -> bytes:
    """`compared`: whether there are pages that compare two of the runs."""
    link, choice = frame.link, page.choice
    requested = page.protocols[0] if page.protocols else ""
    query = replace(choice, page=1).query()

    def at(**changes: object) -> str:
        return link.series(page.base, replace(choice, page=1, **changes).query())  # type: ignore[arg-type]

    return render(
        "series.html",
        page,
        frame,
        at=at,
        under=lambda name: link.under("" if name == requested else name).series(page.base, query),
        page_link=lambda number: link.series(page.base, query, number),
        history=lambda problem: link.series_problem(page.base, problem, query),
        line=line(page.members),
        heat=lambda problem: heat(problem, page, link),
        orders=ORDERS,
        sorts=SORTS,
        change_kinds=KINDS,
        compared=compared and not page.instructions,
        anyway=SeriesChoice(allow_different=True).query(),
        hidden=[(name, value) for name, value in query if name not in ("run", "order", "sort")],
    )


def history_html(page: HistoryPage, frame: Frame) -> bytes:
    query = page.choice.query()
    return render(
        "history.html",
        page,
        frame,
        history=lambda problem: frame.link.series_problem(page.base, problem, query),
        back=frame.link.series(page.base, query),
    )


def line(members: Sequence[Member]) -> Markup:
    """pass@k over the runs with both intervals, as SVG in percent of its box; the table beside it has the same
    content."""
    known = [(at, one.estimate) for at, one in enumerate(members) if one.estimate.estimate is not None]
    width = 100 / max(1, len(members))
    parts = [
        f'<line class="axis" x1="0%" x2="100%" y1="{_y(share)}" y2="{_y(share)}"/>'
        f'<text class="tick" x="0" y="{_y(share)}" dy="-3">{share:g}</text>'
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    places = {at: f"{width * (at + 0.5):.2f}%" for at, _ in known}
    for at, found in known:
        for kind, bounds in (("pop", found.population), ("rerun", found.rerun)):
            if bounds:
                low, high = (_y(bound) for bound in bounds)
                parts.append(f'<line class="{kind}" x1="{places[at]}" x2="{places[at]}" y1="{low}" y2="{high}"/>')
    for (at, found), (then, after) in pairwise(known):
        ends = f'y1="{_y(found.estimate or 0)}" y2="{_y(after.estimate or 0)}"'
        parts.append(f'<line class="way" x1="{places[at]}" x2="{places[then]}" {ends}/>')
    parts += [f'<circle class="point" cx="{places[at]}" cy="{_y(found.estimate or 0)}" r="4"/>' for at, found in known]
    step = max(1, -(-len(members) // _LABELS))
    for at in range(0, len(members), step):
        between = " between" if 0 < at < len(members) - 1 else ""
        name = escape(plain(_short(members[at].run.name, max(6, 120 // len(members)))))
        parts.append(
            f'<text class="tick{between}" x="{width * (at + 0.5):.2f}%" y="99%" text-anchor="middle">{name}</text>'
        )
    return Markup(f'<svg class="line" width="100%" height="260" aria-hidden="true">{"".join(parts)}</svg>')


def _y(share: float) -> str:
    return f"{88 - 82 * share:.2f}%"


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else f"…{name[1 - most :]}"


def heat(problem: SeriesProblem, page: SeriesPage, link: Links) -> Markup:
    """The cells of one row of the heat map; generated in Python because there are thousands."""
    cells = []
    for member, (n, c), rate in zip(page.members, problem.cells, problem.rates, strict=True):
        href = escape(link.problem(member.run.slug, problem.problem_id))
        label = escape(plain(f"{clip(member.run.name, 60)}: {c}/{n}"))
        shade = round(SHADES * rate)
        cells.append(
            f'<td><a class="heat h{shade}" href="{href}" title="{label}" aria-label="{label}">{round(100 * rate)}</a></td>'
        )
    return Markup("".join(cells))
