"""A fresh run: from settings to a finished run file."""

from __future__ import annotations

from contextlib import closing

from codeeval.errors import UsageError, resumable
from codeeval.evaluation.earlier_run import differences
from codeeval.evaluation.manifest_builder import run_manifest
from codeeval.evaluation.reporter import Reporter
from codeeval.evaluation.request import RunRequest, ask
from codeeval.evaluation.rerank import rank
from codeeval.evaluation.resolve import Resolved
from codeeval.evaluation.run_dir import discard
from codeeval.evaluation.sandbox import Sandbox, open_sandbox, placement
from codeeval.evaluation.template_choice import is_demo_model
from codeeval.evaluation.work import Ended, work
from codeeval.generators import Generator
from codeeval.i18n import msg
from codeeval.manifest import Manifest
from codeeval.store import RunStore


def evaluate(resolved: Resolved, reporter: Reporter, like: Manifest | None = None) -> Ended:
    """Generate, execute, judge, rank. `like`: the manifest of the run being repeated, to report differences. Raises
    what `codeeval.errors` and `sandbox.errors` list."""
    asked = ask(resolved.settings, reporter)
    reporter.note(first_line(asked, resolved))
    with (
        open_sandbox(placement(resolved.settings), asked.protocols, reporter) as sandbox,
        closing(asked.generator()) as generator,
    ):
        return generate_and_judge(asked, generator, sandbox, reporter, like)


def generate_and_judge(
    asked: RunRequest, generator: Generator, sandbox: Sandbox, reporter: Reporter, like: Manifest | None = None
) -> Ended:
    """`evaluate` with a generator, which is closed before samples are ranked, and a sandbox, which stays open."""
    created = RunStore.create(asked.run_dir, run_manifest(asked, generator, sandbox.info), asked.planned)
    with resumable(created.run_dir), created as store:
        tell_unmarked(store, reporter)
        for difference in differences(like, store.manifest()) if like else ():
            reporter.note(msg("warning: {note}", note=difference))
        result = work(store, asked.protocols, generator, sandbox, reporter)
        if isinstance(result.generation_error, UsageError) and not result.counts.generated:
            discard(store)
            raise result.generation_error
        generator.close()  # frees its GPU for a reward model
        return Ended(store.run_dir, result, unranked=not rank(store, reporter))


def tell_unmarked(store: RunStore, reporter: Reporter) -> None:
    """Note if the user's key can't be stored; the run continues."""
    if store.unmarked:
        reporter.note(
            msg(
                "this run can't be marked as yours, so --resume will ask for its settings again: {reason}",
                reason=store.unmarked,
            )
        )


def first_line(asked: RunRequest, resolved: Resolved) -> str:
    many, n = len(asked.task.problems), asked.sampling.n
    what = msg("{n} {n:problem|problems} of {task}, {m} {m:sample|samples} each", n=many, task=asked.task.name, m=n)
    taken = msg("Template {name}: {why}", name=asked.template.name, why=asked.template.why)
    if is_demo_model(asked.model.location) and asked.model.backend != "openai":
        chosen = "" if resolved.origins["model"] != "default" else msg("no model was named: ")
        return msg(
            "{chosen}the bundled demo model writes {what}. It has memorised these problems: this shows the machinery "
            "and measures nothing. {taken}",
            chosen=chosen,
            what=what,
            taken=taken,
        )
    return msg(
        "{model} ({backend}) writes {what}, protocol {protocol}. {taken}",
        model=asked.model.name,
        backend=asked.model.backend,
        what=what,
        protocol=asked.protocols[0].name,
        taken=taken,
    )
