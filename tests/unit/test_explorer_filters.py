"""Filters of an export say what filters of the server say, and a run is shown under each of its protocols."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from explorer_runs import CODE, make_run
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from codeeval.explorer import library as library_module
from codeeval.explorer.annotations import Annotations
from codeeval.explorer.catalogue import catalogue
from codeeval.explorer.filters import Filter, format_id, group_id
from codeeval.explorer.library import Library
from codeeval.explorer.links import Links
from codeeval.explorer.matrix import matrix
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.store import RunStore
from codeeval.store.views import Criteria, RunViews
from codeeval.types import Sample

ORIGIN = "http://127.0.0.1:8451"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with everything: failures, hidden answers, samples that wait, samples that are missing."""
    samples = {"1": [*CODE], "2": ["right", "slow", "syntax"], "3": ["right", "wrong"], "4": ["raises", "right"]}
    run = make_run(tmp_path_factory.mktemp("filters") / "r", samples, hidden=["3"], unjudged=1, wanted=9)
    for pid, index, tag in (
        ("1", 1, "bug"),
        ("1", 2, ""),
        ("2", 1, "bug"),
        ("3", 1, "bug"),
        ("4", 1, ""),
        ("4", 5, "bug"),
    ):
        Annotations(run).put(pid, index, tag, "noted")
    return run


def client(run: Path) -> TestClient:
    return TestClient(application(Library.of([run]), Gate()), base_url=ORIGIN)


def let_through(stock: dict[str, Any], chosen: Filter) -> set[tuple[str, int]]:
    """What the script of an export does with the catalogue."""
    found = set()
    for row in stock["rows"]:
        indices = row["indices"] or range(len(row["kinds"]))
        for index, kind in zip(indices, row["kinds"], strict=True):
            code, group, formats, ms, tag = stock["kinds"][kind]
            waits = chosen.verdict == "pending" and code in stock["waiting"]
            if (
                (not chosen.verdict or chosen.verdict == code or waits)
                and (not chosen.group or chosen.group == group)
                and (not chosen.format or chosen.format in formats)
                and (not chosen.slow or ms >= chosen.slow)
                and (not chosen.tag or (tag is not None if chosen.tag == "*" else tag == chosen.tag))
            ):
                found.add((row["id"], index))
    return found


FILTERS = st.builds(
    Filter,
    verdict=st.sampled_from(["", "wrong_output", "exception", "timeout", "syntax_error", "passed", "pending"]),
    group=st.sampled_from(["", group_id("wrong_output · call 0"), group_id("none such")]),
    format=st.sampled_from(["", format_id("lost indentation"), format_id("none such")]),
    slow=st.sampled_from([0, 100, 1_000, 3_000]),
    tag=st.sampled_from(["", "", "*", "bug", "none such"]),
)


@settings(max_examples=60, deadline=None)
@given(FILTERS, st.sampled_from(["mera-code", "strict"]))
def test_the_catalogue_of_an_export_filters_as_the_server_does(run: Path, chosen: Filter, protocol: str) -> None:
    """Any combination lets the same samples through, under each protocol."""
    found = Library.of([run])
    numbers = found.numbers(found.runs[0], protocol)
    with found.runs[0].open() as reader:
        shown = matrix(numbers, reader, chosen)
        stock = json.loads(catalogue("r", numbers, reader, Links(1, static=True), "en"))
    expected = {(row.problem_id, cell.i) for row in shown.rows for cell in row.cells if cell.matches}
    assert let_through(stock, chosen) == expected
    assert not chosen.by_sample or len(expected) == shown.matching_samples


def test_pending_samples_are_in_the_matrix_and_can_be_asked_for(run: Path) -> None:
    """One that is there but not judged leads to its page; one that is missing leads nowhere; both are counted."""
    with client(run) as asked:
        page = asked.get("/r/?verdict=pending")
        numbers = asked.get("/r/index.json").json()
        assert asked.get("/r/?verdict=pending&slow=100").text.count('class="x pending') == 0
    codes = [cell[1] for row in numbers["matrix"]["rows"] for cell in row["cells"]]
    assert codes.count("pending") == 1
    assert codes.count("pending") + codes.count("missing") == numbers["pending"]
    assert page.text.count('<a class="x pending noted"') == 1
    assert page.text.count('<span class="x missing"') == codes.count("missing")


