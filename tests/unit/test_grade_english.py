"""From a ruling of the judge, or from answers of a reference, to a verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest
from english_rows import HUMAN_EVAL

from codeeval.evaluation.batches import Judging
from codeeval.evaluation.validate import validate
from codeeval.reading.extract import extract
from codeeval.scoring import protocols
from codeeval.scoring.grade import grade, not_judged, outputs
from codeeval.scoring.job import job, job_digest, make_job
from codeeval.scoring.limits import ORACLE_LIMITS, TESTS_LIMITS
from codeeval.store.codec import pack_outcome, unpack_outcome
from codeeval.store.columns import TABLES
from codeeval.tasks.human_eval import problem_of
from codeeval.tasks.rows import SourceRow
from codeeval.types import Extraction, Judgement, Oracle, Problem, Task, Verdict
from sandbox.outcomes import LastCall, Observation, Outcome, OutcomeStatus, Ruling
from sandbox.wire import Limits

PROBLEM = problem_of(SourceRow("line 1", HUMAN_EVAL))
PROTOCOL = protocols.get("humaneval")
COMPLETION = "    return 2 * n\n"


def judged(outcome: Outcome | None, completion: str = COMPLETION) -> Judgement:
    return grade(PROBLEM, extract(PROBLEM, completion, PROTOCOL.extraction), outcome, PROTOCOL)


def ended(ruling: Ruling | None, status: OutcomeStatus = "completed") -> Outcome:
    return Outcome(status, (), ruling=ruling)


def test_a_pass_needs_both() -> None:
    """The judge came through, and the program's process ended in order."""
    assert judged(ended(Ruling("passed", calls=2))) == Judgement(Verdict.PASSED, True, ())
    died = judged(ended(Ruling("passed", calls=2), "crashed"))
    assert (died.verdict, died.passed) == (Verdict.CRASHED, False)


@pytest.mark.parametrize(
    ("ruling", "verdict", "error"),
    [
        (Ruling("failed", "AssertionError", "", 5), "wrong_output", "a test does not hold (line 5 of the tests)"),
        (
            Ruling("failed", "AssertionError", "zero", 6),
            "wrong_output",
            "a test does not hold: AssertionError: zero (line 6 of the tests)",
        ),
        (
            Ruling("failed", "TypeError", "no", 5),
            "wrong_output",
            "the tests can't work with what was returned: TypeError: no (line 5 of the tests)",
        ),
        (
            Ruling("failed", "AssertionError", "mine", 5, from_candidate=True, candidate_line=3),
            "exception",
            "AssertionError: mine in line 3 of the program (line 5 of the tests)",
        ),
        (Ruling("failed", "MemoryError", "", 5, from_candidate=True), "memory", "MemoryError (line 5 of the tests)"),
        (
            Ruling(
                "failed", "AssertionError", "", 5, last_calls=(LastCall("f(1)", "2"), LastCall("f(\n2)", "[3,\x1b 4]"))
            ),
            "wrong_output",
            "a test does not hold; f( 2) returned [3,  4] (line 5 of the tests)",
        ),
        (
            Ruling(
                "failed",
                "E",
                "no",
                5,
                from_candidate=True,
                candidate_line=3,
                last_calls=(LastCall("f(1)", None, "E('no')"),),
            ),
            "exception",
            "E: no in line 3 of the program; the call was f(1) (line 5 of the tests)",
        ),
        (
            Ruling("failed", "AssertionError", "", 5, last_calls=(LastCall("f(1)", None, "E('no')"),)),
            "wrong_output",
            "a test does not hold (line 5 of the tests)",
        ),
    ],
)
def test_a_ruling_is_a_verdict(ruling: Ruling, verdict: str, error: str) -> None:
    """An assert that does not hold is a wrong output, whoever may raise AssertionError; the line is kept as `call`."""
    found = judged(ended(ruling))
    assert (found.verdict.value, found.passed, found.error, found.call) == (verdict, False, error, ruling.line)
    assert found.signature.endswith(f"line {ruling.line}")
    assert found.failed_calls == ()
    assert found.signature == judged(ended(replace(ruling, last_calls=()))).signature


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("syntax_error", "syntax_error"),
        ("definition_error", "exception"),
        ("no_entry_point", "no_entry_point"),
        ("timeout", "timeout"),
        ("memory", "memory"),
        ("output_limit", "output_limit"),
        ("crashed", "crashed"),
    ],
)
def test_an_end_of_the_whole_sample_decides(status: OutcomeStatus, verdict: str) -> None:
    """As for calls."""
    raised = Observation("raised", exc_type="NameError", message="x", line=2)
    outcome = Outcome(status, (), definition=raised if status.endswith("error") else None, ruling=Ruling("not_reached"))
    assert judged(outcome).verdict.value == verdict


def test_nothing_left_is_not_executed() -> None:
    """An empty completion fails without a job, and every other one needs a ruling."""
    assert judged(None, " \n").verdict is Verdict.EMPTY
    with pytest.raises(ValueError, match="has no ruling"):
        judged(ended(None))
    assert outputs(PROBLEM, ended(Ruling("passed")), PROTOCOL) == ()


