"""Verdicts: the table of events, MERA's golden vectors, and what can never happen."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mera_rows import NONE, NOT_REACHED, make_problem, outcome, raised, returned

from codeeval.reading.extract import extract
from codeeval.scoring import protocols
from codeeval.scoring.consensus import Consensus, consensus
from codeeval.scoring.grade import grade, needs_execution, outputs
from codeeval.scoring.job import job
from codeeval.scoring.mera_outputs import TIMED_OUT, Outputs
from codeeval.types import Judgement, Verdict
from sandbox.outcomes import Observation, Outcome, OutcomeStatus

STRICT, MERA = protocols.get("strict"), protocols.get("mera-code")
GOOD, BAD = returned("1"), returned("9")
EXTRACTION = extract(make_problem(), "\n    return 1", "strict")
EMPTY = extract(make_problem(), " \n", "strict")
SYNTAX = raised("IndentationError", "expected an indented block (line 3)")


def strict(seen: Outcome, expected: tuple[str, ...] = ("1", "1")) -> Judgement:
    return grade(make_problem(expected), EXTRACTION, seen, STRICT)


def mera(seen: Outcome, expected: tuple[str, ...] = ("1", "1")) -> Judgement:
    return grade(make_problem(expected), EXTRACTION, seen, MERA)


def cut_off(status: OutcomeStatus, *seen: Observation, calls: int = 2) -> Outcome:
    return outcome(*seen, *[NOT_REACHED] * (calls - len(seen)), status=status)


@pytest.mark.parametrize(
    ("seen", "verdict", "call"),
    [
        (outcome(GOOD, GOOD), Verdict.PASSED, None),
        (outcome(GOOD, BAD), Verdict.WRONG_OUTPUT, 1),
        (outcome(BAD, raised("ValueError")), Verdict.WRONG_OUTPUT, 0),
        (outcome(raised("ValueError"), BAD), Verdict.EXCEPTION, 0),
        (outcome(GOOD, raised("SystemExit", "0")), Verdict.EXCEPTION, 1),
        (outcome(raised("KeyboardInterrupt"), GOOD), Verdict.EXCEPTION, 0),
        (outcome(GOOD, raised("MemoryError")), Verdict.MEMORY, 1),
        (outcome(GOOD, raised("RecursionError", "maximum depth")), Verdict.EXCEPTION, 1),
        (cut_off("syntax_error", calls=2), Verdict.SYNTAX_ERROR, None),
        (outcome(NOT_REACHED, NOT_REACHED, status="syntax_error", definition=SYNTAX), Verdict.SYNTAX_ERROR, None),
        (
            outcome(NOT_REACHED, NOT_REACHED, status="definition_error", definition=raised("NameError", "x")),
            Verdict.EXCEPTION,
            None,
        ),
        (
            outcome(NOT_REACHED, NOT_REACHED, status="definition_error", definition=raised("SystemExit")),
            Verdict.EXCEPTION,
            None,
        ),
        (
            outcome(NOT_REACHED, NOT_REACHED, status="definition_error", definition=raised("MemoryError")),
            Verdict.MEMORY,
            None,
        ),
        (
            outcome(NOT_REACHED, NOT_REACHED, status="definition_error", definition=raised("TimeoutException")),
            Verdict.EXCEPTION,  # the candidate's own class: strict sets no alarm for the definitions
            None,
        ),
        (cut_off("no_entry_point"), Verdict.NO_ENTRY_POINT, None),
        (cut_off("timeout"), Verdict.TIMEOUT, 0),
        (cut_off("timeout", BAD), Verdict.TIMEOUT, 1),
        (cut_off("memory", GOOD), Verdict.MEMORY, 1),
        (cut_off("output_limit", GOOD), Verdict.OUTPUT_LIMIT, 1),
        (cut_off("crashed"), Verdict.CRASHED, 0),
        (cut_off("crashed", GOOD, GOOD), Verdict.CRASHED, None),
        (cut_off("timeout", GOOD, GOOD), Verdict.TIMEOUT, None),
    ],
)
def test_each_event_has_its_verdict(seen: Outcome, verdict: Verdict, call: int | None) -> None:
    """The table of docs/scoring.md, row by row, under strict."""
    found = strict(seen)
    assert (found.verdict, found.call, found.passed) == (verdict, call, verdict is Verdict.PASSED)
    assert bool(found.error) == bool(found.signature) == (not found.passed)


@pytest.mark.parametrize("status", [status for status in get_args(OutcomeStatus) if status != "completed"])
def test_a_sample_that_did_not_end_in_order_never_passes(status: OutcomeStatus) -> None:
    """Right results of all calls do not save a program that was ended from outside."""
    assert not strict(cut_off(status, GOOD, GOOD)).passed


OBSERVATIONS = st.sampled_from([GOOD, BAD, NONE, NOT_REACHED, raised("ValueError", "7"), raised("SystemExit")])


@given(st.sampled_from(get_args(OutcomeStatus)), st.lists(OBSERVATIONS, min_size=1, max_size=5), st.booleans())
def test_every_outcome_has_one_consistent_judgement(
    status: OutcomeStatus, seen: list[Observation], under_mera: bool
) -> None:
    """No evidence is without a verdict; verdict, flag, failed calls and texts agree; judging again changes nothing."""
    protocol = MERA if under_mera else STRICT
    problem = make_problem(("1",) * len(seen))
    evidence = outcome(*seen, status=status)
    found = grade(problem, EXTRACTION, evidence, protocol)
    assert found == grade(problem, EXTRACTION, evidence, protocol)
    assert found.passed == (found.verdict is Verdict.PASSED) == (found.signature == "") == (found.error is None)
    assert found.outputs == outputs(problem, evidence, protocol)
    assert found.call is None or found.call in found.failed_calls
    assert not (found.passed and found.failed_calls)
    assert found.passed == (status == "completed" and all(one == GOOD for one in seen))


def test_outputs_under_strict_are_texts() -> None:
    """What was returned has its text, None included; what raised or was not reached has none."""
    evidence = outcome(GOOD, NONE, raised("ValueError"), NOT_REACHED, status="timeout")
    assert outputs(make_problem(("1",) * 4), evidence, STRICT) == ("1", "None", None, None)


def test_errors_say_what_went_wrong() -> None:
    """Expected and got for a wrong output, type and message for an exception, the limit for a timeout."""
    assert strict(outcome(GOOD, returned("9\n9", "str"))).error == "call 1: expected '1', got '9\\n9'"
    assert strict(outcome(raised("ValueError", "bad"), GOOD)).error == "ValueError: bad (call 0)"
    assert strict(cut_off("timeout", GOOD)).error == "the time limit was reached in call 1"
    wrong = outcome(NOT_REACHED, NOT_REACHED, status="syntax_error", definition=SYNTAX)
    assert strict(wrong).error == "IndentationError: expected an indented block (line 3)"


def test_failures_of_one_cause_share_a_signature() -> None:
    """Equal verdict, exception, masked message and calls: one group, whatever the numbers."""
    first = strict(outcome(GOOD, raised("IndexError", "index 3 of 3")))
    assert first.signature == strict(outcome(GOOD, raised("IndexError", "index 15 of 15"))).signature
    assert first.signature == "exception IndexError: index # of # · call 1"
    assert first.signature != strict(outcome(raised("IndexError", "index 3 of 3"), GOOD)).signature
    assert strict(cut_off("no_entry_point")).signature == "no_entry_point"


def test_nothing_left_is_empty_without_execution_under_strict() -> None:
    """The verdict is the same whether the sample was executed or not, and nothing is compared."""
    problem = make_problem(("None", "None"))
    assert not needs_execution(EMPTY, STRICT)
    for seen in (None, outcome(NONE, NONE)):
        found = grade(problem, EMPTY, seen, STRICT)
        assert (found.verdict, found.outputs, found.signature) == (Verdict.EMPTY, (None, None), "empty")
        assert found.failed_calls == (0, 1)


def test_nothing_left_is_executed_under_mera() -> None:
    """MERA executes the bare prompt, whose function returns None; where None is expected that even passes there."""
    assert needs_execution(EMPTY, MERA)
    found = grade(make_problem(), EMPTY, outcome(NONE, NONE), MERA)
    assert (found.verdict, found.outputs) == (Verdict.EMPTY, (None, None))
    assert grade(make_problem(("None", "None")), EMPTY, outcome(NONE, NONE), MERA).passed


def test_what_was_not_executed_cannot_be_judged() -> None:
    """Only an empty body may come without an outcome, and hidden answers give no verdict."""
    with pytest.raises(ValueError, match="has to be executed"):
        grade(make_problem(), EXTRACTION, None, STRICT)
    with pytest.raises(ValueError, match="has to be executed"):
        grade(make_problem(), EMPTY, None, MERA)
    with pytest.raises(ValueError, match="hidden"):
        grade(make_problem(None), EXTRACTION, outcome(GOOD, GOOD), STRICT)
    with pytest.raises(ValueError, match="2 calls, 1 observations"):
        grade(make_problem(), EXTRACTION, outcome(GOOD), STRICT)


def test_hidden_answers_still_have_outputs() -> None:
    """They are what a submission carries."""
    assert outputs(make_problem(None), outcome(GOOD, NONE), MERA) == ("1", None)


#: MERA's published behaviour: what the executor's list is for each end of a sample (docs/scoring.md).
GOLDEN: list[tuple[Outcome, Outputs]] = [
    (outcome(returned("2"), returned("3")), ("2", "3")),
    (outcome(returned("1"), raised("NameError", "name 'f' is not defined")), ("1", None)),
    (outcome(raised("NameError", "name 'math' is not defined")), (None,)),
    (outcome(returned("[1.0]", "list")), ("[1.0]",)),
    (outcome(NONE), (None,)),
    (outcome(raised("ZeroDivisionError")), (None,)),
    (outcome(returned("1"), NOT_REACHED, NOT_REACHED, status="timeout"), TIMED_OUT),
    (outcome(NOT_REACHED, status="definition_error", definition=raised("TimeoutException")), (None,)),
    (outcome(NOT_REACHED, NOT_REACHED, status="syntax_error", definition=raised("SyntaxError")), (None, None)),
    (outcome(NOT_REACHED, status="definition_error", definition=raised("ImportError")), (None,)),
    (outcome(NOT_REACHED, NOT_REACHED, status="no_entry_point"), (None, None)),
    (outcome(NOT_REACHED, status="definition_error", definition=raised("SystemExit")), TIMED_OUT),
    (outcome(GOOD, raised("SystemExit", "0"), GOOD), TIMED_OUT),
    (outcome(raised("KeyboardInterrupt"), GOOD), TIMED_OUT),
    (outcome(raised("MemoryError"), GOOD), (None, "1")),
    (outcome(GOOD, NOT_REACHED, status="memory"), TIMED_OUT),
    (outcome(GOOD, NOT_REACHED, status="crashed"), TIMED_OUT),
    (outcome(GOOD, NOT_REACHED, status="output_limit"), TIMED_OUT),
]


@pytest.mark.parametrize(("seen", "expected"), GOLDEN)
def test_outputs_under_mera_are_those_of_its_executor(seen: Outcome, expected: Outputs) -> None:
    """A list of texts and None, or the string "timed out" where its child process would have died."""
    calls = len(seen.observations)
    assert outputs(make_problem(("1",) * calls), seen, MERA) == expected


@pytest.mark.parametrize(
    ("seen", "expected", "verdict"),
    [
        (outcome(GOOD, GOOD), ("1", "1"), Verdict.PASSED),
        (outcome(returned("1.0"), GOOD), ("1", "1"), Verdict.WRONG_OUTPUT),
        (outcome(returned("(1,)", "tuple"), GOOD), ("(1,)", "1"), Verdict.PASSED),
        (outcome(NONE, raised("ValueError")), ("None", "None"), Verdict.PASSED),
        (outcome(GOOD, raised("ValueError")), ("1", "2"), Verdict.EXCEPTION),
        (outcome(BAD, raised("SystemExit")), ("1", "1"), Verdict.EXCEPTION),
        (cut_off("timeout", GOOD), ("1", "1"), Verdict.TIMEOUT),
        (
            outcome(NOT_REACHED, NOT_REACHED, status="definition_error", definition=raised("TimeoutException")),
            ("1", "1"),
            Verdict.TIMEOUT,
        ),
        (cut_off("timeout", calls=9), tuple(TIMED_OUT), Verdict.PASSED),  # MERA compares the string by its characters
        (cut_off("timeout", calls=9), ("1",) * 9, Verdict.TIMEOUT),
    ],
)
def test_verdicts_under_mera(seen: Outcome, expected: tuple[str, ...], verdict: Verdict) -> None:
    """Texts are compared, and a call that raised counts as None, whose text is None."""
    found = mera(seen, expected)
    assert (found.verdict, found.passed) == (verdict, verdict is Verdict.PASSED)


def test_the_call_that_cost_mera_the_list_is_named() -> None:
    """All calls failed, but one of them is why."""
    found = mera(outcome(GOOD, raised("SystemExit", "0")))
    assert (found.call, found.failed_calls, found.outputs) == (1, (0, 1), TIMED_OUT)
    assert found.error == "SystemExit: 0 (call 1)"


@pytest.mark.parametrize(
    ("cpu_ms", "wall_ms", "waited_ms", "overslept"),
    [
        (5, 5000, 0, True),
        (400, 4000, 0, True),
        (5, 3999, 0, False),
        (3900, 11_000, 0, False),
        (900, 8_000, 0, False),
        (5, 9000, 5001, False),
        (5, 9000, 5000, True),
    ],
)
def test_a_program_that_slept_too_long_for_mera_is_timed_out(
    cpu_ms: int, wall_ms: int, waited_ms: int, overslept: bool
) -> None:
    """MERA's clock ran while it waited; a program that a loaded machine kept waiting has used its CPU time, though, and what
    it waited for a processor does not count."""
    seen = outcome(GOOD, GOOD, cpu_ms=cpu_ms, wall_ms=wall_ms, waited_ms=waited_ms)
    found = mera(seen)
    assert found.outputs == (TIMED_OUT if overslept else ("1", "1"))
    assert found.verdict is (Verdict.TIMEOUT if overslept else Verdict.PASSED)
    assert strict(seen).passed


def test_both_scores_differ_where_their_rules_do() -> None:
    """Equal data of another spelling passes under strict only."""
    seen = outcome(returned("{2, 1}", "set"), returned("1.0", "float"))
    assert strict(seen, ("{1, 2}", "1")).passed
    assert not mera(seen, ("{1, 2}", "1")).passed


def test_a_job_holds_no_answers() -> None:
    """Program, entry point, calls, mode and limits; the expected outputs stay on the host."""
    made = job(make_problem(("ответ-1", "ответ-2")), EXTRACTION, MERA)
    assert (made.source, made.entry_point, made.mode) == (EXTRACTION.program, "f", "mera")
    assert (made.calls, made.limits) == (("{'n': 0}", "{'n': 1}"), MERA.limits)
    assert "ответ" not in repr(made)


ROWS = st.lists(st.tuples(*[st.sampled_from(["1", "2", None])] * 2) | st.just(TIMED_OUT), max_size=8)


@given(ROWS)
def test_consensus_is_the_most_frequent_answer(samples: list[Outputs]) -> None:
    """Samples without any output have no vote; of equals the earliest wins."""
    voters = [row for row in samples if row != TIMED_OUT and any(row)]
    found = consensus(samples)
    if not voters:
        assert found is None
        return
    best = max(voters, key=lambda row: (voters.count(row), -voters.index(row)))
    assert isinstance(best, tuple)
    assert found == Consensus(best, voters.count(best), len(samples))
