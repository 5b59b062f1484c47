"""A set whose tests are code: the page of a sample shows what the program returned to the failing test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_runs import codeeval, write_lines
from english_rows import HUMAN_EVAL
from explorer_pages import calm
from explorer_server import start, stop

pytestmark = [pytest.mark.browser, pytest.mark.local]

HOSTILE = (
    "    class Any:\n        def __eq__(self, other): return False\n        def __repr__(self): raise SystemExit\n"
    "    return '<img src=x onerror=alert(1)></script><script>document.title=`owned`</script>\\x1b[31m\\u202e\\ud800'\n"
)
COMPLETIONS = (
    "    return 2 * n\n",
    "    return n\n",
    HOSTILE,
    "    return [0] * 100_000\n",
    "    return n / 0\n",
    "    return '4'\n",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("calls")
    write_lines(root / "set.jsonl", [HUMAN_EVAL])
    write_lines(root / "s.jsonl", [{"task_id": "HumanEval/7", "completion": text} for text in COMPLETIONS])
    done = codeeval(root, "score", "-t", "set.jsonl", "--samples", "s.jsonl", "-o", "runs/set", "--sandbox", "local")
    assert done.returncode == 0, done.stderr
    return root / "runs" / "set"


def rows(page: Any) -> list[list[str]]:
    """The texts of the table's cells."""
    found = page.locator("table.tests tbody tr").all()
    return [[cell.inner_text() for cell in row.locator("td").all()] for row in found]


def test_expected_and_actual_stand_beside_each_other(open_page: Any, run: Path) -> None:
    """Also where the value is hostile, large, or was never there; a passed sample has nothing to show."""
    server = start(run)
    try:
        watched = open_page(server.url + "set/p/7/1")
        assert rows(watched.page) == [["twice(2)", "4", "2"]]
        assert "twice(2) returned 2" in watched.page.inner_text("main")
        calm(watched)
        for index, actual in enumerate(
            ["<img src=x onerror=alert(1)>", "[0, 0, 0", "raised ZeroDivisionError(", "'4'"], 2
        ):
            watched = open_page(f"{server.url}set/p/7/{index}")
            ((call, expected, shown),) = rows(watched.page)
            assert (call, expected) == ("twice(2)", "4")
            assert actual in shown
            assert len(shown) < 3_000
            assert watched.page.locator("main script, main img").count() == 0
            assert watched.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            calm(watched)
        assert rows(open_page(server.url + "set/p/7/0").page) == []
        twin = open_page(server.url).page.request.get(server.url + "set/p/7/1.json").json()
        assert twin["test_calls"] == [{"call": "twice(2)", "expected": "4", "returned": "2", "raised": None}]
    finally:
        stop(server)


def test_in_russian_and_in_an_export(open_page: Any, run: Path, tmp_path: Path) -> None:
    """The pages as files have the table, too."""
    done = codeeval(tmp_path, "export", "html", run, "-o", "pages", "--lang", "ru")
    assert done.returncode == 0, done.stderr
    page = open_page((tmp_path / "pages" / "set" / "p" / "7" / "samples-1.html").as_uri() + "#s1").page
    article = page.locator("article#s1")
    assert "Последние вызовы перед тестом, который не выполнен:" in article.inner_text()
    assert "тест не выполнен; twice(2) вернула 2 (строка тестов 5)" in article.inner_text()
    told = codeeval(tmp_path, "samples", run, "--format", "jsonl").stdout.splitlines()
    assert json.loads(told[1])["error"] == "a test does not hold; twice(2) returned 2 (line 5 of the tests)"
