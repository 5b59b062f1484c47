"""When is one call right: the strict rule and MERA's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mera_rows import NONE, NOT_REACHED, raised, returned
from test_literals import PLAIN

from codeeval.scoring import literals
from codeeval.scoring.equality import close, mera_equal, mera_text, strict_equal
from codeeval.tasks import load
from sandbox.outcomes import Observation


def observed(value: object) -> Observation:
    """What the sandbox reports for a value of plain data."""
    return returned(str(value), type(value).__name__)


@given(PLAIN)
def test_the_right_value_is_right(value: object) -> None:
    """A call that returns what the reference returned is right, whatever it is."""
    assert strict_equal(observed(value), str(value))


@given(PLAIN, PLAIN)
def test_strict_is_equality_of_text_or_of_data(got: object, want: object) -> None:
    """For data without floats and bools the rule is exactly: equal texts, or Python's `==`."""
    if (
        isinstance(got, str | bytes)
        or isinstance(want, str | bytes)
        or re.search("nan|True|False|[.j]|inf|e[+-]", str((got, want)))
    ):
        return
    assert strict_equal(observed(got), str(want)) == (str(got) == str(want) or got == want)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (1, "1.0"),
        (1.0, "1"),
        (0.0, "-0.0"),
        ({3, 1, 2}, "{1, 2, 3}"),
        ({"b": 1, "a": 2.0}, "{'a': 2, 'b': 1}"),
        (frozenset({2, 1}), "frozenset({1, 2})"),
        (frozenset({2, 1}), "{1, 2}"),
        (set(), "set()"),
        ([1, (2.0, {"x": None})], "[1.0, (2, {'x': None})]"),
        ([float("inf"), 1], "[inf, 1.0]"),
        ([float("nan"), 1], "[nan, 1.0]"),
        (float("nan"), "nan"),
        (1 + 0j, "1"),
        ("abc", "abc"),
        ("", ""),
        (b"a", "b'a'"),
        (0.1 + 0.2, "0.3"),
        (-5.0, "-5.000000000058208"),
        ([1, (2.0000000001, {"x": 3.0000001})], "[1, (2.0, {'x': 3.0})]"),
        ({0.1 + 0.2, "a"}, "{0.3, 'a'}"),
        ({0.1 + 0.2: 1}, "{0.3: 1}"),
        (1e-10, "0.0"),
        (1.0000000001 + 2j, "(1+2j)"),
        ({"b", "a", "c"}, "{'c', 'a', 'b'}"),
        ([float("nan")], "[nan]"),
        ((1,), "(1,)"),
        ([1.0], "[1]"),
        ("1", "1"),
        (1, "1"),
        (10**22, "1e+22"),
    ],
)
def test_right_under_strict(got: object, expected: str) -> None:
    """Equal texts, or equal data whatever the spelling, the order and the kind of number."""
    assert strict_equal(observed(got), expected)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        ([1, 2], "(1, 2)"),
        ((1, 2), "[1, 2]"),
        ([[1], (2,)], "[[1], [2]]"),
        ({"a": (1,)}, "{'a': [1]}"),
        ([1], "1"),
        (True, "1"),
        (1, "True"),
        ([True], "[1]"),
        ({1: True}, "{1: 1}"),
        (0.3001, "0.3"),
        (1.00001, "1.0"),
        (1e-8, "0.0"),
        (5, "5.000000001"),
        (1000001, "1000000"),
        (10**400, "1e+22"),
        (float("inf"), "1.0"),
        (float("inf"), "-inf"),
        (float("nan"), "1.0"),
        (12.5, "12.50"),
        ([1, 2], "[1,2]"),
        ({"a": 1}, '{"a": 1}'),
        (5, "+5"),
        (5, " 5"),
        (5, "(5)"),
        (1500.0, "1.5e+03"),
        ("кот", "'кот'"),
        ("abc", "'abc'"),
        ("", "''"),
        ([1, 2], "[1, 2,]"),
        ({1}, "{1, 1}"),
        (1000, "1_000"),
        (0.5, ".5"),
        (["a"], '["a"]'),
        ((1), "(1,)"),
        ("1", "1.0"),
        (None, ""),
        (None, "0"),
        ("None ", "None"),
        (10010, "010010"),
        ("010010", "10010"),
        ("[1,2]", "[1, 2]"),
        ([1, 2], "[1, 2, 3]"),
        (b"a", "a"),
        ("a", "b'a'"),
    ],
)
def test_wrong_under_strict(got: object, expected: str) -> None:
    """A list is never a tuple, a bool no number, and neither a text the value that it spells nor the other way round."""
    assert not strict_equal(observed(got), expected)


