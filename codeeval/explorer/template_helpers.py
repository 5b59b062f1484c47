"""What the templates call, by name: constants, filters for links, figures, texts and shapes."""

from __future__ import annotations

from codeeval.explorer import comparison, parts, shapes
from codeeval.explorer.code import code_lines
from codeeval.explorer.diffs import side_by_side
from codeeval.explorer.filters import AGREEMENT, NO_FILTER, SLOW_MS, VERDICTS, Filter, format_id, group_id
from codeeval.explorer.overview import GROUPS_SHOWN
from codeeval.explorer.text import block, clip, field, visible
from codeeval.explorer.values import compared, unified, value

_CONSTANTS: dict[str, object] = {
    "agreement": AGREEMENT,
    "arrows": shapes.ARROWS,
    "glyphs": shapes.GLYPHS,
    "groups_shown": GROUPS_SHOWN,
    "kinds": comparison.KINDS,
    "listed_verdicts": VERDICTS,
    "no_filter": NO_FILTER,
    "slow_choices": SLOW_MS,
}
_FILTERS: dict[str, object] = {
    "answer_filter": lambda pid, name: Filter(problem=pid, answer=name),
    "filter_cause": lambda kind, name: Filter(verdict=name) if kind == "verdict" else Filter(group=group_id(name)),
    "filter_format": lambda name: Filter(format=format_id(name)),
    "filter_group": lambda signature: Filter(group=group_id(signature or "")),
    "format_id": format_id,
    "group_id": group_id,
}
_FIGURES: dict[str, object] = {
    "percent": lambda part, whole: f"{100 * part / whole:.1f}%" if whole else "",
    "share": lambda part, whole: f"{part / whole:.3f}" if whole else "",
    "signed": lambda value, digits: f"{value:+.{digits}f}".replace("-", "−"),
    "thousands": shapes.thousands,
}
_TEXTS: dict[str, object] = {
    "block": block,
    "body_lines": shapes.body_lines,
    "clip": clip,
    "code": shapes.code,
    "code_lines": code_lines,
    "compared": compared,
    "field": field,
    "side_by_side": side_by_side,
    "unified": unified,
    "value": value,
    "visible": visible,
}
_SHAPES: dict[str, object] = {
    "execution_of": parts.execution_of,
    "grid_rows": shapes.grid_rows,
    "group_name": shapes.group_name,
    "legend": shapes.legend,
    "page_numbers": shapes.page_numbers,
    "page_places": shapes.page_places,
    "program_of": parts.program_of,
    "tests_of": parts.tests_of,
    "verdict_bar": shapes.verdict_bar,
    "waterfall": shapes.waterfall,
}

HELPERS: dict[str, object] = {**_CONSTANTS, **_FILTERS, **_FIGURES, **_TEXTS, **_SHAPES}
