"""The explorer in Russian: no English is left on any page, but for data, code and proper names."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from explorer_pages import PAGES
from explorer_server import start, stop

pytestmark = [pytest.mark.browser, pytest.mark.local]

#: English that may stand on a Russian page: names, units of code, and what the data themselves say.
PROPER = re.compile(
    r"\b(JSONL?|CSV|pass|CPU|Markdown|docstring|seed|mera|code|strict|before|after|add|tasks|jsonl|python|Python|stdout|stderr|def"
    r"|MERA|Fisher|samples|local|warm|fresh|codeeval|score|None|replay|human|eval|UTC|kB|MiB|A|B|k|p|n|t|f|F|d|h|j|l|u"
    r"|sha|top|utf|file|namespaces|later|easy|hard|export|html|zip)\b"
)
#: What is data or code on a page: not looked at.
DATA = (
    "pre, code, .sides, .mono, dd, .call, .value, small, .group p, .group header span, select[name=a], select[name=b],"
    " .crumbs, h1, .why, .example, .listed td.small, .settings td"
)

#: Addresses, and what SQLite and Python's `re` say.
LIBRARIES = re.compile(r"/\S+|file is not a database|missing \), unterminated subpattern at position \d+|\w+Error\b")


def test_the_interface_speaks_russian(open_page: Any, runs: Path, tmp_path: Path) -> None:
    """With --lang ru nothing but data, code and proper names is in English, on any page, titles and labels included."""
    shutil.copytree(runs, tmp_path / "runs")
    (tmp_path / "runs" / "broken").mkdir()
    (tmp_path / "runs" / "broken" / "run.sqlite").write_bytes(b"not a database" * 100)
    running = start(tmp_path / "runs", lang="ru")
    texts = """(data) => {
        document.querySelectorAll('details').forEach((box) => { box.open = true; });
        const labels = [...document.querySelectorAll('main [aria-label], header [aria-label], [title], [placeholder]')]
            .flatMap((one) => ['aria-label', 'title', 'placeholder'].map((name) => one.getAttribute(name) || ''));
        document.querySelectorAll(data).forEach((one) => one.remove());
        document.querySelector('#help').showModal();
        return [document.body.innerText, ...labels];
    }"""
    try:
        for path in (*PAGES, "before/?verdict=wrong_output&q=1", "before/?protocol=strict", "before/?q=none-such"):
            page = open_page(running.url + path).page
            assert page.get_attribute("html", "lang") == "ru"
            said = LIBRARIES.sub("", " ".join(page.evaluate(texts, DATA)))
            left = set(re.findall(r"[A-Za-z]{2,}", PROPER.sub("", said)))
            assert not left - {"broken"}, (path, " ".join(sorted(left)))
        said = open_page(running.url + "nowhere/").page.inner_text("body").split("\n")
        assert [line for line in said if line] == ["404", "Такой страницы нет.", "Прогоны"]
    finally:
        stop(running)
