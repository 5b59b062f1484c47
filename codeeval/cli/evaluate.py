"""A fresh `codeeval run`: from settings to a finished run file."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import asdict

from codeeval.cli.asked import Asked, ask
from codeeval.cli.console import Console
from codeeval.cli.like import differences
from codeeval.cli.ranking import rank
from codeeval.cli.settings import Resolved
from codeeval.cli.work import Ending, Placement, Sandbox, discard, finish, open_sandbox, work
from codeeval.errors import UsageError
from codeeval.evaluation.template_choice import is_demo_model
from codeeval.generators import Generator
from codeeval.generators.registry import check_installed
from codeeval.i18n import form
from codeeval.manifest import (
    Manifest,
    ModelInfo,
    PromptInfo,
    SamplingInfo,
    TaskInfo,
    clean,
    code_revision,
    command_line,
    host_info,
    installed_versions,
    now,
    package_version,
    printable,
)
from codeeval.prompts.template_file import file_template_digest
from codeeval.prompts.templates import template_digest
from codeeval.store import RunStore
from codeeval.types import Task


def evaluate(resolved: Resolved, like: Manifest | None = None) -> int:
    """Generate, execute, judge, report; `like`: the run that is repeated, to tell what is not as it was. Returns the exit
    code; raises what `codeeval.errors` and `sandbox.errors` list."""
    settings = resolved.settings
    ending = Ending(Console(settings.format), settings.results)
    asked = ask(settings)
    check_installed(asked.model.backend, asked.model.options)  # before a sandbox is started for nothing
    ending.console.note(first_line(asked, resolved))
    placement = Placement(settings.sandbox, settings.workers, settings.isolation)
    with (
        open_sandbox(placement, asked.protocols, ending.console) as sandbox,
        closing(asked.generator()) as generator,
        RunStore.create(asked.run_dir, manifest_of(asked, generator, sandbox), asked.planned) as store,
    ):
        for difference in differences(like, store.manifest()) if like else ():
            ending.console.note(f"warning: {difference}")
        result = work(store, asked.protocols, generator, sandbox, ending.console)
        if isinstance(result.generation_error, UsageError) and not result.counts.generated:
            discard(store)
            raise result.generation_error
        generator.close()  # its GPU is free for a reward model
        return max(rank(store, ending.console), finish(store, ending, result))


def first_line(asked: Asked, resolved: Resolved) -> str:
    many, n = len(asked.task.problems), asked.sampling.n
    what = f"{many} {form(many, 'problem', 'problems')} of {asked.task.name}, {n} {form(n, 'sample', 'samples')} each"
    taken = f"Template {asked.template.name}: {asked.template.why}"
    if is_demo_model(asked.model.location) and asked.model.backend != "openai":
        chosen = "" if resolved.origins["model"] != "default" else "no model was named: "
        return (
            f"{chosen}the bundled demo model writes {what}. It has memorised these problems: this shows the machinery "
            f"and measures nothing. {taken}"
        )
    return f"{asked.model.name} ({asked.model.backend}) writes {what}, protocol {asked.protocols[0].name}. {taken}"


def manifest_of(asked: Asked, generator: Generator, sandbox: Sandbox) -> Manifest:
    digests = "\n".join(planned.prompt_digest for planned in asked.planned)
    model, description, file = asked.model, generator.describe(), asked.template_file
    wrong, template = description.get("openchat_ids_wrong"), asked.template
    notes = [*asked.notes, *((f"the tokenizer does not give the ids of the model card: {wrong}",) if wrong else ())]
    if asked.system and template.name == "chat" and description.get("lacks_system_role"):
        notes.append("the model's chat template has no system role: the system prompt opens the user's turn")
    return Manifest(
        codeeval_version=package_version(),
        code_revision=code_revision(),
        created_at=now(),
        kind="run",
        command=command_line(),
        task=task_info(asked.whole, asked.task, asked.altered),
        protocol=asked.protocols[0].name,
        protocols=tuple(protocol.name for protocol in asked.protocols),
        k=asked.ks,
        sampling=SamplingInfo(**asdict(asked.sampling)),
        prompt=PromptInfo(
            template=printable(template.name),
            template_digest=file_template_digest(file) if file else template_digest(template.name),
            template_text=file.text if file else None,
            system=asked.system,
            digest=hashlib.sha256(digests.encode()).hexdigest(),
            asked=printable(template.asked),
            why=template.why,
        ),
        model=ModelInfo(
            name=model.name,
            location=printable(model.location),
            backend=model.backend,
            options=clean(model.options),
            describe=clean(description),
        ),
        sandbox=sandbox.info,
        host=host_info(),
        versions=installed_versions(),
        dedup=asked.dedup,
        rankers=asked.rankers,
        notes=tuple(notes),
    )


def task_info(whole: Task, task: Task, altered: tuple[str, ...] = ()) -> TaskInfo:
    return TaskInfo(
        name=printable(whole.name),
        source=printable(whole.source),
        digest=whole.digest,
        n_problems=len(whole.problems),
        n_selected=len(task.problems),
        problems_digest=task.digest,
        altered=altered,
    )