@pytest.mark.parametrize("seen", [raised("ValueError"), NOT_REACHED, Observation("returned")])
def test_what_returned_nothing_is_never_right(seen: Observation) -> None:
    """Not even where the text None is expected."""
    assert not strict_equal(seen, "None")


def test_only_plain_data_is_compared_by_value() -> None:
    """An object of a class of its own is its text, and nothing more."""
    assert not strict_equal(returned("1.0", "Lie", plain=False), "1")
    assert strict_equal(returned("1", "Lie", plain=False), "1")


def test_a_text_far_longer_than_expected_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal data have texts of similar length, so a huge one costs nothing."""
    read: list[str] = []
    original = literals.parse

    def parse(text: str) -> object:
        read.append(text)
        return original(text)

    monkeypatch.setattr(literals, "parse", parse)
    assert not strict_equal(returned("[" + "0, " * 100_000 + "0]", "list"), "[0]")
    assert read == []
    assert strict_equal(returned("[0.0, 7.0]", "list"), "[0, 7]")
    assert sorted(read) == ["[0, 7]", "[0.0, 7.0]"]


@given(st.text(), st.text(), st.sampled_from(["list", "str", "set", "x"]), st.booleans())
def test_no_text_escapes_as_an_exception(text: str, expected: str, type_name: str, plain: bool) -> None:
    """Whatever a hostile program reports, the answer is yes or no, and yes for the right text."""
    assert strict_equal(returned(text, type_name, plain), expected) in (True, False)
    assert strict_equal(returned(text, type_name, plain), text)


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        (returned("3"), "3"),
        (returned("None", "str"), "None"),
        (returned("None", "NoneType", plain=False), "None"),  # a class of the candidate's that is called so
        (NONE, None),
        (raised("ZeroDivisionError"), None),
    ],
)
def test_mera_writes_none_for_none_and_for_exceptions(seen: Observation, text: str | None) -> None:
    """The executor can't tell them apart."""
    assert mera_text(seen) == text


@pytest.mark.parametrize(
    ("got", "expected", "right"),
    [("1", "1", True), ("1.0", "1", False), (None, "None", True), (None, "1", False), ("{1, 2}", "{2, 1}", False)],
)
def test_mera_compares_texts(got: str | None, expected: str, right: bool) -> None:
    """`str(expected) == str(got)`, and None has the text None."""
    assert mera_equal(got, expected) is right


@pytest.mark.parametrize(
    ("text", "literal", "expected", "ok"),
    [
        ("Counter({'a': 2})", "{'a': 2}", "{'a': 2}", False),
        ("[np.int64(1), np.int64(2)]", "[1, 2]", "[1, 2]", False),
        ("P(x=1, y=2)", "(1, 2)", "(1, 2)", False),
        ("P(x=1, y=2)", None, "P(x=1, y=2)", True),
        ("6", "6", "6", True),
    ],
)
def test_other_classes_are_their_text(text: str, literal: str | None, expected: str, ok: bool) -> None:
    """Both rules compare the text of what is no plain data, also where a plus set would read the data that it holds."""
    seen = Observation("returned", text, "P", literal=literal)
    assert strict_equal(seen, expected) is ok
    assert mera_text(seen) == text


@given(PLAIN)
def test_every_text_of_a_value_is_spelled(value: object) -> None:
    """`str()` of plain data, in the order that a set has in this process."""
    if not isinstance(value, str):
        assert literals.is_spelled(literals.parse(str(value)), str(value))


def test_floats_of_real_problems_agree_within_the_tolerance(shared: Path) -> None:
    """The problems of HumanEval in MERA's form that have float outputs: a last digit does not decide, the fifth does."""
    seen = set()
    for problem in load(str(shared / "data" / "humaneval_mera.json")).problems:
        for expected in problem.expected or ():
            try:
                value = literals.parse(expected)
            except ValueError:
                continue
            if scaled(value, 1.0001) == value:  # no float in it that is not zero
                continue
            seen.add(problem.id)
            assert strict_equal(observed(scaled(value, 1 + 1e-9)), expected)
            assert not strict_equal(observed(scaled(value, 1.0001)), expected)
    assert len(seen) >= 10


def scaled(value: object, factor: float) -> object:
    """Plain data with every float multiplied."""
    if isinstance(value, float):
        return value * factor
    if isinstance(value, list | tuple):
        return type(value)(scaled(item, factor) for item in value)
    return value


def test_members_without_order_are_matched_without_trying_all_pairs() -> None:
    """Sets and dicts of many floats, all of them a little off."""
    wanted = {number + 0.5 for number in range(20_000)}
    got = {number * (1 + 1e-12) for number in wanted}
    assert close(got, wanted)
    assert close(dict.fromkeys(got, 0), dict.fromkeys(wanted, 0.0))
    assert not close({number + 1.0 for number in wanted}, wanted)
