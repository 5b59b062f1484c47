"""The explorer's pages about many runs: which runs belong together, in which order, and the list of runs."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from dataclasses import replace
from pathlib import Path

import explorer_runs
import pytest
from explorer_runs import make_run
from starlette.testclient import TestClient

from codeeval.explorer.families import families
from codeeval.explorer.library import Library
from codeeval.explorer.runs import RunsChoice
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.explorer.static import export_site
from codeeval.report import instructions as plans
from codeeval.report.series import of_instructions
from codeeval.tasks.instructions import Instruction

ORIGIN = {"origin": "http://127.0.0.1", "host": "127.0.0.1"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three checkpoints, one that is not complete, and one of another set."""
    root = tmp_path / "runs"
    for step, right in ((200, 0), (1000, 2), (30, 1)):
        texts = ["right"] * right + ["wrong", "raises"][: 2 - right]
        make_run(root / f"step-{step}", {"1": texts, "2": ["right", "slow"], "<3>": ["wrong"] * 2})
    make_run(root / "cut", {"1": ["right"] * 2, "2": ["right"] * 2, "<3>": ["wrong"] * 2}, unjudged=1)
    make_run(root / "other", {"1": ["right"], "7": ["wrong"]})
    return root


def client(folder: Path, lang: str = "en") -> TestClient:
    return TestClient(application(Library.of([folder]), Gate(), lang), base_url="http://127.0.0.1")


def test_runs_of_one_set_are_ordered_by_the_number_in_their_names(folder: Path) -> None:
    """The others are left out, with the reason that a comparison gives."""
    asked = client(folder)
    page = asked.get("/series/step-200/index.json").json()
    assert [one["run"]["name"] for one in page["members"]] == ["step-30", "step-200", "step-1000"]
    assert page["order"] == "number"
    reasons = {one["run"]["name"]: one["reason"] for one in page["left_out"]}
    assert "1 samples are pending" in reasons["cut"]
    assert "problems are only in" in reasons["other"]
    assert page["problems"][0]["problem_id"] == "1"
    assert [cell[1] for cell in page["problems"][0]["cells"]] == [1, 0, 2]
    html = asked.get("/series/step-200/").text
    assert 'class="heat h5"' in html
    assert "&lt;3&gt;" in html
    given = asked.get("/series/step-200/index.json?order=given").json()
    assert [one["run"]["name"] for one in given["members"]] == ["step-1000", "step-200", "step-30"]


def test_runs_can_be_chosen_and_the_address_keeps_them(folder: Path) -> None:
    """Also without the run that the address names; links and forms repeat the state."""
    asked = client(folder)
    address = "/series/step-200/?run=step-30&run=step-1000&sort=hardest&k=2"
    page = asked.get(address.replace("/?", "/index.json?")).json()
    assert [one["run"]["name"] for one in page["members"]] == ["step-30", "step-1000"]
    assert page["k"] == 2
    html = asked.get(address).text
    assert "p/1?k=2&amp;sort=hardest&amp;run=step-30&amp;run=step-1000" in html
    assert asked.get("/series/step-200/?order=sideways&sort=x&k=-1&run=nobody&page=99").status_code == 200


def test_what_differs_can_be_shown_anyway(folder: Path) -> None:
    """As with --allow-different, with a warning."""
    page = client(folder).get("/series/other/index.json?allow_different=1").json()
    assert len(page["members"]) == 5
    assert [one["problem_id"] for one in page["problems"]] == ["1"]
    assert page["warnings"]


def test_a_run_that_can_not_be_compared_says_why(folder: Path) -> None:
    """Instead of an empty picture."""
    asked = client(folder)
    assert "samples are pending" in asked.get("/series/cut/").text
    assert asked.get("/series/nobody/").status_code == 404
    assert asked.get("/series/step-200/p/nothing").status_code == 404


def test_a_problem_has_its_history(folder: Path) -> None:
    """In every run its samples by verdict; it is linked from the problem's page."""
    asked = client(folder)
    assert "../../../series/step-30/p/1" in asked.get("/step-30/p/1/").text
    page = asked.get("/series/step-30/p/1.json").json()
    assert [(row["run"]["name"], row["c"], row["n"]) for row in page["rows"]] == [
        ("step-30", 1, 2),
        ("step-200", 0, 2),
        ("step-1000", 2, 2),
    ]
    assert page["rows"][1]["verdicts"] == {"wrong_output": 1, "exception": 1}
    assert page["rows"][1]["failure"] == 0
    low, high = page["rows"][0]["interval"]
    assert 0 < low < 0.5 < high < 1
    assert asked.get("/series/step-30/p/1").status_code == 200


def test_families_are_listed(folder: Path) -> None:
    """Runs that agree in everything that a comparison asks for, three or more."""
    library = Library.of([folder])
    found = {run.slug: library.try_numbers(run) for run in library.runs}
    assert families(library, found) == (("step-1000", "step-200", "step-30"),)
    assert 'href="./series/step-1000/"' in client(folder).get("/").text.replace('href="series', 'href="./series')


