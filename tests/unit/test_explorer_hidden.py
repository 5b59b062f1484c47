"""Problems whose expected outputs are hidden: the consensus, and what can be known of those that do not agree with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from explorer_runs import make_run
from starlette.testclient import TestClient

from codeeval.explorer import hidden, overview
from codeeval.explorer.filters import format_id
from codeeval.explorer.library import Library
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application

ORIGIN = "http://127.0.0.1:8451"
GATE = Gate(token="a token of this process")


def test_a_sample_with_hidden_answers_says_what_is_wrong_with_its_format(tmp_path: Path) -> None:
    """Where it does not agree with the others: its text is enough to tell."""
    run = make_run(tmp_path / "r", {"1": ["right", "right", "wrong", "empty"]}, hidden=["1"])
    with TestClient(application(Library.of([run]), GATE), base_url=ORIGIN) as client:
        found = [client.get(f"/r/p/1/{index}.json").json()["repair"] for index in range(4)]
        page = client.get("/r/p/1/3").text
    assert [one and one["classes"] for one in found] == [None, None, None, ["stop sequence at the first character"]]
    link = re.search(r'<a class="chip text" href="[^"]*/r/(\?format=[^"#]*)#found">stop sequence at the first', page)
    assert link is not None
    assert "strict</a>: answers hidden</span>" in page


def test_a_run_with_hidden_answers_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many agree, what is wrong with the format of those that do not, and filters by both; beside problems with answers."""
    samples = {"1": ["right", "right", "wrong", "empty"], "2": ["empty", "empty", "right"], "3": ["empty", "right"]}
    run = make_run(tmp_path / "r", samples, hidden=["1", "2"])

    def asked(client: TestClient, query: str = "") -> list[tuple[str, int]]:
        rows = client.get(f"/r/samples/index.json?{query}").json()["rows"]
        return [(row["problem_id"], row["index"]) for row in rows]

    with TestClient(application(Library.of([run]), GATE), base_url=ORIGIN) as client:
        page, html = client.get("/r/index.json").json(), client.get("/r/").text
        name = "stop sequence at the first character"
        assert page["agreement"] == {"agrees": 3, "differs": 1, "silent": 3}
        assert {one["name"]: one["n_samples"] for one in page["format_failures"]} == {name: 3}
        assert "<b>3</b>" in html.partition("Failures of format")[2][:400]
        failure = format_id(name)
        assert asked(client, f"format={failure}") == [("1", 3), ("2", 0), ("2", 1)]
        assert asked(client, f"format={failure}&verdict=silent&problem=2") == [("2", 0), ("2", 1)]
        assert asked(client, f"format={failure}&verdict=differs") == []
        assert asked(client, f"format={failure}&verdict=failed") == []
        assert asked(client, f"format={failure}&slow=1000") == []
    monkeypatch.setattr(hidden, "FORMATS_READ", 2)
    monkeypatch.setattr(overview, "FORMATS_READ", 2)
    with TestClient(application(Library.of([run]), GATE), base_url=ORIGIN) as client:
        assert asked(client, f"format={failure}") == [("1", 3)]
        assert "so many were looked at, the first ones: 2" in client.get("/r/").text


def test_no_link_leads_to_a_history_that_is_refused(tmp_path: Path) -> None:
    """Of a problem with hidden answers, or of an incomplete run, nothing can be shown beside other runs."""
    for name in ("a", "b", "c"):
        make_run(tmp_path / "runs" / name, {"1": ["right"], "2": ["wrong"]}, hidden=["2"])
    make_run(tmp_path / "runs" / "d", {"1": ["right", "wrong"]}, unjudged=1)
    with TestClient(application(Library.of([tmp_path / "runs"]), GATE), base_url=ORIGIN) as client:
        linked = [f"/{page}/" for page in ("a/p/1", "a/p/2", "d/p/1") if "/series/" in client.get(f"/{page}/").text]
        assert linked == ["/a/p/1/"]
        assert client.get("/series/a/p/1").status_code == 200


def test_a_run_without_any_answers_claims_nothing_about_verdicts(tmp_path: Path) -> None:
    """No pass@k, and no word on whether its protocols agree."""
    run = make_run(tmp_path / "r", {"1": ["right", "wrong"]}, hidden=["1"])
    with TestClient(application(Library.of([run]), GATE), base_url=ORIGIN) as client:
        page = client.get("/r/").text
    assert "<h2>Agreement</h2>" in page
    assert "<h2>pass@k</h2>" not in page
    assert "The protocols agree" not in page


def test_hidden_answers_show_the_consensus_and_no_verdict(tmp_path: Path) -> None:
    """What most samples return is shown as that, not as right."""
    run = make_run(tmp_path / "r", {"1": ["right", "right", "wrong", "syntax"]}, hidden=["1"])
    with TestClient(application(Library.of([run]), GATE), base_url=ORIGIN) as client:
        problem = client.get("/r/p/1/index.json").json()
        codes = [cell[1] for cell in client.get("/r/index.json").json()["matrix"]["rows"][0]["cells"]]
        page = client.get("/r/p/1/").text
    assert problem["consensus"] == {"votes": 2, "samples": 4}
    assert [test["agreed"] for test in problem["tests"]] == ["2", "3"]
    assert [test["expected"] for test in problem["tests"]] == [None, None]
    assert codes == ["agrees", "agrees", "differs", "silent"]
    assert "most samples agree" in page
    groups = {group["code"]: group["signature"] for group in problem["groups"]}
    assert groups["silent"].startswith("syntax_error")  # known without the answers
    assert groups["differs"] == groups["agrees"] == ""
    assert '<span class="mono soft">syntax_error SyntaxError: invalid syntax (&lt;candidate&gt;, line #)</span>' in page
