"""Render values as HTML and JSON. One environment for the server and the export."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from codeeval.explorer import shapes
from codeeval.explorer.comparison import ComparePage, CompareProblemPage
from codeeval.explorer.filters import PENDING
from codeeval.explorer.links import Links
from codeeval.explorer.listing import SamplesPage
from codeeval.explorer.matrix import AGREES, MISSING
from codeeval.explorer.overview import RunPage
from codeeval.explorer.problem import ProblemPage
from codeeval.explorer.sample_model import SamplePage
from codeeval.explorer.template_helpers import HELPERS
from codeeval.explorer.text import finalize, plain
from codeeval.explorer.words import cause, date, teller, translator
from codeeval.stats import words
from codeeval.stats.problem_change import ProblemChange
from codeeval.types import Verdict

HERE = Path(__file__).resolve().parent


@lru_cache(maxsize=1)
def _assets() -> tuple[str, str]:
    """Style and script, byte for byte as in a page: the policy has their hashes."""
    style, script = ((HERE / "assets" / name).read_text("utf-8").strip() for name in ("style.css", "script.js"))
    return style, script


def assets() -> dict[str, str]:
    """The files that the pages of an export share, by name."""
    return dict(zip(("style.css", "script.js"), _assets(), strict=True))


def policy(nonce: str = "") -> str:
    """The Content-Security-Policy: only codeeval's one style and one script, by hash; in files, which have no server,
    by the nonce of their export."""
    if nonce:
        common = (
            f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:; base-uri 'none'"
        )
        return f"{common}; connect-src 'none'; form-action 'none'"
    style, script = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in _assets())
    common = (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; img-src data:; base-uri 'none'"
    )
    return f"{common}; connect-src 'self'; form-action 'self'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Frame:
    """The surroundings of a page. `crumbs`: (name, link or "" for the page itself), without the list of runs; `live`:
    where to ask whether it has changed; `version`: of what it shows; `token` and `note_action` are for the form for
    notes, `unsaved` marks its content as not stored; `nonce`: of a file's style and script; `series`: the run with the
    page of many runs that includes this one; `export`: where a form requests these pages as files."""

    link: Links
    twin: str
    crumbs: tuple[tuple[str, str], ...] = ()
    lang: str = "en"
    live: str = ""
    version: str = ""
    token: str = ""
    note_action: str = ""
    unsaved: bool = False
    nonce: str = ""
    series: str = ""
    export: str = ""


def to_json(page: object) -> str:
    """The twin of a page, in ASCII, so that any text survives."""
    return json.dumps(page, separators=(",", ":"), default=_shallow) + "\n"


def _shallow(value: object) -> dict[str, object]:
    """A dataclass for json, which converts its values in turn, without copies."""
    assert is_dataclass(value)
    kind: Any = type(value)
    return {name: getattr(value, name) for name in _names(kind)}


@lru_cache(maxsize=64)
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(spec.name for spec in fields(kind))


def samples_twin(found: list[SamplePage]) -> object:
    """Several samples of a problem; what they share is included once."""
    shared = ("head", "protocol", "extraction", "prompt", "problem_prompt", "limits")
    plain_pages = [_shallow(page) for page in found]
    once = {name: plain_pages[0][name] for name in shared}
    return {
        **once,
        "samples": [{name: value for name, value in one.items() if name not in shared} for one in plain_pages],
    }


def render(template: str, page: object, frame: Frame, **more: object) -> bytes:
    """One whole page. Everything in it that codeeval did not write has passed through `text`."""
    style, script = _assets()
    outer = {
        "style": Markup(style),
        "script": Markup(script),
        "policy": policy(frame.nonce) if frame.link.static else "",
    }
    return _filled(template, page, frame, **outer, **more).encode("utf-8")


def _filled(template: str, page: object, frame: Frame, **more: object) -> str:
    values = {**_shallow(frame), "page": page, "static": frame.link.static, **more}
    return _rendered(_environment(frame.lang).get_template(template), values)


def _rendered(template: Template, values: dict[str, object]) -> str:
    """Like `template.render`, which copies the environment's globals one by one: too slow for thousands of samples."""
    context = template.new_context({**template.environment.globals, **values}, shared=True)
    return "".join(template.root_render_func(context))


