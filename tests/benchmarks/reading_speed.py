"""Processor time per answer of reading, by shape; of several checkouts in turns, so that ratios hold on a busy machine too.

    python tests/benchmarks/reading_speed.py humaneval_mera.json
    python tests/benchmarks/reading_speed.py humaneval_mera.json --checkouts ../before . --rounds 9

The answers are the reference solutions in the shapes of tests/shaped_answers.py, read as `strict` reads them, and some of them
under the rules of other protocols. A long thought has 10,000 characters and precedes a block. Told are medians in microseconds
per answer, and the ratios to the first checkout within a round with their least and greatest.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent
RULES = ("none", "mera-1.2", "mera-code", "evalplus")
VERBATIM = ("body", "function", "function in a fence", "fence with prose around it")
THOUGHT = (
    "We look at numbers[i] and the next one: if a < b, the list isn't sorted.\nSo we return False, says the problem.\n"
)

if TYPE_CHECKING:
    from codeeval.types import ExtractionRule, Problem

    Answers = list[tuple[Problem, str]]


def kinds(problems: Sequence[Problem], wanted: str) -> Iterator[tuple[str, ExtractionRule, Answers]]:
    """(name, rule, answers) of every kind whose name contains `wanted`."""
    from shaped_answers import SHAPES, function_of

    def answers(shape: str, before: str = "") -> Answers:
        shaped = SHAPES[shape]
        return [
            (one, before + shaped(function_of(one, one.canonical_solution or "", "    return None\n")))
            for one in problems
        ]

    for shape in SHAPES:
        if wanted in shape:
            yield shape, "strict", answers(shape)
    if wanted in "long thought":
        yield "long thought", "strict", answers("function in a fence", f"<think>\n{THOUGHT * 90}</think>\n\n")
    for rule in RULES:
        for shape in VERBATIM:
            if wanted in f"{rule}: {shape}":
                yield f"{rule}: {shape}", rule, answers(shape)  # type: ignore[misc]


def serve(file: Path, wanted: str) -> None:
    """The side that runs in a checkout: a line in is a kind's number, a line out the microseconds per answer."""
    import time

    from codeeval.reading.extract import extract
    from codeeval.tasks import load

    made = list(kinds(load(str(file)).problems, wanted))
    print(json.dumps([name for name, _, _ in made]), flush=True)
    for line in sys.stdin:
        _, rule, answers = made[int(line)]
        start = time.process_time()
        for problem, text in answers:
            extract(problem, text, rule)
        print((time.process_time() - start) / len(answers) * 1e6, flush=True)


class Checkout:
    """A process that reads with the code of one checkout."""

    def __init__(self, path: str, options: argparse.Namespace) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (Path(path).resolve(), HERE.parent)))}
        command = [sys.executable, __file__, str(options.problems), "--serve", "--only", options.only]
        process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdin is not None
        assert process.stdout is not None
        self._told, self._answers = process.stdin, process.stdout
        self.names: list[str] = json.loads(self._answers.readline())

    def measure(self, kind: int) -> float:
        """Microseconds per answer of a kind."""
        self._told.write(f"{kind}\n")
        self._told.flush()
        return float(self._answers.readline())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problems", type=Path)
    parser.add_argument("--checkouts", nargs="+", default=[str(HERE.parents[1])])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="kinds with this in their name")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.problems, options.only)
        return
    checkouts = [Checkout(path, options) for path in options.checkouts]
    print(f"{'':44}" + "".join(f"{path[-20:]:>30}" for path in options.checkouts))
    for kind, name in enumerate(checkouts[0].names):
        rounds = [[one.measure(kind) for one in checkouts] for _ in range(options.rounds + 1)][1:]
        print(f"{name:44}" + "".join(f"{told(rounds, number):>30}" for number in range(len(checkouts))), flush=True)


def told(rounds: list[list[float]], number: int) -> str:
    """The median of a checkout, and its ratios to the first."""
    text = f"{statistics.median(one[number] for one in rounds):.1f} us"
    if not number:
        return text
    ratios = [one[number] / one[0] for one in rounds]
    return f"{text}, {statistics.median(ratios):.2f} x ({min(ratios):.2f}-{max(ratios):.2f})"


if __name__ == "__main__":
    main()
