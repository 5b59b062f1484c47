"""Answers against those of a reference solution, with EvalPlus' tolerances and special rules."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from codeeval.scoring import evalplus
from codeeval.types import Oracle, OracleRule, Problem
from sandbox.outcomes import Observation


def returned(value: object) -> Observation:
    """As the guest reports a value of plain data."""
    return Observation("returned", str(value), type(value).__name__, plain=True)


def right(got: object, wanted: object, rule: OracleRule = "equal", atol: float = 0.0, call: str = "{'*': []}") -> bool:
    made = Oracle(rule, atol, base=1)
    problem = Problem("1", "{function}", "", "f", (call,), (repr(wanted),), oracle=made)
    seen = got if isinstance(got, Observation) else returned(got)
    return evalplus.failed_calls(problem, made, [seen]) == ()


@pytest.mark.parametrize(
    ("got", "wanted", "ok"),
    [
        (1, 1, True),
        (1, True, True),
        (1.0, 1, True),
        ("1", 1, False),
        (1, "1", False),
        ("a", "a", True),
        ("[1]", [1], False),
        ([1], (1,), False),
        ([1.0, 2.0], [1.0, 2.0 + 1e-7], True),
        ([1.0, 2.0], [1.0, 2.1], False),
        ((1.0,), [1.0], False),
        (1, 1.0000001, False),
        (1.0, 1.0000001, True),
        (0.1 + 0.2, 0.3, True),
        ([0.1 + 0.2, "a"], [0.3, "a"], False),
        (math.inf, math.inf, True),
        (math.inf, 1.0, False),
        (1.0, math.inf, False),
        (math.nan, 1.0, False),
        ({"a": 1}, {"a": 1}, True),
        ({1, 2}, {2, 1}, True),
        (None, None, True),
        (None, 0, False),
    ],
)
def test_equal_or_close(got: object, wanted: object, ok: bool) -> None:
    """`==` on plain data; floats and lists of them within 1e-6, of the same type, and nothing else."""
    assert right(got, wanted) is ok


def test_a_tolerance_of_the_problem_reaches_into_lists_and_integers() -> None:
    """Where EvalPlus gives one; types must still agree, and so must lengths."""
    assert right([[1.0, 2]], [[1.0005, 2]], atol=1e-3)
    assert right(5, 6, atol=1)
    assert not right([1.0, 2.0], [1.0], atol=1)
    assert not right("a", "b", atol=1)
    assert not right({"a": 1.0}, {"a": 1.01}, atol=1)


def test_a_tolerance_stays_from_the_first_float_on_and_ends_with_the_original_tests() -> None:
    """EvalPlus keeps it for the inputs that follow, and judges base and added inputs apart."""
    made = Oracle(base=2)
    wanted = ("1.0", "[[0.3]]", "[[0.3]]", "2.0", "[[0.3]]")
    problem = Problem("1", "{function}", "", "f", ("{'*': []}",) * 5, wanted, oracle=made)
    seen = [returned(value) for value in (1.0, [[0.1 + 0.2]], [[0.1 + 0.2]], 2.0, [[0.1 + 0.2]])]
    assert evalplus.failed_calls(problem, made, seen) == (2,)


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy


@patient
@given(st.floats(allow_nan=False), st.floats(allow_nan=False), st.sampled_from([0.0, 1e-6, 1e-3, 1.0]))
@example(1e308, -1e308, 1e-6)
def test_numbers_are_close_as_numpy_has_it(got: float, wanted: float, atol: float) -> None:
    """rtol 1e-7, and the tolerance that holds for floats where the problem has none."""
    with np.errstate(all="ignore"):
        close = bool(np.allclose(got, wanted, rtol=1e-7, atol=atol or 1e-6))
    assert right(got, wanted, atol=atol) is (got == wanted or close)


@pytest.mark.parametrize(
    ("rule", "call", "got", "wanted", "ok"),
    [
        ("root", "{'*': [[1, 2]]}", -0.5 + 1e-6, 0, True),
        ("root", "{'*': [[1, 2]]}", 0.5, 0.5, False),
        ("root", "{'*': [[1, 2]]}", None, -0.5, False),
        ("root", "{'*': [[0] * 9]}", 1e200, 0.0, False),
        ("same_set", "{'*': []}", [2, 1, 1], (1, 2), True),
        ("same_set", "{'*': []}", [2], (1, 2), False),
        ("same_set", "{'*': []}", 3, (1, 2), False),
        ("not_none", "{'*': []}", "anything", True, True),
        ("not_none", "{'*': []}", None, True, False),
        ("not_none", "{'*': []}", None, False, True),
        ("not_none", "{'*': []}", False, True, False),
        ("anything", "{'*': []}", 7, True, True),
        ("or_zero", "{'*': []}", 0, 6, True),
        ("or_zero", "{'*': []}", 6, 6, True),
        ("or_zero", "{'*': []}", 1, 6, False),
        ("or_pyramid", "{'*': [3, 4]}", 33, 999, False),
        ("or_pyramid", "{'*': [6, 4]}", 96, 999, True),
        ("or_digits", "{'*': [1, 23]}", 4, 99, True),
        ("or_digits", "{'*': [1, 23]}", 5, 99, False),
        ("or_digits", "{'*': [-1, 23]}", 5, 99, False),
    ],
)
def test_special_rules(rule: OracleRule, call: str, got: object, wanted: object, ok: bool) -> None:
    """What else is right than the reference's answer, or instead of it."""
    if "* 9" in call:
        call = f"{{'*': [{[1e300] * 9!r}]}}"
    assert right(got, wanted, rule, atol=1e-4 if rule == "root" else 0.0, call=call) is ok


