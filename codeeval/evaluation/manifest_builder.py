"""Build the manifest of a new run; nothing else does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from codeeval.environment import code_revision, host_info, installed_versions, package_version
from codeeval.evaluation.sandbox import limits_from
from codeeval.evaluation.score_request import ScoreRequest
from codeeval.i18n import mapped, msg
from codeeval.manifest import (
    Manifest,
    ModelInfo,
    PromptInfo,
    SamplingInfo,
    SandboxInfo,
    TaskInfo,
    clean,
    command_line,
    now,
    printable,
)
from codeeval.prompts.template_file import file_template_digest
from codeeval.prompts.templates import template_digest
from codeeval.scoring.limits import Kind, kinds_of, limits_of_kind
from codeeval.types import ScoringProtocol, Task
from sandbox import Limits

if TYPE_CHECKING:
    from codeeval.evaluation.request import RunRequest
    from codeeval.generators import Generator


def run_manifest(asked: RunRequest, generator: Generator, info: SandboxInfo) -> Manifest:
    """The manifest of a run with completions from `generator`."""
    description = generator.describe()
    wrong = description.get("openchat_ids_wrong")
    notes = [
        *asked.notes,
        *((msg("the tokenizer does not give the ids of the model card: {reason}", reason=wrong),) if wrong else ()),
    ]
    if asked.system and asked.template.name == "chat" and description.get("lacks_system_role"):
        notes.append(msg("the model's chat template has no system role: the system prompt opens the user's turn"))
    model = ModelInfo(
        name=asked.model.name,
        location=printable(asked.model.location),
        backend=asked.model.backend,
        options=clean(asked.model.options),
        describe=clean(description),
    )
    return _manifest(
        asked,
        info,
        kind="run",
        command=command_line(),
        task=task_info(asked.whole, asked.task, asked.altered),
        sampling=SamplingInfo(**asdict(asked.sampling)),
        prompt=_prompt(asked),
        model=model,
        rankers=asked.rankers,
        notes=_printable(notes),
    )


def score_manifest(asked: ScoreRequest, info: SandboxInfo, command: tuple[str, ...]) -> Manifest:
    """The manifest of a run with completions made elsewhere."""
    made_by = asked.made_by
    return _manifest(
        asked,
        info,
        kind="score",
        command=command,
        task=task_info(asked.whole, asked.task, made_by.altered),
        sampling=made_by.sampling,
        prompt=made_by.prompt,
        model=made_by.model,
        samples_file=made_by.file,
        samples_digest=made_by.digest,
        skipped_samples=asked.skipped,
        notes=_printable(asked.notes),
    )


def _printable(notes: Iterable[str]) -> tuple[str, ...]:
    """They may quote a file of completions, where any text can stand."""
    return tuple(mapped(note, printable) for note in notes)


def _manifest(asked: RunRequest | ScoreRequest, info: SandboxInfo, **parts: Any) -> Manifest:
    return Manifest(
        codeeval_version=package_version(),
        code_revision=code_revision(),
        created_at=now(),
        protocol=asked.protocols[0].name,
        protocols=tuple(protocol.name for protocol in asked.protocols),
        k=asked.ks,
        sandbox=with_limits(info, asked.task, asked.protocols),
        host=host_info(),
        versions=installed_versions(),
        dedup=asked.dedup,
        **parts,
    )


def with_limits(info: SandboxInfo, task: Task, protocols: tuple[ScoringProtocol, ...]) -> SandboxInfo:
    """What is known about the sandbox, with the limits under which this set's programs are executed."""
    worker = limits_from(info.limits)
    kinds = kinds_of(task.problems)
    found = {each.name: {kind: _limits(kind, each, worker) for kind in kinds} for each in protocols}
    first = found[protocols[0].name][kinds[0]] if kinds else info.limits
    return info.model_copy(update={"limits": first, "limits_by_protocol": found})


def _limits(kind: Kind, protocol: ScoringProtocol, worker: Limits) -> dict[str, float]:
    return asdict(limits_of_kind(kind, protocol, worker))


def _prompt(asked: RunRequest) -> PromptInfo:
    digests = "\n".join(planned.prompt_digest for planned in asked.planned)
    file, template = asked.template_file, asked.template
    return PromptInfo(
        template=printable(template.name),
        template_digest=file_template_digest(file) if file else template_digest(template.name),
        template_text=file.text if file else None,
        system=asked.system,
        digest=hashlib.sha256(digests.encode()).hexdigest(),
        asked=printable(template.asked),
        why=template.why,
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
