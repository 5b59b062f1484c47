"""The explorer as people use it: a real browser, real runs, mouse and keyboard."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from explorer_pages import PAGES, calm
from run_values import add_judgements

from codeeval.store import RunReader, RunStore

pytestmark = [pytest.mark.browser, pytest.mark.local]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_one_request_and_obeys_its_policy(open_page: Any, server: Any, path: str) -> None:
    """Hostile completions and outputs included: nothing is loaded, executed or complained about."""
    watched = open_page(server.url + path)
    calm(watched)
    assert watched.requests == [server.url + path]


def test_hostile_text_is_there_to_be_read(open_page: Any, server: Any) -> None:
    """Markup, escapes, bidirectional controls and NUL are shown as what they are."""
    page = open_page(server.url + "before/p/1/2").page
    text = page.inner_text("main")
    assert "</script><script>document.title=`owned`</script>" in text
    assert "<img src=x onerror=alert(1)>" in text
    assert "⟨U+202E⟩" in text
    assert "⟨ESC⟩[31m" in text
    assert page.locator("main script, main img, main b >> text=hi").count() == 0


def test_a_completion_with_everything_stays_small_and_narrow(open_page: Any, server: Any) -> None:
    """A line of a megabyte, lone surrogates and NUL: the page is small, does not scroll sideways, and the twin has it all."""
    watched = open_page(server.url + "before/p/1/3")
    page = watched.page
    calm(watched)
    assert len(page.content()) < 300_000
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "⟨U+D800⟩" in page.inner_text("main")
    twin = page.request.get(server.url + "before/p/1/3.json").json()
    assert len(twin["completion"]) > 1_000_000
    assert "\ud800" in twin["completion"]


def test_from_the_list_to_a_sample_with_the_mouse(open_page: Any, server: Any) -> None:
    """Runs → run → problem → sample, and back by the path at the top."""
    page = open_page(server.url).page
    page.click("text=before >> visible=true")
    page.click(".matrix th a >> text=add >> nth=0")
    assert page.url.endswith("/before/p/1/")
    page.click(".samples a >> text=#1")
    assert page.url.endswith("/before/p/1/1")
    page.click(".crumbs >> text=before")
    page.click(".matrix tr:nth-child(3) .x.syntax_error")
    assert page.url.endswith("/before/p/3/3")
    assert page.locator(".code .bad").count() == 1


def test_the_keyboard_alone_is_enough(open_page: Any, server: Any) -> None:
    """j k h l f in the matrix, Enter opens, then through samples, failures and problems, up, search, help."""
    page = open_page(server.url + "before/").page

    def focused() -> str:
        return str(page.evaluate("document.activeElement.getAttribute('href')"))

    for key, place in (
        ("j", "1/0"),
        ("l", "1/1"),
        ("j", "2/1"),
        ("k", "1/1"),
        ("h", "1/0"),
        ("f", "1/1"),
        ("f", "1/2"),
    ):
        page.keyboard.press(key)
        assert focused().endswith(f"p/{place}"), key
    assert "exception" in page.inner_text("#status")
    page.keyboard.press("Enter")
    page.wait_for_url("**/before/p/1/2")
    for key, place in (("h", "1/1"), ("l", "1/2"), ("f", "1/3"), ("f", "3/0"), ("F", "1/3"), ("j", "2/"), ("k", "1/")):
        page.keyboard.press(key)
        page.wait_for_url(f"**/before/p/{place}")
    page.keyboard.press("u")
    page.wait_for_url("**/before/")
    page.keyboard.press("/")
    page.keyboard.type("add")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=add*")
    page.keyboard.press("?")
    assert page.locator("dialog[open] >> text=next, previous problem").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_filters_are_in_the_address(open_page: Any, server: Any) -> None:
    """A click on a verdict, a group or a failure of format filters; a second one does not; the address is the state."""
    page = open_page(server.url + "before/").page
    page.click(".chip >> text=wrong output")
    page.wait_for_url("**verdict=wrong_output*")
    assert page.locator(".matrix tbody tr").count() == 2
    matching = page.locator(".x:not(.no)")
    assert matching.count() == 2
    page.fill("#q", "3")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=3*")
    assert "verdict=wrong_output" in page.url
    assert page.locator(".matrix tbody tr").count() == 1
    page.click("text=Clear the filter")
    page.select_option("select[name=sort]", "hardest")
    page.wait_for_url("**sort=hardest*")
    assert page.inner_text(".matrix tbody tr:first-child th").startswith("5")
    page.click("table a.mono >> text=ZeroDivisionError")
    page.wait_for_url("**group=*")
    assert page.locator(".x:not(.no)").count() == 1


def test_a_click_on_a_verdict_shows_what_it_found(open_page: Any, server: Any) -> None:
    """The matching samples come into view; the way through them keeps the filter; the list is one click away."""
    page = open_page(server.url + "before/").page
    page.set_viewport_size({"width": 1280, "height": 500})
    page.click(".chip >> text=wrong output")
    page.wait_for_url("**verdict=wrong_output#found")
    assert page.locator("#found h2").is_visible()
    assert page.evaluate("document.querySelector('#found').getBoundingClientRect().top") < 200
    assert page.locator(".x.no").first.evaluate("cell => cell.tagName") == "SPAN"
    page.click("a.x.wrong_output >> nth=0")
    page.wait_for_url("**/before/p/1/1?verdict=wrong_output")
    page.keyboard.press("l")
    page.wait_for_url("**/before/p/3/0?verdict=wrong_output")
    assert "2 / 2" in page.inner_text(".nav")
    assert "verdict=wrong_output" in str(page.locator(".crumbs a").nth(1).get_attribute("href"))
    page.click("text=List 2 / 2")
    page.wait_for_url("**/before/samples/?verdict=wrong_output")
    assert page.locator(".listed tbody tr").count() == 2


def test_keys_work_in_a_russian_layout(open_page: Any, server: Any) -> None:
    """By the place of the key where the layout has other letters; marks that were turned off stay off."""
    page = open_page(server.url + "before/p/1/1").page

    def press(key: str, code: str, shift: bool = False) -> None:
        event = {"key": key, "code": code, "shiftKey": shift, "bubbles": True}
        page.evaluate("event => document.body.dispatchEvent(new KeyboardEvent('keydown', event))", event)

    press("д", "KeyL")
    page.wait_for_url("**/before/p/1/2")
    press("А", "KeyF", shift=True)
    page.wait_for_url("**/before/p/1/1")
    press("з", "KeyP")
    page.wait_for_url("**/before/p/1/1/diff")
    press("в", "KeyD")
    assert page.evaluate("document.documentElement.dataset.diff") == "off"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.diff") == "off"
    press(",", "Slash", shift=True)
    assert page.locator("dialog[open]").count() == 1


def test_leaving_what_was_typed_warns(open_page: Any, server: Any) -> None:
    """A note that is not saved is not lost by a key; a saved one warns of nothing."""
    watched = open_page(server.url + "after/p/2/1")
    page = watched.page
    page.fill("#note", "one\ntwo")
    page.click("h1")
    page.keyboard.press("l")
    page.wait_for_timeout(300)
    assert "a dialog" in watched.complaints
    assert page.input_value("#note") == "one\ntwo"
    watched.complaints.clear()
    for _ in range(2):
        page.click("text=Save")
        page.wait_for_load_state()
        assert page.input_value("#note") == "one\ntwo"
    assert watched.complaints == []


def test_compare_two_runs(open_page: Any, server: Any) -> None:
    """Pick two, see what regressed first, look at two programs side by side, choose another sample."""
    page = open_page(server.url).page
    page.check("input[name=a][value=before]")
    page.check("input[name=b][value=after]")
    page.click("text=Compare A with B")
    page.wait_for_url("**/compare/before/after/")
    assert page.inner_text("#regressed h2").startswith("↓ regressed 1")
    assert page.inner_text("section.card:has(h2:text('pass@1'))").rstrip().endswith("sign-flip permutation")
    assert "wrong output" in page.inner_text("#causes")
    page.click("#regressed th a")
    page.wait_for_url("**/compare/before/after/2")
    assert "+" in page.inner_text(".sides .changed del")
    assert "-" in page.inner_text(".sides .changed ins")
    page.keyboard.press("d")
    assert page.evaluate("getComputedStyle(document.querySelector('.sides ins')).boxShadow") == "none"
    page.select_option("form select[name=b]", "3")
    page.wait_for_url("**b=3*")


def test_a_running_run_grows_without_a_reload(open_page: Any, runs: Path, tmp_path: Path) -> None:
    """New samples appear by themselves; what has the focus keeps it; what was scrolled stays."""
    from explorer_server import start, stop

    with RunReader(runs / "before") as reader:
        manifest, planned = reader.manifest(), [replace(one, wanted=6) for one in reader.problems()]
        samples = list(reader.samples())
        judged = {name: list(reader.judgements(name)) for name in manifest.protocols}
    live = RunStore.create(tmp_path / "live", manifest, planned)
    live.add_samples(samples[:1])
    live.commit()
    running = start(tmp_path / "live")
    try:
        page = open_page(running.url + "live/").page
        assert page.locator(".matrix .x").count() == 36
        page.evaluate("window.same = true")
        page.focus(".matrix tbody tr:nth-child(2) th a")
        page.evaluate("getSelection().selectAllChildren(document.querySelector('main h1'))")
        assert "0 / 36" in page.inner_text(".sub")
        live.add_samples(samples)
        for name, rows in judged.items():
            add_judgements(live, name, rows)
        live.commit()
        page.wait_for_timeout(2500)
        assert str(page.evaluate("getSelection().toString()")) == "live"
        page.evaluate("getSelection().removeAllRanges()")
        page.locator(".sub", has_text="24 / 36").wait_for()
        assert page.locator(".matrix a.x").count() == 24
        assert page.evaluate("window.same")
        assert str(page.evaluate("document.activeElement.getAttribute('href')")).endswith("p/2/")
    finally:
        stop(running)
        live.close()


def test_a_note_is_kept(open_page: Any, server: Any, runs: Path) -> None:
    """Written in the page, kept beside the run, shown again."""
    page = open_page(server.url + "after/p/1/1").page
    page.fill("#tag", "sign")
    page.fill("#note", "minus for plus </textarea><script>alert(1)</script>")
    page.click("text=Save")
    page.wait_for_url("**/after/p/1/1")
    assert page.input_value("#note").startswith("minus for plus </textarea>")
    stored = json.loads((runs / "after" / "annotations.json").read_text())
    assert stored["annotations"][0]["tag"] == "sign"


def test_notes_of_a_file_are_added(open_page: Any, runs: Path, tmp_path: Path) -> None:
    """Chosen on a run's page: what became of them is said, and they are counted at once; a file without notes changes nothing."""
    import shutil

    from explorer_server import start, stop

    run = Path(shutil.copytree(runs / "before", tmp_path / "r"))
    rows = [{"problem_id": "1", "index": 0, "tag": "<b>", "note": "theirs"}]
    (tmp_path / "given.json").write_text(json.dumps({"schema": 1, "annotations": rows}))
    (tmp_path / "wrong.json").write_text("{")
    running = start(run)
    try:
        watched = open_page(running.url + "r/")
        page = watched.page
        page.click("text=Notes of others")
        page.set_input_files("#notes-file", tmp_path / "given.json")
        page.locator("#notes-told", has_text="1 added").wait_for()
        assert page.locator(".chip >> text=<b>").count() == 1
        assert page.locator("a.x.noted").count() == 1
        calm(watched)
        page.set_input_files("#notes-file", tmp_path / "wrong.json")
        page.locator("#notes-told", has_text="is not a file of annotations").wait_for()
        with page.expect_download() as got:
            page.click("text=All notes as a file")
        assert json.loads(Path(got.value.path()).read_text())["annotations"][0]["note"] == "theirs"
    finally:
        stop(running)


