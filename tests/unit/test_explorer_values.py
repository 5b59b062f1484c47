"""Expected and actual values on a page: any difference can be seen, and nothing of a value is markup."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from explorer_runs import BEHAVIOURS, CODE, make_run
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from codeeval.explorer.library import Library
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.explorer.values import compared, unified, value
from sandbox import Observation, Outcome

TEXT = st.text(st.characters(codec=None), max_size=900)
ALPHABET = st.text("ab \n\t\u00a0\u200bаbс", max_size=30)


class _Read(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def read(markup: str) -> _Read:
    found = _Read()
    found.feed(markup)
    return found


@settings(max_examples=300)
@given(st.one_of(TEXT, ALPHABET), st.one_of(TEXT, ALPHABET))
def test_values_that_differ_are_shown_differently(one: str, two: str) -> None:
    """In what can be read, not by marks or colours; no text becomes a tag."""
    sides = compared(one, two)
    for markup in (sides.expected, sides.actual, value(one), unified(one, two)):
        assert read(markup).tags <= {"i", "del", "ins"}
    if one != two:
        assert read(sides.expected).text != read(sides.actual).text
    else:
        assert sides.expected == sides.actual


@pytest.mark.parametrize(
    ("one", "two", "texts", "how"),
    [
        ("a\nb", "a b", ("a⏎\nb", "a·b"), "only white space differs"),
        ("", " ", ('""', '"·"'), "only white space differs"),
        ("a  b", "a b", ("a··b", "a·b"), "only white space differs"),
        ("Москва", "M\u043eсква", ("МU+041Cосква", "MU+004Dосква"), "the characters look alike and are different ones"),
        ("True", "true", ("True", "true"), "only upper and lower case differ"),
        ("[1, 2, 3]", "[1, 5, 3]", ("[1, 2, 3]", "[1, 5, 3]"), ""),
    ],
)
def test_what_is_hard_to_see_is_drawn_and_said(one: str, two: str, texts: tuple[str, str], how: str) -> None:
    """White space and twins of another script."""
    sides = compared(one, two)
    assert sides.how == how
    assert [read(side).text for side in (sides.expected, sides.actual)] == list(texts)


@pytest.mark.parametrize(("one", "two"), [("привет", "[1, 2]"), ("3", "None"), ("x" * 500, "y" * 300), ("True", "[0]")])
def test_unlike_values_are_shown_whole(one: str, two: str) -> None:
    """A difference by characters says nothing there."""
    sides = compared(one, two)
    assert sides.whole
    assert "<del>" not in sides.expected
    assert "<ins>" not in sides.actual + unified(one, two)


@pytest.mark.parametrize(("one", "two"), [("30", "20"), ("4.25", "4.5"), ("[1, 2]", "[1, 3]")])
def test_a_short_wrong_answer_is_not_mixed_with_the_right_one(one: str, two: str) -> None:
    """`20` in the place of `30` in one text would read as 320."""
    assert read(unified(one, two)).text == two


@pytest.mark.parametrize("at", [0, 399, 400, 401, 50_000])
def test_a_difference_far_behind_is_shown(at: int) -> None:
    """Texts are compared before they are cut, and the cut says how much is left out."""
    one, two = "x" * at + "A" + "x" * 600, "x" * at + "B" + "x" * 600
    sides = compared(one, two)
    assert "<del>A</del>" in sides.expected
    assert "<ins>B</ins>" in sides.actual
    assert len(sides.actual) < 800
    assert ("(+" in sides.actual.split("<ins>")[0]) == (at > 100)


@pytest.mark.parametrize("status", ["memory", "crashed", "timeout", "output_limit"])
@pytest.mark.parametrize("protocol", ["mera-code", "strict"])
def test_the_call_that_was_running_says_how_the_program_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str, protocol: str
) -> None:
    """MERA's text for a lost list is not what every call returned, and what ended the program did not "not reach" its call."""
    seen = (Observation("returned", "2", "int", True), Observation("not_reached"))
    monkeypatch.setitem(BEHAVIOURS, "ends", Outcome(status, seen, cpu_ms=3))  # type: ignore[arg-type]
    monkeypatch.setitem(CODE, "ends", "\n    return ends")
    make_run(tmp_path / "run", {"1": ["ends", "right"]})
    client = TestClient(application(Library.of([tmp_path / "run"]), Gate()), base_url="http://127.0.0.1")
    page = client.get(f"/run/p/1/0.json?protocol={protocol}").json()
    assert [test["actual"] for test in page["tests"]] == ["2", None]
    assert [test["ended"] for test in page["tests"]] == [None, status]
    html = client.get(f"/run/p/1/0?protocol={protocol}").text
    assert "The program ended in this call." in html
    assert ("in the place of all answers" in html) == (protocol == "mera-code")
    answers = client.get(f"/run/p/1/index.json?protocol={protocol}").json()["tests"][1]["answers"]
    assert "timed out" not in {answer["text"] for answer in answers}
