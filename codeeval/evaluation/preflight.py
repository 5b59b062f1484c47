"""A self-test before each run: on this machine a correct solution must pass, and known cheats must fail.

Four tiny programs go through the real pool and the real grading. A sandbox that judges one of them wrongly would give
every model a wrong score, so nothing is started then.
"""

from __future__ import annotations

from dataclasses import dataclass

from codeeval.evaluation.shards.interface import JobRunner
from codeeval.reading.extract import extract
from codeeval.scoring import protocols as known
from codeeval.scoring.grade import grade
from codeeval.scoring.job import make_job
from codeeval.types import Judgement, Problem, ProblemTests, ScoringProtocol, Verdict
from sandbox import Limits, SandboxError

_PROBLEM = Problem(
    id="preflight",
    instruction="{function}",
    prompt='def add(a: int, b: int) -> int:\n    """Сумма двух чисел."""',
    entry_point="add",
    calls=("{'a': 1, 'b': 2}", "{'a': 20, 'b': 22}"),
    expected=("3", "42"),
)

#: The same with tests that are code, with which a scorer that runs them beside the program can be cheated.
_TESTED = Problem(
    id="preflight-tests",
    instruction="{function}",
    prompt='def add(a: int, b: int) -> int:\n    """Сумма двух чисел."""\n',
    entry_point="add",
    calls=(),
    expected=(),
    tests=ProblemTests(
        "def check(candidate):\n    assert candidate(1, 2) == 3\n    assert candidate(20, 22) == 42\n\ncheck(add)\n",
        names=("add",),
    ),
)

_ALWAYS_EQUAL = """
    class Liar(int):
        def __eq__(self, other):
            return True
        def __ne__(self, other):
            return False
        __hash__ = int.__hash__
    return Liar(a - b)
"""


#: An object that is not plain data may count as a wrong value or as an exception of the call, but never as correct.
_NOT_PASSED = (Verdict.WRONG_OUTPUT, Verdict.EXCEPTION, Verdict.CRASHED)


@dataclass(frozen=True, slots=True)
class PreflightCheck:
    """A solution and the correct verdicts on it; under a MERA protocol only passed or not is compared."""

    name: str
    completion: str
    verdicts: tuple[Verdict, ...]


CHECKS = (
    PreflightCheck("a right solution", "\n    return a + b\n", (Verdict.PASSED,)),
    PreflightCheck("a wrong solution", "\n    return a - b\n", (Verdict.WRONG_OUTPUT,)),
    PreflightCheck("a solution that ends its process", "\n    import os\n    os._exit(0)\n", (Verdict.CRASHED,)),
    PreflightCheck("a value that equals everything", _ALWAYS_EQUAL, (Verdict.WRONG_OUTPUT,)),
)
TESTED_CHECKS = (
    PreflightCheck("a right solution of tests that are code", "    return a + b\n", (Verdict.PASSED,)),
    PreflightCheck("a wrong solution of tests that are code", "    return a - b\n", (Verdict.WRONG_OUTPUT,)),
    PreflightCheck("a value that equals everything, for tests that are code", _ALWAYS_EQUAL.lstrip("\n"), _NOT_PASSED),
    PreflightCheck(
        "a solution that ends its process amid tests", "    import os\n    os._exit(0)\n", (Verdict.CRASHED,)
    ),
)


@dataclass(frozen=True, slots=True)
class PreflightFinding:
    """The result of one check under one protocol."""

    check: str
    protocol: str
    expected: str
    got: str
    ok: bool


def run_checks(pool: JobRunner, protocols: tuple[ScoringProtocol, ...], limits: Limits) -> tuple[PreflightFinding, ...]:
    """Run every check under each of its protocols through the pool. Raises SandboxError if a program can't be
    executed."""
    waiting = []
    for protocol in protocols:
        for problem, check in _checks_of(protocol):
            extraction = extract(problem, check.completion, protocol.extraction)
            future = pool.submit(make_job(problem, extraction, protocol, limits))
            waiting.append((problem, check, protocol, extraction, future))
    return tuple(
        _finding(check, protocol, grade(problem, extraction, future.result(), protocol))
        for problem, check, protocol, extraction, future in waiting
    )


def _checks_of(protocol: ScoringProtocol) -> list[tuple[Problem, PreflightCheck]]:
    found = [(_PROBLEM, check) for check in CHECKS]
    if protocol.name in known.ENGLISH:
        found += [(_TESTED, check) for check in TESTED_CHECKS]
    return found


def _finding(check: PreflightCheck, protocol: ScoringProtocol, judgement: Judgement) -> PreflightFinding:
    if protocol.comparison == "strict":
        right = judgement.verdict in check.verdicts
    else:
        right = judgement.passed == (Verdict.PASSED in check.verdicts)
    expected = " or ".join(verdict.value for verdict in check.verdicts)
    return PreflightFinding(check.name, protocol.name, expected, judgement.verdict.value, right)


def preflight(pool: JobRunner, protocols: tuple[ScoringProtocol, ...], limits: Limits) -> None:
    """Raise SandboxError unless every check gets its verdict."""
    wrong = [finding for finding in run_checks(pool, protocols, limits) if not finding.ok]
    if wrong:
        lines = [f"  {item.check} under {item.protocol}: {item.got} instead of {item.expected}" for item in wrong]
        raise SandboxError(
            "the sandbox of this machine gives wrong verdicts, so nothing was started:\n"
            + "\n".join(lines)
            + "\n  `codeeval doctor` looks for the reason."
        )
