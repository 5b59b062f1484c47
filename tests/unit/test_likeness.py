"""A difference that is hard to see is shown: on one line of the command line, and in two columns of a page."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.scoring.likeness import alike, first_difference, one_line

LATIN, CYRILLIC = "Moscow", "M\u043es\u0441\u043ew"
TEXT = st.text(st.characters(codec=None), max_size=300)


@pytest.mark.parametrize(
    ("one", "two", "shown"),
    [
        ("a\nb", "a b", r"'a\nb'"),
        ("", " ", "''"),
        (" ", "", "' '"),
        ("a\tb", "a b", r"'a\tb'"),
        ("a\xa0b", "a b", r"'a\u00a0b'"),
        ("a\u200bb", "ab", r"'a\u200bb'"),
        (CYRILLIC, LATIN, r"'M\u043es\u0441\u043ew'"),
        (LATIN, CYRILLIC, "'Moscow'"),
        ("и\u0306", "й", r"'и\u0306'"),
        ("10\u22125", "10-5", r"'10\u22125'"),
        ("Москва", "Киев", "'Москва'"),
        ("a\\nb", "a\nb", r"'a\\nb'"),
    ],
)
def test_one_line_shows_what_can_not_be_seen(one: str, two: str, shown: str) -> None:
    """White space, invisible characters and twins of another script are escaped; readable text of any script is not."""
    found = one_line(one, two)
    assert found.replace("\\u0438", "и") == shown
    assert one_line(two, one) != found


@pytest.mark.parametrize("length", [0, 10, 399, 400, 5_000, 1_000_000])
def test_the_window_is_around_the_first_difference(length: int) -> None:
    """However far behind it is, both differing characters are shown, and the line stays short."""
    one, two = "x" * length + "1" + "y" * length, "x" * length + "2" + "y" * length
    assert first_difference(one, two) == length
    assert "1" in one_line(one, two).split("(+")[0]
    assert "2" in one_line(two, one).split("(+")[0]
    assert len(one_line(one, two)) < 130


@given(TEXT, TEXT)
def test_different_texts_are_never_shown_alike(one: str, two: str) -> None:
    """Both lines are printable, and equal only where the texts are."""
    shown = one_line(one, two), one_line(two, one)
    assert all(line.isprintable() for line in shown)
    assert (shown[0] == shown[1]) == (one == two)


@given(TEXT, TEXT)
def test_the_first_difference_is_the_first(one: str, two: str) -> None:
    """Everything before it is the same, and what stands there is not."""
    at = first_difference(one, two)
    assert one[:at] == two[:at]
    assert one == two or one[at : at + 1] != two[at : at + 1]


def test_looking_alike_is_not_being_equal() -> None:
    """Composed and decomposed letters, scripts and dashes look alike; other letters don't, and no text is its own twin."""
    assert alike(LATIN, CYRILLIC)
    assert alike("й", unicodedata.normalize("NFD", "й"))
    assert alike("a\u200bb", "ab")
    assert not alike("a b", "a\nb")
    assert not alike("Москва", "Moskva")
    assert not alike("same", "same")


@pytest.mark.parametrize("between", ["", "\u200b"])
def test_marks_without_end_are_compared_in_linear_time(between: str) -> None:
    """Normalising them takes time quadratic in their number; format characters between them count for nothing."""
    text = "a" + f"\u0301{between}" * 100_000 + f"\u0323{between}" * 100_000
    assert not alike(text, "a")
    assert alike("e\u0301", "é")
    assert len(one_line(text, "a")) < 2_000
