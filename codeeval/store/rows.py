"""Values as rows of a run file's tables, and back: the one place that knows the order of the columns."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from codeeval.store.codec import (
    pack_int,
    pack_json,
    pack_large,
    pack_optional,
    pack_text,
    unpack_int,
    unpack_json,
    unpack_large,
    unpack_optional,
    unpack_text,
)
from codeeval.store.records import Counterfactual, PlannedProblem, StoredJudgement
from codeeval.types import Judgement, Oracle, Problem, ProblemTests, Prompt, Sample, Verdict

#: What a query selects for the functions below; s, j and c are the tables' names in it.
PROBLEM_COLUMNS = (
    "id, instruction, prompt, entry_point, calls, expected, canonical_solution, extra,"
    " model_prompt, prompt_digest, wanted, tests, oracle"
)
SAMPLE_COLUMNS = (
    "s.problem_id, s.idx, s.prompt_digest, s.completion, s.finish_reason, s.tokens_in, s.tokens_out, s.seed, s.raw,"
    " s.thought, s.is_program"
)
JUDGEMENT_COLUMNS = (
    "j.problem_id, j.idx, j.job_digest, j.verdict, j.passed, j.outputs, j.call, j.error, j.signature, j.failed_calls"
)
COUNTERFACTUAL_COLUMNS = "c.problem_id, c.idx, c.classes, c.steps, c.job_digest, c.verdict, c.passed"


def problem_row(planned: PlannedProblem) -> tuple[object, ...]:
    problem = planned.problem
    return (
        pack_text(problem.id),
        pack_text(problem.instruction),
        pack_text(problem.prompt),
        pack_text(problem.entry_point),
        pack_json(problem.calls),
        None if problem.expected is None else pack_json(problem.expected),
        pack_optional(problem.canonical_solution),
        pack_json(problem.extra),
        None if planned.prompt is None else pack_json(asdict(planned.prompt)),
        pack_text(planned.prompt_digest),
        planned.wanted,
        None if problem.tests is None else pack_json(asdict(problem.tests)),
        None if problem.oracle is None else pack_json(asdict(problem.oracle)),
    )


def problem_of(row: tuple[Any, ...]) -> PlannedProblem:
    pid, instruction, prompt, entry_point, calls, expected, canonical, extra, model_prompt, digest, wanted, *later = row
    problem = Problem(
        id=unpack_text(pid),
        instruction=unpack_text(instruction),
        prompt=unpack_text(prompt),
        entry_point=unpack_text(entry_point),
        calls=tuple(unpack_json(calls)),
        expected=None if expected is None else tuple(unpack_json(expected)),
        canonical_solution=unpack_optional(canonical),
        extra=tuple((name, value) for name, value in unpack_json(extra)),
        tests=_problem_tests(later[0]),
        oracle=None if later[1] is None else Oracle(**unpack_json(later[1])),
    )
    return PlannedProblem(problem, _prompt(model_prompt), unpack_text(digest), wanted)


def _problem_tests(stored: Any) -> ProblemTests | None:
    if stored is None:
        return None
    raw = unpack_json(stored)
    return ProblemTests(raw["source"], raw["prelude"], tuple(raw["names"]))


def _prompt(stored: Any) -> Prompt | None:
    if stored is None:
        return None
    raw = unpack_json(stored)
    return Prompt(raw["text"], tuple((role, content) for role, content in raw["messages"]))


def sample_row(sample: Sample) -> tuple[object, ...]:
    return (
        pack_text(sample.problem_id),
        sample.index,
        pack_text(sample.prompt_digest),
        pack_text(sample.completion),
        sample.finish_reason,
        sample.tokens_in,
        sample.tokens_out,
        pack_int(sample.seed),
        pack_optional(sample.raw),
        pack_optional(sample.thought),
        int(sample.is_program),
    )


def sample_of(row: tuple[Any, ...]) -> Sample:
    pid, index, digest, completion, finish_reason, tokens_in, tokens_out, seed, raw, thought, program = row
    return Sample(
        problem_id=unpack_text(pid),
        index=index,
        prompt_digest=unpack_text(digest),
        completion=unpack_text(completion),
        finish_reason=finish_reason,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        seed=unpack_int(seed),
        raw=unpack_optional(raw),
        thought=unpack_optional(thought),
        is_program=bool(program),
    )


def judgement_row(row: StoredJudgement) -> tuple[object, ...]:
    key = (pack_text(row.problem_id), row.index, row.job_digest)
    judgement = row.judgement
    if judgement is None:
        return (*key, None, None, pack_large(row.outputs), None, None, None, None)
    return (
        *key,
        judgement.verdict.value,
        int(judgement.passed),
        pack_large(row.outputs),
        judgement.call,
        pack_optional(judgement.error),
        pack_text(judgement.signature),
        pack_json(judgement.failed_calls),
    )


def judgement_of(row: tuple[Any, ...]) -> StoredJudgement:
    pid, index, job_digest, verdict, passed, outputs, call, error, signature, failed_calls = row
    read = unpack_large(outputs)
    got = read if isinstance(read, str) else tuple(read)
    if verdict is None:
        return StoredJudgement(unpack_text(pid), index, job_digest, got, None)
    judgement = Judgement(
        verdict=Verdict(verdict),
        passed=bool(passed),
        outputs=got,
        call=call,
        error=unpack_optional(error),
        signature=unpack_text(signature),
        failed_calls=tuple(unpack_json(failed_calls)),
    )
    return StoredJudgement(unpack_text(pid), index, job_digest, got, judgement)


def counterfactual_row(row: Counterfactual) -> tuple[object, ...]:
    return (
        pack_text(row.problem_id),
        row.index,
        pack_json(row.classes),
        pack_json(row.steps),
        row.job_digest,
        None if row.verdict is None else row.verdict.value,
        None if row.passed is None else int(row.passed),
    )


def counterfactual_of(row: tuple[Any, ...]) -> Counterfactual:
    pid, index, classes, steps, digest, verdict, passed = row
    return Counterfactual(
        problem_id=unpack_text(pid),
        index=index,
        classes=tuple(unpack_json(classes)),
        steps=tuple(unpack_json(steps)),
        job_digest=digest,
        verdict=None if verdict is None else Verdict(verdict),
        passed=None if passed is None else bool(passed),
    )
