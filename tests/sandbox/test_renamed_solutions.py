"""A problem under other names is the same problem: its reference solution, renamed alike, still passes."""

from __future__ import annotations

import pytest

from codeeval.reading.extract import extract
from codeeval.scoring import protocols
from codeeval.scoring.grade import grade
from codeeval.scoring.job import make_job
from codeeval.tasks import load
from codeeval.tasks.rename import NotRenamableError, rename
from codeeval.types import Problem
from sandbox import Limits, Pool, select

pytestmark = pytest.mark.local
LIMITS = Limits(cpu_s=5.0, wall_s=60.0)


def renamed() -> list[Problem]:
    found = []
    for problem in load("rustarter").problems:
        try:
            found.append(rename(problem))
        except NotRenamableError:
            continue
    return found


def test_renamed_references_pass() -> None:
    """Every problem that can be renamed, executed under strict."""
    strict, problems = protocols.get("strict"), renamed()
    assert len(problems) == 59
    with Pool(select("local"), workers=2, limits=LIMITS, max_pending=2 * len(problems)) as pool:
        waiting = []
        for problem in problems:
            extraction = extract(problem, problem.canonical_solution or "", strict.extraction)
            waiting.append((problem, extraction, pool.submit(make_job(problem, extraction, strict, LIMITS))))
        found = {p.id: grade(p, extraction, future.result(timeout=300), strict) for p, extraction, future in waiting}
    assert {pid: judgement.error for pid, judgement in found.items() if not judgement.passed} == {}
