"""Notes in the matrix and the list, and the filter by their tags."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from explorer_runs import make_run
from starlette.testclient import TestClient
from typer.testing import CliRunner

from codeeval.cli.main import program
from codeeval.errors import DataError, StoreError, UsageError
from codeeval.explorer.annotations import FILE_NAME, Annotations, notes_of
from codeeval.explorer.library import Library
from codeeval.explorer.notes_requests import MAX_IMPORT_BYTES
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
    """Each is a link to the samples with it, on a server and in files."""
    Annotations(run).put("2", 0, "<b>&", "")
    page = explorer.get("/r/index.json").json()
    assert (page["tags"], page["notes"]) == ([["bug", 3], ["<b>&", 1]], 5)
    html = explorer.get("/r/").text
    links = dict(re.findall(r'<a class="chip text" href="\.\./r/(\?tag=[^"#]*)#found">([^<]*) <b>', html))
    assert links == {"?tag=%2A": "with a note", "?tag=bug": "bug", "?tag=%3Cb%3E%26": "&lt;b&gt;&amp;"}
    assert explorer.get("/r/index.json?tag=%3Cb%3E%26").json()["matrix"]["matching_samples"] == 1
    export_site([run], tmp_path / "site")
    exported = (tmp_path / "site/r/index.html").read_text("utf-8")
    links = dict(
        re.findall(r'<a class="chip text" href="[^"#]*#(tag=[^"]*)" data-filter="tag"[^>]*>([^<]*) <b>', exported)
    )
    assert links == {"tag=%2A": "with a note", "tag=bug": "bug", "tag=%3Cb%3E%26": "&lt;b&gt;&amp;"}


def test_marks_are_in_matrix_list_and_files(explorer: TestClient) -> None:
    assert [row["noted"] for row in explorer.get("/r/index.json").json()["matrix"]["rows"]] == [[0, 2], [1]]
    assert explorer.get("/r/").text.count(' noted" href=') == 3
    assert "look again" not in explorer.get("/r/samples/").text
    rows = csv.DictReader(io.StringIO(explorer.get("/r/samples/list.csv?tag=*").text))
    assert [(row["tag"], row["note"]) for row in rows] == [("bug", "of the set"), ("", "look again"), ("bug", "")]


def test_damaged_notes_hide_nothing(explorer: TestClient, run: Path) -> None:
    (run / FILE_NAME).write_text("{")
    assert explorer.get("/r/").status_code == explorer.get("/r/samples/").status_code == 200
    assert "is not a file of annotations" in explorer.get("/r/samples/?tag=bug").text


def test_the_command_line_chooses_by_tag(run: Path) -> None:
    answer = CliRunner().invoke(program(), ["samples", str(run), "--tag", "bug", "--format", "csv"])
    assert [line.split(",")[0] for line in answer.stdout.splitlines()] == ["problem_id", "1", "2"]
    answer = CliRunner().invoke(program(), ["samples", str(run), "--tag", "other"])
    assert isinstance(answer.exception, UsageError)
    assert "--tag 'other': no note of the run has it; they have bug" in str(answer.exception)


def test_notes_are_imported_from_a_file_or_a_run(run: Path, tmp_path: Path) -> None:
    """The later one of two stays; what the run has no sample for is left out; twice changes nothing."""
    other = make_run(tmp_path / "other", {"1": ["wrong", "right", "wrong"], "2": ["wrong", "right"], "9": ["right"]})
    theirs = Annotations(other)
    for key in (("1", 1), ("2", 1), ("9", 0)):
        theirs.put(*key, "theirs", "текст\nв две строки")
    rows = json.loads((other / FILE_NAME).read_text())["annotations"]
    stamped = [{**row, "updated_at": "2999-01-01T00:00:00+00:00"} for row in rows if row["problem_id"] == "2"]
    early = {"problem_id": "1", "index": 0, "tag": "early", "note": "", "updated_at": "2001-01-01"}
    odd = {"problem_id": "1", "index": 2, "tag": "odd", "note": "", "updated_at": "<never>"}
    long = {"problem_id": "2", "index": 0, "tag": "t" * 1000, "note": "n" * 100_000}
    changed = [row for row in rows if row["problem_id"] != "2"] + [*stamped, early, odd, long]
    (tmp_path / "notes.json").write_text(json.dumps({"schema": 1, "annotations": changed}))
    answer = CliRunner().invoke(program(), ["notes", str(run), "--import", str(tmp_path / "notes.json")])
    assert "2 added, 1 in the place of earlier ones, 2 left as they were, 1 of samples" in answer.stderr
    found = Annotations(run).read()
    assert {key: note.tag for key, note in found.items()} == {
        ("1", 0): "bug",
        ("1", 1): "theirs",
        ("1", 2): "",
        ("2", 0): "t" * 60,
        ("2", 1): "theirs",
        ("gone", 7): "bug",
    }
    assert len(found["2", 0].note) == 10_000
    before = (run / FILE_NAME).read_bytes()
    answer = CliRunner().invoke(program(), ["notes", str(run), "--import", str(run)])
    assert "0 added, 0 in the place" in answer.stderr
    assert (run / FILE_NAME).read_bytes() == before


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("/dev/null", "/dev/null: is not an ordinary file\n  Name a file that"),
        ("none.json", "none.json: there is no such file"),
        (".", "--import .: there are no notes"),
    ],
)
def test_an_import_says_what_is_wrong_with_its_own_file(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, said: str
) -> None:
    """Not what to do about a file of the run."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    answer = CliRunner().invoke(program(), ["notes", str(run), "--import", source])
    assert isinstance(answer.exception, UsageError)
    assert said in str(answer.exception)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", 'it has no list "annotations"'),
        ('{"annotations": {"1": 2}}', 'it has no list "annotations"'),
        ('{"annotations": [{"problem_id": "1", "index": 0}, 7]}', 'note 2 has no "problem_id" or no "index"'),
        ('{"annotations": [{"problem_id": "1", "index": "x"}]}', 'note 1 has no "problem_id" or no "index"'),
    ],
)
def test_a_file_without_notes_is_refused_in_words(text: str, reason: str) -> None:
    """What is missing, and never the words of a Python error."""
    with pytest.raises(DataError, match=re.escape(reason)):
        notes_of(text.encode(), "f.json", "")


