"""Turn evidence into a verdict. Pure: nothing is executed here, and the expected outputs never leave the host.

The verdict names the first and worst event. An end of the whole sample (time, memory, reply size, crash, missing
function) decides before any call is compared; otherwise the first wrong call decides. `docs/scoring.md` has the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from codeeval.i18n.messages import msg
from codeeval.scoring import equality, evalplus, likeness, signature
from codeeval.scoring.mera_outputs import IDLE, NOT_CAUGHT, TIMED_OUT, Outputs, mera_outputs, overslept, own_ms
from codeeval.types import Extraction, Judgement, Problem, ScoringProtocol, Verdict
from sandbox.outcomes import Observation, Outcome, OutcomeStatus, Ruling
from sandbox.wire import is_mera

_BY_STATUS: dict[OutcomeStatus, Verdict] = {
    "syntax_error": Verdict.SYNTAX_ERROR,
    "definition_error": Verdict.EXCEPTION,
    "no_entry_point": Verdict.NO_ENTRY_POINT,
    "timeout": Verdict.TIMEOUT,
    "memory": Verdict.MEMORY,
    "output_limit": Verdict.OUTPUT_LIMIT,
    "crashed": Verdict.CRASHED,
}
#: The message of MERA's alarm for the definitions, as its execution modes report it.
_DEFINITIONS_TIMED_OUT = "TimeoutException"
_ENDED = {
    Verdict.EMPTY: msg("nothing was left of the completion"),
    Verdict.NO_ENTRY_POINT: msg("the function is not defined by the end of the definitions"),
    Verdict.SYNTAX_ERROR: msg("the program does not compile"),
    Verdict.EXCEPTION: msg("the definitions raised"),
    Verdict.TIMEOUT: msg("the time limit was reached"),
    Verdict.MEMORY: msg("the memory limit was reached"),
    Verdict.OUTPUT_LIMIT: msg("the outputs are larger than the limit"),
    Verdict.CRASHED: msg("the process ended before it had reported"),
}
#: How many names a message about a missing function lists.
_FOUND_SHOWN = 5


def needs_execution(extraction: Extraction, protocol: ScoringProtocol) -> bool:
    """Whether a sample has to be executed. If nothing was extracted, MERA executes the bare prompt; strict does not."""
    return protocol.comparison == "mera" or bool(extraction.body.strip())


def not_judged(outcome: Outcome | None) -> str | None:
    """Why the tests could not be carried out, by their own doing; None if they were."""
    ruling = outcome.ruling if outcome is not None else None
    if outcome is None or outcome.status not in ("completed", "crashed"):
        return None  # the program ended by itself
    if ruling is None or ruling.status != "not_reached" or not ruling.message:
        return None
    reason = signature.one_line(ruling.message)
    if ruling.line is not None:
        reason = msg("{what} (line {n} of the tests)", what=reason, n=ruling.line)
    return msg("the tests can't be carried out: {reason}", reason=reason)


def outputs(problem: Problem, outcome: Outcome | None, protocol: ScoringProtocol) -> Outputs:
    """What the protocol compares, one entry per call: the text of the returned value, or None. Under a MERA protocol it
    is exactly MERA's list, or its string "timed out". Needs no expected outputs, so it also works for hidden sets.

    `outcome` None means that the sample was not executed: all None. Raises ValueError for an outcome of another job.
    """
    if outcome is None:
        return (None,) * len(problem.calls)
    if len(outcome.observations) != len(problem.calls):
        raise ValueError(f"problem {problem.id}: {len(problem.calls)} calls, {len(outcome.observations)} observations")
    if protocol.comparison == "mera":
        return mera_outputs(outcome, protocol.mode)
    return tuple([seen.text if seen.status == "returned" else None for seen in outcome.observations])


def may_have_stalled(outcome: Outcome) -> bool:
    """Whether a program was too late for MERA by wall time alone, in its definitions or in total. A machine that
    stalled looks the same; executing the program again tells the two apart."""
    failed = outcome.definition
    if failed is not None and failed.exc_type == _DEFINITIONS_TIMED_OUT:
        return own_ms(outcome) >= IDLE * outcome.cpu_ms
    return outcome.status == "completed" and overslept(outcome)


def grade(problem: Problem, extraction: Extraction, outcome: Outcome | None, protocol: ScoringProtocol) -> Judgement:
    """The verdict on one sample.

    `outcome` may be None only if `needs_execution` is false. Raises ValueError for a missing outcome, for one with a
    different number of calls, and for a problem with hidden answers (there are no verdicts then: use `outputs` and
    `consensus`).
    """
    if problem.expected is None:
        raise ValueError(f"problem {problem.id}: the expected outputs are hidden, there is no verdict to give")
    if not needs_execution(extraction, protocol):
        outcome = None
    elif outcome is None:
        raise ValueError(f"problem {problem.id}: this sample has to be executed before it can be judged")
    if problem.tests is not None and outcome is not None:
        return _found_instead(_by_tests(problem, outcome, protocol), extraction)
    got = outputs(problem, outcome, protocol)
    failed = _failed_calls(problem, problem.expected, outcome, got, protocol)
    # MERA's list is all that counts; strict also requires a clean exit.
    if not failed and (protocol.comparison == "mera" or (outcome is not None and outcome.status == "completed")):
        return Judgement(Verdict.PASSED, True, got)
    if outcome is None or not extraction.body.strip():
        name = signature.signature(Verdict.EMPTY, None, (), 0)
        return Judgement(Verdict.EMPTY, False, got, None, _ENDED[Verdict.EMPTY], name, failed)
    return _found_instead(_failure(problem.expected, outcome, got, failed, protocol), extraction)


def _found_instead(judgement: Judgement, extraction: Extraction) -> Judgement:
    """If the function is missing: what the answer defines instead."""
    if judgement.verdict is not Verdict.NO_ENTRY_POINT or not extraction.found:
        return judgement
    names = [signature.one_line(name) for name in extraction.found[:_FOUND_SHOWN]]
    shown = ", ".join(names) + (", …" if len(extraction.found) > _FOUND_SHOWN else "")
    return replace(
        judgement, error=msg("{what}; found instead: {names}", what=_ENDED[Verdict.NO_ENTRY_POINT], names=shown)
    )


def _by_tests(problem: Problem, outcome: Outcome, protocol: ScoringProtocol) -> Judgement:
    """The judge's observations decide, and only if the program's process exited cleanly.

    `not_supported` is about what the tests pass, never about what a program returned: that fails, whatever its type.
    """
    ruling = outcome.ruling
    why = not_judged(outcome)
    if why is not None and ruling is not None:
        name = f"{Verdict.NOT_SUPPORTED.value} {signature.mask(signature.one_line(ruling.message or ''))}"
        return Judgement(Verdict.NOT_SUPPORTED, False, (), ruling.line, why, name)
    if outcome.status != "completed":
        return _failure((), outcome, (), (), protocol)
    if ruling is None:
        raise ValueError(f"problem {problem.id}: the tests are code, and the outcome has no ruling")
    if ruling.status == "passed":
        return Judgement(Verdict.PASSED, True, ())
    if ruling.status == "not_reached":
        return Judgement(Verdict.CRASHED, False, (), ruling.line, _ENDED[Verdict.CRASHED], Verdict.CRASHED.value)
    verdict, error = _of_ruling(ruling)
    raised = Observation("raised", exc_type=ruling.exc_type, message=ruling.message)
    name = signature.signature(verdict, raised, (), 0)
    error = _with_last_call(error, ruling)
    if ruling.line is not None:
        where = msg("line {n}", n=ruling.line)
        name, error = (
            msg("{head} · {calls}", head=name, calls=where),
            msg("{what} (line {n} of the tests)", what=error, n=ruling.line),
        )
    return Judgement(verdict, False, (), ruling.line, error, name)


def _of_ruling(ruling: Ruling) -> tuple[Verdict, str]:
    """A failed assert of the tests is a wrong output, and so is a value that the tests can't work with."""
    told = signature.raised(Observation("raised", exc_type=ruling.exc_type, message=ruling.message))
    if ruling.from_candidate:
        if ruling.candidate_line is not None:
            told = msg("{reason} in line {n} of the program", reason=told, n=ruling.candidate_line)
        return (Verdict.MEMORY if ruling.exc_type == "MemoryError" else Verdict.EXCEPTION), told
    if ruling.exc_type == "AssertionError":
        return Verdict.WRONG_OUTPUT, msg("a test does not hold: {reason}", reason=told) if ruling.message else msg(
            "a test does not hold"
        )
    return Verdict.WRONG_OUTPUT, msg("the tests can't work with what was returned: {reason}", reason=told)