def test_the_two_newest_runs_that_can_be_compared_are_chosen(folder: Path) -> None:
    """Whatever is newer: an incomplete run, one of another set, one with another prompt, one that can't be read."""
    for day, name in enumerate(("step-200", "step-1000", "step-30", "other", "cut"), 1):
        _stating(folder / name, "created_at", f"2026-01-0{day}T00:00:00+00:00")
    assert client(folder).get("/index.json").json()["pair"] == ["step-1000", "step-30"]
    table = client(folder).get("/").text.partition('id="pair"')[2]
    chosen = [part.rpartition(" aria-label")[0] for part in table.split(" checked>")[:-1]]
    assert [part.rpartition("name=")[2] for part in chosen] == ['"a" value="step-1000"', '"b" value="step-30"']
    _with_prompt(folder / "step-30", "another")
    assert client(folder).get("/index.json").json()["pair"] == ["step-200", "step-1000"]
    _with_prompt(folder / "step-1000", "a third")
    (folder / "cut" / "run.sqlite").write_bytes(b"no database" * 100)
    assert client(folder).get("/index.json").json()["pair"] == ["", ""]
    assert " checked>" not in client(folder).get("/").text.partition('id="pair"')[2]


def test_problems_and_runs_name_the_function(folder: Path) -> None:
    """Beside the id of each problem, as everywhere."""
    html = client(folder).get("/series/step-200/").text
    assert '>&lt;3&gt; <span class="mono">f</span></a></th>' in html
    assert client(folder).get("/series/step-200/index.json").json()["entry_points"] == {"1": "f", "2": "f", "<3>": "f"}


def test_runs_under_several_instructions_belong_together(tmp_path: Path) -> None:
    """They differ in prompts on purpose: in the order of their list, on the page and on the command line."""
    root = tmp_path / "words"
    names = ("own", "1", "2")
    for at, name in enumerate(names):
        make_run(root / name, {"1": ["right"] * at + ["wrong"] * (2 - at), "2": ["right"] * 2})
        _with_prompt(root / name, f"digest {name}")
    asked = client(root)
    assert [one["run"]["name"] for one in asked.get("/series/own/index.json").json()["members"]] == ["own"]
    listed = tuple(Instruction(name, None if name == "own" else f"{name} {{function}}", 1) for name in names)
    (root / plans.FILE_NAME).write_text(plans.plan_text(listed))
    page = client(root).get("/series/own/index.json").json()
    assert [one["run"]["name"] for one in page["members"]] == list(names)
    assert page["instructions"] == "words"
    found = of_instructions(root)
    assert [one.name for one in found.runs] == list(names)
    assert [one.estimate.estimate for one in found.runs] == [one["estimate"]["estimate"] for one in page["members"]]


def _with_prompt(run: Path, digest: str) -> None:
    _stating(run, "prompt.digest", digest)


def _stating(run: Path, name: str, value: str) -> None:
    with sqlite3.connect(run / "run.sqlite") as db:
        db.execute("UPDATE meta SET value = json_set(value, ?, ?) WHERE key = 'manifest'", (f"$.{name}", value))
    db.close()


def test_an_export_has_the_same_pages(folder: Path, tmp_path: Path) -> None:
    """One page per set of runs and one per problem, under each protocol, linked from run and problem."""
    export_site([folder], tmp_path / "site")
    base = tmp_path / "site" / "series" / "step-1000"
    assert (base / "index.html").is_file()
    assert (base / "index.strict.html").is_file()
    assert len(list((base / "p").glob("*.html"))) == 6
    assert "../series/step-1000/index.html" in (tmp_path / "site" / "step-30" / "index.html").read_text("utf-8")
    assert "series/step-1000/p/1.html" in (tmp_path / "site" / "step-30" / "p" / "1" / "index.html").read_text("utf-8")


def test_the_list_of_runs_is_sorted_and_has_the_chosen_columns(folder: Path) -> None:
    """By any column, both ways; an unknown wish is no wish; what can't be read comes last."""
    (folder / "broken").mkdir()
    (folder / "broken" / "run.sqlite").write_bytes(b"no database" * 100)
    asked = client(folder)

    def names(query: str) -> list[str]:
        return [row["name"] for row in asked.get(f"/index.json?{query}").json()["runs"]]

    up, down = names("sort=score"), names("sort=-score")
    assert up[-1] == down[-1] == "broken"
    assert up[0] == "step-200"
    assert names("sort=name")[:2] == ["cut", "other"]
    assert names("sort=none") == names("")
    html = asked.get("/?column=score&column=temperature&sort=-score").text
    assert 'aria-sort="descending"' in html
    assert "Temperature" in html
    assert 'data-name="Model"' not in html
    assert RunsChoice.read({}, ["nothing"]) == RunsChoice()