def test_a_page_brings_and_takes_notes(run: Path, tmp_path: Path) -> None:
    """The file that a page gives is what a page of another copy takes; only a page of the same explorer may send one."""
    gate = Gate(token="a token")
    copy = make_run(tmp_path / "copy", {"1": ["wrong", "right", "wrong"], "2": ["wrong", "right"]})
    explorer = TestClient(application(Library.of([run, copy]), gate), base_url="http://127.0.0.1")
    sent = explorer.get("/r/notes.json")
    assert sent.headers["content-disposition"] == 'attachment; filename="r-notes.json"'
    assert sent.json() == json.loads((run / FILE_NAME).read_text())
    ours = {"origin": "http://127.0.0.1", "x-token": "a token"}
    for wrong in ({"x-token": "a token"}, {**ours, "origin": "http://elsewhere"}, {**ours, "x-token": "another"}):
        assert explorer.post("/copy/notes", content=sent.content, headers=wrong).status_code == 403
    assert not (copy / FILE_NAME).exists()
    done = explorer.post("/copy/notes", content=sent.content, headers=ours)
    assert done.text == (
        "3 added, 0 in the place of earlier ones, 0 left as they were, 1 of samples that the run does not have"
    )
    assert explorer.get("/copy/index.json").json()["notes"] == 3
    for body in (b"{", b"\xff", b"[]", b'{"annotations": 3}'):
        refused = explorer.post("/copy/notes", content=body, headers=ours)
        assert refused.status_code == 400
        assert "notes.json: is not" in refused.text
    large = explorer.post("/copy/notes", content=b" " * (MAX_IMPORT_BYTES + 1), headers=ours)
    assert large.status_code == 413
    assert len(Annotations(copy).read()) == 3
    assert explorer.post("/nowhere/notes", content=sent.content, headers=ours).status_code == 404
    assert explorer.get("/nowhere/notes.json").status_code == 404


def test_exported_notes_are_what_an_import_takes(run: Path, tmp_path: Path) -> None:
    answer = CliRunner().invoke(program(), ["notes", str(run), "--format", "json"])
    assert json.loads(answer.stdout) == json.loads((run / FILE_NAME).read_text())
    (tmp_path / "notes.json").write_text(answer.stdout)
    copy = make_run(tmp_path / "copy", {"1": ["wrong", "right", "wrong"], "2": ["wrong", "right"]})
    assert (
        "3 added"
        in CliRunner().invoke(program(), ["notes", str(copy), "--import", str(tmp_path / "notes.json")]).stderr
    )
    lines = CliRunner().invoke(program(), ["notes", str(copy)]).stdout.splitlines()
    assert lines == ["1/0 [bug] of the set", "1/2 look again", "2/1 [bug]"]


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"annotations": 3}', '{"annotations": [{"index": Infinity, "problem_id": 1}]}']
)
def test_foreign_notes_are_data(run: Path, tmp_path: Path, text: str) -> None:
    """What is no file of notes, a link and a missing file are errors with a remedy, and change nothing."""
    before = (run / FILE_NAME).read_bytes()
    (tmp_path / "bad.json").write_text(text)
    (tmp_path / "link.json").symlink_to(run / FILE_NAME)
    for name in ("bad.json", "link.json", "none.json"):
        answer = CliRunner().invoke(program(), ["notes", str(run), "--import", str(tmp_path / name)])
        assert isinstance(answer.exception, UsageError)
        assert name in str(answer.exception)
    assert (run / FILE_NAME).read_bytes() == before


def test_half_a_surrogate_pair_in_notes_breaks_no_page(run: Path, tmp_path: Path) -> None:
    """No link and no answer in UTF-8 can contain it."""
    rows = [
        {"problem_id": "1", "index": 1, "tag": "t\ud800", "note": "n\udfff"},
        {"problem_id": "\ud800", "index": 0, "tag": "x"},
    ]
    (run / FILE_NAME).write_text(json.dumps({"annotations": rows}), "ascii")
    explorer = TestClient(application(Library.of([run]), Gate()), base_url="http://127.0.0.1")
    for page in ("", "samples/", "p/1/", "p/1/1", "index.json", "samples/list.csv", "notes.json"):
        assert explorer.get(f"/r/{page}").status_code == 200
    assert {row["tag"] for row in explorer.get("/r/notes.json").json()["annotations"]} == {"t?", "x"}
    assert keys(explorer, "tag=t%3F") == [("1", 1)]
    export_site([run], tmp_path / "site")


def test_more_notes_than_can_be_read_are_not_written(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is cut when it is read would lose all of them."""
    before = (run / FILE_NAME).read_bytes()
    monkeypatch.setattr("codeeval.explorer.annotations.MAX_FILE_BYTES", len(before) + 1000)
    with pytest.raises(StoreError, match="the notes would take more than"):
        Annotations(run).put("2", 0, "", "я" * 5000)
    assert (run / FILE_NAME).read_bytes() == before
