"""`codeeval run --resume RUN`: do what the run file lacks, and nothing else."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path

from codeeval.cli.console import Console
from codeeval.cli.ranking import rank, unranked
from codeeval.cli.settings import Resolved, flag
from codeeval.cli.work import Ending, Placement, finish, open_sandbox, work, worker_limits
from codeeval.errors import DataError, UsageError
from codeeval.evaluation.template_choice import DEMO_MODEL
from codeeval.generators import Generator, create
from codeeval.manifest import Manifest
from codeeval.scoring import protocols
from codeeval.store import RunStore
from codeeval.tasks.bundled import bundled
from codeeval.types import ScoringProtocol
from sandbox.pool import Isolation

#: What may differ from the invocation that started the run; everything else is part of what was measured.
CHANGEABLE = ("sandbox", "workers", "results", "format", "model_options", "base_url", "ca_bundle")


def resume(run_dir: Path, resolved: Resolved) -> int:
    """Returns the exit code. Raises UsageError for a flag that would change the run, and what a fresh run raises."""
    check_changeable(resolved)
    settings = resolved.settings
    ending = Ending(Console(settings.format), settings.results)
    with RunStore.open(run_dir) as store:
        manifest = store.manifest()
        judged_by = run_protocols(manifest, str(store.path))
        lacking = {name: len(store.unjudged(name)) for name in manifest.protocols}
        missing = sum(map(len, store.missing_samples().values()))
        if not missing and not any(lacking.values()) and not store.unexplained():
            if unranked(store):
                return max(rank(store, ending.console), finish(store, ending))
            ending.console.note(f"{run_dir} is complete: nothing is left to do")
            return finish(store, ending)
        ending.console.note(f"resuming {run_dir}: {missing} samples to generate, {max(lacking.values())} to execute")
        kind = settings.sandbox if resolved.origins["sandbox"] != "default" else manifest.sandbox.backend
        # the workers are as large as they were, whatever the limits of this version are: evidence must stay comparable
        placement = Placement(kind, settings.workers, isolation_of(manifest), worker_limits(manifest.sandbox))
        with ExitStack() as stack:
            sandbox = stack.enter_context(open_sandbox(placement, judged_by, ending.console))
            compare_images(manifest, sandbox.info.describe, ending.console)
            generator = stack.enter_context(closing(generator_of(manifest, resolved))) if missing else None
            result = work(store, judged_by, generator, sandbox, ending.console)
        return max(rank(store, ending.console), finish(store, ending, result))


def check_changeable(resolved: Resolved) -> None:
    """Raises UsageError for a flag that would change the run."""
    fixed = [flag(name) for name in resolved.given_by_flag() if name not in CHANGEABLE]
    if fixed:
        raise UsageError(
            f"{', '.join(fixed)}: can't be changed by --resume, the run keeps the settings it was started with\n"
            f"  These may be given: {', '.join(map(flag, CHANGEABLE))}."
        )


def run_protocols(manifest: Manifest, where: str) -> tuple[ScoringProtocol, ...]:
    """The protocols of a run. Raises DataError for one that this version does not know."""
    for name in manifest.protocols:
        if name not in protocols.names():
            raise DataError(where, f"it was judged under the protocol {name!r}, which this codeeval does not know")
    return tuple(protocols.get(name) for name in manifest.protocols)


def isolation_of(manifest: Manifest) -> Isolation:
    return "fresh" if manifest.sandbox.isolation == "fresh" else "warm"


def generator_of(manifest: Manifest, resolved: Resolved) -> Generator:
    options = {name: value for name, value in manifest.model.options.items() if value != "***"}
    options.update(resolved.settings.model_options)
    if resolved.settings.base_url:
        options["base_url"] = resolved.settings.base_url
    if resolved.settings.ca_bundle:
        options["ca_bundle"] = resolved.settings.ca_bundle
    moved = (
        manifest.model.name == DEMO_MODEL and manifest.model.backend != "openai"
    )  # it comes with the program, wherever that is installed by now
    location = str(bundled(DEMO_MODEL)) if moved else manifest.model.location
    return create(manifest.model.backend, location, options)


def compare_images(manifest: Manifest, now: dict[str, str], console: Console) -> None:
    then = manifest.sandbox.describe
    if then.get("image") != now.get("image"):
        console.note(
            f"warning: this run's programs were executed in {then.get('image')}, now it is {now.get('image')}; "
            "both are recorded in the run"
        )
