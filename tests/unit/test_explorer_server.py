"""The server: pages with twins, what it refuses, and that it only reads."""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from explorer_runs import CODE, make_run
from starlette.testclient import TestClient

from codeeval.explorer.annotations import Annotations
from codeeval.explorer.library import Library
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.manifest import RewardInfo
from codeeval.store import RunStore, StoredReward
from codeeval.types import Sample

ORIGIN = "http://127.0.0.1:8451"
PAGES = (
    "/",
    "/a/",
    "/a/p/1/",
    "/a/p/1/0",
    "/compare/a/b/",
    "/compare/a/b/1",
    "/a/?verdict=wrong_output&q=1&sort=hardest",
)
GATE = Gate(token="a token of this process")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two finished runs, `a` and `b`."""
    root = tmp_path_factory.mktemp("runs")
    make_run(root / "a", {"1": [*CODE], "2": ["right", "wrong"], "x/../y <b>": ["right"]})
    make_run(root / "b", {"1": ["wrong"] * 7, "2": ["right", "right"], "x/../y <b>": ["right"]})
    return root


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    """Asks the explorer of both runs, as a browser on this machine does."""
    with TestClient(application(Library.of([folder]), GATE), base_url=ORIGIN, follow_redirects=False) as found:
        yield found


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def twin_of(page: str) -> str:
    path, _, query = page.partition("?")
    return (path + "index.json" if path.endswith("/") else path + ".json") + (f"?{query}" if query else "")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_a_twin_that_it_links_to(client: TestClient, page: str) -> None:
    """The page is HTML, the twin the same as JSON, in ASCII."""
    answer, twin = client.get(page), client.get(twin_of(page))
    assert (answer.status_code, twin.status_code) == (200, 200)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert twin.headers["content-type"] == "application/json"
    assert isinstance(json.loads(twin.content), dict)
    assert twin.content.isascii()
    link = re.search(r'<a class="button" href="([^"]+)" title="This page as JSON">', answer.text)
    assert link is not None
    assert client.get(str(answer.url.join(link[1].replace("&amp;", "&")))).json() == twin.json()


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_is_locked_down(client: TestClient, page: str) -> None:
    """Nothing may be loaded or executed but the page's own style and script, by hash."""
    headers = client.get(page).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "*" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(client: TestClient, page: str) -> None:
    """All of them, once each."""
    answer = client.get(page)
    links = set(re.findall(r'<a [^>]*href="([^"#]+)', answer.text))
    assert len(links) >= 3
    for link in links:
        target = client.get(str(answer.url.join(link.replace("&amp;", "&"))))
        assert target.status_code == 200, link


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8451",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "",
        "192.168.0.7",
        "[::1]x.y",
    ],
)
def test_another_name_gets_no_answer(client: TestClient, host: str) -> None:
    """A foreign site whose name points to this machine learns nothing (DNS rebinding)."""
    answer = client.get("/index.json", headers={"host": host})
    assert answer.status_code == 421
    assert "task" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:8451", "LOCALHOST:8451"])
def test_the_names_of_this_machine_are_answered(client: TestClient, host: str) -> None:
    """With any port, since the port is no secret."""
    assert client.get("/", headers={"host": host}).status_code == 200


def test_beyond_loopback_only_addresses_and_the_given_name_are_answered() -> None:
    """A number can't be rebound, a name can."""
    gate = Gate("0.0.0.0")
    assert gate.knows("192.168.0.7:8451")
    assert not gate.knows("evil.example")
    assert Gate("box.local").knows("box.local:8451")


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/nope/",
            "/a/p/nope/",
            "/a/p/1/99",
            "/a/p/1/-1",
            "/a/p/1/1e3",
            "/a/p/1/%00",
            "/compare/a/nope/",
            "/a/p/1/0/note",
        ),
        *(
            "/../../etc/passwd",
            "/a/p/..%2f..%2f..%2frun.sqlite",
            "/a/run.sqlite",
            "/a/annotations.json",
        ),
        *("/..%2fa/", "/a%2f..%2fb/", "/compare/a/b/..%2f..%2f", "//etc/passwd", "/a/p/1/0.json/../x"),
    ],
)
def test_names_are_looked_up_and_never_joined_to_paths(client: TestClient, path: str) -> None:
    """What is no run, problem or sample does not exist, however it is spelled."""
    answer = client.get(path)
    while answer.is_redirect:
        answer = client.get(answer.headers["location"])
    assert answer.status_code in (404, 405), answer.text[:200]
    assert "SQLite" not in answer.text
    assert "root:" not in answer.text


@pytest.mark.parametrize("path", ["/nope/", "/a/p/99/", "/a/p/<b>/0", "/a/x/y/z/"])
def test_a_wrong_address_leads_back(client: TestClient, path: str) -> None:
    """A page with a link to the list of runs, which repeats nothing of the address and is locked down as every page."""
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "There is no such page." in answer.text
    assert "<b>" not in answer.text
    back = re.search(r'<a href="([./]+)">Runs</a>', answer.text)
    assert back
    assert answer.url.join(back[1]).path == "/"


