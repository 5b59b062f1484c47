"""What the program of a sample did, from the evidence: its tests, the calls before a failed assertion, the failing line."""

from __future__ import annotations

from collections.abc import Iterator

from codeeval.explorer.asserted import expected
from codeeval.explorer.evidence import ProblemEvidence
from codeeval.explorer.problem import arguments
from codeeval.explorer.sample_model import ExecutionView, SampleTest, TestCall
from codeeval.scoring.grade import ending_call
from codeeval.scoring.signature import raised
from codeeval.store import StoredJudgement
from codeeval.types import Problem
from sandbox import Observation, Outcome


def tests_of_sample(
    evidence: ProblemEvidence, row: StoredJudgement | None, outcome: Outcome | None
) -> tuple[SampleTest, ...]:
    problem = evidence.planned.problem
    return tuple(
        _test(problem, number, row, outcome, evidence.agreed[number] if evidence.agreed else None)
        for number in range(len(problem.calls))
    )


def _test(
    problem: Problem, number: int, row: StoredJudgement | None, outcome: Outcome | None, agreed: str | None
) -> SampleTest:
    seen = outcome.observations[number] if outcome else Observation("not_reached")
    judgement = row.judgement if row else None
    return SampleTest(
        call=f"{problem.entry_point}({arguments(problem.calls[number])})",
        expected=problem.expected[number] if problem.expected is not None else None,
        agreed=agreed,
        actual=seen.text if seen.status == "returned" else None,
        status=seen.status,
        raised=raised(seen) if seen.status == "raised" else None,
        line=seen.line,
        right=None if judgement is None else number not in judgement.failed_calls,
        cpu_ms=round(seen.cpu_ms, 3),
        ended=outcome.status if outcome and number == ending_call(outcome) else None,
    )


def calls_of_sample(problem: Problem, outcome: Outcome) -> Iterator[TestCall]:
    """The last calls before a test that is code failed. Only the most recent one can have a known expected result."""
    ruling = outcome.ruling
    if ruling is None or problem.tests is None:
        return
    wanted = expected(problem.tests.source, ruling.line, problem.entry_point)
    for number, (call, returned, came) in enumerate(ruling.last_calls, 1):
        yield TestCall(call, wanted if number == len(ruling.last_calls) else None, returned, came)


def failing_line(row: StoredJudgement | None, outcome: Outcome | None) -> tuple[int | None, str]:
    """The line named by the traceback of the deciding failure, and the exception raised there."""
    if outcome is None:
        return None, ""
    if outcome.definition is not None:
        return outcome.definition.line, raised(outcome.definition)
    if (ruling := outcome.ruling) is not None:
        seen = Observation("raised", exc_type=ruling.exc_type, message=ruling.message)
        return (ruling.candidate_line, raised(seen)) if ruling.from_candidate else (None, "")
    if row is not None and row.judgement is not None:
        call = row.judgement.call
    else:  # the answers are hidden: the first exception
        call = next((i for i, seen in enumerate(outcome.observations) if seen.status == "raised"), None)
    if call is not None and outcome.observations[call].status == "raised":
        return outcome.observations[call].line, raised(outcome.observations[call])
    return None, ""


def execution_view(outcome: Outcome) -> ExecutionView:
    return ExecutionView(
        status=outcome.status,
        limit=outcome.limit,
        cpu_ms=outcome.cpu_ms,
        wall_ms=outcome.wall_ms,
        max_rss_kb=outcome.max_rss_kb,
        exit_code=outcome.exit_code,
        exit_signal=outcome.exit_signal,
        oom=outcome.oom,
        truncated=outcome.truncated,
        attempts=1 + len(outcome.attempts),
        guest=outcome.guest,
        stdout=outcome.stdout,
        stderr=outcome.stderr,
    )
