"""The set's instructions, every one for every problem, and how far apart the scores are."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import product
from math import comb
from pathlib import Path
from statistics import stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import DataError, UsageError
from codeeval.report.instructions import FILE_NAME, plan_text, read_plan
from codeeval.stats.spread import spread
from codeeval.tasks import load
from codeeval.tasks.instructions import OWN, chosen, instructions, shortened, under
from codeeval.types import Problem, Task


def task(*texts: str) -> Task:
    problems = (Problem(str(pid), text, "def f():", "f", ("{}",), ("1",)) for pid, text in enumerate(texts))
    return Task("t", "t.jsonl", "", tuple(problems))


def test_the_bundled_set_has_ten() -> None:
    """Ten templates, whose own problems are all of the set; under each of them every problem has that one and nothing else
    changes."""
    whole = load("rustarter")
    found = instructions(whole)
    assert [each.name for each in found] == [str(number) for number in range(1, 11)]
    assert sum(each.own for each in found) == len(whole.problems)
    changed = under(whole, found[3])
    assert {problem.instruction for problem in changed.problems} == {found[3].text}
    assert [(p.id, p.prompt, p.calls) for p in changed.problems] == [(p.id, p.prompt, p.calls) for p in whole.problems]
    assert changed.digest != whole.digest


def test_what_can_be_asked_for() -> None:
    """All, some numbers, each once and in the set's order; always after the set's own."""
    whole = task("a {function}", "b {function}", "a {function}", "c {function}")
    assert [(each.name, each.own) for each in chosen(whole, "all")] == [(OWN, 4), ("1", 2), ("2", 1), ("3", 1)]
    assert [each.name for each in chosen(whole, "3,1-2, 2")] == [OWN, "1", "2", "3"]
    assert chosen(whole, "2")[0].note is None
    assert str(chosen(whole, "2")[1].note).startswith("instruction 2 for every problem")
    assert under(whole, chosen(whole, "2")[0]) is whole


@given(st.text(max_size=12))
def test_other_wishes_are_refused(wish: str) -> None:
    """Every other text is an error of usage, or names instructions that there are."""
    whole = task("a {function}", "b {function}")
    with suppress(UsageError):
        assert {each.name for each in chosen(whole, wish)} <= {OWN, "1", "2"}


def test_one_instruction_is_nothing_to_compare() -> None:
    """Says how many there are, and where there are more."""
    with pytest.raises(UsageError, match=r"has 1 different instructions.*\n.*rustarter"):
        chosen(task("a {function}", "a {function}"), "all")


def test_the_line_shown_of_an_instruction() -> None:
    """One line, without the place of the function, cut where it is long."""
    assert shortened("Do\n this: {function}", 40) == "Do this:"
    assert shortened("x" * 50, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"kind": "x"}',
        plan_text(()),
        plan_text(chosen(task("a{function}", "b{function}"), "1")).replace('"1"', '"../1"'),
    ],
)
def test_a_damaged_plan(tmp_path: Path, text: str) -> None:
    """The folder's own file is untrusted input as well: names of folders in it stay below it."""
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(DataError, match="not a list of instructions"):
        read_plan(tmp_path)


def test_a_plan_goes_round(tmp_path: Path) -> None:
    """What was written is read."""
    plan = chosen(task("а {function}", "b {function}"), "all")
    (tmp_path / FILE_NAME).write_text(plan_text(plan), "utf-8")
    assert read_plan(tmp_path) == plan
    assert json.loads(plan_text(plan))["instructions"][0] == {"name": OWN, "text": None, "own": 2}


def test_the_spread_of_means() -> None:
    """Lowest, highest, range and standard deviation of the means, for every k that there are samples for."""
    runs = [{"1": (4, 4), "2": (4, 0)}, {"1": (4, 1), "2": (4, 1)}, {"1": (4, 2), "2": (4, 0)}]
    found = spread(runs, (1, 2, 5))
    assert list(found) == [1, 2]
    assert found[1].means == (0.5, 0.25, 0.25)
    assert (found[1].lowest, found[1].highest, found[1].range) == (1, 0, 0.25)
    assert found[1].sd == pytest.approx(stdev(found[1].means))
    assert found[2].means == pytest.approx((0.5, 0.5, 5 / 12))


def test_chance_is_that_of_dealing_the_samples_out() -> None:
    """Against all deals of one problem's 3 correct samples of 6 to two runs of 3, counted out; p is no smaller than the exact
    one allows, and equal runs have p 1."""
    exact: dict[float, int] = {}
    for deal in product(range(2), repeat=6):
        if sum(deal) == 3:
            size = abs(sum(deal[:3]) - sum(deal[3:])) / 3
            exact[size] = exact.get(size, 0) + 1
    found = spread([{"1": (3, 3)}, {"1": (3, 0)}], (1,), resamples=20_000)[1]
    assert found.p == pytest.approx(exact[1.0] / comb(6, 3), abs=0.01)
    assert found.range_chance == pytest.approx(sum(size * n for size, n in exact.items()) / comb(6, 3), abs=0.01)
    assert found.range_chance_95 == 1.0
    same = {str(pid): (5, pid % 6) for pid in range(20)}
    assert spread([same, same, same], (1, 5))[1].p == 1.0


def test_a_real_difference_is_seen() -> None:
    """One run that solves half of what the others do stands out; the same seed gives the same numbers."""
    good = {str(pid): (10, 6) for pid in range(40)}
    runs = [good, good, dict.fromkeys(good, (10, 3))]
    found = spread(runs, (1, 5))
    assert found[1].p < 0.001
    assert found[1].range > 3 * found[1].range_chance_95
    assert spread(runs, (1, 5)) == found


@pytest.mark.parametrize("runs", [[], [{"1": (1, 1)}], [{}, {}], [{"1": (1, 1)}, {"2": (1, 1)}]])
def test_what_has_no_spread(runs: list[dict[str, tuple[int, int]]]) -> None:
    """Fewer than two runs, no problems, different problems."""
    with pytest.raises(ValueError, match=r"spread|different"):
        spread(runs, (1,))