def test_an_odd_problem_id_has_pages_of_its_own(client: TestClient) -> None:
    """An id with slashes, dots and markup is a name like any other."""
    rows = client.get("/a/index.json").json()["matrix"]["rows"]
    assert [row["problem_id"] for row in rows] == ["1", "2", "x/../y <b>"]
    link = re.search(r'href="(\.\./a/p/x-[^"]+/)"', client.get("/a/").text)
    assert link is not None
    page = client.get("/a/" + link[1])
    assert "x/../y &lt;b&gt;" in page.text
    assert "y <b>" not in page.text


def test_looking_changes_nothing(folder: Path, client: TestClient) -> None:
    """After every page the run folders hold the same bytes, and nothing else."""
    before = {path: digest(path) for path in folder.rglob("*") if path.is_file()}
    for page in PAGES:
        client.get(page)
    assert {path: digest(path) for path in folder.rglob("*") if path.is_file()} == before


def test_a_read_only_folder_can_be_looked_at(tmp_path: Path) -> None:
    """Runs on read-only media; notes then fail with words."""
    run = make_run(tmp_path / "r", {"1": ["right"]})
    run.chmod(0o555)
    try:
        with TestClient(application(Library.of([run]), GATE), base_url=ORIGIN) as client:
            assert client.get("/r/p/1/0").status_code == 200
            answer = client.post("/r/p/1/0/note", data={"token": GATE.token, "note": "x"}, headers={"origin": ORIGIN})
        if os.geteuid():  # root writes where it likes
            assert answer.status_code == 500
            assert "can't be kept" in answer.text
    finally:
        run.chmod(0o755)


def test_notes_are_kept_beside_the_run_and_shown(tmp_path: Path) -> None:
    """A note and a tag per sample; changed, and removed by emptying them."""
    run = make_run(tmp_path / "r", {"1": ["right", "wrong"]})
    with TestClient(application(Library.of([run]), GATE), base_url=ORIGIN, follow_redirects=False) as client:

        def put(tag: str, note: str) -> None:
            form = {"token": GATE.token, "tag": tag, "note": note}
            answer = client.post("/r/p/1/1/note", data=form, headers={"origin": ORIGIN})
            assert (answer.status_code, answer.url.join(answer.headers["location"]).path) == (303, "/r/p/1/1")

        put("bug", "off by <one>\nsee line 3")
        assert Annotations(run).read()["1", 1].note == "off by <one>\nsee line 3"
        page = client.get("/r/p/1/1")
        assert "off by &lt;one&gt;" in page.text
        assert client.get("/r/p/1/1.json").json()["annotation"]["tag"] == "bug"
        put("", " ")
        assert Annotations(run).read() == {}
    assert sorted(path.name for path in run.iterdir()) == [".annotations.json.lock", "annotations.json", "run.sqlite"]


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://localhost:8451"},
        {"token": "guessed"},
        {"token": ""},
        {"content-type": "text/plain"},
        {"content-type": "multipart/form-data; boundary=x"},
    ],
)
def test_notes_are_only_taken_from_our_own_pages(client: TestClient, folder: Path, change: dict[str, str]) -> None:
    """A form of another site, a guessed token or another kind of body changes nothing."""
    headers = {"origin": ORIGIN, "content-type": "application/x-www-form-urlencoded"}
    headers |= {name: value for name, value in change.items() if name != "token"}
    token = change.get("token", GATE.token)
    answer = client.post("/a/p/1/0/note", content=f"token={token}&note=hello", headers=headers)
    assert answer.status_code == 403
    assert not (folder / "a" / "annotations.json").exists()


def test_a_large_form_is_refused(client: TestClient) -> None:
    """Nobody fills the memory with a note."""
    headers = {"origin": ORIGIN, "content-type": "application/x-www-form-urlencoded"}
    body = f"token={GATE.token}&note={'x' * 200_000}"
    assert client.post("/a/p/1/0/note", content=body, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "text", ["one\r\ntwo\r\n\r\nthree", "\n\nbegins", "x\u200d\u202ey", "\u6f22" * 8_000, "\U0001f600" * 5_000]
)
def test_a_note_stays_what_was_typed_however_often_it_is_saved(tmp_path: Path, text: str) -> None:
    """Lines, invisible characters and long texts of any script: what the form shows is sent back as it was."""
    make_run(tmp_path / "r", {"1": ["wrong"]})
    with TestClient(application(Library.of([tmp_path]), GATE), base_url=ORIGIN) as client:
        typed = text
        for _ in range(3):
            form = {"token": GATE.token, "tag": "t", "note": typed.replace("\r\n", "\n").replace("\n", "\r\n")}
            page = client.post("/r/p/1/0/note", data=form, headers={"origin": ORIGIN})
            assert page.status_code == 200
            shown = re.search(r'<textarea id="note"[^>]*>\n(.*?)</textarea>', page.text, re.DOTALL)
            assert shown is not None
            typed = html.unescape(shown[1])
            assert typed == text.replace("\r\n", "\n").strip()


