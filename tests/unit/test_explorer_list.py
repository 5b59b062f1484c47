"""The list of samples, the way through it, and a sample beside the nearest one that passed."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path

import pytest
from explorer_runs import CODE, make_run
from starlette.testclient import TestClient

from codeeval.explorer.filters import VERDICTS, Filter, group_id
from codeeval.explorer.library import Library
from codeeval.explorer.numbers import count
from codeeval.explorer.query import matching
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.store.views import RunViews

OTHERS = "", "q=p/1", "slow=1", "verdict=failed&sort=hardest"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of 30 problems with everything, five of them hidden."""
    pick = random.Random(3)
    samples = {f"p/{pid} ?": [pick.choice([*CODE]) for _ in range(6)] for pid in range(30)}
    return make_run(tmp_path_factory.mktemp("list") / "r", samples, hidden=[*samples][:5], unjudged=4)


@pytest.fixture(scope="module")
def explorer(run: Path) -> TestClient:
    return TestClient(application(Library.of([run]), Gate()), base_url="http://127.0.0.1")


@pytest.mark.parametrize(
    "query", [f"verdict={code}" for code in VERDICTS] + ["", "q=p/1", "slow=1", "verdict=failed&sort=hardest"]
)
@pytest.mark.parametrize("protocol", ["mera-code", "strict"])
def test_list_matrix_files_and_neighbours_agree(explorer: TestClient, query: str, protocol: str) -> None:
    """One filter, one set of samples in one order, wherever it is shown."""
    asked = f"{query}&protocol={protocol}"
    rows, page = [], 1
    while True:
        found = explorer.get(f"/r/samples/index.json?{asked}&page={page}").json()
        rows += [(row["problem_id"], row["index"]) for row in found["rows"]]
        page += 1
        if page > found["pages"]:
            break
    assert len(rows) == found["n_samples"]
    shown = explorer.get(f"/r/index.json?{asked}").json()["matrix"]
    assert shown["matching_samples"] == len(rows)
    if "slow" not in query:
        assert {(row["problem_id"], i) for row in shown["rows"] for i, _, fits in row["cells"] if fits} == set(rows)
    lines = [json.loads(line) for line in explorer.get(f"/r/samples/list.jsonl?{asked}").text.splitlines()]
    assert [(row["problem_id"], row["index"]) for row in lines] == rows
    table = list(csv.DictReader(io.StringIO(explorer.get(f"/r/samples/list.csv?{asked}").text)))
    assert [(row["problem_id"], int(row["index"])) for row in table] == rows
    assert explorer.get(f"/r/samples/?{asked}").status_code == 200