def test_the_command_runs_the_sample_again(open_page: Any, server: Any, runs: Path) -> None:
    """The shell line of the page, pasted into a shell, gives the same verdict."""
    from cli_runs import environment

    page = open_page(server.url + "before/p/1/2").page
    page.click("text=Run this sample again")
    command = page.inner_text("pre[id$=cmd]")
    assert command.startswith("codeeval score -t ")
    import sys

    script = command.replace("codeeval score", f"{sys.executable} -m codeeval score --sandbox local --format json", 1)
    done = subprocess.run(
        ["bash", "-c", script], cwd=runs.parent, env=environment(), capture_output=True, text=True, timeout=300
    )
    assert done.stdout, (command[:300], done.stderr)
    assert json.loads(done.stdout)["verdicts"] == {"exception": 1}, done.stderr


def test_themes(open_page: Any, server: Any) -> None:
    """Dark follows the system; the button overrides it and is remembered; what is small stays readable on paper."""
    page = open_page(server.url + "before/", dark=True).page
    colour = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(colour) == "rgb(20, 22, 26)"
    page.click("#theme")
    assert page.evaluate(colour) == "rgb(250, 249, 246)"
    page.reload()
    assert page.evaluate(colour) == "rgb(250, 249, 246)"
    page.emulate_media(media="print")
    assert page.evaluate(colour) == "rgb(255, 255, 255)"
    assert not page.is_visible(".tools")


