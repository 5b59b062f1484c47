"""Causes that no honest program shows on demand, from evidence written by hand."""

from __future__ import annotations

import pytest

from codeeval.scoring.causes import Cause, ProtocolView, cause
from codeeval.types import Judgement, Problem, Verdict
from sandbox import Observation, Outcome

PROBLEM = Problem("1", "{function}", "def f(n):", "f", ("{'n': 1}",), ("1",))
RETURNED = Observation("returned", "1", "int", True)
RIGHT = ProtocolView("p", Judgement(Verdict.PASSED, True, ("1",)), Outcome("completed", (RETURNED,)))


def failed(
    verdict: Verdict, outcome: Outcome | None, outputs: tuple[str | None, ...] | str = (None,), program: str = "p"
) -> ProtocolView:
    return ProtocolView(program, Judgement(verdict, False, outputs), outcome)


NOT_REACHED = (Observation("not_reached"),)
RAISED = Outcome("completed", (Observation("raised", exc_type="NameError", message="name 'np' is not defined"),))


@pytest.mark.parametrize(
    ("mera", "strict", "wanted"),
    [
        (failed(Verdict.CRASHED, Outcome("crashed", NOT_REACHED), "timed out"), RIGHT, Cause.ONE_CALL_ENDS_ALL),
        (failed(Verdict.TIMEOUT, Outcome("timeout", NOT_REACHED), "timed out"), RIGHT, Cause.TIME_LIMIT),
        (failed(Verdict.TIMEOUT, Outcome("definition_error", NOT_REACHED)), RIGHT, Cause.TIME_LIMIT),
        (failed(Verdict.EMPTY, None), RIGHT, Cause.EXTRACTION),
        (failed(Verdict.SYNTAX_ERROR, Outcome("syntax_error", NOT_REACHED), program="q"), RIGHT, Cause.EXTRACTION),
        (failed(Verdict.WRONG_OUTPUT, Outcome("completed", (Observation("returned", "2"),))), RIGHT, Cause.OTHER),
        (RIGHT, failed(Verdict.EXCEPTION, RAISED), Cause.SCORER_NAME),
        (RIGHT, failed(Verdict.TIMEOUT, Outcome("timeout", NOT_REACHED)), Cause.TIME_LIMIT),
        (RIGHT, failed(Verdict.EMPTY, None, program="q"), Cause.EXTRACTION),
        (
            RIGHT,
            failed(Verdict.EXCEPTION, Outcome("completed", (Observation("raised", exc_type="ValueError"),))),
            Cause.COMPARISON,
        ),
        (RIGHT, failed(Verdict.WRONG_OUTPUT, Outcome("completed", (RETURNED,))), Cause.OTHER),
    ],
)
def test_causes_from_evidence(mera: ProtocolView, strict: ProtocolView, wanted: Cause) -> None:
    """Each rule of the table, in both directions."""
    assert cause(PROBLEM, mera, strict) is wanted
