"""Run the pipeline over a run file, for run, resume, score and rescore. Nothing else makes a `Pipeline`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from codeeval.errors import Interrupted
from codeeval.evaluation.pipeline import Pipeline, PipelineResult, Plan
from codeeval.evaluation.reporter import SILENT, Reporter, Tell
from codeeval.evaluation.sandbox import Sandbox, worker_limits
from codeeval.evaluation.shards.batches import Judging
from codeeval.i18n import msg
from codeeval.manifest import command_line, now
from codeeval.store import RunReader, RunStore, Session
from codeeval.types import Request, Sampling, ScoringProtocol

if TYPE_CHECKING:
    from codeeval.generators import Generator


@dataclass(frozen=True, slots=True)
class Ended:
    """What a use case leaves: the run file in `run_dir`. `result`: what was generated and executed, None if there was
    nothing to do; its errors say why a run stayed incomplete. `unranked`: whether a reward model failed, which was
    reported."""

    run_dir: Path
    result: PipelineResult | None = None
    unranked: bool = False


def requests_for(store: RunReader) -> tuple[Request, ...]:
    """The samples that a run file lacks, as requests to a generator."""
    prompts = {planned.problem.id: planned.prompt for planned in store.problems()}
    return tuple(
        Request(problem_id, prompt, indices)
        for problem_id, indices in store.missing_samples().items()
        if (prompt := prompts[problem_id]) is not None
    )


@dataclass(frozen=True, slots=True)
class Invocation:
    """How a use case was called, for the manifest and the session record; `repairs`: also execute failed samples with
    their format repaired."""

    command: tuple[str, ...] = field(default_factory=command_line)
    repairs: bool = True


def work(
    store: RunStore,
    protocols: tuple[ScoringProtocol, ...],
    generator: Generator | None,
    sandbox: Sandbox,
    reporter: Reporter,
    invocation: Invocation | None = None,
) -> PipelineResult:
    """Complete a run file, as far as model and sandbox allow. Raises Interrupted and StoreError."""
    called = invocation or Invocation()
    requests = requests_for(store) if generator else ()
    missing = sum(len(request.indices) for request in requests)
    judgements = missing * len(protocols) + sum(store.n_unjudged(protocol.name) for protocol in protocols)
    try:
        with reporter.progress(missing, judgements, len(protocols)) as tell:
            result = _execute(store, _plan(store, protocols, requests, sandbox), (generator, sandbox), called, tell)
        if called.repairs:
            explain_failures(store, sandbox if result.sandbox_error is None else None, reporter)
        return result
    except KeyboardInterrupt:
        made, wanted = store.n_samples(), store.n_wanted()
        judged = made - store.n_unjudged(*(protocol.name for protocol in protocols))
        raise Interrupted(
            msg(
                "interrupted: {n} of {m} samples generated, {j} judged; everything that had finished is kept\n  Continue "
                "with: codeeval run --resume {run}",
                n=made,
                m=wanted,
                j=judged,
                run=store.run_dir,
            )
        ) from None


def judge_stored(store: RunStore, protocols: tuple[ScoringProtocol, ...]) -> PipelineResult:
    """Judge what has evidence in the file; nothing is executed. Raises StoreError."""
    with SILENT.progress(0, 0, 1) as tell:
        return _execute(store, _plan(store, protocols, (), None), (None, None), Invocation(), tell)


def _plan(
    store: RunStore, protocols: tuple[ScoringProtocol, ...], requests: tuple[Request, ...], sandbox: Sandbox | None
) -> Plan:
    manifest = store.manifest()
    known = manifest.sampling.model_dump(include=set(Sampling.__slots__), exclude_none=True)
    plan = Plan(
        judging=Judging(protocols, worker_limits(manifest.sandbox), manifest.dedup, manifest.model.end_tokens),
        requests=requests,
        sampling=Sampling(**known),
    )
    return replace(plan, parallel=lambda: sandbox.parallel) if sandbox else plan


def _execute(
    store: RunStore,
    plan: Plan,
    parts: tuple[Generator | None, Sandbox | None],
    called: Invocation,
    tell: Tell,
) -> PipelineResult:
    generator, sandbox = parts
    session = Session(now(), called.command, "running")
    if sandbox is not None:
        session = replace(session, sandbox={"backend": sandbox.info.backend, **sandbox.info.describe})
    return Pipeline(plan, store, generator, sandbox.pool if sandbox else None, session, tell).run()


def explain_failures(store: RunStore, sandbox: Sandbox | None, reporter: Reporter) -> None:
    """Look for failures of format among the failed samples, and execute their repairs. Raises StoreError."""
    failed = len(store.unexplained())
    if failed:
        from codeeval.evaluation.repair import explore

        done = explore(store, sandbox)
        reporter.note(
            msg(
                "{n} failed {n:sample|samples} checked for format errors, {m} repaired {m:program|programs} executed",
                n=failed,
                m=done.executed,
            )
        )
        if done.left:
            reporter.note(msg("{n} repairs were left out: {reason}", n=done.left, reason=done.reason))