@pytest.mark.parametrize("width", [360, 768, 3840])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(open_page: Any, server: Any, path: str, width: int) -> None:
    """From a telephone to a wall."""
    page = open_page(server.url + path, width=width).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


#: Each language, width and theme with each other one, in four visits.
VISITS = (("en", 1300, False), ("en", 390, True), ("ru", 390, False), ("ru", 1300, True))


@pytest.mark.parametrize("path", [*PAGES, "before/?verdict=wrong_output"])
def test_axe_finds_nothing(open_page: Any, server: Any, russian: Any, axe: str, path: str) -> None:
    """No violation of any rule of axe-core, wide and narrow, in both themes and languages."""
    told = []
    page = open_page("about:blank", bypass_csp=True).page
    for lang, width, dark in VISITS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto((russian if lang == "ru" else server).url + path)
        page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true; })")
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        for rule in found:
            told.append((lang, width, dark, rule["id"], [node["html"][:150] for node in rule["nodes"][:3]]))
    assert told == []


def test_the_layout_does_not_shift(open_page: Any, server: Any) -> None:
    """What is painted first stays where it is; one line pushed in above would be seen."""
    page = open_page(server.url + "before/").page
    page.wait_for_timeout(300)
    observe = """() => new Promise(done => {
        let sum = 0;
        new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; })
            .observe({type: 'layout-shift', buffered: true});
        setTimeout(() => done(sum), 300);
    })"""
    assert page.evaluate(observe) < 0.01  # a loaded machine paints early: columns of a small table settled, 0.002
    page.evaluate("document.querySelector('main').prepend(document.createElement('hr'))")
    assert page.evaluate(observe) > 0.01


def test_a_protocol_can_be_chosen(open_page: Any, server: Any) -> None:
    """From the run down to a sample the pages stay under the protocol that was chosen."""
    page = open_page(server.url + "before/").page
    page.click(".switch >> text=strict")
    page.wait_for_url("**/before/?protocol=strict")
    page.click(".matrix tr:nth-child(4) a.x >> nth=1")
    page.wait_for_url("**/before/p/4/1?protocol=strict")
    page.keyboard.press("k")
    page.wait_for_url("**/before/p/3/?protocol=strict")
    page.click(".switch >> text=mera-code")
    page.wait_for_url(lambda url: url.endswith("/before/p/3/"))
