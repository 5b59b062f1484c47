"""`code_eval` of Hugging Face's `evaluate`: the same arguments and results, with every program executed in the sandbox.

    pass_at_k, results = compute(references=["assert add(2, 3) == 5"], predictions=[["def add(a, b): return a + b"]], k=[1])

Each candidate is a whole program, and each reference is the tests that would be executed below it. Here they run in a
process separate from the program's (`codeeval.compat.references`), so that a program that ends the process, patches
`builtins` or returns an object that equals everything does not pass. `HF_ALLOW_CODE_EVAL` is not needed.

The workers are kept between calls, because harnesses call once per problem; `close` stops them, as does the end of the
process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import TypedDict

from codeeval.compat import references as reading
from codeeval.errors import UsageError
from codeeval.evaluation.judge_programs import NotJudged, ProgramJob, judge
from codeeval.evaluation.sandbox import Workers
from codeeval.evaluation.standing_sandbox import StandingSandbox, wished
from codeeval.scoring import protocols
from codeeval.scoring.job import make_job
from codeeval.scoring.limits import TESTS_LIMITS
from codeeval.stats.passk import pass_at_k as estimate
from codeeval.types import Judgement, Problem, Verdict
from sandbox import Limits, SandboxError

__all__ = ["CandidateResult", "Metric", "close", "compute", "install"]

_PROTOCOL = protocols.get("humaneval")
_standing: dict[str, StandingSandbox] = {}


class CandidateResult(TypedDict):
    """The result of one candidate. `result` is "passed", "timed out" or "failed: " with the reason."""

    task_id: int
    passed: bool
    result: str
    completion_id: int


def compute(
    *,
    references: Sequence[str],
    predictions: Sequence[Sequence[str]],
    k: Sequence[int] = (1, 10, 100),
    num_workers: int = 4,
    timeout: float = 3.0,
) -> tuple[dict[str, float], dict[int, list[tuple[int, CandidateResult]]]]:
    """(pass@k by "pass@1", …; per problem index, its candidates with their results).

    A k above the number of candidates of some problem is omitted. `num_workers`: concurrent programs, at most one per
    processor. `timeout`: seconds of CPU time for program and tests together; the wall limit is five times as long.

    Raises UsageError (lengths, types, tests that can't be executed separately from the program) and SandboxError (a
    program could not be executed; no candidate is ever counted as failed for that)."""
    _check(references, predictions, num_workers, timeout)
    asked = [
        (task, place, reading.problem_of(task, reading.read(tests, f"references[{task}]"), text), text)
        for task, (tests, texts) in enumerate(zip(references, predictions, strict=True))
        for place, text in enumerate(texts)
    ]
    found = _judged([(problem, text) for *_, problem, text in asked], num_workers, timeout) if asked else []
    results: dict[int, list[tuple[int, CandidateResult]]] = {}
    for (task, place, *_), judgement in zip(asked, found, strict=True):
        told: CandidateResult = {
            "task_id": task,
            "passed": judgement.passed,
            "result": _told(judgement),
            "completion_id": place,
        }
        results.setdefault(task, []).append((place, told))
    return _estimates(results, k), results


class Metric:
    """What `evaluate.load("code_eval")` returns, reduced to what is used: `compute`."""

    name = "code_eval"
    compute = staticmethod(compute)


def install() -> None:
    """Make `evaluate.load("code_eval")` of this process return this metric; other names are loaded as before.

    Raises UsageError if the package `evaluate` is missing."""
    try:
        import evaluate
    except ModuleNotFoundError:
        raise UsageError("the package evaluate is not installed: pip install evaluate") from None
    original = evaluate.load
    if getattr(original, "codeeval", False):
        return

    def load(path: str, *args: object, **kwargs: object) -> object:
        return Metric() if path == Metric.name else original(path, *args, **kwargs)

    load.codeeval = True  # type: ignore[attr-defined]
    evaluate.load = load


def close() -> None:
    """Stop the workers; the next call starts new ones."""
    for standing in _standing.values():
        standing.close()


def _check(references: Sequence[str], predictions: Sequence[Sequence[str]], num_workers: int, timeout: float) -> None:
    if isinstance(references, str) or isinstance(predictions, str):
        raise UsageError("code_eval: references and predictions must be lists, with one entry per problem")
    if len(references) != len(predictions):
        raise UsageError(f"code_eval: {len(references)} references but predictions for {len(predictions)} problems")
    for task, (tests, texts) in enumerate(zip(references, predictions, strict=True)):
        if not isinstance(tests, str):
            raise UsageError(f"code_eval: references[{task}] must be a str")
        if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
            raise UsageError(f"code_eval: predictions[{task}] must be a list of str")
    if num_workers < 1 or not 0 < timeout <= 3600:
        raise UsageError("code_eval: num_workers must be at least 1, timeout above 0 and at most 3600 seconds")


def _judged(asked: Sequence[tuple[Problem, str]], num_workers: int, timeout: float) -> list[Judgement]:
    """Raises UsageError and SandboxError."""
    pool = _workers()
    limits = replace(TESTS_LIMITS, cpu_s=timeout, wall_s=timeout * TESTS_LIMITS.wall_s / TESTS_LIMITS.cpu_s)
    jobs = [_asked(problem, text, limits) for problem, text in asked]
    found = []
    for one, said in zip(jobs, judge(pool, jobs, _PROTOCOL, min(num_workers, 2 * pool.workers)), strict=True):
        if isinstance(said, NotJudged):
            if said.of_tests:
                raise UsageError(f"code_eval: references[{one.problem.id}]: {said.reason}")
            raise SandboxError(f"a candidate for references[{one.problem.id}] could not be executed: {said.reason}")
        found.append(said)
    return found


def _asked(problem: Problem, text: str, limits: Limits) -> ProgramJob:
    extraction = reading.program_of(text)
    job = make_job(problem, extraction, _PROTOCOL, Limits())
    assert job.limits is not None
    return ProgramJob(
        problem, extraction, replace(job, limits=replace(job.limits, cpu_s=limits.cpu_s, wall_s=limits.wall_s))
    )


def _workers() -> Workers:
    place = wished()
    return _standing.setdefault(place.kind, StandingSandbox(place, (_PROTOCOL,))).get().pool


def _told(judgement: Judgement) -> str:
    if judgement.passed:
        return "passed"
    return "timed out" if judgement.verdict is Verdict.TIMEOUT else f"failed: {judgement.error or judgement.verdict}"


def _estimates(results: dict[int, list[tuple[int, CandidateResult]]], ks: Sequence[int]) -> dict[str, float]:
    pairs = [(len(rows), sum(row["passed"] for _, row in rows)) for rows in results.values()]
    found: dict[str, float] = {}
    for k in ks:
        values = [value for n, c in pairs if (value := estimate(n, c, k)) is not None]
        if pairs and len(values) == len(pairs):
            found[f"pass@{k}"] = fmean(values)
    return found
