"""What is printed can't steer a terminal, whoever wrote it."""

from __future__ import annotations

import io
import sys
import threading
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.cli.console import Console, inert
from codeeval.errors import DataError
from codeeval.gate.policy import load_policy
from codeeval.report.terminal import Style
from codeeval.toml_file import MAX_BYTES, load


@given(st.text(alphabet=st.characters(categories=["Cc", "Cf", "Zl", "Zp", "Ll"]) | st.sampled_from("\x1b[0;31m:\n")))
def test_no_control_character_is_left(text: str) -> None:
    """But tabs and line breaks; marks of our own colours too are left out where there is no colour."""
    shown = inert(text)
    assert not [char for char in shown if unicodedata.category(char) == "Cc" and char not in "\t\n"]
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u2028\u2029")
    assert inert(shown) == shown


def test_our_own_marks_stay_where_there_is_colour() -> None:
    """Bold, dim and the warning's colour; not the mark that hides text, and no title of a window."""
    style = Style(colour=True)
    ours = style.bold("a") + style.dim("b") + style.warn("c")
    assert inert(ours, marks=True) == ours
    assert "\x1b" not in inert("\x1b[8mhidden\x1b]0;title\x07\x1b[2J\x9b2J", marks=True)
    assert inert("\x1b[8m", marks=True) == "\\x1b[8m"


def test_results_and_notes_are_inert(capsys: pytest.CaptureFixture[str]) -> None:
    """Both streams, with the texts of a hostile problem file."""
    console = Console()
    console.result("one\x1b]0;owned\x07\ttwo\r\nthree \u202eevil")
    console.note("one\x1b[2J")
    seen = capsys.readouterr()
    assert seen.out == "one\\x1b]0;owned\\x07\ttwo\\r\nthree \\u202eevil\n"
    assert seen.err == "one\\x1b[2J\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = " + "[" * 5_000 + "]" * 5_000, "too deeply"),
        ("n = " + "9" * 5_000, "4300 digits"),
        (".".join("a" * 20_000) + " = 1", "too many parts"),
        ("#" * (MAX_BYTES + 1), "larger than"),
        ("a = 'é'".encode("latin-1"), "not UTF-8"),
    ],
    ids=["deep", "digits", "dots", "large", "latin-1"],
)
def test_hostile_toml_is_one_error(tmp_path: Path, text: str | bytes, words: str) -> None:
    """A policy that a pull request brings ends in a sentence, soon."""
    path = tmp_path / "gate.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=words):
        load(path)
    with pytest.raises(DataError, match="not valid TOML"):
        load_policy(path)


def test_lines_of_several_threads_stay_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each node of a cluster announces itself from a thread of its own."""

    class Stream(io.StringIO):
        def write(self, text: str) -> int:
            written = super().write(text)
            time.sleep(0.0005)  # another thread runs
            return written

    stream = Stream()
    monkeypatch.setattr(sys, "stderr", stream)

    def announce() -> None:
        for _ in range(20):
            Console().note("a line")

    threads = [threading.Thread(target=announce) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(stream.getvalue().splitlines()) == {"a line"}
    assert stream.getvalue().count("\n") == 80
