"""Counts kept in the file of a large run: the same answers with them and without, and never those of another state."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from explorer_runs import PROTOCOLS, make_run
from run_values import add_judgements
from starlette.testclient import TestClient

from codeeval.explorer.filters import format_id
from codeeval.explorer.library import Library
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.store import RunStore, Session, kept_counts
from codeeval.store.kept_views import KeptViews
from codeeval.store.views import Criteria, RunViews

SAMPLES = {
    "1": ["right", "wrong", "slow", "syntax", "raises"],
    "hidden": ["right", "slow", "wrong"],
    "\ud800,": ["slow", "empty", "float", "syntax", "slow"],
    "none": [],
}
CRITERIA = (
    *(Criteria(slower_than_ms=ms) for ms in (0, 1, 99, 100, 4_000, 4_001)),
    *(Criteria(verdict="timeout", slower_than_ms=1_000), Criteria(failed=True, slower_than_ms=1_000)),
    *(Criteria(verdict="passed", slower_than_ms=100), Criteria(format="lost indentation", slower_than_ms=100)),
)
LOST = format_id("lost indentation")
PAGES = (
    *(
        "/index.json",
        "/r/index.json",
        "/r/?protocol=strict",
        "/r/index.json?slow=1000",
        "/r/?verdict=timeout&slow=1000",
    ),
    *("/r/samples/index.json?verdict=failed", f"/r/?format={LOST}", "/r/samples/index.json?search=return"),
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kept_counts, "FEWEST_SAMPLES", 1)
    return make_run(tmp_path / "kept" / "r", SAMPLES, hidden=["hidden"])


def names(run: Path) -> list[str]:
    with closing(sqlite3.connect(run / "run.sqlite")) as db:
        return [name for (name,) in db.execute("SELECT key FROM meta WHERE key LIKE 'count:%' ORDER BY key")]


def answers(reader: RunViews) -> dict[str, object]:
    found: dict[str, object] = {"samples": reader.sample_counts(), "formats": reader.formats(), "heads": reader.heads()}
    for name in PROTOCOLS:
        found[f"tallies {name}"] = sorted(map(repr, reader.tallies(name)))
        found[f"disagreements {name}"] = reader.disagreements(name, "strict")
        found[f"repaired {name}"] = reader.repaired_counts(name)
        found[f"slower {name}"] = sorted(reader.slower(name, 100))
        for one in CRITERIA:
            found[f"{one} {name}"] = reader.matching(name, one)
    return found


def both(run: Path) -> tuple[dict[str, object], dict[str, object]]:
    with KeptViews(run) as kept, RunViews(run) as bare:
        return answers(kept), answers(bare)


def test_the_answers_are_the_same_without_a_pass_over_the_samples(run: Path) -> None:
    """Whatever is asked, and nothing of it is counted again."""
    kept, bare = both(run)
    assert kept == bare
    assert kept["slower strict"]
    asked: list[str] = []
    with KeptViews(run) as reader:
        reader._db.set_trace_callback(asked.append)
        list(reader.tallies("strict"))
        reader.disagreements("mera-code", "strict")
        reader.repaired_counts("mera-code")
        reader.matching("strict", Criteria(slower_than_ms=1_000))
        assert reader.sample_counts() == {pid: len(samples) for pid, samples in SAMPLES.items() if samples}
        assert reader.formats() == (("lost indentation", 2, 2),)
        assert reader.damage() is None
        reader._db.set_trace_callback(None)
    counting = [query for query in asked[: asked.index("SELECT key, value FROM meta")] if " judgements" in query]
    assert counting == []


def test_the_pages_are_the_same(run: Path) -> None:
    """Of the file with its counts, and of a copy without them."""
    bare = shutil.copytree(run, run.parent.parent / "bare" / "r")
    with closing(sqlite3.connect(bare / "run.sqlite")) as db:
        kept_counts.drop(db)
        db.commit()
    assert names(run)
    assert not names(bare)
    one, two = (
        TestClient(application(Library.of([at]), Gate(token="t")), base_url="http://127.0.0.1") for at in (run, bare)
    )
    for page in PAGES:
        assert one.get(page).text == two.get(page).text, page


def test_counts_are_of_the_state_of_the_file(run: Path) -> None:
    """The first change removes them, with its own transaction; the writer adds new ones when it closes the file."""
    before = names(run)
    assert "count:tallies:strict" in before
    with RunStore.open(run) as store:
        judged = list(store.judgements("strict"))
    assert names(run) == before
    with RunStore.open(run) as store:
        store.drop_judgements("strict")
        assert names(run) == before
        store.commit()
        assert names(run) == []
        kept, bare = both(run)
        assert kept == bare
        add_judgements(store, "strict", judged[:1])
    assert names(run) == before
    kept, bare = both(run)
    assert kept == bare
    assert len(str(kept["tallies strict"])) < len(str(kept["tallies mera-code"]))


def test_a_writer_that_does_not_know_of_them_makes_them_useless(run: Path) -> None:
    """One of an earlier version leaves them in the file."""
    with closing(sqlite3.connect(run / "run.sqlite")) as db:
        db.execute("DELETE FROM judgements WHERE idx = 1")
        session = Session("2026-02-01T00:00:00+00:00", ("codeeval", "rescore"), "complete")
        db.execute("INSERT INTO sessions VALUES (NULL, ?)", (json.dumps(session.to_json()),))
        db.commit()
    assert names(run)
    kept, bare = both(run)
    assert kept == bare


WRONG = (
    *("", "{", "[]", "{}", "null", "0", '""', "[[]]", '[["1"]]', "[1e999]", "[[1, 2, 3]]", "[" * 10_000),
    *('{"1": -1}', '{"1": 1.5}', '{"1": "x"}', '{"other": 1}', '{"1": [2, 3]}'),
    *('[["1", "odd", null, true, 1, 0]]', '[["other", null, null, null, 1, 0]]', '[["1", null, null, 1, 1, 0]]'),
    *('{"1": ["0", "1,2"]}', '{"1": ["x", "1"]}', '{"1": ["", ""]}', '{"other": ["0", "1"]}'),
    '[["a", "b", 1, "?", 0]]',
)


@pytest.mark.parametrize("text", WRONG)
def test_counts_of_another_form_are_not_used(run: Path, text: str) -> None:
    """A file may come from anyone: it is counted then, unless what it says is possible."""
    possible = {"[]": "list", "{}": "dict"}.get(text)
    with closing(sqlite3.connect(run / "run.sqlite")) as db:
        for name in names(run):
            value = db.execute("SELECT value FROM meta WHERE key = ?", (name,)).fetchone()[0]
            if name != "count:state" and (possible is None or type(json.loads(value)).__name__ != possible):
                db.execute("UPDATE meta SET value = ? WHERE key = ?", (text, name))
        db.commit()
    kept, bare = both(run)
    assert kept == bare


def test_a_full_disk_costs_only_the_counts(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run is closed as always: no log stays beside it, and it has all that was committed."""
    with RunStore.open(run) as store:
        store.drop_judgements("strict")
        store.commit()
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]
        monkeypatch.setattr(kept_counts, "state", lambda connection: "x" * 10_000_000)
        store._db.execute(f"PRAGMA max_page_count = {pages + 5}")
    assert names(run) == []
    assert [path.name for path in run.iterdir() if "-" in path.name] == []
    kept, bare = both(run)
    assert kept == bare
    assert kept["tallies strict"] == []


def test_small_runs_keep_none(tmp_path: Path) -> None:
    assert names(make_run(tmp_path / "r", SAMPLES)) == []


def test_more_rows_than_are_worth_keeping_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where nearly every failure has a cause of its own."""
    monkeypatch.setattr(kept_counts, "FEWEST_SAMPLES", 1)
    monkeypatch.setattr(kept_counts, "MOST_ROWS", 2)
    run = make_run(tmp_path / "r", SAMPLES)
    assert "count:samples" in names(run)
    assert "count:tallies:strict" not in names(run)
    kept, bare = both(run)
    assert kept == bare
