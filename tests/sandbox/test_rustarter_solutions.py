"""Every stored solution of the bundled problem set, executed in the sandbox, gets the verdict that it declares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codeeval.reading.extract import extract
from codeeval.scoring import protocols
from codeeval.scoring.grade import grade, needs_execution
from codeeval.scoring.job import make_job
from codeeval.tasks import load
from codeeval.types import Judgement, Problem, ScoringProtocol
from sandbox import Limits, Pool, select

pytestmark = pytest.mark.local

PROBLEMS = Path(__file__).resolve().parents[2] / "problems"
Row = dict[str, Any]


def read(name: str) -> list[Row]:
    return [json.loads(line) for line in (PROBLEMS / name).read_text(encoding="utf-8").splitlines()]


SOLUTIONS = read("solutions.jsonl")
ROWS = read("rustarter.jsonl")
#: Fourteen solutions never end, and each costs the whole CPU limit; the right ones need a few hundredths of a second.
LIMITS = Limits(cpu_s=2.0, wall_s=30.0)
STRICT = replace(protocols.get("strict"), limits=LIMITS)
#: MERA's comparison takes an exception for the value None: wrong under strict, right there. The card says so.
PASS_ONLY_UNDER_MERA = {(14, "index-raises"), (23, "key-error"), (49, "empty-schedule")}


def key(row: Row) -> tuple[int, str]:
    return row["id"], row["name"]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(select("local"), workers=2, limits=LIMITS, max_pending=2 * len(SOLUTIONS)) as started:
        yield started


@pytest.fixture(scope="module")
def problems() -> dict[int, Problem]:
    return {int(problem.id): problem for problem in load("rustarter").problems}


def judged(
    pool: Pool, problems: dict[int, Problem], chosen: list[Row], protocol: ScoringProtocol
) -> dict[tuple[int, str], Judgement]:
    """The judgement on each solution, all executed by one pool."""
    waiting = []
    for row in chosen:
        problem = problems[row["id"]]
        extraction = extract(problem, row["completion"], protocol.extraction)
        runs = needs_execution(extraction, protocol)
        future = pool.submit(make_job(problem, extraction, protocol, LIMITS)) if runs else None
        waiting.append((row, problem, extraction, future))
    return {
        key(row): grade(problem, extraction, future.result(timeout=300) if future else None, protocol)
        for row, problem, extraction, future in waiting
    }


@pytest.fixture(scope="module")
def strict(pool: Pool, problems: dict[int, Problem]) -> dict[tuple[int, str], Judgement]:
    return judged(pool, problems, SOLUTIONS, STRICT)


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda row: f"{row['id']:02d}-{row['name']}")
def test_solution_gets_its_verdict(strict: dict[tuple[int, str], Judgement], solution: Row) -> None:
    """The declared verdict under `strict`, and the judgement's own word on whether it passed."""
    judgement = strict[key(solution)]
    assert judgement.verdict.value == solution["verdict"], judgement.error
    assert judgement.passed == (solution["kind"] == "right")


def test_references_under_mera(pool: Pool, problems: dict[int, Problem]) -> None:
    """`meta.mera` says of every reference whether MERA's executor lets it pass."""
    references = [row for row in SOLUTIONS if row["name"] == "reference"]
    found = judged(pool, problems, references, protocols.get("mera-code"))
    expected = {row["meta"]["id"]: row["meta"]["mera"] for row in ROWS}
    assert {number: judgement.passed for (number, _), judgement in found.items()} == expected
    assert sum(not passes for passes in expected.values()) == 3


def test_wrong_solutions_under_mera(pool: Pool, problems: dict[int, Problem]) -> None:
    """Of the wrong solutions that end, exactly those pass under MERA's rule that raise where None is right."""
    wrong = [row for row in SOLUTIONS if row["kind"] == "wrong" and row["verdict"] not in ("timeout", "memory")]
    found = judged(pool, problems, wrong, protocols.get("mera-code"))
    assert {name for name, judgement in found.items() if judgement.passed} == PASS_ONLY_UNDER_MERA
