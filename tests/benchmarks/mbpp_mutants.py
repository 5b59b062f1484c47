"""MBPP's reference solutions and mutants of them: does the judge say what plain execution says?

    python tests/benchmarks/mbpp_mutants.py sanitized-mbpp.json [--n 500] [--sandbox local|docker] [--out pairs.jsonl]

The file is one of those in the folder mbpp of the repository google-research/google-research, or has their fields. Each program
is judged twice: by our protocol `mbpp`, whose judge executes the tests in another process, and by the same tests behind the
program in one process, as the original scorers do it. Both happen in the sandbox. Mutants are made as in `mutants.py`.

A difference is executed again, alone, before it is told.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "sandbox"))

from mutants import Mutant, Pair, chosen, ours, paired, show_differences, write
from plain_execution import Case, in_one_process

from codeeval.tasks import load
from codeeval.types import Problem
from sandbox import Limits, Pool, select

#: Of one program in one process; the protocol's own limit is 3 s.
LIMITS = Limits(cpu_s=3.0, wall_s=60.0)


def references(problems: tuple[Problem, ...]) -> list[Mutant]:
    return [Mutant(each.id, "the reference", each.canonical_solution) for each in problems if each.canonical_solution]


def plain(pool: Pool, problems: dict[str, Problem], asked: list[Mutant]) -> list[str]:
    """`passed`, `failed …`, or how the process ended, of each."""
    cases = []
    for each in asked:
        problem = problems[each.problem_id]
        assert problem.tests is not None
        cases.append(Case(problem.prompt + each.completion, problem.tests.prelude + problem.tests.source))
    return in_one_process(pool, cases, LIMITS)


def compared(pool: Pool, problems: tuple[Problem, ...], n: int) -> list[Pair]:
    """Both verdicts of all references and of n mutants; those that differ are asked again, alone."""
    by_id = {problem.id: problem for problem in problems}
    asked = references(problems) + chosen(problems, n)
    return paired(asked, lambda some: ours(pool, by_id, some, "mbpp"), lambda some: plain(pool, by_id, some))


def shown(what: str, pairs: list[Pair]) -> list[Pair]:
    """The differences, after their counts are printed."""
    different = [pair for pair in pairs if not pair.agree]
    false = sum(pair.ours == "passed" for pair in different)
    print(f"{len(pairs)} {what} of {len({pair.mutant.problem_id for pair in pairs})} problems: {len(different)} differ")
    print(f"  false passes {false}, not supported {sum(pair.ours == 'not_supported' for pair in pairs)}")
    print("  ours  ", dict(Counter(pair.ours for pair in pairs).most_common()))
    print("  plain ", dict(Counter(pair.theirs.split(":")[0] for pair in pairs).most_common()))
    return different


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("file")
    arguments.add_argument("--n", type=int, default=500)
    arguments.add_argument("--sandbox", default="local")
    arguments.add_argument("--out", type=Path)
    given = arguments.parse_args()
    problems = load(given.file).problems
    backend = select(given.sandbox, print)
    try:
        with Pool(backend) as pool:
            pairs = compared(pool, problems, given.n)
    finally:
        backend.close()
    if given.out:
        write(pairs, given.out)
    is_reference = [pair.mutant.what == "the reference" for pair in pairs]
    different = shown("references", [pair for pair, known in zip(pairs, is_reference, strict=True) if known])
    different += shown("mutants", [pair for pair, known in zip(pairs, is_reference, strict=True) if not known])
    show_differences(different, "plain")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
