"""Every page that can be reached in runs whose every text is hostile: followed link by link, live and exported."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import explorer_runs
import pytest
from explorer_runs import make_run
from starlette.testclient import TestClient

from codeeval.explorer.annotations import Annotations
from codeeval.explorer.library import Library
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.explorer.static import export_site
from codeeval.types import Problem

MARK = "\"'><script>owned()</script><img src=x onerror=owned()><a href=javascript:owned()>\u202e\x1b[31m{{ 7 * 7 }}"
#: Pages of one kind that are followed: there is a link for every filter and sample.
EACH = 12
KINDS = ("runs", "run", "samples", "problem", "sample", "diff", "compare", "compare problem", "series", "history")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs of one set, one of another, and what a model, a set, a manifest and a note can say."""
    root = tmp_path_factory.mktemp("hostile") / "runs"
    plain = explorer_runs.problem

    def hostile(pid: str) -> Problem:
        meta = {"difficulty": MARK + pid[:1], "topics": [MARK, "both"], MARK: pid[:1] in "12"}
        extra = tuple((name, json.dumps(value)) for name, value in meta.items())
        return replace(plain(pid), instruction=MARK, prompt=f"{plain(pid).prompt}# {MARK}", extra=extra)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explorer_runs, "problem", hostile)
        texts = {
            f"1{MARK}": ["right", "hostile", "wrong"],
            f"2{MARK}": ["hostile", "syntax", "empty"],
            "3": ["slow"] * 3,
        }
        for at, name in enumerate(("a-1", "<b>-2", "\"'-3")):
            turned = {pid: found[at:] + found[:at] for pid, found in texts.items()}
            make_run(root / name, turned, hidden=())
        make_run(root / "hidden", texts, hidden=tuple(texts))
    for run in root.iterdir():
        with sqlite3.connect(run / "run.sqlite") as db:
            for place in ("$.model.name", "$.task.name", "$.prompt.template", "$.model.backend"):
                query = "UPDATE meta SET value = json_set(value, ?, ?) WHERE key = 'manifest'"
                db.execute(query, (place, MARK))
        db.close()
        note = MARK.replace("\u202e\x1b", "")  # a form holds exactly what was typed
        Annotations(run).put(f"1{MARK}", 1, note, note)
    return root


