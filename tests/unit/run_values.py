"""Small values for tests of the store, the pipeline and the reports."""

from __future__ import annotations

from collections.abc import Iterable

from codeeval.manifest import (
    HostInfo,
    Manifest,
    ModelInfo,
    PromptInfo,
    SamplingInfo,
    SandboxInfo,
    TaskInfo,
)
from codeeval.scoring.equality import ATOL, RTOL
from codeeval.store import PlannedProblem, RunStore, StoredExecution, StoredJudgement
from codeeval.store.rows import execution_row, judgement_row
from codeeval.types import Judgement, Problem, Prompt, Verdict


def problem(pid: str = "1", expected: tuple[str, ...] | None = ("2", "3")) -> Problem:
    """`f(n) = n + 1`, two calls."""
    return Problem(
        id=pid,
        instruction="Допишите функцию:\n{function}",
        prompt='def f(n):\n    """Число на единицу больше."""',
        entry_point="f",
        calls=("{'n': 1}", "{'n': 2}"),
        expected=expected,
        canonical_solution="\n    return n + 1",
    )


def planned(pid: str = "1", wanted: int = 1) -> PlannedProblem:
    return PlannedProblem(problem(pid), Prompt(text="p"), "digest", wanted)


def judged(pid: str, index: int, passed: bool) -> StoredJudgement:
    found = Judgement(Verdict.PASSED, True, ("2", "3"))
    if not passed:
        found = Judgement(Verdict.WRONG_OUTPUT, False, ("1", "3"), 0, "call 0: 1 is not 2", "wrong_output", (0,))
    return StoredJudgement(pid, index, None, found.outputs, found)


def add_judgements(store: RunStore, protocol: str, rows: Iterable[StoredJudgement]) -> None:
    """As a shard's rows are kept, without evidence."""
    assert not store.add_judged((), [(protocol, *judgement_row(row)) for row in rows], set())


def add_execution(store: RunStore, execution: StoredExecution) -> None:
    """As a shard's evidence is kept."""
    assert not store.add_judged([execution_row(execution)], (), set())


def make_manifest() -> Manifest:
    return Manifest(
        codeeval_version="0.1.0",
        code_revision=None,
        created_at="2026-01-01T00:00:00+00:00",
        kind="run",
        command=("codeeval", "run"),
        task=TaskInfo(name="rustarter", source="x", digest="d", n_problems=2, n_selected=2, problems_digest="e"),
        protocol="strict",
        protocols=("strict",),
        k=(1,),
        sampling=SamplingInfo(n=3, temperature=0.6, top_p=1.0, top_k=0, max_tokens=16, stop=("\nclass",), seed=1),
        prompt=PromptInfo(template="none", digest="f"),
        model=ModelInfo(name="m", location="m", backend="replay"),
        sandbox=SandboxInfo(backend="local"),
        host=HostInfo(platform="p", python="3", cpus=1),
        versions={},
        float_tolerance=(RTOL, ATOL),
    )
