"""Runs that grow, that were killed, and that appear while the explorer is open."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import threading
from pathlib import Path
from urllib.parse import urljoin

import pytest
from explorer_runs import make_run
from starlette.testclient import TestClient

from codeeval.errors import UsageError
from codeeval.explorer import checks, library
from codeeval.explorer.library import Library
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.store import RunStore, locks
from codeeval.store.views import RunViews
from codeeval.types import Sample


def client(*paths: Path) -> TestClient:
    return TestClient(application(Library.of(paths), Gate()), base_url="http://127.0.0.1")


def test_a_killed_run_is_incomplete_and_says_how_to_resume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that never ended and a lock that nobody holds: nothing is going on. With a living writer it is."""
    monkeypatch.setattr(library, "LONG_S", 60.0)  # on a loaded machine it is counted again beside the request
    run = make_run(tmp_path / "it's a run", {"1": ["right", "wrong"]}, unjudged=1)
    explorer = client(run)
    [slug] = [row["slug"] for row in explorer.get("/index.json").json()["runs"]]
    page = explorer.get(f"/{slug}/index.json").json()["run"]
    assert (page["going"], page["complete"]) == (False, False)
    assert "INCOMPLETE" in explorer.get(f"/{slug}/").text
    assert "codeeval run --resume" in explorer.get("/").text
    assert page["resume"].startswith("codeeval run --resume '")
    before = explorer.get(f"/{slug}/live.json").json()
    held = locks.hold(run)
    try:
        assert explorer.get(f"/{slug}/index.json").json()["run"]["going"]
        assert explorer.get(f"/{slug}/live.json").json() != before
    finally:
        os.close(held)
    assert not explorer.get(f"/{slug}/index.json").json()["run"]["going"]


def test_asking_for_the_lock_takes_it_from_nobody(tmp_path: Path) -> None:
    """A writer can start while an explorer asks, and a second writer can't."""
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            locks.is_held(tmp_path)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for _ in range(20):
            held = locks.hold(tmp_path)
            assert locks.is_held(tmp_path)
            os.close(held)
    finally:
        stop.set()
        asking.join()
    held = locks.hold(tmp_path)
    with pytest.raises(UsageError, match="another codeeval is writing"):
        locks.hold(tmp_path)
    os.close(held)
    assert locks.is_held(tmp_path) is False
    assert locks.is_held(tmp_path / "gone") is None


def test_new_runs_of_a_folder_are_found(tmp_path: Path) -> None:
    """Each keeps its address, whatever names the new ones have; those that are gone are left out."""
    make_run(tmp_path / "runs" / "b", {"1": ["right"]})
    explorer = client(tmp_path / "runs")
    version = explorer.get("/live.json").json()["version"]
    make_run(tmp_path / "runs" / "a", {"1": ["wrong"]})
    assert explorer.get("/live.json").json()["version"] != version
    assert [row["slug"] for row in explorer.get("/index.json").json()["runs"]] == ["b", "a"]
    make_run(tmp_path / "runs" / "c", {"1": ["wrong"]})
    assert explorer.get("/c/").status_code == 200
    shutil.rmtree(tmp_path / "runs" / "b")
    assert [row["slug"] for row in explorer.get("/index.json").json()["runs"]] == ["a", "c"]
    shutil.rmtree(tmp_path / "runs")
    (tmp_path / "runs").mkdir()
    assert explorer.get("/").status_code == 200


def test_a_page_is_of_one_moment(tmp_path: Path) -> None:
    """What a writer commits while a page is made is not in half of it."""
    run = make_run(tmp_path / "r", {"1": ["right"]}, wanted=3)
    with RunStore.open(run) as store, library.RunFile("r", run / "run.sqlite").open() as reader:
        before = reader.n_samples()
        store.add_samples([Sample("1", 1, "digest", "x", "stop", None, None, None, None)])
        store.commit()
        assert reader.n_samples() == before
        with RunViews(run) as later:
            assert later.n_samples() == before + 1


def test_no_request_waits_for_the_check_of_a_damaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on beside the requests, once; then they say what it found."""
    run = make_run(tmp_path / "r", {"1": ["right", "wrong"]})
    with sqlite3.connect(run / "run.sqlite") as db:
        db.execute("UPDATE judgements SET failed_calls = '[[]]', outputs = '7'")
    started, go_on, threads = [], threading.Event(), []
    honest = RunViews.damage

    def slow(self: RunViews) -> str | None:
        started.append(threading.current_thread())
        assert go_on.wait(60)
        return honest(self)

    monkeypatch.setattr(RunViews, "damage", slow)
    monkeypatch.setattr(checks, "WAIT_S", 0.01)
    explorer = client(tmp_path / "r")
    for _ in range(2):
        answer = explorer.get("/r/p/1/0")
        assert answer.status_code == 503
        assert "checked for damage" in answer.text
    threads = list(started)
    go_on.set()
    threads[0].join(60)
    assert len(started) == 1
    told = explorer.get("/r/p/1/0")
    assert told.status_code == 500
    assert "table judgements, row 1" in told.text


@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/a/",
        "/a/samples/",
        "/a/p/1/",
        "/a/p/1/0",
        "/a/p/1/0/diff",
        "/compare/a/b/?allow_different=1",
        "/compare/a/b/1?allow_different=1",
        "/series/a/?allow_different=1",
    ],
)
def test_every_page_of_an_incomplete_run_asks_whether_it_is_out_of_date(tmp_path: Path, page: str) -> None:
    """At an address that says the version that the page shows."""
    for name in ("a", "b"):
        make_run(tmp_path / "runs" / name, {"1": ["wrong", "right"], "2": ["right"]}, unjudged=1)
    explorer = client(tmp_path / "runs")
    found = re.search(r'<main id="main" data-live="([^"]+)" data-version="([^"]+)">', explorer.get(page).text)
    assert found is not None
    assert explorer.get(urljoin(f"http://127.0.0.1{page}", found[1])).json() == {"version": found[2]}
