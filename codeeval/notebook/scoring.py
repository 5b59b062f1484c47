"""`codeeval.evaluate`: completions as Python strings, through the whole sandbox, to a run."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from codeeval.errors import NothingToEvaluate, UsageError
from codeeval.evaluation import reference
from codeeval.evaluation.dispatch import Judging
from codeeval.evaluation.pipeline import Pipeline, Plan, Progress
from codeeval.evaluation.preflight import preflight
from codeeval.evaluation.repair import explore
from codeeval.manifest import (
    Manifest,
    ModelInfo,
    PromptInfo,
    SamplingInfo,
    SandboxInfo,
    TaskInfo,
    code_revision,
    host_info,
    installed_versions,
    now,
    package_version,
)
from codeeval.notebook.run import Run
from codeeval.scoring import protocols
from codeeval.store import PlannedProblem, RunStore, Session
from codeeval.tasks import digest, load
from codeeval.types import Problem, Sample, Sampling, ScoringProtocol, Task
from sandbox import Limits, Pool, SandboxError, select

#: One problem's completions, or only one.
Texts = str | None | Sequence[str | None]
COMMAND = ("codeeval.evaluate",)


@dataclass(frozen=True, slots=True)
class Execution:
    """How completions are executed. `sandbox`: auto, docker or local. `workers`: programs at a time; None: one per processor.

    `limits`: of one sample, under the protocol strict only. `repairs`: also execute what failed by its format, repaired, as the
    command line does: the report then says what the score would be. `progress`: True for a bar on stderr, or a
    function that gets a `codeeval.evaluation.pipeline.Progress` now and then, in the thread that called `evaluate`."""

    sandbox: str = "auto"
    workers: int | None = None
    limits: Limits | None = None
    repairs: bool = True
    progress: bool | Callable[[Progress], None] = False


def evaluate(
    problems: str | Task | Sequence[Problem],
    completions: Mapping[str, Texts] | Sequence[Texts],
    k: Sequence[int] = (1, 5, 10),
    protocol: str = "strict",
    sandbox: str | Execution = "auto",
    out: str | os.PathLike[str] | None = None,
) -> Run:
    """Execute completions in the sandbox and judge them.

    `problems`: a task's name, the path of a file (docs/tasks.md), or problems. `completions`: per problem its completions,
    by id, or in the order of the problems; what a model would write after the prompt. They are judged as they are: no stop
    sequence is applied. Problems without completions are left out. `k`: those of pass@k; a k above n gives None.
    `protocol`: how completions become programs and what is right (docs/scoring.md); `strict` is always judged too.
    `sandbox`: auto, docker or local, or an Execution that says more. `out`: folder for the run; without it the run goes with the
    object that is returned. May be called from any thread, also by several at once, and where an event loop runs (it blocks).

    Raises UsageError (lengths, ids, names), NothingToEvaluate, SandboxError (none works here, or programs could not be
    executed), StoreError.
    """
    task = _task(problems)
    samples = _samples(task, completions)
    ks = tuple(sorted({int(each) for each in k}))
    if not ks or ks[0] < 1:
        raise UsageError(f"k must be positive whole numbers, got {list(k)}")
    if protocol not in protocols.names():
        raise UsageError(f"there is no protocol {protocol!r}; there are {', '.join(protocols.names())}")
    how = _checked(Execution(sandbox) if isinstance(sandbox, str) else sandbox, protocol)
    judged_by = tuple(protocols.get(name) for name in dict.fromkeys((protocol, "strict")))
    protocols.check_fits(judged_by[0], task)
    if how.limits is not None:
        judged_by = (replace(judged_by[0], limits=how.limits),)
    run_dir = Path(out) if out is not None else Path(tempfile.mkdtemp(prefix="codeeval-"))
    try:
        _evaluated(task, samples, _Asked(judged_by, ks, how), run_dir)
    except BaseException:
        if out is None:
            shutil.rmtree(run_dir, ignore_errors=True)
        raise
    return Run(run_dir, temporary=out is None)


@dataclass(frozen=True, slots=True)
class _Asked:
    protocols: tuple[ScoringProtocol, ...]
    ks: tuple[int, ...]
    how: Execution


def _checked(how: Execution, protocol: str) -> Execution:
    if how.sandbox not in ("auto", "docker", "local"):
        raise UsageError(f"sandbox must be auto, docker or local, got {how.sandbox!r}")
    if how.workers is not None and (isinstance(how.workers, bool) or not 1 <= how.workers <= 1024):
        raise UsageError(f"workers must be a number from 1 to 1024, got {how.workers!r}")
    if how.limits is not None and protocol != "strict":
        raise UsageError(f"limits can be chosen under strict only: those of {protocol} are a part of it")
    return how


def _evaluated(task: Task, samples: Mapping[str, Sequence[Sample]], asked: _Asked, run_dir: Path) -> None:
    how, limits = asked.how, asked.protocols[0].limits
    backend = select(how.sandbox, lambda line: None)
    try:
        with Pool(backend, how.workers, limits) as pool:
            preflight(pool, asked.protocols, pool.limits)
            task = _answered(task, pool)
            planned = [PlannedProblem(problem, None, "", len(samples[problem.id])) for problem in task.problems]
            info = SandboxInfo(
                backend=backend.name,
                workers=pool.workers,
                limits=asdict(limits),
                describe=backend.describe(),
                why=backend.why,
            )
            manifest = _manifest(task, samples, asked.protocols, asked.ks, info)
            with RunStore.create(run_dir, manifest, planned) as store:
                _execute(store, samples, asked, pool)
    finally:
        backend.close()


def _answered(task: Task, pool: Pool) -> Task:
    """With the answers of the reference solutions, where the task comes with those."""
    if not reference.is_needed(task):
        return task
    return reference.cached(task) or reference.computed(task, lambda jobs: list(pool.map(jobs)))


def _execute(store: RunStore, samples: Mapping[str, Sequence[Sample]], asked: _Asked, pool: Pool) -> None:
    for rows in samples.values():
        store.add_samples(rows)
    store.commit()
    known = {planned.problem.id: planned.problem for planned in store.problems()}
    plan = Plan(Judging(known, pool.limits), asked.protocols, parallel=8 * pool.workers)
    with _progress(asked, sum(map(len, samples.values()))) as tell:
        result = Pipeline(plan, store, None, pool, Session(now(), COMMAND, "running"), tell).run()
    pending = {key for each in asked.protocols for key in store.unjudged(each.name)}
    if pending:
        reason = result.sandbox_error or next((incident.reason for incident in store.incidents()), "no reason is known")
        raise SandboxError(
            f"{len(pending)} samples could not be executed: {reason}\n"
            f"  What had finished is in {store.run_dir}; `codeeval doctor` looks for the reason."
        )
    if asked.how.repairs:
        explore(store, pool, pool.limits)


@contextmanager
def _progress(asked: _Asked, samples: int) -> Iterator[Callable[[Progress], None]]:
    """What the pipeline tells its progress to."""
    wish = asked.how.progress
    if callable(wish):
        yield wish
    elif not wish:
        yield lambda progress: None
    else:
        from tqdm import tqdm

        with tqdm(total=samples, desc="executed", unit=" samples") as bar:
            yield lambda progress: _move(bar, progress.judged // len(asked.protocols))


def _move(bar: Any, done: int) -> None:
    bar.update(done - bar.n)


def _task(problems: str | Task | Sequence[Problem]) -> Task:
    if isinstance(problems, str):
        return load(problems)
    if isinstance(problems, Task):
        return problems
    chosen = tuple(problems)
    if len({problem.id for problem in chosen}) != len(chosen):
        raise UsageError("evaluate: two problems have the same id")
    return Task("problems", "python", digest(chosen), chosen)


def _samples(task: Task, completions: Mapping[str, Texts] | Sequence[Texts]) -> dict[str, list[Sample]]:
    """problem id -> its samples; empty where there are none."""
    given = _by_id(task, completions)
    samples = {
        problem.id: [Sample(problem.id, index, "", text) for index, text in enumerate(given.get(problem.id, ()))]
        for problem in task.problems
    }
    if not any(samples.values()):
        raise NothingToEvaluate("evaluate: there are no completions")
    return samples


def _by_id(task: Task, completions: Mapping[str, Texts] | Sequence[Texts]) -> dict[str, list[str]]:
    ids = [problem.id for problem in task.problems]
    if isinstance(completions, str):
        raise UsageError("evaluate: completions must be a list with an entry per problem, or a mapping by problem id")
    if isinstance(completions, Mapping):
        found = {str(pid): _texts(texts) for pid, texts in completions.items()}
        unknown = [pid for pid in found if pid not in set(ids)]
        if unknown:
            raise UsageError(f"evaluate: {task.name} has no problem {unknown[0]!r}; it has {', '.join(ids[:5])}, …")
        return found
    if len(completions) != len(ids):
        raise UsageError(
            f"evaluate: {len(ids)} problems but completions for {len(completions)}\n"
            "  Give one entry per problem, a completion or a list of them, or a mapping by problem id."
        )
    return dict(zip(ids, map(_texts, completions), strict=True))


def _texts(given: Texts) -> list[str]:
    """A None is an empty answer, which counts as any other."""
    texts = [given] if given is None or isinstance(given, str) else list(given)
    if not all(text is None or isinstance(text, str) for text in texts):
        raise UsageError("evaluate: a completion must be a str")
    return [text or "" for text in texts]


def _manifest(
    task: Task,
    samples: Mapping[str, Sequence[Sample]],
    judged_by: Iterable[ScoringProtocol],
    ks: tuple[int, ...],
    sandbox: SandboxInfo,
) -> Manifest:
    names = tuple(each.name for each in judged_by)
    n = max(map(len, samples.values()))
    # how these completions were sampled is not known here: nothing is claimed
    sampling = asdict(Sampling(n=n)) | dict.fromkeys(("temperature", "top_p", "top_k", "max_tokens", "seed"))
    return Manifest(
        codeeval_version=package_version(),
        code_revision=code_revision(),
        created_at=now(),
        kind="score",
        command=COMMAND,
        task=TaskInfo(
            name=task.name,
            source=task.source,
            digest=task.digest,
            n_problems=len(task.problems),
            n_selected=len(task.problems),
            problems_digest=digest(task.problems),
        ),
        protocol=names[0],
        protocols=names,
        k=ks,
        sampling=SamplingInfo.model_validate(sampling),
        prompt=PromptInfo(template="unknown"),
        model=ModelInfo(name="python", location="python", backend="samples"),
        sandbox=sandbox,
        host=host_info(),
        versions=installed_versions(),
    )
