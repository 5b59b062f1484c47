"""One prompt exactly as the model will see it, as text and as ids."""

from __future__ import annotations

from dataclasses import dataclass, replace

from codeeval.errors import GenerationError, UsageError
from codeeval.evaluation.reporter import Reporter
from codeeval.evaluation.request import RunRequest, ask
from codeeval.evaluation.settings import Settings
from codeeval.evaluation.template_choice import AUTO, ChosenTemplate
from codeeval.generators.common.tokens import Shown, can_tokenize, tokenize
from codeeval.i18n import msg
from codeeval.types import Prompt

TOKENIZED_HERE = ("hf", "vllm")


@dataclass(frozen=True, slots=True)
class ShownPrompt:
    """`shown` is None if the backend's tokenizer is not available here."""

    problem_id: str
    template: ChosenTemplate
    note: str
    backend: str
    prompt: Prompt
    shown: Shown | None


def prompt_of(settings: Settings, problem_id: str, reporter: Reporter) -> ShownPrompt:
    """Raises UsageError for a problem that is not selected, and whatever a run with these settings would raise."""
    asked, note = _asked(settings, reporter)
    found = next((planned for planned in asked.planned if planned.problem.id == problem_id), None)
    if found is None or found.prompt is None:
        raise UsageError(
            msg(
                "--show-prompt {problem_id}: {task} has no such problem among those selected",
                problem_id=problem_id,
                task=asked.task.name,
            )
        )
    model, prompt = asked.model, found.prompt
    shown: Shown | None = None
    if model.backend in TOKENIZED_HERE and can_tokenize():
        bos = model.options.get("add_bos_token") == "1" if asked.sampling.harness == "mera" else None
        shown = tokenize(model.location, prompt, model.options.get("revision", "main"), bos)
    return ShownPrompt(problem_id, asked.template, note or asked.template.why, model.backend, prompt, shown)


def _asked(settings: Settings, reporter: Reporter) -> tuple[RunRequest, str | None]:
    """What a run with these settings would ask, and a note if its server could not be asked which template it takes."""
    try:
        asked = ask(
            replace(settings, max_tokens=1), reporter, opens=False
        )  # a server is not asked for samples that would be stored
    except GenerationError as error:
        if settings.template != AUTO:
            raise
        shown = ask(replace(settings, template="chat"), reporter, opens=False)
        return shown, msg("that is how a server that chats would be asked, and this one can't be ({why})", why=error)
    if asked.template.opened is not None:
        asked.template.opened.close()
    return asked, None
