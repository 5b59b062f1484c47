"""Notes in the matrix and the list, and the filter by their tags."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from explorer_runs import make_run
from starlette.testclient import TestClient
from typer.testing import CliRunner

from codeeval.cli.main import app
from codeeval.errors import UsageError
from codeeval.explorer.annotations import FILE_NAME, Annotations
from codeeval.explorer.library import Library
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.explorer.static import export_site


@pytest.fixture
def run(tmp_path: Path) -> Path:
    run = make_run(tmp_path / "r", {"1": ["wrong", "right", "wrong"], "2": ["wrong", "right"]})
    notes = Annotations(run)
    notes.put("1", 0, "bug", "of the set")
    notes.put("2", 1, "bug", "")
    notes.put("1", 2, "", "look again")
    notes.put("gone", 7, "bug", "of another run")
    return run


@pytest.fixture
def explorer(run: Path) -> TestClient:
    return TestClient(application(Library.of([run]), Gate()), base_url="http://127.0.0.1")


def keys(explorer: TestClient, query: str) -> list[tuple[str, int]]:
    rows = explorer.get(f"/r/samples/index.json?{query}").json()["rows"]
    return [(row["problem_id"], row["index"]) for row in rows]


def test_the_list_is_filtered_by_tag(explorer: TestClient, run: Path) -> None:
    """Also of a note that is written while the explorer runs; together with other filters."""
    assert keys(explorer, "tag=bug") == [("1", 0), ("2", 1)]
    assert keys(explorer, "tag=*") == [("1", 0), ("1", 2), ("2", 1)]
    assert keys(explorer, "tag=bug&verdict=passed") == [("2", 1)]
    assert keys(explorer, "tag=other") == []
    Annotations(run).put("2", 0, "bug", "")
    assert keys(explorer, "tag=bug") == [("1", 0), ("2", 0), ("2", 1)]
    page = explorer.get("/r/samples/index.json").json()
    assert (page["tags"], page["notes"]) == ([["bug", 4]], 5)


def test_the_run_page_counts_tags(explorer: TestClient, run: Path, tmp_path: Path) -> None:
    """Each is a link to the samples with it; files, which have no such filter, only say the numbers."""
    Annotations(run).put("2", 0, "<b>&", "")
    page = explorer.get("/r/index.json").json()
    assert (page["tags"], page["notes"]) == ([["bug", 3], ["<b>&", 1]], 5)
    html = explorer.get("/r/").text
    links = dict(re.findall(r'<a class="chip text" href="\.\./r/(\?tag=[^"#]*)#found">([^<]*) <b>', html))
    assert links == {"?tag=%2A": "with a note", "?tag=bug": "bug", "?tag=%3Cb%3E%26": "&lt;b&gt;&amp;"}
    assert explorer.get("/r/index.json?tag=%3Cb%3E%26").json()["matrix"]["matching_samples"] == 1
    export_site([run], tmp_path / "site")
    exported = (tmp_path / "site/r/index.html").read_text("utf-8")
    assert '<span class="chip text">&lt;b&gt;&amp; <b>1</b></span>' in exported
    assert "?tag" not in exported
    assert "#tag" not in exported


def test_marks_are_in_matrix_list_and_files(explorer: TestClient) -> None:
    assert [row["noted"] for row in explorer.get("/r/index.json").json()["matrix"]["rows"]] == [[0, 2], [1]]
    assert explorer.get("/r/").text.count(' noted" href=') == 3
    assert "look again" not in explorer.get("/r/samples/").text
    rows = csv.DictReader(io.StringIO(explorer.get("/r/samples/list.csv?tag=*").text))
    assert [(row["tag"], row["note"]) for row in rows] == [("bug", "of the set"), ("", "look again"), ("bug", "")]


def test_damaged_notes_hide_nothing(explorer: TestClient, run: Path) -> None:
    (run / FILE_NAME).write_text("{")
    assert explorer.get("/r/").status_code == explorer.get("/r/samples/").status_code == 200
    assert "is no file of annotations" in explorer.get("/r/samples/?tag=bug").text


def test_the_command_line_chooses_by_tag(run: Path) -> None:
    answer = CliRunner().invoke(app, ["samples", str(run), "--tag", "bug", "--format", "csv"])
    assert [line.split(",")[0] for line in answer.stdout.splitlines()] == ["problem_id", "1", "2"]
    answer = CliRunner().invoke(app, ["samples", str(run), "--tag", "other"])
    assert isinstance(answer.exception, UsageError)
    assert "--tag 'other': no note of the run has it; they have bug" in str(answer.exception)
