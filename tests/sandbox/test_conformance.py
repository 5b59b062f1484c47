"""Every backend passes the conformance cases: warm, in a fresh worker each, and over the engine's attach stream."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox import Pool, conformance
from sandbox.backends import Backend
from sandbox.backends.docker import DockerBackend
from sandbox.conformance import CASES, Case, CaseStep

BY_NAME = {case.name: case for case in CASES}
#: A few for the slow ways: values, every kind of end, and what is kept from the next sample.
FEW = (
    "a program's values come back as text",
    "a signal is a crash",
    "CPU time is limited",
    "wall time is limited",
    "the reply is limited",
    "output is drained and does not fail a program",
    "nothing is left for the next sample",
    "tests that are code tell right from wrong",
    "a forged ruling is a crash",
)


def name_of(case: Case) -> str:
    return case.name.replace(" ", "-")


def test_names_are_unique() -> None:
    """A case is known by its name."""
    assert len(BY_NAME) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_warm(pool: Pool, case: Case) -> None:
    """The case holds in workers that serve many samples."""
    assert list(conformance.run(pool, [case])) == []


def test_fresh(backend: Backend) -> None:
    """The cases hold where each sample gets a worker of its own."""
    with Pool(backend, workers=1, isolation="fresh") as pool:
        assert list(conformance.run(pool, [BY_NAME[name] for name in FEW])) == []


@pytest.fixture(scope="module")
def attached() -> Iterator[Pool]:
    """Two workers whose frames travel through the engine."""
    backend = DockerBackend(lambda line: None, channel="attach")
    assert backend.describe()["channel"] == "attach"
    with Pool(backend, workers=2) as pool:
        yield pool
    backend.close()


@pytest.mark.docker
@pytest.mark.parametrize("name", FEW)
def test_attached(attached: Pool, name: str) -> None:
    """The case holds over the attach stream, in which the engine mixes stdout and stderr."""
    assert list(conformance.run(attached, [BY_NAME[name]])) == []


@pytest.mark.parametrize(
    "step",
    [
        CaseStep("def f(): return 'other'\n"),
        CaseStep("def f(): return 'ok'\n", "crashed"),
        CaseStep("def f(): 1 / 0\n"),
        CaseStep("def f(): return 1\n", texts=(), tests="assert f() == 2\n"),
        CaseStep("def f(): return 1\n", texts=(), tests="assert f() == 1\n", ruling="failed"),
    ],
)
def test_a_case_that_does_not_hold_is_reported(pool: Pool, step: CaseStep) -> None:
    """The suite can fail: a wrong text, a wrong status and an exception are each reported once, under the case's name."""
    (failure,) = conformance.run(pool, [Case("made to fail", (step, step))])
    assert failure.case == "made to fail"
    assert failure.detail.startswith("step 0: expected ")
