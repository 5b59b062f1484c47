"""Functions for the templates: bars, cells, lines and names, made from the values of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from codeeval.explorer.code import code_lines
from codeeval.explorer.filters import PENDING, group_id
from codeeval.explorer.links import CHUNK, Links
from codeeval.explorer.listing import SamplesPage
from codeeval.explorer.matrix import AGREES, DIFFERS, MISSING, SILENT, Matrix, MatrixRow
from codeeval.explorer.overview import RunPage
from codeeval.explorer.problem import ProblemPage
from codeeval.explorer.problem_samples import ProblemSample
from codeeval.explorer.text import clip, plain
from codeeval.types import Verdict

#: The approximate number of cells in the table of tests and samples.
_GRID_CELLS = 20_000

#: A shape for everything that has a colour.
GLYPHS = {
    Verdict.PASSED.value: "✓",
    Verdict.WRONG_OUTPUT.value: "×",
    Verdict.EXCEPTION.value: "!",
    Verdict.SYNTAX_ERROR.value: "S",
    Verdict.NO_ENTRY_POINT.value: "N",
    Verdict.EMPTY.value: "E",
    Verdict.TIMEOUT.value: "T",
    Verdict.MEMORY.value: "M",
    Verdict.OUTPUT_LIMIT.value: "O",
    Verdict.CRASHED.value: "C",
    Verdict.NOT_SUPPORTED.value: "?",
    AGREES: "=",
    DIFFERS: "≠",
    SILENT: "–",
    PENDING: "…",
    MISSING: "·",
}
ARROWS = {"regressed": "↓", "fixed": "↑", "changed": "~", "same": "="}


def cells(run: str, row: MatrixRow, link: Links, t: Callable[[str], str]) -> Markup:
    """The samples of one row of the matrix as links; generated in Python because there are thousands."""
    address = str(escape(link.samples(run, row.problem_id)))
    kinds: dict[tuple[str, bool, bool], str] = {}
    found, noted = [], set(row.noted)
    for i, code, matches in row.cells:
        key = code, matches, i in noted
        kind = kinds.get(key) or kinds.setdefault(key, _cell(address, *key, t))
        found.append(kind.format(index=i, chunk=i // CHUNK + 1))
    return Markup("".join(found))


def _cell(address: str, code: str, matches: bool, noted: bool, t: Callable[[str], str]) -> str:
    if not matches:
        return '<span class="x no">·</span>'
    if code == MISSING:
        return f'<span class="x {code}">{GLYPHS[code]}</span>'
    said, mark = (f"{t(code)}, {t('with a note')}", " noted") if noted else (t(code), "")
    return f'<a class="x {code}{mark}" href="{address}" aria-label="#{{index}} {escape(said)}">{GLYPHS[code]}</a>'


def verdict_bar(verdicts: dict[str, int]) -> Iterator[tuple[str, int, str, str]]:
    """(verdict, samples, start and width in percent)"""
    total, at = sum(verdicts.values()), 0
    for code, n in verdicts.items():
        yield code, n, f"{100 * at / total:.3f}", f"{100 * n / total:.3f}"
        at += n


class WaterfallColumn(NamedTuple):
    """One bar of the waterfall, in percent of the width: `base` as before, then `width` more from `start`."""

    protocol: str
    value: float | None
    change: float | None
    base: str
    start: str
    width: str


def waterfall(page: RunPage) -> Iterator[WaterfallColumn]:
    """pass@k of the smallest k under each protocol, then with the format repaired, each with the change from the
    previous one."""
    scores = {**page.scores, "strict, format repaired": page.repaired} if page.repaired else page.scores
    before: float | None = None
    for protocol, by_k in scores.items():
        value = by_k[min(by_k)].estimate if by_k else None
        change = None if value is None or before is None else value - before
        low = value or 0.0 if change is None else min(value or 0.0, before or 0.0)
        width = f"{100 * abs(change):.2f}" if change else ""
        yield WaterfallColumn(protocol, value, change, f"{100 * low:.2f}", f"{100 * low:.2f}", width)
        before = value if value is not None else before


def legend(page: RunPage) -> list[str]:
    seen = {cell.code for row in page.matrix.rows for cell in row.cells}
    return [code for code in GLYPHS if code in seen]


def thousands(number: int) -> str:
    """With narrow no-break spaces."""
    return f"{number:,}".replace(",", "\u202f") if number >= 10_000 else str(number)


def page_numbers(matrix: Matrix | SamplesPage) -> list[int]:
    return page_places(matrix.page, matrix.pages)


def page_places(page: int, pages: int) -> list[int]:
    """Pages to link to; 0 stands for a gap."""
    near = {1, pages, *range(page - 3, page + 4)}
    found: list[int] = []
    for at in sorted(one for one in near if 1 <= one <= pages):
        if found and at > found[-1] + 1:
            found.append(0)
        found.append(at)
    return found


def group_name(page: RunPage) -> str:
    known = (*page.failure_groups, *page.hidden_groups)
    return clip(next((one.signature for one in known if group_id(one.signature) == page.filter.group), ""), 200)


def body_lines(source: str, prompt: str) -> tuple[Markup, ...]:
    """A program without the prompt that it begins with."""
    return code_lines(source.removeprefix(prompt).strip("\n"))


def code(lines: Sequence[str], bad: int | None = None, why: str = "", given: int = 0, label: str = "") -> Markup:
    """A program with line numbers. `bad`: the line that failed, with `why` below it; `given`: the number of lines that
    are the prompt's."""
    shown = [f'<pre class="code" tabindex="0" role="group" aria-label="{escape(label)}">']
    for number, line in enumerate(lines, start=1):
        kind = " bad" if number == bad else " given" if number <= given else " own" if given else ""
        shown.append(f'<span class="l{kind}">{line}\n</span>')
        if number == bad and why:
            shown.append(f'<span class="why">{escape(plain(why))}</span>')
    shown.append("</pre>")
    return Markup("".join(shown))


def go(href: str | bool | None, key: str, text: str) -> Markup:
    """A button with a keyboard shortcut; disabled if there is no target."""
    if href:
        return Markup(f'<a class="button" data-key="{key}" href="{escape(href)}">{escape(text)}</a>')
    return Markup(f'<span class="button off" aria-disabled="true">{escape(text)}</span>')


class Grid(NamedTuple):
    """A part of the table of tests and samples: its columns, and its number out of how many."""

    samples: tuple[ProblemSample, ...]
    page: int
    pages: int


def grid(page: ProblemPage, wished: int) -> Grid:
    """Part `wished`, or the last."""
    columns = max(60, _GRID_CELLS // max(1, len(page.tests)))
    pages = max(1, -(-len(page.samples) // columns))
    at = min(max(1, wished), pages)
    return Grid(page.samples[(at - 1) * columns : at * columns], at, pages)


def grid_rows(page: ProblemPage, samples: Sequence[ProblemSample]) -> Markup:
    """Tests against samples; generated in Python because there are thousands of cells."""
    rows = []
    for number, test in enumerate(page.tests):
        head = Markup('<tr><th scope="row">{}</th>').format(plain(clip(f"{number} {test.call}", 90)))
        rows.append(str(head) + "".join(_grid_cell(number, sample) for sample in samples) + "</tr>")
    return Markup("".join(rows))


def _grid_cell(number: int, sample: ProblemSample) -> str:
    if sample.code == PENDING:
        return '<td><span class="t pending">·</span></td>'
    code = sample.code if number in sample.failed else Verdict.PASSED.value
    return f'<td><span class="t {code}">{GLYPHS[code]}</span></td>'
