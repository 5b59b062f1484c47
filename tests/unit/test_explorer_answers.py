"""Groups of samples by wrong answer, and what is said of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from explorer_runs import make_run
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from codeeval.explorer.answers import _RULES, answer_id, describe, wrong_answers
from codeeval.explorer.library import Library
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.i18n import catalogue
from codeeval.store import StoredJudgement
from codeeval.types import Judgement, Verdict


@pytest.mark.parametrize(
    ("pairs", "what"),
    [
        ([("1", "None"), ("[2]", "None")], "returns None on all failing calls"),
        ([("1", "2"), ("7", "8")], "too large by one"),
        ([("1", "0"), ("7.5", "6.5")], "too small by one"),
        ([("1", "0"), ("7", "8")], "off by one"),
        ([("3", "-3")], "the sign is wrong"),
        ([("True", "False"), ("False", "True")], "True and False are swapped"),
        ([("[1, 2, 3]", "[3, 2, 1]"), ("[9, 8]", "[8, 9]")], "sorted the other way"),
        ([("[2, 3, 1]", "[1, 3, 2]")], "in reverse order"),
        ([("abc!", "!cba")], "in reverse order"),
        ([("[1, 2, 3]", "[2, 1, 3]")], "the right elements in another order"),
        ([("[1, 2, 3]", "[2, 3]"), ("[1]", "[]")], "the first element is missing"),
        ([("[1, 2, 3]", "[1, 2]")], "the last element is missing"),
        ([("[1, 2]", "(1, 2)"), ("[]", "()")], "only the type differs"),
        ([("[1, 2]", "[1.0, 2.0]")], "only the type differs"),
        ([("abc", "cba")], "in reverse order"),
        ([("5", "5.0")], "only the type differs"),
        ([("5", "'5'")], "only the type differs"),
        ([("1", "True"), ("0", "False")], "only the type differs"),
        ([("a b", "ab")], "only white space differs"),
        ([("Yes", "yes"), ("No", "no")], "only upper and lower case differ"),
        ([("1", "0"), ("5", "0"), ("9", "0")], "the same value on all failing calls"),
        ([("1", "7"), ("5", "0")], ""),
        ([("1", "2"), ("5", None)], ""),
        ([("1", None)], ""),
        ([], ""),
        ([("1e300", "1e300")], ""),
        ([("x", "y" * 300_000)], ""),
    ],
)
def test_what_is_wrong_in_words(pairs: list[tuple[str, str | None]], what: str) -> None:
    assert describe(pairs) == what


literals = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple) | st.dictionaries(st.text(), inner)
    ),
    max_leaves=6,
).map(str)


@given(st.lists(st.tuples(literals | st.text(), st.none() | literals | st.text()), max_size=5))
def test_any_text_is_described_or_not(pairs: list[tuple[str, str | None]]) -> None:
    """A model may return anything; the order of the calls does not matter."""
    assert isinstance(describe(pairs), str)
    assert describe(pairs) == describe(pairs[::-1])


@given(st.lists(st.integers(), min_size=1), st.sampled_from([1, -1]))
def test_a_constant_step_is_found(values: list[int], step: int) -> None:
    what = describe([(str(one), str(one + step)) for one in values])
    assert what == ("too large by one" if step == 1 else "too small by one") or all(one in (0, 1, -1) for one in values)


def judged(index: int, outputs: tuple[str | None, ...] | str, failed: tuple[int, ...]) -> StoredJudgement:
    verdict = Verdict.WRONG_OUTPUT if failed else Verdict.PASSED
    found = Judgement(verdict, not failed, outputs, failed[0] if failed else None, "", "", failed)
    return StoredJudgement("p", index, "d", outputs, found)


def test_samples_with_the_same_outputs_are_one_group() -> None:
    """The largest first; what passed, raised on all failing calls or has one text for all calls is in none."""
    rows = [
        judged(0, ("2", "9"), (1,)),
        judged(1, ("2", "3"), ()),
        judged(2, ("3", "4"), (0, 1)),
        judged(3, ("3", "4"), (0, 1)),
        judged(4, (None, "3"), (0,)),
        judged(5, "timed out", (0, 1)),
    ]
    found = wrong_answers(("2", "3"), rows)
    assert [(group.samples, group.what, group.call, group.n_failed) for group in found.groups] == [
        ((2, 3), "too large by one", 0, 2),
        ((0,), "", 1, 1),
    ]
    assert found.groups[0].id == answer_id(("3", "4"))
    many = wrong_answers(("2", "3"), [judged(i, (str(i + 10), "3"), (0,)) for i in range(30)])
    assert len(many.groups) + many.more == 30


def test_descriptions_are_said_in_russian() -> None:
    more = ("returns None on all failing calls", "the same value on all failing calls")
    assert all(what in catalogue("explorer") for what in (*(what for what, _ in _RULES), *more))


def test_the_problem_links_to_the_list_of_a_group(tmp_path: Path) -> None:
    """Exactly its samples, in the list and its files."""
    run = make_run(tmp_path / "r", {"1": ["wrong", "right", "wrong", "raises", "wrong"], "2": ["wrong", "right"]})
    explorer = TestClient(application(Library.of([run]), Gate()), base_url="http://127.0.0.1")
    [group] = explorer.get("/r/p/1/index.json").json()["wrong_answers"]["groups"]
    assert group["n"] == 3
    asked = f"?problem=1&answer={group['id']}"
    assert asked[1:].replace("&", "&amp;") in explorer.get("/r/p/1/").text
    rows = explorer.get(f"/r/samples/index.json{asked}").json()["rows"]
    assert [(row["problem_id"], row["index"]) for row in rows] == [("1", 0), ("1", 2), ("1", 4)]
    assert len(explorer.get(f"/r/samples/list.csv{asked}").text.splitlines()) == 4
    assert explorer.get(f"/r/samples/index.json?answer={group['id']}").json()["rows"] == []