class _Checked(HTMLParser):
    """What a browser would make of a page: its links, and nothing that anybody else's text brought in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.scripts = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        assert tag not in ("img", "iframe", "object", "embed", "base", "audio", "video"), tag
        assert not any(name.startswith("on") or name == "style" for name in named), (tag, named)
        if tag == "script" and named.get("type") != "application/json":
            self.scripts += 1
        href = named.get("href") or named.get("action") or ""
        assert not href.lower().strip().startswith(("javascript:", "//", "http:", "https:")), href
        if tag == "a":
            self.links.append(href)


def check(text: str) -> list[str]:
    """Its links."""
    found = _Checked(text)
    assert found.scripts == 1
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert ">49<" not in text
    return found.links


def kind_of(path: str) -> str:
    parts = [part for part in path.split("/") if part]
    if not parts:
        return "runs"
    if parts[0] == "compare":
        return "compare" if len(parts) == 3 else "compare problem"
    if parts[0] == "series":
        return "series" if len(parts) == 2 else "history"
    if len(parts) == 1:
        return "run"
    return {2: "samples", 3: "problem", 4: "sample", 5: "diff"}[len(parts)]


def crawl(start: str, read: Callable[[str], str]) -> dict[str, int]:
    """Kind of page -> pages seen."""
    seen, waiting, counted = {start}, [start], dict.fromkeys(KINDS, 0)
    while waiting:
        at = waiting.pop(0)
        counted[kind_of(urlsplit(at).path)] += 1
        for link in check(read(at)):
            address = urlsplit(urljoin(f"http://x{at}", link))
            found = f"{address.path}?{address.query}" if address.query else address.path
            kind = kind_of(address.path)
            known = sum(kind_of(urlsplit(one).path) == kind for one in seen)
            if not address.path.endswith((".json", ".jsonl", ".csv")) and found not in seen and known < EACH:
                seen.add(found)
                waiting.append(found)
    return counted


def test_no_live_page_lets_a_text_do_anything(runs: Path) -> None:
    """Each kind of page is reached, and nothing of the runs is markup, script, address or control character there."""
    client = TestClient(application(Library.of([runs]), Gate()), base_url="http://127.0.0.1")

    def read(address: str) -> str:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.text[:300])
        return answer.text

    counted = crawl("/", read)
    pairs = [run.slug for run in Library.of([runs]).runs]
    more = crawl(f"/compare/{pairs[0]}/{pairs[2]}/?allow_different=1", read)
    assert all(counted[kind] + more[kind] for kind in KINDS), counted
    for pattern in (MARK, re.escape(MARK.replace("\u202e\x1b", ""))):
        check(read(f"/{pairs[0]}/samples/?search={quote(pattern)}"))
    note = MARK.replace("\u202e\x1b", "")
    assert ' noted" href=' in read(f"/{pairs[0]}/")
    for tag in ("*", note[:60]):
        assert ">1</span>" in read(f"/{pairs[0]}/samples/?tag={quote(tag)}")
        check(read(f"/{pairs[0]}/samples/?tag={quote(tag)}"))
    check(read(f"/{pairs[0]}/samples/?problem={quote(MARK)}&answer={quote(MARK)}"))


def test_no_answer_but_a_page_is_markup(runs: Path) -> None:
    """Files are downloads, twins are JSON, errors are plain text, whatever a text says; a wrong address repeats nothing of it."""
    gate = Gate(token="a token")
    client = TestClient(application(Library.of([runs]), gate), base_url="http://127.0.0.1")
    slugs = [run.slug for run in Library.of([runs]).runs]
    for slug in slugs:
        for end in ("samples/list.csv", "samples/list.jsonl", "notes.json"):
            answer = client.get(f"/{slug}/{end}")
            assert answer.headers["content-disposition"].startswith("attachment; ")
            assert answer.headers["content-type"].partition(";")[0] in (
                "text/csv",
                "application/jsonl",
                "application/json",
            )
            assert answer.headers["x-content-type-options"] == "nosniff"
        for end in ("", "samples/"):
            twin = client.get(f"/{slug}/{end}index.json")
            assert twin.headers["content-type"] == "application/json"
            assert twin.text.isascii()
    headers = {"origin": "http://127.0.0.1", "x-token": "a token"}
    for body in (MARK, json.dumps({"annotations": [{"problem_id": MARK, "index": MARK}]})):
        said = client.post(f"/{slugs[0]}/notes", content=body.encode("utf-8"), headers=headers)
        assert said.headers["content-type"] == "text/plain; charset=utf-8"
        assert "\x1b" not in said.text
    wrong = client.get(f"/{quote(MARK)}/p/{quote(MARK)}/")
    assert wrong.status_code == 404
    assert "owned" not in wrong.text
    links = (urljoin(f"/{slugs[0]}/", link) for link in check(client.get(f"/{slugs[0]}/").text))
    address = next(link for link in links if re.fullmatch(r"/[^/]+/p/[^/]+/0", link))
    note = MARK.replace("\u202e\x1b", "")  # a form holds exactly what was typed
    typed = {"token": "of another process", "tag": note, "note": note}
    again = client.post(f"{address}/note", data=typed, headers={"origin": "http://127.0.0.1"})
    assert again.status_code == 403
    check(again.text)


def test_no_exported_page_lets_a_text_do_anything(runs: Path, tmp_path: Path) -> None:
    """All of them."""
    export_site([runs], tmp_path / "site")
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 40
    for path in pages:
        for link in check(path.read_text("utf-8")):
            target = unquote(link.partition("#")[0])
            assert not target or (path.parent / target).is_file(), (path, link)