@pytest.mark.parametrize("status", ["timeout", "memory", "output_limit", "syntax_error"])
def test_a_program_does_not_choose_that_its_tests_are_not_supported(status: OutcomeStatus) -> None:
    """Its own end decides; and so does what it returned, of whatever type."""
    assert judged(ended(Ruling("not_reached", message="a function"), status)).verdict.value == status
    returned = Ruling(
        "failed", "TypeError", "__eq__ of an object of the program's class A does not cross", 5, not_carried=True
    )
    found = judged(ended(returned))
    assert (found.verdict, found.passed) == (Verdict.WRONG_OUTPUT, False)
    assert found.error is not None
    assert "does not cross" in found.error


def test_tests_that_cannot_be_carried_out_are_listed() -> None:
    """They need something that can't cross to the program: it counts as not passed, and the set's findings tell."""
    outcome = ended(Ruling("not_reached", message="a function as an argument", line=4), "crashed")
    why = "the tests can't be carried out: a function as an argument (line 4 of the tests)"
    assert not_judged(outcome) == why
    found = judged(outcome)
    assert (found.verdict, found.passed, found.error, found.call) == (Verdict.NOT_SUPPORTED, False, why, 4)
    assert found.signature == "not_supported a function as an argument"
    assert not_judged(ended(Ruling("not_reached"), "timeout")) is None
    assert not_judged(ended(Ruling("passed"))) is None
    findings = validate(Task("t", "s", "d", (PROBLEM,)), lambda jobs: [outcome for _ in jobs])
    assert [str(finding) for finding in findings] == [f"problem 7, field test: {why}"]


def test_the_set_is_named_in_its_own_words() -> None:
    """A finding of `tasks validate` names the field as HumanEval calls it."""
    failing = ended(Ruling("failed", "AssertionError", "", 5))
    findings = validate(Task("t", "s", "d", (PROBLEM,)), lambda jobs: [failing for _ in jobs])
    assert [finding.field for finding in findings] == ["test"]
    bare = replace(PROBLEM, canonical_solution=None)
    assert [finding.field for finding in validate(Task("t", "s", "d", (bare,)), lambda jobs: [])] == [
        "canonical_solution"
    ]


def test_one_program_is_one_job_under_both_protocols() -> None:
    """human_eval's protocol and strict read most completions alike: then the program is executed once."""
    jobs = [
        make_job(PROBLEM, extract(PROBLEM, COMPLETION, found.extraction), found, Limits(memory_mb=600))
        for found in (PROTOCOL, protocols.get("strict"))
    ]
    assert jobs[0] == jobs[1]
    assert jobs[0].mode == "assert"
    assert jobs[0].limits == replace(TESTS_LIMITS, memory_mb=600)
    assert jobs[0].tests is not None
    other = replace(jobs[0], tests=replace(jobs[0].tests, source="pass"))
    assert len({job_digest(jobs[0]), job_digest(other)}) == 2


@pytest.mark.parametrize("name", protocols.ENGLISH)
def test_a_protocol_names_the_limits_that_its_problems_have(name: str) -> None:
    """What the manifest says of a run is what its programs got."""
    limits, given = protocols.get(name).limits, ORACLE_LIMITS if name.endswith("plus") else TESTS_LIMITS
    assert (limits.cpu_s, limits.wall_s) == (given.cpu_s, given.wall_s)


def test_calls_against_a_reference_have_its_limits_and_rule() -> None:
    """Mode "module", the calls by position, and the answers compared by the oracle."""
    problem = Problem("0", "{function}", "", "f", ("{'*': [1]}", "{'*': [2]}"), ("0.3", "'a'"), oracle=Oracle(base=1))
    made = job(problem, Extraction("p", "p"), protocols.get("humanevalplus"))
    assert (made.mode, made.limits, made.tests) == ("module", ORACLE_LIMITS, None)
    seen = (
        Observation("returned", "0.30000000000000004", "float", plain=True),
        Observation("returned", "a", "str", plain=True),
    )
    found = grade(problem, Extraction("p", "p"), Outcome("completed", seen), protocols.get("strict"))
    assert found.passed
    wrong = grade(problem, Extraction("p", "p"), Outcome("completed", seen[::-1]), protocols.get("strict"))
    assert (wrong.verdict, wrong.call, wrong.failed_calls) == (Verdict.WRONG_OUTPUT, 0, (0, 1))


def test_a_ruling_survives_the_run_file() -> None:
    """Evidence is stored as it was."""
    calls = (LastCall("f(\ud800)", "3"), LastCall("f(2)", None, "E()"))
    outcome = ended(Ruling("failed", "AssertionError", "\ud800", 5, True, 3, 2, last_calls=calls))
    assert unpack_outcome(pack_outcome(outcome), "here") == outcome
    TABLES["executions"]["outcome"].check(pack_outcome(outcome))
    assert Judging((), Limits()).dedup