@pytest.mark.parametrize("rule", ["equal", "root", "same_set", "or_zero", "or_digits"])
@patient
@given(st.text(max_size=30), st.sampled_from(["int", "str", "list", "Liar"]), st.booleans())
def test_whatever_comes_back_is_right_or_wrong_and_nothing_else(
    rule: OracleRule, text: str, type_name: str, plain: bool
) -> None:
    """The text comes from a hostile program: no rule raises, and an object of another class is never right."""
    seen = Observation("returned", text, type_name, plain=plain)
    found = right(seen, [1, 2], rule, call="{'*': [1, 2]}" if rule == "or_digits" else "{'*': [[1, 2]]}")
    assert found in (True, False)
    assert plain or not found


def test_what_was_not_returned_is_wrong() -> None:
    """Raised and not reached calls, even where everything is right."""
    for seen in (Observation("raised", exc_type="ValueError"), Observation("not_reached")):
        assert not right(seen, None)
        assert not right(seen, True, "anything")


def test_a_huge_text_is_not_read() -> None:
    """No answer is so much longer than the right one."""
    assert not right(Observation("returned", "[" * 100_000, "list", plain=True), [1])


def test_without_the_reference_there_is_nothing_to_compare() -> None:
    """A programming error, not a verdict."""
    made = Oracle()
    problem = Problem("1", "{function}", "", "f", ("{'*': []}",), None, oracle=made)
    with pytest.raises(ValueError, match="the reference solution was not executed"):
        evalplus.failed_calls(problem, made, [returned(1)])


@pytest.mark.parametrize(
    ("type_name", "text", "literal", "wanted", "ok"),
    [
        ("Counter", "Counter({'a': 2})", "{'a': 2}", {"a": 2}, True),
        ("Counter", "Counter({'a': 2})", "{'a': 2}", {"a": 3}, False),
        ("Counter", "Counter({'a': 2})", None, {"a": 2}, False),
        ("list", "[np.float64(0.5)]", "[0.5]", [0.5 + 1e-9], True),
        ("float64", "0.5", "0.5", 0.5, True),
        ("float64", "0.5", "0.5", 0.5 + 1e-9, False),
    ],
)
def test_the_plain_data_in_other_classes(
    type_name: str, text: str, literal: str | None, wanted: object, ok: bool
) -> None:
    """What a subclass or numpy's numbers hold is compared; only values of one type are close."""
    assert right(Observation("returned", text, type_name, literal=literal), wanted) is ok


@pytest.mark.parametrize("rule", ["root", "or_pyramid", "or_digits"])
@pytest.mark.parametrize(
    "call",
    [
        *("((", "{}", "1", "{'*': 5}", "{'*': [print(1)]}", "{'*': [[[1], 2]]}"),
        *("\0", "{'*': [" + "-" * 5_000 + "1]}", "{'*': [f'''" + "{a}" * 40_000 + "''']}"),
    ],
)
def test_calls_that_no_set_has_are_never_right(rule: OracleRule, call: str) -> None:
    """Another user's run has the calls that its author wanted."""
    assert not right(2.5, 1.0, rule, 1e-4, call)