def _with_last_call(error: str, ruling: Ruling) -> str:
    """The error with the last call before it and its result."""
    if not ruling.last_calls:
        return error
    last = ruling.last_calls[-1]
    call = signature.value(last.call)
    if last.returned is not None:
        return msg("{what}; {head} returned {got}", what=error, head=call, got=signature.value(last.returned))
    return msg("{what}; the call was {head}", what=error, head=call) if ruling.from_candidate else error


def _failed_calls(
    problem: Problem, expected: Sequence[str], outcome: Outcome | None, got: Outputs, protocol: ScoringProtocol
) -> tuple[int, ...]:
    """The indices of wrong calls; all of them if the protocol discards the whole sample."""
    calls = range(len(expected))
    if outcome is None or len(got) != len(expected):
        return tuple(calls)
    if protocol.comparison == "mera":
        # MERA compares the string character by character: nine expected outputs can spell "timed out".
        return tuple(i for i in calls if not equality.mera_equal(got[i], expected[i]))
    if problem.oracle is not None:
        return evalplus.failed_calls(problem, problem.oracle, outcome.observations)
    seen = outcome.observations
    # what was returned is right where it has the very text: most calls are
    return tuple([i for i in calls if got[i] != expected[i] and not equality.strict_equal(seen[i], expected[i])])


