"""One prompt exactly as the model will see it, as text and as ids."""

from __future__ import annotations

from dataclasses import dataclass

from codeeval.errors import UsageError
from codeeval.evaluation.reporter import Reporter
from codeeval.evaluation.request import ask
from codeeval.evaluation.settings import Settings
from codeeval.generators.common.tokens import Shown, can_tokenize, tokenize
from codeeval.types import Prompt

TOKENIZED_HERE = ("hf", "vllm")


@dataclass(frozen=True, slots=True)
class ShownPrompt:
    """`shown` is None where the backend's tokenizer is not at hand."""

    problem_id: str
    template: str
    backend: str
    prompt: Prompt
    shown: Shown | None


def prompt_of(settings: Settings, problem_id: str, reporter: Reporter) -> ShownPrompt:
    """Raises UsageError for a problem that is not selected, and whatever a run with these settings would raise."""
    asked = ask(settings, reporter)
    found = next((planned for planned in asked.planned if planned.problem.id == problem_id), None)
    if found is None or found.prompt is None:
        raise UsageError(f"--show-prompt {problem_id}: {asked.task.name} has no such problem among those selected")
    model, prompt = asked.model, found.prompt
    shown: Shown | None = None
    if model.backend in TOKENIZED_HERE and can_tokenize():
        bos = model.options.get("add_bos_token") == "1" if asked.sampling.harness == "mera" else None
        shown = tokenize(model.location, prompt, model.options.get("revision", "main"), bos)
    return ShownPrompt(problem_id, asked.template, model.backend, prompt, shown)