def test_what_was_typed_survives_a_restart_of_the_explorer(tmp_path: Path) -> None:
    """The answer is the page with the text in a form that can be sent; another site gets nothing of the kind."""
    make_run(tmp_path / "r", {"1": ["wrong"]})
    form = {"token": "of the process before", "tag": "<b>", "note": "first\nsecond"}
    with TestClient(application(Library.of([tmp_path]), GATE), base_url=ORIGIN) as client:
        refused = client.post("/r/p/1/0/note", data=form, headers={"origin": ORIGIN})
        assert refused.status_code == 403
        assert ">\nfirst\nsecond</textarea>" in refused.text
        assert 'value="&lt;b&gt;"' in refused.text
        assert Annotations(tmp_path / "r").read() == {}
        action = re.search(r'id="note-form" action="([^"]+)"', refused.text)
        assert action is not None
        again = {**form, "token": GATE.token}
        assert client.post(refused.url.join(action[1]), data=again, headers={"origin": ORIGIN}).status_code == 200
        assert Annotations(tmp_path / "r").read()["1", 0].note == "first\nsecond"
        foreign = client.post("/r/p/1/0/note", data=form, headers={"origin": "http://elsewhere"})
        assert foreign.status_code == 403
        assert "first" not in foreign.text


@pytest.mark.parametrize("text", ["", "{", "[]", '{"annotations": 3}', '{"annotations": [{"index": "x"}]}', "\xff"])
def test_a_damaged_file_of_notes_hides_no_sample_and_is_not_overwritten(tmp_path: Path, text: str) -> None:
    """The sample is shown with the reason in place of the note."""
    run = make_run(tmp_path / "r", {"1": ["right"]})
    (run / "annotations.json").write_bytes(text.encode("latin-1"))
    with TestClient(application(Library.of([run]), GATE), base_url=ORIGIN) as client:
        assert "annotations.json" in client.get("/r/p/1/0").text
        form = {"token": GATE.token, "note": "new"}
        assert client.post("/r/p/1/0/note", data=form, headers={"origin": ORIGIN}).status_code == 500
    assert (run / "annotations.json").read_bytes() == text.encode("latin-1")


def test_a_damaged_run_does_not_hide_the_others(tmp_path: Path) -> None:
    """The list says what is wrong with it."""
    make_run(tmp_path / "good", {"1": ["right"]})
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "run.sqlite").write_bytes(b"not a database" * 100)
    with TestClient(application(Library.of([tmp_path]), GATE), base_url=ORIGIN) as client:
        page = client.get("/")
        assert page.status_code == 200
        assert "not a run file" in page.text
        assert client.get("/good/").status_code == 200
        assert client.get("/bad/").status_code == 500


def test_a_growing_run_changes_its_version_and_its_page(tmp_path: Path) -> None:
    """What the page polls changes with every commit, and then the page has the new sample; nothing is kept open."""
    run = make_run(tmp_path / "r", {"1": ["right"]}, wanted=3)
    with TestClient(application(Library.of([run]), GATE), base_url=ORIGIN) as client:
        assert 'data-live="live.json"' in client.get("/r/").text
        before = client.get("/r/live.json").json()["version"]
        assert client.get("/r/live.json").json()["version"] == before
        with RunStore.open(run) as store:
            store.add_samples([Sample("1", 1, "digest", "\n    return 7")])
            store.commit()
            assert client.get("/r/live.json").json()["version"] != before
            assert client.get("/r/p/1/1").status_code == 200
    assert [path.name for path in run.iterdir()] == ["run.sqlite"]


def test_a_reward_model_has_its_say_beside_the_sample(tmp_path: Path) -> None:
    """Score and place among the samples of the problem, equals sharing one; a hostile name stays text."""
    make_run(tmp_path / "r", {"1": ["right", "wrong", "right"]})
    with RunStore.open(tmp_path / "r") as store:
        info = RewardInfo(name="<b>m", location="m")
        store.put_manifest(store.manifest().model_copy(update={"rankers": (info,)}))
        scores = (1.5, -2.25, 1.5)
        store.add_rewards(0, [StoredReward("1", i, score, cut=i == 1) for i, score in enumerate(scores)])
    with TestClient(application(Library.of([tmp_path]), GATE), base_url=ORIGIN) as client:
        twins = [client.get(f"/r/p/1/{index}.json").json() for index in range(3)]
        page = client.get("/r/p/1/1").text
    assert [(one["ranked"][0]["score"], one["ranked"][0]["place"], one["ranked"][0]["of"]) for one in twins] == [
        (1.5, 1, 3),
        (-2.25, 3, 3),
        (1.5, 1, 3),
    ]
    assert "reward model &lt;b&gt;m</dt><dd>-2.25, place 3/3, read in part</dd>" in page
