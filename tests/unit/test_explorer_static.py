"""The export: whole, relative, and the same as the live pages; and the words of the interface."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from urllib.parse import parse_qsl, unquote

import pytest
from explorer_runs import CODE, make_run
from starlette.testclient import TestClient

from codeeval.errors import UsageError
from codeeval.explorer import words
from codeeval.explorer.annotations import Annotations
from codeeval.explorer.filters import Filter
from codeeval.explorer.library import Library
from codeeval.explorer.links import slug
from codeeval.explorer.runs import RunsChoice
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.explorer.static import export_site
from codeeval.exports import FORMATS
from codeeval.i18n import language
from codeeval.scoring.repair import FormatFailure
from codeeval.types import Verdict

TEMPLATES = Path(words.__file__).parent / "templates"


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.sources: list[str] = []
        self.nonces: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.ids.add(named.get("id") or "")
        if tag == "a":
            self.links.append(named["href"] or "")
        if tag in ("script", "img", "iframe", "object"):
            self.sources.append(named.get("src") or "")
        if tag in ("script", "link") and "nonce" in named:
            self.nonces.add(named["nonce"] or "")
        assert not any(name.startswith("on") or name == "style" for name in named)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs, one with a note and more samples than one file holds."""
    root = tmp_path_factory.mktemp("export")
    make_run(root / "runs" / "a", {"1": [*CODE] * 9, "2": ["right", "wrong"], "../<x>": ["right"]})
    make_run(root / "runs" / "b", {"1": ["wrong"] * 8, "2": ["right"] * 2, "../<x>": ["right"]})
    Annotations(root / "runs" / "a").put("1", 1, "look", "a note <here>")
    export_site([root / "runs"], root / "site")
    return root / "site"


def test_every_link_leads_to_a_file_and_a_place_in_it(site: Path) -> None:
    """All links are relative, and their targets exist."""
    pages = {path: _Page(path.read_text("utf-8")) for path in site.rglob("*.html")}
    assert len(pages) > 20
    for path, page in pages.items():
        shared = [source for source in page.sources if source]
        assert [(path.parent / source).resolve() for source in shared] == [site / "script.js"], path
        for link in page.links:
            assert not re.match(r"[a-z]+:|/", link), (path, link)
            target, _, fragment = unquote(link).partition("#")
            found = (path.parent / target).resolve() if target else path
            assert found.is_file(), (path, link)
            if "=" in fragment and path.parent == site:  # the order of the list of runs
                assert RunsChoice.read(dict(parse_qsl(fragment))).sort, (path, link)
            elif "=" in fragment:  # a filter: that page has what its script needs
                assert Filter.read(dict(parse_qsl(fragment))).active, (path, link)
                assert "catalogue" in pages[found].ids, (path, link)
            elif fragment and found.suffix == ".html":
                assert fragment in pages[found].ids, (path, link)


def test_every_page_has_its_twin_and_its_policy(site: Path) -> None:
    """A file can't send headers, so the policy stands in it, and allows the one nonce of this export; the twin is JSON in ASCII.
    Style and script are in files of their own."""
    nonces = set()
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        found = html.unescape(text[:600])
        assert "default-src 'none'" in found
        nonces |= (named := _Page(text).nonces)
        assert {f"'nonce-{nonce}'" for nonce in named} == set(re.findall(r"'nonce-[^']+'", found))
        assert "color-scheme:light" not in text
        json.loads(path.with_suffix(".json").read_text("ascii"))
    assert len(nonces) == 1


def test_every_export_has_another_nonce(tmp_path: Path) -> None:
    """Who wrote a completion can't know it."""
    run = make_run(tmp_path / "r", {"1": ["right"]})
    for name in ("a", "b"):
        export_site([run], tmp_path / name)
    one, two = (_Page((tmp_path / name / "index.html").read_text("utf-8")).nonces for name in ("a", "b"))
    assert one != two


def test_samples_share_files_and_are_all_there(site: Path) -> None:
    """Every sample has its place, and a twin with the whole completion."""
    twins = [json.loads(path.read_text("ascii")) for path in sorted((site / "a/p/1").glob("samples-*.json"))]
    samples = [sample for twin in twins for sample in twin["samples"]]
    assert [sample["index"] for sample in samples] == list(range(9 * len(CODE)))
    assert [sample["completion"] for sample in samples] == list(CODE.values()) * 9
    assert len(twins) == 2


def test_notes_go_with_the_export(site: Path) -> None:
    """Shown on the page, without the form, and as the file."""
    page = (site / "a/p/1/samples-1.html").read_text("utf-8")
    assert "a note &lt;here&gt;" in page
    assert '<form method="post"' not in page
    assert json.loads((site / "a/annotations.json").read_text())["annotations"][0]["tag"] == "look"