def test_the_way_through_a_filter_visits_each_sample_once(run: Path) -> None:
    """Forwards and backwards; a sample outside the list has neighbours as well."""
    with RunViews(run) as reader:
        [numbers, _] = count(reader).values()
        for query in ({"verdict": "wrong_output"}, {"verdict": "failed", "sort": "easiest"}, {"verdict": "agrees"}):
            found = matching(numbers, reader, Filter.read(query))
            keys = list(found.keys(reader))
            assert keys
            for at, key in enumerate(keys):
                place = found.place(reader, key)
                assert (place.number, place.of) == (at + 1, len(keys))
                assert place.before == (keys[at - 1] if at else None)
                assert place.after == (keys[at + 1] if at + 1 < len(keys) else None)
            for start in (0, 1, len(keys) // 2):
                assert list(found.keys(reader, start, start + 3)) == keys[start : start + 3]


def test_failures_of_hidden_problems_have_groups(run: Path, explorer: TestClient) -> None:
    """By how the programs ended; the filter finds them, and a sample says why it failed."""
    page = explorer.get("/r/index.json").json()
    groups = {group["signature"]: group for group in page["hidden_groups"]}
    assert "timeout" in groups
    assert "exception ZeroDivisionError: division by zero" in groups
    for signature, group in groups.items():
        found = explorer.get(f"/r/samples/index.json?group={group_id(signature)}").json()
        hidden = [row for row in found["rows"] if row["code"] in ("agrees", "differs", "silent")]
        assert len(hidden) == group["n_samples"]
        row = hidden[0]
        assert row["signature"] == signature
    html = explorer.get("/r/samples/?group=" + group_id("timeout")).text
    link = html.split('<th scope="row" class="nowrap"><a href="')[1].split('"')[0].replace("&amp;", "&")
    assert "the time limit was reached in call 1" in explorer.get("/r/samples/" + link).text


def test_a_formula_is_text_in_the_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A spreadsheet must not calculate what a model wrote."""
    make_run(tmp_path / "r", {"=1+1": ["wrong"], "-x": ["raises"]})
    explorer = TestClient(application(Library.of([tmp_path / "r"]), Gate()), base_url="http://127.0.0.1")
    cells = [cell for row in csv.reader(io.StringIO(explorer.get("/r/samples/list.csv").text)) for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_the_nearest_sample_that_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By lines that differ; another can be chosen; without one the reference stands there."""
    for name in ("far", "near"):
        from explorer_runs import BEHAVIOURS

        monkeypatch.setitem(BEHAVIOURS, name, BEHAVIOURS["right"])
    monkeypatch.setitem(CODE, "far", "\n    import math\n    x = n\n    y = x\n    return y + 1")
    monkeypatch.setitem(CODE, "near", "\n    return n * 20 - n * 20 + n + 1")
    make_run(tmp_path / "r", {"1": ["wrong", "far", "near", "empty"], "2": ["wrong", "raises"]})
    explorer = TestClient(application(Library.of([tmp_path / "r"]), Gate()), base_url="http://127.0.0.1")
    page = explorer.get("/r/p/1/0/diff.json").json()
    assert (page["a"]["index"], page["b"]["index"]) == (0, 2)
    assert [choice["code"] for choice in page["choices"]] == ["wrong_output", "passed", "passed", "empty"]
    assert page["tests"][0]["a"]["actual"] == "20"
    assert page["tests"][0]["b"]["actual"] == "2"
    assert explorer.get("/r/p/1/0/diff.json?with=1").json()["b"]["index"] == 1
    assert explorer.get("/r/p/1/0").text.count("Nearest that passed") == 1
    assert explorer.get("/r/p/2/0/diff.json").json()["b"]["index"] is None
    for path in ("/r/p/1/0/diff", "/r/p/2/0/diff", "/r/p/1/3/diff"):
        assert explorer.get(path).status_code == 200
    for path in ("/r/p/1/9/diff", "/r/p/1/0/diff?with=9", "/r/p/1/0/diff?with=x", "/r/p/9/0/diff"):
        assert explorer.get(path).status_code == 404


def test_what_changed_is_told_by_cause(tmp_path: Path) -> None:
    """Shares of verdicts and groups in both runs, the largest change first; settings that differ in words, also where the runs
    are not compared."""
    make_run(tmp_path / "a", {"1": ["wrong", "wrong"], "2": ["right", "right"]})
    make_run(tmp_path / "b", {"1": ["right", "raises"], "2": ["right", "right"]})
    make_run(tmp_path / "c", {"7": ["right", "raises"]}, unjudged=1)
    explorer = TestClient(application(Library.of([tmp_path]), Gate()), base_url="http://127.0.0.1")
    page = explorer.get("/compare/a/b/index.json?k=2").json()
    assert page["k"] == 2
    changes = {(one["kind"], one["name"]): (one["a"], one["b"]) for one in page["causes"]}
    assert changes["verdict", "wrong_output"] == (2, 0)
    assert changes["verdict", "exception"] == (0, 1)
    assert changes["verdict", "passed"] == (2, 3)
    assert page["causes"][0]["name"] == "wrong_output"
    assert "?k=2" in explorer.get("/compare/a/b/").text
    other = explorer.get("/compare/a/c/index.json").json()
    assert other["error"]
    names = {one["name"]: (one["a"], one["b"]) for one in other["settings"]}
    assert names["problems"] == ("2", "1")
    assert names["pending samples"] == ("0", "1")
    shown = explorer.get("/compare/a/c/").text
    assert shown.index("Settings that differ") < shown.index(other["error"][:20])