def _failure(
    expected: Sequence[str], outcome: Outcome, got: Outputs, failed: tuple[int, ...], protocol: ScoringProtocol
) -> Judgement:
    if outcome.status in ("syntax_error", "definition_error", "no_entry_point"):
        verdict, call, blamed = _of_definitions(outcome, protocol), None, outcome.definition
    elif outcome.status in _BY_STATUS:
        verdict, call, blamed = _BY_STATUS[outcome.status], ending_call(outcome), None
    elif got == TIMED_OUT and overslept(outcome):
        verdict, call, blamed = Verdict.TIMEOUT, None, None
    else:
        call = _deciding_call(outcome, got, failed)
        verdict, blamed = _of_call(outcome.observations[call])
    if verdict is Verdict.WRONG_OUTPUT and call is not None:
        right_said, got_said = _said(expected[call], outcome.observations[call].text)
        error = msg("call {i}: expected {right}, got {got}", i=call, right=right_said, got=got_said)
    else:
        error = _ended(verdict, call, blamed)
    counted = failed if outcome.status not in ("syntax_error", "definition_error", "no_entry_point") else ()
    name = signature.signature(verdict, blamed, counted, len(expected))
    return Judgement(verdict, False, got, call, error, name, failed)


def _ended(verdict: Verdict, call: int | None, blamed: Observation | None) -> str:
    if blamed is not None:
        told = signature.raised(blamed)
        return told if call is None else msg("{what} (call {i})", what=told, i=call)
    return _ENDED[verdict] if call is None else msg("{what} in call {i}", what=_ENDED[verdict], i=call)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a program ended that did not return from every call: `error` is one line, `signature` names the group of
    failures."""

    verdict: Verdict
    error: str
    signature: str


def ending(outcome: Outcome, protocol: ScoringProtocol) -> Ending | None:
    """What is known about a failure without expected outputs: a limit, a crash, or the first exception; None if every
    call returned."""
    call: int | None = None
    blamed: Observation | None = None
    if outcome.status in ("syntax_error", "definition_error", "no_entry_point"):
        verdict, blamed = _of_definitions(outcome, protocol), outcome.definition
    elif outcome.status in _BY_STATUS:
        verdict, call = _BY_STATUS[outcome.status], ending_call(outcome)
    else:
        call = next((i for i, seen in enumerate(outcome.observations) if seen.status == "raised"), None)
        if call is None:
            return None
        verdict, blamed = _of_call(outcome.observations[call])
    name = signature.signature(verdict, blamed, (), 0)
    return Ending(verdict, _ended(verdict, call, blamed), name)


def _of_definitions(outcome: Outcome, protocol: ScoringProtocol) -> Verdict:
    raised = outcome.definition.exc_type if outcome.definition else None
    if raised == "MemoryError":
        return Verdict.MEMORY
    if raised == _DEFINITIONS_TIMED_OUT and is_mera(protocol.mode):
        return Verdict.TIMEOUT
    return _BY_STATUS[outcome.status]


def _of_call(observed: Observation) -> tuple[Verdict, Observation | None]:
    if observed.status != "raised":
        return Verdict.WRONG_OUTPUT, None
    return (Verdict.MEMORY if observed.exc_type == "MemoryError" else Verdict.EXCEPTION), observed


def ending_call(outcome: Outcome) -> int | None:
    """The call during which a limit or a crash ended the program; None if nothing did, or no call was running."""
    if outcome.status not in ("timeout", "memory", "output_limit", "crashed"):
        return None
    return next((i for i, seen in enumerate(outcome.observations) if seen.status == "not_reached"), None)


def _deciding_call(outcome: Outcome, got: Outputs, failed: tuple[int, ...]) -> int:
    """The first wrong call; if one call cost MERA's whole list, that call."""
    if got == TIMED_OUT:
        for i, seen in enumerate(outcome.observations):
            if seen.exc_type in NOT_CAUGHT:
                return i
    return failed[0]


def _said(right: str, got: str | None) -> tuple[str, str]:
    """Both on one line, with the difference visible."""
    if got is None:
        return likeness.one_line(right, ""), msg("nothing")
    return likeness.one_line(right, got), likeness.one_line(got, right)