def test_differing_problems_of_two_runs_are_side_by_side(site: Path) -> None:
    """In both directions, but not where nothing differs."""
    assert (site / "compare/a/b/2.html").is_file()
    assert (site / "compare/b/a/2.html").is_file()
    named = {path.name for path in (site / "compare/a/b").glob("*.html") if not path.name.startswith("index")}
    assert named == {"1.html", "2.html"}


def test_no_problem_takes_the_place_of_another_page(tmp_path: Path) -> None:
    """Whatever problems are called, each has its file, its twin and its address beside the pages that the scheme needs."""
    names = ["index", "INDEX", "live", "samples", "compare", "index.strict", "p", "1", "note", "diff"]
    for run, behaviour in (("a", "right"), ("b", "wrong")):
        make_run(tmp_path / "runs" / run, {pid: [behaviour] for pid in names})
    export_site([tmp_path / "runs"], tmp_path / "site")
    told = [json.loads(path.read_text("ascii")) for path in (tmp_path / "site/compare/a/b").glob("*.json")]
    assert sorted(one["problem_id"] for one in told if "problem_id" in one) == sorted(names)
    assert len(list((tmp_path / "site/a/p").iterdir())) == len(names)
    for path in (tmp_path / "site").rglob("*.html"):
        for link in _Page(path.read_text("utf-8")).links:
            assert (path.parent / unquote(link).partition("#")[0]).exists(), (path, link)
    client = TestClient(application(Library.of([tmp_path / "runs"]), Gate()), base_url="http://127.0.0.1")
    for pid in names:
        assert client.get(f"/compare/a/b/{slug(pid)}.json").json()["problem_id"] == pid
        assert client.get(f"/compare/a/b/{slug(pid)}").status_code == 200
        assert client.get(f"/a/p/{slug(pid)}/index.json").json()["head"]["problem_id"] == pid
    assert "changes" in client.get("/compare/a/b/index.json").json()


def test_comparisons_have_a_file_per_protocol_and_k(site: Path) -> None:
    """Each leads to the others, and shows what it is named after."""
    for protocol, k in product(("", ".strict"), ("", ".k2")):
        path = site / f"compare/a/b/index{protocol}{k}.html"
        found = json.loads(path.with_suffix(".json").read_text("ascii"))
        assert found["k"] == (2 if k else 1)
        assert found["a"]["protocol"] == found["b"]["protocol"] == (protocol or ".mera-code").removeprefix(".")
        links = {link.rpartition("/compare/a/b/")[2] for link in _Page(path.read_text("utf-8")).links}
        assert {f"index{protocol}.html", f"index{protocol}.k2.html", f"index{k}.html", f"index.strict{k}.html"} <= links
        assert any(link.endswith(f"compare/b/a/index{protocol}{k}.html") for link in links)


def test_an_export_replaces_only_an_export(site: Path, tmp_path: Path) -> None:
    """A folder with other things in it is left alone."""
    make_run(tmp_path / "r", {"1": ["right"]})
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="holds something else"):
        export_site([tmp_path / "r"], tmp_path / "mine")
    FORMATS["html"](tmp_path / "r", tmp_path / "new")
    FORMATS["html"](tmp_path / "r", tmp_path / "new")
    assert (tmp_path / "new" / "r" / "index.html").is_file()


def test_an_export_is_in_the_language_that_is_spoken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule is that of the command line: the environment is looked at there, the locale nowhere."""
    monkeypatch.setenv("CODEEVAL_LANG", "ru")
    run = make_run(tmp_path / "r", {"1": ["wrong"]})
    for spoken, head in (("ru", "Группы неудач"), ("en", "Failure groups")):
        with language(spoken):
            FORMATS["html"](run, tmp_path / spoken)
        page = (tmp_path / spoken / "r/index.html").read_text("utf-8")
        assert f'<html lang="{spoken}">' in page
        assert head in page


def _said_in_templates() -> set[str]:
    text = "".join(path.read_text("utf-8") for path in TEMPLATES.glob("*.html"))
    direct = re.findall(r"\bt\(([\"'])(.+?)\1\)", text)
    buttons = re.findall(r'm\.go\(.*?, "\w", "([^"]+)"\)', text)
    keys = re.search(r"for keys, what in \[(.+?)\] %", text)
    assert keys is not None
    return {found for _, found in direct} | set(buttons) | set(re.findall(r'"([^"]{3,})"\)', keys[1]))


def test_everything_that_the_interface_says_is_said_in_russian() -> None:
    """Every text of the templates, every verdict, every failure of format."""
    said = _said_in_templates()
    assert len(said) > 90
    needed = said | {verdict.value for verdict in Verdict} | {failure.value for failure in FormatFailure}
    t = words.translator("ru")
    assert not {text for text in needed if not re.search("[а-яё]", t(text).lower())}