@pytest.mark.parametrize("page", ["/r/", "/r/p/1/", "/r/p/1/1", "/r/?verdict=wrong_output"])
def test_a_page_keeps_the_protocol_that_was_chosen(run: Path, page: str) -> None:
    """The page, its twin and every link on it are of that protocol; the requested one needs no name."""
    under = page + ("&" if "?" in page else "?") + "protocol=strict"
    with client(run) as asked:
        answer = asked.get(under)
        twin = re.search(r'<a class="button" href="([^"]+)" title="This page as JSON">', answer.text)
        assert twin is not None
        value = asked.get(str(answer.url.join(twin[1].replace("&amp;", "&")))).json()
        assert value["protocol"] == "strict"
        links = {link.replace("&amp;", "&") for link in re.findall(r'<a [^>]*href="([^"#]*)', answer.text)}
        others = {answer.url.join(link) for link in links if "/p/" in str(answer.url.join(link))}
        assert {url.path for url in others if b"protocol=strict" not in url.query} <= {answer.url.path}
        assert asked.get(page).status_code == 200


def test_an_unknown_protocol_is_the_requested_one(run: Path) -> None:
    """As with any unknown value in an address."""
    with client(run) as asked:
        assert asked.get("/r/index.json?protocol=nope").json() == asked.get("/r/index.json").json()


def test_the_counts_under_a_protocol_are_those_of_its_verdicts(run: Path) -> None:
    """Verdicts, groups and the matrix of one page are of one protocol."""
    with client(run) as asked:
        for protocol in ("mera-code", "strict"):
            value = asked.get(f"/r/index.json?protocol={protocol}").json()
            assert value["verdicts"] == value["verdicts_by_protocol"][protocol]
            assert value["n_samples"] == sum(value["verdicts"].values())
            failed = value["n_samples"] - value["verdicts"]["passed"]
            assert sum(group["n_samples"] for group in value["failure_groups"]) == failed


def test_a_note_written_under_a_protocol_leads_back_to_it(run: Path) -> None:
    """The form keeps the protocol of its page."""
    gate = Gate(token="t")
    with TestClient(application(Library.of([run]), gate), base_url=ORIGIN, follow_redirects=False) as asked:
        action = re.search(r'action="([^"]*note[^"]*)"', asked.get("/r/p/1/1?protocol=strict").text)
        assert action is not None
        answer = asked.post(f"/r/p/1/{action[1]}", data={"token": "t", "note": ""}, headers={"origin": ORIGIN})
        back = answer.url.join(answer.headers["location"])
        assert (back.path, back.query) == ("/r/p/1/1", b"protocol=strict")


def test_a_file_without_indexes_answers_the_same(run: Path, tmp_path: Path) -> None:
    """An older file is read as it is, and stays as it is."""
    import shutil
    import sqlite3

    shutil.copytree(run, tmp_path / "old")
    db = sqlite3.connect(tmp_path / "old" / "run.sqlite")
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall():
        db.execute(f"DROP INDEX {name}")
    db.commit()
    db.close()
    before = (tmp_path / "old" / "run.sqlite").read_bytes()
    criteria = [Criteria(slower_than_ms=ms) for ms in (1, 99, 100, 1_000, 4_000, 4_001)]
    criteria += [Criteria(verdict="timeout", slower_than_ms=1_000), Criteria(format="lost indentation")]
    with RunViews(run) as new, RunViews(tmp_path / "old") as old:
        for one in criteria:
            assert old.matching("strict", one) == new.matching("strict", one), one
        assert sorted(old.slower("strict", 100)) == sorted(new.slower("strict", 100)) != []
        assert old.disagreements("mera-code", "strict") == new.disagreements("mera-code", "strict")
        assert old.repaired_counts("mera-code") == new.repaired_counts("mera-code")
    assert (tmp_path / "old" / "run.sqlite").read_bytes() == before
    RunStore.open(tmp_path / "old").close()
    db = sqlite3.connect(tmp_path / "old" / "run.sqlite")
    assert db.execute("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchone()[0] >= 3
    db.close()


def test_a_large_run_is_counted_beside_the_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where counting takes long, a page shows what was counted before, and asks again until the new numbers are there."""
    monkeypatch.setattr(library_module, "LONG_S", 0.0)
    found = Library.of([make_run(tmp_path / "r", {"1": ["right"]}, wanted=3)])
    (run,) = found.runs
    assert found.numbers(run).samples == {"1": 1}
    shown = found.version(run)
    with RunStore.open(run.path) as store:
        store.add_samples([Sample("1", 1, "digest", "\n    return 7")])
        store.commit()
        assert found.version(run) == shown != run.version()
        assert found.numbers(run).samples == {"1": 1}
        deadline = time.monotonic() + 60
        while found.numbers(run).samples == {"1": 1} and time.monotonic() < deadline:
            time.sleep(0.02)
        assert found.numbers(run).samples == {"1": 2}
