"""What run, resume and score share: the sandbox, the pipeline over a run file, and the end of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from codeeval.cli.console import Console, choose
from codeeval.errors import CodeevalError, DataError, NothingToEvaluate, UsageError
from codeeval.evaluation.dispatch import Judging
from codeeval.evaluation.pipeline import Pipeline, Plan, Result
from codeeval.generators import Generator
from codeeval.i18n import form
from codeeval.manifest import SandboxInfo, command_line, now
from codeeval.report import build
from codeeval.report.results import check_writable, write_results
from codeeval.store import RunReader, RunStore, Session
from codeeval.store.writer import refuse_existing
from codeeval.types import Request, Sampling, ScoringProtocol
from sandbox import Limits, Pool

#: Jobs per worker that may be outstanding: enough that no worker ever waits for the host.
AHEAD_PER_WORKER = 8


class Interrupted(CodeevalError):
    """Ctrl-C or SIGTERM, after everything that had finished was kept."""

    exit_code = 130


@dataclass(frozen=True, slots=True)
class Placement:
    """Where programs are executed: the settings of the sandbox. `limits` None: those of the requested protocol."""

    kind: str = "auto"
    workers: int | None = None
    isolation: Literal["warm", "fresh"] = "warm"
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """What an invocation leaves behind besides the run file."""

    console: Console
    results: Path | None = None

    def __post_init__(self) -> None:
        if self.results is not None:
            check_writable(self.results)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A pool that has passed the preflight, and what the manifest says of it."""

    pool: Pool
    info: SandboxInfo


@contextmanager
def open_sandbox(placement: Placement, protocols: tuple[ScoringProtocol, ...], console: Console) -> Iterator[Sandbox]:
    """Choose a backend, start the workers, test them. Raises UsageError (unknown kind) and SandboxError (no backend works
    here, or it gives wrong verdicts)."""
    from codeeval.evaluation.preflight import preflight
    from sandbox import select

    choose("--sandbox", placement.kind, ("auto", "docker", "local"))
    backend = select(placement.kind, console.note)
    if placement.kind == "auto":
        console.note(f"sandbox: {backend.name} ({backend.why})")
    limits = placement.limits or protocols[0].limits
    try:
        with Pool(backend, placement.workers, limits, placement.isolation) as pool:
            preflight(pool, protocols, limits)
            info = SandboxInfo(
                backend=backend.name,
                isolation=placement.isolation,
                workers=pool.workers,
                limits=asdict(limits),
                describe=backend.describe(),
                why=backend.why,
            )
            yield Sandbox(pool, info)
    finally:
        backend.close()


def requests_for(store: RunReader) -> tuple[Request, ...]:
    """The samples that a run file lacks, as requests to a generator."""
    prompts = {planned.problem.id: planned.prompt for planned in store.problems()}
    return tuple(
        Request(problem_id, prompt, indices)
        for problem_id, indices in store.missing_samples().items()
        if (prompt := prompts[problem_id]) is not None
    )


def work(
    store: RunStore,
    protocols: tuple[ScoringProtocol, ...],
    generator: Generator | None,
    sandbox: Sandbox,
    console: Console,
) -> Result:
    """Bring a run file to its end, as far as model and sandbox let it. Raises Interrupted and StoreError."""
    manifest = store.manifest()
    known = manifest.sampling.model_dump(include=set(Sampling.__slots__), exclude_none=True)
    problems = {planned.problem.id: planned.problem for planned in store.problems()}
    plan = Plan(
        judging=Judging(problems, worker_limits(manifest.sandbox), manifest.dedup),
        protocols=protocols,
        requests=requests_for(store) if generator else (),
        sampling=Sampling(**known),
        parallel=AHEAD_PER_WORKER * sandbox.pool.workers,
    )
    session = Session(
        now(), command_line(), "running", sandbox={"backend": sandbox.info.backend, **sandbox.info.describe}
    )
    missing = sum(len(request.indices) for request in plan.requests)
    judgements = missing * len(protocols) + sum(len(store.unjudged(protocol.name)) for protocol in protocols)
    try:
        with console.progress(missing, judgements, len(protocols)) as tell:
            result = Pipeline(plan, store, generator, sandbox.pool, session, tell).run()
        explain_failures(store, sandbox.pool if result.sandbox_error is None else None, console)
        return result
    except KeyboardInterrupt:
        raise Interrupted(
            f"interrupted; everything that had finished is kept\n  Continue with: codeeval run --resume {store.run_dir}"
        ) from None