def test_the_pages_can_be_had_as_a_zip(folder: Path) -> None:
    """From the page's own form only; it is the export of the command line."""
    gate = Gate()
    asked = TestClient(application(Library.of([folder]), gate), base_url="http://127.0.0.1")
    assert asked.post("/step-30/export.zip", data={"token": "x"}, headers=ORIGIN).status_code == 403
    assert asked.post("/step-30/export.zip", data={"token": gate.token}).status_code == 403
    assert asked.get("/step-30/export.zip").status_code in (404, 405)
    answer = asked.post("/step-30/export.zip", data={"token": gate.token}, headers=ORIGIN)
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        names = set(packed.namelist())
        assert {"index.html", "style.css", "script.js", "step-30/index.html", "step-30/p/1/samples-1.html"} <= names
        assert json.loads(packed.read("step-30/index.json"))["n_samples"] == 6
    whole = asked.post("/export.zip", data={"token": gate.token}, headers=ORIGIN)
    with zipfile.ZipFile(io.BytesIO(whole.content)) as packed:
        assert "series/step-1000/index.html" in packed.namelist()
    assert gate.token in asked.get("/step-30/").text


def test_failing_tests_come_first(folder: Path) -> None:
    """With their own numbers; the twin keeps the order of the set."""
    asked = client(folder)
    html = asked.get("/step-200/p/2/1").text
    tests = html[html.index('class="tests') :]
    assert tests.index('<td class="soft">1</td>') < tests.index('<td class="soft">0</td>')


def test_wide_tables_of_tests_have_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sample is reached, on the server and in an export."""
    from codeeval.explorer import shapes

    monkeypatch.setattr(shapes, "_GRID_CELLS", 1)
    run = make_run(tmp_path / "r", {"1": ["right", "wrong"] * 40})
    asked = client(run)
    first, second = asked.get("/r/p/1/").text, asked.get("/r/p/1/?page=2").text
    assert 'href="./79"' not in first
    assert 'page=2#grid"' in first
    grid = second[second.index('class="grid"') :]
    assert ">79</a>" in grid
    assert ">0</a>" not in grid
    export_site([run], tmp_path / "site")
    assert ">79</a>" in (tmp_path / "site/r/p/1/index.page-2.html").read_text("utf-8")


@pytest.fixture
def fields(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nine problems with topics, difficulty, a number, and a field that only names them."""
    plain = explorer_runs.problem

    def with_meta(pid: str) -> object:
        at = int(pid)
        meta = {
            "difficulty": ["hard", "easy", "medium"][at % 3],
            "topics": ["all", "<b>even</b>" if at % 2 == 0 else "odd"],
            "year": 2000 + at % 2,
            "key": f"k{at}",
            "nested": {"a": 1},
        }
        return replace(plain(pid), extra=tuple((name, json.dumps(value)) for name, value in meta.items()))

    monkeypatch.setattr(explorer_runs, "problem", with_meta)
    texts = {str(at): ["right", "wrong" if at % 3 else "right"] for at in range(9)}
    return make_run(tmp_path / "r", texts)


def test_fields_of_the_set_are_told_with_intervals(fields: Path) -> None:
    """Topics and difficulty first, degrees in their order; few problems are said to be few; a name of problems is no field."""
    page = client(fields).get("/r/index.json").json()
    assert [table["name"] for table in page["fields"]] == ["topics", "difficulty", "year"]
    topics, difficulty, _ = page["fields"]
    assert [row["value"] for row in difficulty["rows"]] == ["easy", "medium", "hard"]
    assert [row["n_passed"] for row in difficulty["rows"]] == [3, 3, 6]
    assert topics["several"]
    assert all(row["few"] and row["estimate"]["population"] for row in topics["rows"])
    html = client(fields).get("/r/").text
    assert "&lt;b&gt;even&lt;/b&gt;" in html
    assert "few problems" in html


def test_fields_filter_matrix_list_and_export(fields: Path, tmp_path: Path) -> None:
    """One filter for all of them, in the address."""
    asked = client(fields)
    assert asked.get("/r/index.json?meta=difficulty:hard").json()["matrix"]["matching_problems"] == 3
    rows = asked.get("/r/samples/index.json?meta=year:2001&verdict=failed").json()["rows"]
    assert {row["problem_id"] for row in rows} == {"1", "5", "7"}
    assert asked.get("/r/index.json?meta=nothing").json()["matrix"]["matching_problems"] == 0
    assert '<option value="difficulty:hard" selected>' in asked.get("/r/samples/?meta=difficulty:hard").text
    export_site([fields], tmp_path / "site")
    html = (tmp_path / "site/r/index.html").read_text("utf-8")
    assert '"fields":["topics:<b>even' not in html
    assert '"difficulty:hard"' in html
