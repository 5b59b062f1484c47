"""`codeeval run --resume RUN`: do what the run file lacks, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path

from codeeval.errors import DataError, UsageError
from codeeval.evaluation.cluster import cluster_of
from codeeval.evaluation.cluster_engines import launcher_of
from codeeval.evaluation.earlier_run import MODEL_DIGESTS
from codeeval.evaluation.reporter import Reporter
from codeeval.evaluation.rerank import rank, unranked
from codeeval.evaluation.resolve import Resolved
from codeeval.evaluation.sandbox import Placement, as_executed, open_sandbox, worker_limits
from codeeval.evaluation.settings import flag
from codeeval.evaluation.trust import Again, check_workers, is_demo, model_to_resume, refuse_ranking
from codeeval.evaluation.work import Ended, work
from codeeval.generators import Generator, create
from codeeval.i18n import msg
from codeeval.manifest import Manifest, ModelInfo, clean
from codeeval.scoring import protocols
from codeeval.store import RunStore
from codeeval.types import ScoringProtocol
from sandbox.front import Isolation

#: What may differ from the invocation that started the run; everything else is part of what was measured.
CHANGEABLE = (
    *("sandbox", "python", "workers", "cluster", "cluster_options", "results", "format"),
    *("model_options", "base_url", "ca_bundle", "model", "backend"),
)


def resume(run_dir: Path, resolved: Resolved, reporter: Reporter) -> Ended:
    """Do what a run file lacks. Raises UsageError for a flag that would change the run, and what a fresh run raises."""
    check_changeable(resolved)
    with RunStore.open(run_dir) as store:
        manifest = store.manifest()
        judged_by = run_protocols(manifest, str(store.path))
        lacking = max(map(store.n_unjudged, manifest.protocols), default=0)
        judged = not lacking and not store.unexplained()
        missing = store.n_missing()
        if missing and manifest.kind == "score":
            missing = 0  # the rows of a file are not generated
            if judged:
                raise UsageError(
                    msg(
                        "{run_dir}: what it lacks are rows of {file} that can't be read, and no model\n  Correct them and score "
                        "the file again, or leave them out with `codeeval score --skip-bad-rows`.",
                        run_dir=run_dir,
                        file=manifest.samples_file,
                    )
                )
        if not missing and judged:
            return _only_rank(run_dir, store, manifest, reporter)
        own = store.is_own()
        model = model_to_resume(run_dir, manifest, own, given_again(resolved)) if missing else None
        reporter.note(msg("resuming {run}: {n} samples to generate, {m} to execute", run=run_dir, n=missing, m=lacking))
        placement = placement_of(manifest, resolved, str(store.path), own=own)
        with ExitStack() as stack:
            sandbox = stack.enter_context(open_sandbox(placement, judged_by, reporter))
            compare_images(manifest, sandbox.info.describe, reporter)
            generator = stack.enter_context(closing(generator_of(model, manifest, resolved))) if model else None
            result = work(store, judged_by, generator, sandbox, reporter)
        return Ended(store.run_dir, result, unranked=not _ranked(store, reporter, own=own))


def _only_rank(run_dir: Path, store: RunStore, manifest: Manifest, reporter: Reporter) -> Ended:
    """Finish a run whose samples are generated and judged. Raises UsageError if another user's run has ranking left."""
    if unranked(store):
        if not store.is_own():
            refuse_ranking(run_dir, manifest.rankers)
        return Ended(store.run_dir, unranked=not rank(store, reporter))
    reporter.note(msg("{run} is complete: nothing is left to do", run=run_dir))
    return Ended(store.run_dir)


def _ranked(store: RunStore, reporter: Reporter, *, own: bool) -> bool:
    """Let the reward models score this user's own run; those of another user's run are left to `codeeval rerank`.
    Returns whether nothing is left to rank."""
    if own:
        return rank(store, reporter)
    if unranked(store):
        reporter.note(msg("the reward models of a run that was not made by you here are left to `codeeval rerank`"))
        return False
    return True


def given_again(resolved: Resolved) -> Again:
    """What this invocation says about the model; settings that apply to fresh runs (`CODEEVAL_MODEL`) are excluded."""
    flags, settings = resolved.given_by_flag(), resolved.settings
    return Again(
        model=settings.model if "model" in flags else None,
        backend=settings.backend if "backend" in flags else None,
        base_url=settings.base_url,
        options={**settings.model_options, **({"ca_bundle": settings.ca_bundle} if settings.ca_bundle else {})},
    )


def placement_of(manifest: Manifest, resolved: Resolved, where: str, *, own: bool) -> Placement:
    """The sandbox of the run. The workers keep their size, whatever this version's limits are, so that evidence stays
    comparable. Another user's run can choose neither a weaker sandbox nor huge workers; raises DataError."""
    settings, chosen = resolved.settings, resolved.origins["sandbox"] != "default"
    if not own:
        check_workers(manifest.sandbox, where)
    kind = settings.sandbox if chosen or not own else manifest.sandbox.backend
    cluster = cluster_of(settings.cluster, settings.cluster_options)
    python = settings.python
    if python is None and own and kind == manifest.sandbox.backend and cluster is None:
        python = manifest.sandbox.describe.get("interpreter")
    return Placement(kind, settings.workers, isolation_of(manifest), worker_limits(manifest.sandbox), cluster, python)


def check_changeable(resolved: Resolved) -> None:
    """Raise UsageError for a flag that would change the run."""
    fixed = [flag(name) for name in resolved.given_by_flag() if name not in CHANGEABLE]
    if fixed:
        raise UsageError(
            msg(
                "{flags}: can't be changed by --resume, the run keeps the settings it was started with\n  These may be "
                "given: {names}.",
                flags=", ".join(fixed),
                names=", ".join(map(flag, CHANGEABLE)),
            )
        )


def run_protocols(manifest: Manifest, where: str) -> tuple[ScoringProtocol, ...]:
    """The protocols of a run. Raises DataError for one that this version lacks."""
    for name in manifest.protocols:
        if name not in protocols.names():
            raise DataError(
                where,
                msg(
                    "it was judged under the protocol {name}, which this version of codeeval does not have",
                    name=repr(name),
                ),
            )
    return tuple(as_executed(protocols.get(name), manifest) for name in manifest.protocols)


def isolation_of(manifest: Manifest) -> Isolation:
    return "fresh" if manifest.sandbox.isolation == "fresh" else "warm"


def generator_of(model: ModelInfo, manifest: Manifest, resolved: Resolved) -> Generator:
    """The model that continues the run. Raises UsageError if the files at its place differ from the run's, and what
    `create` raises."""
    generator = create(model.backend, model.location, model.options, launcher_of(resolved.settings))
    try:
        if model.location != manifest.model.location and not is_demo(manifest.model):
            _refuse_another(manifest.model.describe, clean(generator.describe()))
    except BaseException:
        generator.close()
        raise
    return generator


def _refuse_another(then: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Refuse a different model: a run with samples of two models would measure neither."""
    for name in MODEL_DIGESTS:
        if name in then and then[name] != now.get(name):
            raise UsageError(
                msg(
                    "-m: this is not the model of the run: {name} was {value}, now it is {other}",
                    name=name,
                    value=then[name],
                    other=now.get(name),
                )
            )


def compare_images(manifest: Manifest, now: dict[str, str], reporter: Reporter) -> None:
    then = manifest.sandbox.describe
    if then.get("image") != now.get("image"):
        reporter.note(
            msg(
                "warning: this run's programs were executed in {then}, now it is {now}; both are recorded in the run",
                then=then.get("image"),
                now=now.get("image"),
            )
        )
