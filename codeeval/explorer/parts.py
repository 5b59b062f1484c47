"""The parts of a sample's page shared by samples with the same program: made once for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from codeeval.explorer.sample_model import ExecutionView, SamplePage, SampleTest, TestCall


@dataclass(frozen=True, slots=True)
class ShownProgram:
    """The executed program; its first `given` lines are the prompt's."""

    program: str
    prompt: str
    fail_line: int | None
    fail_text: str
    given: int


class Test(NamedTuple):
    """One row of the tests, without its time: many samples of a problem give the same answer. `lost`: the protocol
    counts one other text in place of all answers."""

    number: int
    hidden: bool
    call: str
    expected: str | None
    agreed: str | None
    actual: str | None
    status: str
    raised: str | None
    line: int | None
    right: bool | None
    ended: str | None
    lost: bool


@dataclass(frozen=True, slots=True)
class ShownTests:
    """All tests of a sample; `code` if they are code, with the line that failed, why, and the last calls before it;
    `instead` as in SamplePage."""

    tests: tuple[tuple[Test, str], ...]
    hidden: bool
    code: str | None = None
    line: int | None = None
    why: str = ""
    instead: str = ""
    calls: tuple[TestCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Ran:
    """What the program did, and under which limits."""

    execution: ExecutionView | None
    mode: str | None
    limits: tuple[tuple[str, str], ...]


def program_of(page: SamplePage) -> ShownProgram:
    begins = bool(page.problem_prompt) and page.program.startswith(page.problem_prompt)
    given = _lines(page.problem_prompt) if begins else 0
    return ShownProgram(page.program, page.problem_prompt, page.fail_line, page.fail_text, given)


def _lines(prompt: str) -> int:
    """How many lines belong to the prompt: after its final newline the model's own lines begin."""
    return prompt.count("\n") + (not prompt.endswith("\n"))


def tests_of(page: SamplePage) -> ShownTests:
    hidden = page.head.hidden
    lost = bool(page.instead)
    numbered = sorted(enumerate(page.tests), key=lambda one: _rank(one[1], hidden, lost))
    rows = tuple((_row(number, hidden, test, lost), _ms(test)) for number, test in numbered)
    return ShownTests(rows, hidden, page.test_code, page.test_line, page.test_text, page.instead, page.test_calls)


def _rank(test: SampleTest, hidden: bool, lost: bool) -> int:
    """Failures first, then calls that were not reached; if the answers are hidden, deviations from the consensus
    first."""
    if test.status == "not_reached" and not test.ended:
        return 1
    failed = test.actual != test.agreed if hidden else test.right is False and not lost
    return 0 if failed or test.ended or test.raised else 2


def _row(number: int, hidden: bool, test: SampleTest, lost: bool) -> Test:
    said = test.call, test.expected, test.agreed, test.actual, test.status, test.raised, test.line, test.right
    return Test(number, hidden, *said, test.ended, lost)


def _ms(test: SampleTest) -> str:
    if test.status == "not_reached":
        return ""
    return f"{test.cpu_ms:.1f}" if test.cpu_ms >= 0.1 else "<0.1"


def execution_of(page: SamplePage) -> Ran:
    return Ran(page.execution, page.mode, page.limits)
