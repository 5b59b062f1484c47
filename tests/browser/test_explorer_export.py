"""The export in a real browser, from file://."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from explorer_pages import calm

from codeeval.explorer.annotations import Annotations
from codeeval.explorer.static import export_site

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [pytest.mark.browser, pytest.mark.local]


def test_an_export_combines_its_filters(open_page: Any, runs: Path, tmp_path: Path) -> None:
    """Verdict, group, format, time, text and order together, in the address; back undoes; a fresh visit shows the same."""
    export_site([runs / "before"], tmp_path / "site")
    address = (tmp_path / "site" / "before" / "index.html").as_uri()
    watched = open_page(address)
    page = watched.page
    rows, cells = page.locator(".matrix tbody tr"), page.locator(".x:not(.no)")
    page.click(".chip >> text=exception")
    expect(rows).to_have_count(2)
    expect(cells).to_have_count(2)
    page.select_option("select[name=sort]", "hardest")
    page.fill("#q", "6")
    page.keyboard.press("Enter")
    page.wait_for_url("**#verdict=exception&q=6&sort=hardest")
    expect(rows).to_have_count(1)
    expect(cells).to_have_count(1)
    assert page.inner_text("#matching").split() == ["Matching:", "problems", "1,", "samples", "1"]
    again = open_page(page.url)
    assert again.page.locator(".matrix tbody tr").count() == 1
    assert again.page.input_value("#q") == "6"
    assert again.page.locator(".chip[aria-current]").count() == 1
    page.go_back()
    page.wait_for_url(lambda url: "q=6" not in url)
    expect(rows).to_have_count(2)
    page.click("text=Clear the filter")
    expect(rows).to_have_count(6)
    page.goto(f"{address}#verdict=passed&q=nothing-like-it")
    page.reload()
    assert page.is_visible("#nothing")
    page.goto(address)
    page.click(".switch >> text=strict")
    page.wait_for_url("**/index.strict.html")
    page.click(".matrix th a >> nth=0")
    page.wait_for_url("**/p/1/index.strict.html")
    calm(watched)
    calm(again)


def test_an_export_filters_by_the_tags_of_notes(open_page: Any, runs: Path, tmp_path: Path) -> None:
    """With the marks that the server's matrix has."""
    run = Path(shutil.copytree(runs / "before", tmp_path / "r"))
    for index, tag in ((0, "bug"), (1, "")):
        Annotations(run).put("1", index, tag, "look")
    export_site([run], tmp_path / "site")
    watched = open_page((tmp_path / "site" / "r" / "index.html").as_uri())
    cells, noted = watched.page.locator(".x:not(.no):not(span)"), watched.page.locator("a.x.noted")
    for chip, n in (("bug", 1), ("with a note", 2)):
        watched.page.click(f".chip >> text={chip}")
        expect(cells).to_have_count(n)
        expect(noted).to_have_count(n)
    calm(watched)


def test_an_export_works_from_the_disk(open_page: Any, runs: Path, tmp_path: Path) -> None:
    """file://: pages, filters, search, samples by fragment, keys and comparison, and not one request beyond the disk."""
    export_site([runs], tmp_path / "site")
    watched = open_page((tmp_path / "site" / "index.html").as_uri())
    page = watched.page
    page.click("[data-by=score]")
    page.wait_for_url("**/index.html#sort=-score")
    expect(page.locator(".runs [aria-sort=descending]")).to_have_count(1)
    page.click(".chip >> text=runs")
    page.wait_for_url("**/series/after/index.html")
    page.click(".heatmap tbody th a >> nth=0")
    page.wait_for_url("**/series/after/p/*.html")
    page.click(".crumbs >> text=Runs")
    page.check("input[name=a][value=before]")
    page.check("input[name=b][value=after]")
    page.click("text=Compare A with B")
    page.wait_for_url("**/compare/before/after/index.html")
    page.click("#regressed th a")
    page.wait_for_url("**/compare/before/after/2.html")
    page.click(".crumbs >> text=Runs")
    page.click("tbody th >> text=before")
    page.fill("#q", "add")
    page.keyboard.press("Enter")
    page.wait_for_url("**/index.html#q=add")
    expect(page.locator(".matrix tbody tr")).to_have_count(6)
    page.click(".chip >> text=wrong output")
    page.wait_for_url("**verdict=wrong_output&q=add")
    expect(page.locator(".x:not(.no)")).to_have_count(2)
    page.click(".matrix .x.wrong_output:not(.no) >> nth=0")
    page.wait_for_url("**/p/1/samples-1.html#s1")
    assert [article.is_visible() for article in page.locator("article").all()] == [False, True, False, False]
    assert page.title().startswith("1 add #1 ·")
    page.keyboard.press("l")
    page.wait_for_url("**#s2")
    expect(page.locator(".crumbs li:last-child")).to_have_text("#2")
    assert page.locator("article:visible").get_attribute("id") == "s2"
    page.keyboard.press("j")
    page.wait_for_url("**/p/2/index.html")
    calm(watched)
    assert all(url.startswith("file://") for url in watched.requests)
