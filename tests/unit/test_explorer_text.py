"""Hostile text becomes visible text: in blocks, in code, in differences, in names."""

from __future__ import annotations

import ast
import html
import re
import unicodedata
from html.parser import HTMLParser
from unittest.mock import patch

import pytest
from explorer_runs import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from codeeval.explorer.code import code_lines
from codeeval.explorer.diffs import intraline, side_by_side
from codeeval.explorer.links import Links, slug, unique
from codeeval.explorer.problem import arguments
from codeeval.explorer.text import MAX_LINE, block, clip, plain, visible

#: Everything, lone surrogates included, and more often what is dangerous.
TEXT = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cs"]),
        st.sampled_from("<>&\"'`/\n\r\t\x00\x1b\u202e\u2066\u200b\ufeff{}"),
    )
)
ALLOWED = {"i", "span", "del", "ins"}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert {name for name, _ in attrs} <= {"class", "title"}

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(markup: str) -> _Tags:
    found = _Tags()
    found.feed(markup)
    found.close()
    return found


def is_harmless(text: str) -> bool:
    """Printable in every encoder, terminal and direction: only newline and tab are left of the controls."""
    text.encode("utf-8")
    kinds = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return not any(unicodedata.category(c) in kinds for c in text if c not in "\n\t") or not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", text
    )


@given(TEXT)
def test_visible_text_is_harmless_and_keeps_the_rest(text: str) -> None:
    """No tag of the text survives, nothing steers, and what was harmless is still there."""
    shown = read(visible(text))
    assert shown.tags <= {"i"}
    assert is_harmless("".join(shown.text))
    assert is_harmless(plain(text))
    if plain(text) == text:
        assert html.unescape(str(visible(text))) == text


@given(TEXT)
def test_blocks_and_code_are_harmless(text: str) -> None:
    """Whole texts, as a block and as a program, with any prompt."""
    for markup in (block(text), Markup("").join(code_lines(text)), Markup("").join(code_lines("p\n" + text, "p\n"))):
        shown = read(markup)
        assert shown.tags <= ALLOWED
        assert is_harmless("".join(shown.text))


@given(TEXT, TEXT)
def test_differences_are_harmless_and_complete(one: str, two: str) -> None:
    """Both sides of a difference still hold their texts."""
    for markup, text in zip(intraline(one, two), (one, two), strict=True):
        shown = read(markup)
        assert shown.tags <= ALLOWED
        if plain(text) == text and "\r" not in text:
            assert "".join(shown.text) == clip(text, 400)
    rows = side_by_side(one, two)
    assert [row.number_a for row in rows if row.number_a] == list(range(1, one.count("\n") + 2))[:400]


def test_lines_with_little_in_common_are_marked_whole() -> None:
    """Single letters that happen to be the same only make them hard to read; their indentation is no difference."""
    before, after = intraline("        start = 0", "        total += abs(floor - start)")
    assert before == "        <del>start = 0</del>"
    assert after == "        <ins>total += abs(floor - start)</ins>"
    before, after = intraline("    return a - b", "    return a + b")
    assert (before, after) == ("    return a <del>-</del> b", "    return a <ins>+</ins> b")


def test_a_line_of_a_megabyte_is_cut_where_it_is_shown() -> None:
    """A page stays small, and says how much it leaves out."""
    assert len(block(HOSTILE)) < 10 * MAX_LINE
    assert "… +" in block(HOSTILE)
    assert sum(map(len, code_lines(HOSTILE))) < 10 * MAX_LINE


@pytest.mark.parametrize(
    "text", ["\n " * 20_000, "(" * 20_000, '"' * 20_001, " " * 60_000, "x\\" * 20_000, "f'{" * 9_000]
)
def test_colouring_is_not_tried_where_it_would_take_long(text: str) -> None:
    """Texts for which Pygments needs seconds are shown without colours, whole."""
    assert sum(line.count("<span") for line in code_lines(text)) == 0


def test_code_is_coloured_and_its_lines_are_those_of_the_text() -> None:
    """Keywords and strings are marked; a token over several lines is marked on each of them."""
    lines = code_lines('def f():\n    """one\n    two"""\n    return 1\n')
    assert len(lines) == 4
    assert '<span class="hk">def</span>' in lines[0]
    assert '<span class="hs">' in lines[1]
    assert '<span class="hs">' in lines[2]


@settings(max_examples=300)
@given(st.sets(TEXT, max_size=30))
def test_names_in_urls_are_safe_and_different(names: set[str]) -> None:
    """No separator, no dot, no empty name, no name that differs from another only by case."""
    found = [slug(name) for name in names]
    assert len(set(found)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,47}", name) for name in found)


def test_runs_of_one_name_are_told_apart() -> None:
    """And none takes a name that the addresses need."""
    found = unique(["a", "a", "compare", "index", "a", "live", "nul"])
    assert found[:6] == ["a", "a-2", "compare-2", "index-2", "a-3", "live"]
    assert re.fullmatch("nul-[0-9a-f]{8}", found[6])


RESERVED = ("index", "live", "con", "NUL", "aux", "Com1", "lpt9")


@pytest.mark.parametrize("name", RESERVED)
def test_no_name_in_urls_is_a_page_or_a_device(name: str) -> None:
    """Pages of their own beside those of problems, and names that no file on Windows can have."""
    assert re.fullmatch(f"{name.lower()}-[0-9a-f]{{8}}", slug(name))


def test_links_are_relative() -> None:
    """From any depth, to pages and to files."""
    live, files = Links(2), Links(3, static=True)
    assert live.sample("r", "7", 3) == "../../r/p/7/3"
    assert files.sample("r", "7", 103) == "../../../r/p/7/samples-3.html#s103"
    assert Links(0).runs() == "./"
    assert files.runs() == "../../../index.html"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("{'n': 1, 'имя': 'a'}", "n=1, имя='a'"),
        ("{}", ""),
        ("{'a=1, b': 2}", "{'a=1, b': 2}"),  # would read like two arguments
        ("{'\\x1b[31m': 1}", "{'\\x1b[31m': 1}"),
        ("{1: 2}", "{1: 2}"),
        ("f(1", "f(1"),
    ],
)
def test_a_call_is_shown_by_its_arguments(call: str, said: str) -> None:
    """If they are names: a file of somebody else may have any text there."""
    assert arguments(call) == said


def test_a_call_of_many_arguments_is_shown_in_linear_time() -> None:
    """A call of 14,000 arguments would take minutes if its text were split into lines for each."""
    call = "{" + ",\r\n".join(f"'a{number}': [\r'é',\n\f{number}]" for number in range(3_000)) + "}"
    with patch.object(ast, "get_source_segment", side_effect=AssertionError):
        assert arguments(call) == ", ".join(f"a{number}=[\r'é',\n\f{number}]" for number in range(3_000))