def explain_failures(store: RunStore, pool: Pool | None, console: Console) -> None:
    """Look for failures of format among the samples that failed, and execute their repairs. Raises StoreError."""
    from codeeval.evaluation.repair import explore

    failed = len(store.unexplained())
    if failed:
        done = explore(store, pool, worker_limits(store.manifest().sandbox))
        samples, programs = form(failed, "sample", "samples"), form(done.executed, "program", "programs")
        console.note(
            f"{failed} failed {samples} looked at for {form(failed, 'its', 'their')} format, "
            f"{done.executed} repaired {programs} executed"
        )
        if done.left:
            console.note(f"{done.left} repairs were left out: {done.reason}")


def worker_limits(info: SandboxInfo) -> Limits:
    """The limits that the workers of a run had. Raises DataError for what can be no limits."""
    known = asdict(Limits())
    try:
        chosen = {name: type(known[name])(value) for name, value in info.limits.items() if name in known}
        return replace(Limits(), **chosen)
    except (ValueError, OverflowError) as error:
        raise DataError("manifest, field sandbox.limits", str(error), "The run file is damaged.") from None


def finish(reader: RunReader, ending: Ending, result: Result | None = None) -> int:
    """Show the report, write the results, and give the exit code. Raises NothingToEvaluate and StoreError."""
    report = build(reader)
    ending.console.show(report)
    if ending.results is not None:
        write_results(reader, ending.results)
    if result is not None and result.generation_error is not None:
        ending.console.complain(f"codeeval: generation: {result.generation_error}")
    if result is not None and result.sandbox_error is not None:
        ending.console.complain(f"codeeval: sandbox: {result.sandbox_error}")
    if not report.complete:
        return 3
    if not report.n_problems and not report.hidden:
        raise NothingToEvaluate("no sample was judged")
    return 0


def check_run_dir(run_dir: Path) -> None:
    """What can be known before a model is loaded: raises UsageError for a run that is there already, and for a place that
    can't be written."""
    import os

    hint = "Choose another place with -o RUN_DIR."
    try:
        nearest = next(folder for folder in (run_dir, *run_dir.absolute().parents) if os.path.lexists(folder))
        if not nearest.is_dir():
            raise UsageError(f"{run_dir}: {nearest} is not a folder\n  {hint}")
        refuse_existing(run_dir)
    except OSError as error:  # a name that is too long, a working folder that is gone
        raise UsageError(f"{run_dir}: {error.strerror or error}\n  {hint}") from None
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise UsageError(f"{run_dir}: no permission to write in {nearest}\n  {hint}")


def new_run_dir(*words: str) -> Path:
    """runs/task-model-time, with nothing in it but letters, digits, dots, hyphens and underscores."""
    import re
    import time

    names = [re.sub(r"[^\w.-]+", "-", Path(word).name, flags=re.ASCII).strip("-.") or "x" for word in words]
    base = "-".join([*names, time.strftime("%Y%m%d-%H%M%S")])
    tries = (Path("runs", base + suffix) for suffix in ("", *(f"-{number}" for number in range(2, 1000))))
    return next((path for path in tries if not path.exists()), Path("runs", base))


def discard(store: RunStore) -> None:
    """Take back a run file in which nothing was done."""
    path = store.path
    store.close()
    path.unlink(missing_ok=True)
    if not any(path.parent.iterdir()):
        path.parent.rmdir()
