"""HumanEval's reference solutions in every shape of tests/shaped_answers.py: does `strict` read them all?

    python tests/benchmarks/answer_shapes.py [-t humaneval] [--sandbox local|docker] [--limit N]

Each shape is judged with the reference solution as the answer (all must pass) and with a function that returns None as the answer
(none may pass), the other one standing where only a draft stands. Equal programs are executed once.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from shaped_answers import SHAPES, answers, function_of

from codeeval.reading.extract import extract
from codeeval.scoring import protocols
from codeeval.scoring.grade import grade, needs_execution
from codeeval.scoring.job import job_digest, make_job
from codeeval.tasks import load
from codeeval.types import Extraction, Problem
from sandbox import Limits, Outcome, Pool, select

WRONG = "    return None\n"
STRICT = protocols.get("strict")


@dataclass(frozen=True, slots=True)
class Case:
    """One answer: its shape, whether its function is right, and what is read of it."""

    problem: Problem
    shape: str
    right: bool
    text: str
    extraction: Extraction


def cases(problems: Sequence[Problem]) -> Iterator[Case]:
    """Every problem in every shape, right and wrong."""
    for problem in problems:
        body = problem.canonical_solution or ""
        for right in (True, False):
            final, other = (body, WRONG) if right else (WRONG, body)
            for shape, text in answers(function_of(problem, final, other)).items():
                yield Case(problem, shape, right, text, extract(problem, text, "strict"))


def wrongly_judged(problems: Sequence[Problem], pool: Pool) -> tuple[list[tuple[Case, str]], int]:
    """The cases whose verdict is not the one that they must have, and how many cases there were."""
    wrong, count = [], 0
    for problem in problems:
        waiting: dict[str, Future[Outcome]] = {}
        mine = []
        for case in cases([problem]):
            key = ""
            if needs_execution(case.extraction, STRICT):
                job = make_job(problem, case.extraction, STRICT, Limits())
                key = job_digest(job)
                if key not in waiting:
                    waiting[key] = pool.submit(job)
            mine.append((case, key))
        for case, key in mine:
            outcome = waiting[key].result() if key else None
            judgement = grade(problem, case.extraction, outcome, STRICT)
            if judgement.passed != case.right:
                wrong.append((case, f"{judgement.verdict.value}: {judgement.error}"))
        count += len(mine)
    return wrong, count


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("-t", "--task", default="humaneval")
    arguments.add_argument("--sandbox", default="local")
    arguments.add_argument("--limit", type=int)
    given = arguments.parse_args()
    problems = load(given.task).problems[: given.limit]
    backend = select(given.sandbox, print)
    try:
        with Pool(backend) as pool:
            wrong, count = wrongly_judged(problems, pool)
    finally:
        backend.close()
    counts = {right: Counter(case.shape for case, _ in wrong if case.right is right) for right in (True, False)}
    print(f"{'shape':40} {'right passed':>12} {'wrong passed':>12}   of {len(problems)}")
    for shape in SHAPES:
        print(f"{shape:40} {len(problems) - counts[True][shape]:12} {counts[False][shape]:12}")
    print(f"{count} answers in {len(SHAPES)} shapes, {len(wrong)} judged wrongly")
    shown: dict[str, list[str]] = defaultdict(list)
    for case, why in wrong:
        shown[case.shape].append(f"problem {case.problem.id}, {'right' if case.right else 'wrong'}: {why}")
    for shape, lines in shown.items():
        print(f"\n{shape}\n  " + "\n  ".join(lines[:5]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
