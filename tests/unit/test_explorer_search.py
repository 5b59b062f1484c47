"""The search with a regular expression: what it finds, and that no pattern holds a page."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import get_args
from urllib.parse import quote

import pytest
from explorer_runs import CODE, make_run
from starlette.testclient import TestClient
from typer.testing import CliRunner

from codeeval.cli.main import program
from codeeval.explorer.filters import MAX_PATTERN
from codeeval.explorer.library import Library
from codeeval.explorer.search import PatternError, search
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.scoring.job import TESTS_MODE, modes
from codeeval.store import texts
from codeeval.store.views import RunViews
from sandbox.wire import Mode

SAMPLES = {
    "p/1": ["right", "wrong", "raises"],
    "p/2": ["syntax", "slow", "hostile"],
    "p/3": ["empty", "right", "wrong"],
}
#: Take for ever on `aaa…`, of which the hostile completion has a million.
CATASTROPHIC = "(A+)+$ ", "(A|AA)+!"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("search") / "r", SAMPLES, hidden=["p/3"])


@pytest.fixture(scope="module")
def explorer(run: Path) -> TestClient:
    return TestClient(application(Library.of([run]), Gate()), base_url="http://127.0.0.1")


def listed(explorer: TestClient, pattern: str, more: str = "") -> list[tuple[str, int]]:
    found = explorer.get(f"/r/samples/index.json?search={quote(pattern)}{more}").json()
    return [(row["problem_id"], row["index"]) for row in found["rows"]]


@pytest.mark.parametrize("pattern", [r"n \+ 1$", r"^    while", r"(?i)RETURN N \*", "\u202e", "Я", ""])
def test_completions_are_searched(explorer: TestClient, pattern: str) -> None:
    """As Python's engine finds it, line by line."""
    wanted = [
        (pid, at)
        for pid, names in SAMPLES.items()
        for at, name in enumerate(names)
        if re.search(pattern, CODE[name], re.MULTILINE)
    ]
    assert listed(explorer, pattern) == wanted


def test_programs_are_searched_however_they_were_executed(tmp_path: Path) -> None:
    """Those of a set whose tests are code have a mode of their own; a later version may have other protocols."""
    found = make_run(tmp_path / "r", SAMPLES)
    with sqlite3.connect(found / "run.sqlite") as connection:
        connection.execute("UPDATE executions SET mode = ?", (TESTS_MODE,))
    explorer = TestClient(application(Library.of([found]), Gate()), base_url="http://127.0.0.1")
    assert ("p/1", 0) in listed(explorer, r"^def \w+\(n")
    assert set(modes("strict")) == {"module", "assert"}
    assert set(modes("of a later version")) == set(get_args(Mode))


def test_errors_and_programs_are_searched(explorer: TestClient) -> None:
    """What was raised, and the prompt that stands before a completion in its program."""
    assert listed(explorer, "ZeroDivisionError") == [("p/1", 2)]
    [row] = explorer.get("/r/samples/index.json?search=ZeroDiv").json()["rows"]
    assert row["found"] == "ZeroDivisionError: division by zero (call 0)"
    assert explorer.get("/r/samples/index.json?search=A{9}Z*").json()["rows"][0]["found"].startswith("z = 'AAA")
    assert ("p/1", 0) in listed(explorer, r"^def \w+\(n")
    assert listed(explorer, r"n \* 20", "&verdict=passed") == []
    assert listed(explorer, r"n \* 20", "&verdict=wrong_output") == [("p/1", 1)]


