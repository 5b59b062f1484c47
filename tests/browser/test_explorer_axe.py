"""axe-core on every kind of page, in both languages and themes, wide and narrow; the default suite has pairs of these."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from explorer_pages import PAGES
from explorer_server import Server, start, stop

from codeeval.explorer.annotations import Annotations
from codeeval.explorer.static import export_site

pytestmark = [pytest.mark.browser, pytest.mark.local, pytest.mark.slow]

#: Beside the pages that other tests visit: hidden answers, samples that wait, tests as code, nothing there.
ODD = (
    "",
    "hidden/",
    "hidden/?verdict=differs",
    "hidden/samples/?verdict=silent",
    "hidden/p/1/",
    "hidden/p/1/3",
    "hidden/p/1/2/diff",
    "waiting/",
    "waiting/?verdict=pending",
    "waiting/p/2/",
    "waiting/p/2/1",
    "asserts/",
    "asserts/p/0/",
    "asserts/p/0/1",
    "asserts/p/0/1/diff",
    "compare/hidden/waiting/",
    "compare/hidden/waiting/?allow_different=1",
    "nowhere/",
)
EXPORTED = (
    "index.html",
    "before/index.html",
    "before/index.html#verdict=wrong_output&sort=hardest",
    "before/p/1/index.html",
    "before/p/1/samples-1.html#s2",
    "compare/before/after/index.html",
    "compare/before/after/2.html",
    "series/after/index.html",
    "series/after/p/1.html",
)
LANGUAGES = ("en", "ru")


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    """Explorers, by language, of runs that are not as most are."""
    from cli_runs import codeeval, write_lines
    from explorer_runs import make_run

    root = tmp_path_factory.mktemp("odd")
    make_run(root / "runs" / "hidden", {"1": ["right", "right", "wrong", "empty"], "2": ["raises"]}, hidden=("1", "2"))
    make_run(root / "runs" / "waiting", {"1": ["right", "wrong"], "2": ["right", "slow"]}, unjudged=1, wanted=4)
    Annotations(root / "runs" / "hidden").put("1", 0, "bug", "look <here>")
    prompt, test = 'def f(a, b):\n    """Add."""\n', "def check(candidate):\n    assert candidate(1, 2) == 3\n"
    row = {"task_id": "t/0", "prompt": prompt, "entry_point": "f", "canonical_solution": "    return a + b\n"}
    write_lines(root / "tasks.jsonl", [{**row, "test": test}])
    samples = [{"task_id": "t/0", "completion": f"    return a {sign} b\n"} for sign in "+-"]
    (root / "samples.jsonl").write_text("".join(json.dumps(one) + "\n" for one in samples))
    arguments = ("-t", "tasks.jsonl", "--samples", "samples.jsonl", "-o", "runs/asserts", "--sandbox", "local")
    done = codeeval(root, "score", *arguments)
    assert done.returncode == 0, done.stderr
    running = {lang: start(root / "runs", lang=lang) for lang in LANGUAGES}
    yield running
    for one in running.values():
        stop(one)


@pytest.fixture(scope="module")
def exported(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The same runs as files, by language."""
    root = tmp_path_factory.mktemp("exported")
    for lang in LANGUAGES:
        export_site([runs], root / lang, lang)
    return {lang: f"{(root / lang).as_uri()}/" for lang in LANGUAGES}


def violations(open_page: Any, axe: str, addresses: dict[str, str]) -> list[object]:
    """Of a page, by its addresses in both languages: wide and narrow, light and dark, with everything opened."""
    told: list[object] = []
    page = open_page("about:blank", bypass_csp=True).page
    for lang, width, scheme in product(LANGUAGES, (1300, 390), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(addresses[lang])
        page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true; })")
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        told += [
            (lang, width, scheme, rule["id"], [node["html"][:150] for node in rule["nodes"][:3]]) for rule in found
        ]
    return told


@pytest.mark.parametrize("path", [*PAGES, "before/?verdict=wrong_output", "before/?protocol=strict"])
def test_no_page_breaks_a_rule(open_page: Any, server: Server, russian: Server, axe: str, path: str) -> None:
    assert violations(open_page, axe, {"en": server.url + path, "ru": russian.url + path}) == []


@pytest.mark.parametrize("path", ODD)
def test_no_page_of_an_odd_run_breaks_a_rule(open_page: Any, odd: dict[str, Server], axe: str, path: str) -> None:
    assert violations(open_page, axe, {lang: one.url + path for lang, one in odd.items()}) == []


@pytest.mark.parametrize("path", EXPORTED)
def test_no_exported_page_breaks_a_rule(open_page: Any, exported: dict[str, str], axe: str, path: str) -> None:
    assert violations(open_page, axe, {lang: root + path for lang, root in exported.items()}) == []