@lru_cache(maxsize=2)
def _environment(lang: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update({**HELPERS, **_words(lang)})

    @lru_cache(maxsize=8192)
    def part(template: str, it: object) -> Markup:
        return Markup(_rendered(environment.get_template(template), {"it": it}))

    # samples with the same program share parts, and many of a problem give the same answer to a test
    environment.globals["part"] = part
    return environment


def _words(lang: str) -> dict[str, Callable[..., object] | str]:
    """Template functions and texts that depend on the language."""
    t = translator(lang)

    @lru_cache(maxsize=1024)
    def marked(text: str) -> Markup:
        return escape(plain(t(text)))

    return {
        "t": marked,
        "told": teller(lang),
        "population_words": words.population(),
        "rerun_words": words.rerun(),
        "long_run_words": words.LONG_RUN,
        "cause": lambda signature: cause(signature, lang),
        "named": lambda kind, name: marked(f"{kind}: {name}").removeprefix(f"{kind}: "),
        "ended": lambda reason: t(f"ended: {reason}").removeprefix("ended: "),
        "date": lambda moment: date(moment, lang),
        "go": lambda href, key, text: shapes.go(href, key, t(text)),
        "cells": lambda run, row, link: shapes.cells(run, row, link, t),
    }


# -- the pages


def run_html(page: RunPage, frame: Frame, catalogue: Markup | None = None) -> bytes:
    """`catalogue`: all samples of the run, for the filters of an export."""
    chosen = page.filter.ungrouped()
    return render(
        "run.html",
        page,
        frame,
        catalogue=catalogue,
        under=lambda name: frame.link.under(name).run(page.run.slug, chosen),
    )


def listed_html(page: SamplesPage, frame: Frame) -> bytes:
    run, chosen = page.run.slug, page.filter.ungrouped()
    return render("samples.html", page, frame, under=lambda name: frame.link.under(name).listed(run, chosen))


def problem_html(page: ProblemPage, frame: Frame, part: int = 1) -> bytes:
    """`part`: of the table of tests and samples, which can be wide."""
    failed = (
        sample.index for sample in page.samples if sample.code not in (Verdict.PASSED.value, PENDING, MISSING, AGREES)
    )
    run, pid = page.head.run.slug, page.head.problem_id
    return render(
        "problem.html",
        page,
        frame,
        first_failure=next(failed, None),
        grid=shapes.grid(page, part),
        part_link=lambda number: frame.link.problem(run, pid, number),
        under=lambda name: frame.link.under(name).problem(run, pid),
    )


def samples_html(pages: list[SamplePage], frame: Frame) -> bytes:
    # rendered separately: nested templates pass every piece of text through each level
    articles = Markup("".join(_filled("_sample.html", page, frame, under=_under(page, frame)) for page in pages))
    return render("sample.html", None, frame, pages=pages, articles=articles)


def _under(page: SamplePage, frame: Frame) -> Callable[[str], str]:
    """The same sample under another protocol, given by its name."""
    run = page.head.run

    def link(name: str) -> str:
        protocol = "" if name == run.protocols[0] else name
        return frame.link.under(protocol).sample(run.slug, page.head.problem_id, page.index)

    return link


def compare_html(
    page: ComparePage, frame: Frame, entry_points: dict[str, str], has_pair: Callable[[ProblemChange], bool]
) -> bytes:
    """`has_pair`: whether a problem has a page with two programs."""
    a, b, link = page.a.slug, page.b.slug, frame.link
    requested = page.b.protocols[0] if page.b.protocols else ""
    return render(
        "compare.html",
        page,
        frame,
        entry_points=entry_points,
        has_pair=has_pair,
        protocols=page.switched if link.static else page.protocols,
        under=lambda name: link.under("" if name == requested else name).compare_as(a, b),
        at_k=lambda k: replace(link, k=k).compare_as(a, b),
    )


def compare_problem_html(page: CompareProblemPage, frame: Frame) -> bytes:
    return render("compare_problem.html", page, frame)