@pytest.mark.parametrize("pattern", CATASTROPHIC)
def test_no_pattern_holds_a_page(explorer: TestClient, pattern: str) -> None:
    """It is ended after its processor time, that is said on the list, and the next search is answered."""
    answer = explorer.get(f"/r/samples/?search={quote(pattern)}")
    assert answer.status_code == 200
    assert "the pattern took too long" in answer.text
    for address in ("/r/", "/r/samples/list.csv"):
        assert explorer.get(f"{address}?search=(").status_code == 400
    assert listed(explorer, "ZeroDivisionError") == [("p/1", 2)]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(", "is not a regular expression (missing ), unterminated subpattern at position 0)"),
        ("x{99999999999}", "is not a regular expression"),
        ("(" * 900, "is not a regular expression"),
        ("a" * (MAX_PATTERN + 1), f"the pattern is longer than {MAX_PATTERN} characters"),
    ],
)
def test_a_text_that_is_no_pattern_is_refused(run: Path, explorer: TestClient, pattern: str, why: str) -> None:
    """On the page, with its form, and on the command line with status 2."""
    with RunViews(run) as reader, pytest.raises(PatternError, match=re.escape(why)):
        search(reader, "strict", pattern)
    assert explorer.get("/r/samples/index.json", params={"search": pattern}).json()["refused"]
    answer = CliRunner().invoke(program(), ["samples", str(run), "--search", pattern])
    assert isinstance(answer.exception, PatternError)
    assert answer.exception.exit_code == 2


def test_the_command_line_lists_the_same(run: Path, explorer: TestClient) -> None:
    answer = CliRunner().invoke(program(), ["samples", str(run), "--search", "return", "--format", "jsonl"])
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [(row["problem_id"], row["index"]) for row in rows] == listed(explorer, "return")


def test_the_page_names_the_reason_in_russian(run: Path) -> None:
    explorer = TestClient(application(Library.of([run]), Gate(), "ru"), base_url="http://127.0.0.1")
    assert "не регулярное выражение" in explorer.get("/r/samples/?search=(").text


@pytest.mark.parametrize(("together", "longest"), [(1, 20), (2, 60), (3, 32_768), (256, 0)])
def test_every_text_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int, longest: int) -> None:
    """However many are read at a time, however long they are, and in whatever order the programs were stored."""
    monkeypatch.setattr(texts, "_TOGETHER", together)
    monkeypatch.setattr(texts, "_LONG", longest)
    run = make_run(tmp_path / "r", {**SAMPLES, "none": [], "p/4": ["wrong"] * 4})
    with sqlite3.connect(run / "run.sqlite") as db:
        db.execute("UPDATE executions SET rowid = -rowid WHERE rowid % 3 = 0")
        query = "SELECT problem_id, rowid, source FROM executions WHERE mode = 'module'"
        programs = {(pid, number, str(source)) for pid, number, source in db.execute(query) if isinstance(source, str)}
        query = "SELECT problem_id, idx, error FROM judgements WHERE protocol = 'strict' AND error IS NOT NULL"
        errors = {(pid, index, error) for pid, index, error in db.execute(query) if isinstance(error, str)}
    db.close()
    completions = {(pid, at, CODE[name]) for pid, names in SAMPLES.items() for at, name in enumerate(names)}
    completions |= {("p/4", at, CODE["wrong"]) for at in range(4)}
    with RunViews(run) as reader:
        assert said(reader.completions()) == sorted(completions)
        assert programs <= set(found := said(reader.programs(("module",))))
        assert len(found) == len(programs) + 1  # the hostile one is not valid Unicode
        assert errors == {one for one in said(reader.errors("strict")) if "\ud800" not in one[2]}
        assert {pid for pid, *_ in said(reader.programs(("module",), {"p/1", "p/2"}))} == {"p/3", "p/4"}


def said(groups: Iterable[texts.TextGroup]) -> list[tuple[str, int, str]]:
    """(problem, key, text), sorted."""
    found = []
    for pid, keys, sizes, data in groups:
        at = 0
        for key, size in zip(keys.split(","), map(int, sizes.split(",")), strict=True):
            found.append((pid, int(key), data[at : at + size].decode("utf-8", "surrogatepass")))
            at += size
        assert at == len(data)
    return sorted(found)
