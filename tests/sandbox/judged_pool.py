"""A pool on each backend and the way from completions to judgements, for tests that need the large set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from codeeval.reading.extract import extract
from codeeval.scoring.grade import grade
from codeeval.scoring.job import job
from codeeval.types import Judgement, Problem, ScoringProtocol
from sandbox import Job, Pool

BACKENDS = [pytest.param("docker", marks=pytest.mark.docker), pytest.param("local", marks=pytest.mark.local)]


def judge(pool: Pool, items: Iterable[tuple[Problem, str, ScoringProtocol]]) -> list[Judgement]:
    """Execute completions and judge them, each under its protocol; in order."""
    asked = [(problem, extract(problem, text, protocol.extraction), protocol) for problem, text, protocol in items]
    outcomes = pool.map(_fitting(pool, job(*one)) for one in asked)
    return [
        grade(problem, found, seen, protocol) for (problem, found, protocol), seen in zip(asked, outcomes, strict=True)
    ]


def _fitting(pool: Pool, made: Job) -> Job:
    """The job with the limits that belong to the pool's workers."""
    assert made.limits is not None
    own = pool.limits
    return replace(made, limits=replace(made.limits, memory_mb=own.memory_mb, pids=own.pids, tmp_mb=own.tmp_mb))
