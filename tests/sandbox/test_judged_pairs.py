"""A right and a wrong program for the same tests, for each kind of value and each way of using it.

`judged` in the data is what the judge says of the right one: those that are not `passed` are the limits that
docs/sandbox.md names. A wrong one never passes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from plain_execution import LIMITS, Case, in_one_process, judged

from sandbox import Pool
from sandbox.backends import Backend

_DATA = json.loads(Path(__file__).with_name("judged_pairs.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def workers(backend: Backend) -> Iterator[Pool]:
    """Two warm workers."""
    with Pool(backend, workers=2, limits=LIMITS) as pool:
        yield pool


def _cases(which: str) -> list[Case]:
    return [Case(one[which], one["tests"], one.get("prelude", ""), tuple(one.get("names", ()))) for one in _DATA]


def _told(said: str) -> str:
    """`passed`, `failed` or `not supported`."""
    return said if said == "passed" else "not supported" if said.startswith("not supported") else "failed"


def test_right_programs_are_judged_as_the_data_says(workers: Pool) -> None:
    """In one process all of them pass; in the judge nearly all."""
    cases = _cases("right")
    assert [
        one["kind"] for one, said in zip(_DATA, in_one_process(workers, cases), strict=True) if said != "passed"
    ] == []
    found = zip(_DATA, judged(workers, cases), strict=True)
    assert [(one["kind"], said) for one, said in found if _told(said) != one["judged"]] == []
    assert sum(one["judged"] == "passed" for one in _DATA) >= 300


def test_wrong_programs_do_not_pass(workers: Pool) -> None:
    """Neither in one process nor in the judge, and where the right one is supported, the wrong one is judged as well."""
    cases = _cases("wrong")
    assert "passed" not in in_one_process(workers, cases)
    found = list(zip(_DATA, map(_told, judged(workers, cases)), strict=True))
    assert [one["kind"] for one, said in found if said == "passed"] == []
    assert [one["kind"] for one, said in found if said == "not supported" != one["judged"]] == []
