"""Known answers, executed for real on each backend: references pass, nothing else does, and MERA's scorer agrees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from judged_pool import BACKENDS, judge

from codeeval.evaluation.validate import validate
from codeeval.scoring import protocols
from codeeval.tasks import load
from codeeval.types import Task
from sandbox import Pool, select

#: The problems of HumanEval whose reference solution fails under MERA's rule: recursion, helpers or imports.
LOST_UNDER_MERA = ["10", "32", "38", "55", "63"]
#: Takes seconds of computing: whether that is less than MERA's limit says how fast the machine is.
AT_THE_LIMIT = ("75", "mutant")


@pytest.fixture(scope="module", params=BACKENDS)
def pool(request: pytest.FixtureRequest) -> Iterator[Pool]:
    """Two warm workers."""
    backend = select(request.param)
    with Pool(backend, workers=2) as made:
        yield made
    backend.close()


@pytest.fixture(scope="module")
def task(shared: Path) -> Task:
    """HumanEval in MERA's schema."""
    return load(str(shared / "data" / "humaneval_mera.json"))


def test_all_reference_solutions_pass_under_strict(pool: Pool, task: Task) -> None:
    """164 of 164: the sandbox and the strict rule cost no right program its pass."""
    strict = protocols.get("strict")
    found = judge(pool, [(problem, problem.canonical_solution or "", strict) for problem in task.problems])
    failed = [(p.id, one.verdict, one.error) for p, one in zip(task.problems, found, strict=True) if not one.passed]
    assert failed == []
    assert len(found) == 164


def test_a_body_that_returns_nothing_never_passes(pool: Pool, task: Task) -> None:
    """0 of 164: no problem is so weak that doing nothing solves it."""
    strict = protocols.get("strict")
    found = judge(pool, [(problem, "    return None\n", strict) for problem in task.problems])
    assert [one.verdict.value for one in found] == ["wrong_output"] * 164


def test_mera_loses_five_reference_solutions(pool: Pool, task: Task) -> None:
    """159 of 164 under MERA's rule, and exactly the five that are known to fail there."""
    mera = protocols.get("mera-code")
    found = judge(pool, [(problem, problem.canonical_solution or "", mera) for problem in task.problems])
    assert [p.id for p, one in zip(task.problems, found, strict=True) if not one.passed] == LOST_UNDER_MERA


@pytest.mark.parametrize(
    "pool",
    [
        pytest.param("docker", marks=pytest.mark.docker),
        pytest.param("local", marks=[pytest.mark.local, pytest.mark.slow]),
    ],
    indirect=True,
)
def test_mera_protocols_give_what_meras_scorer_gave(pool: Pool, task: Task, shared: Path) -> None:
    """For every completion that MERA's own executor and scorer were run on: the same outputs, the same verdict."""
    problems = {problem.id: problem for problem in task.problems}
    lines = (shared / "data" / "mera_oracle.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if (str(row["id"]), row["kind"]) != AT_THE_LIMIT]
    assert len(rows) > 900
    found = judge(pool, [(problems[str(r["id"])], r["completion"], protocols.get(r["protocol"])) for r in rows])
    different = []
    for row, one in zip(rows, found, strict=True):
        outputs = one.outputs if isinstance(one.outputs, str) else list(one.outputs)
        if (outputs, one.passed) != (row["outputs"], row["passed"]):
            different.append((row["id"], row["kind"], row["protocol"], outputs, row["outputs"]))
    assert different == []


def test_the_bundled_set_is_sound(pool: Pool) -> None:
    """Every reference solution that comes with codeeval passes on this machine."""
    assert validate(load("rustarter"), lambda jobs: list(pool.map(jobs))) == []
