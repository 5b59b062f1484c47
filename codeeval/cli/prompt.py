"""`codeeval run --show-prompt ID`: one prompt exactly as the model will see it, as text and as ids."""

from __future__ import annotations

from codeeval.cli.asked import ask
from codeeval.cli.console import Console
from codeeval.cli.settings import Resolved
from codeeval.errors import UsageError
from codeeval.generators.common.tokens import Shown, can_tokenize, tokenize
from codeeval.i18n import tr

TOKENIZED_HERE = ("hf", "vllm")


def show_prompt(resolved: Resolved, problem_id: str) -> None:
    """Raises UsageError for a problem that is not selected, and whatever a run with these settings would raise."""
    asked = ask(resolved.settings)
    found = next((planned for planned in asked.planned if planned.problem.id == problem_id), None)
    if found is None or found.prompt is None:
        raise UsageError(f"--show-prompt {problem_id}: {asked.task.name} has no such problem among those selected")
    model, prompt = asked.model, found.prompt
    shown: Shown | None = None
    if model.backend in TOKENIZED_HERE and can_tokenize():
        bos = model.options.get("add_bos_token") == "1" if asked.sampling.harness == "mera" else None
        shown = tokenize(model.location, prompt, model.options.get("revision", "main"), bos)
    console = Console(resolved.settings.format)
    if console.format == "json":
        console.document(
            {
                "problem_id": problem_id,
                "template": asked.template,
                "text": shown.text if shown else prompt.text,
                "messages": [list(message) for message in prompt.messages],
                "ids": list(shown.ids) if shown else None,
                "tokens": list(shown.pieces) if shown else None,
                "warning": shown.warning if shown else None,
            }
        )
        return
    for role, content in prompt.messages:
        console.result(f"-- {role}\n{content}\n")
    if shown or prompt.text is not None:
        console.result(f"-- {tr('text')}\n{shown.text if shown else prompt.text}")
    if shown:
        console.result(f"\n-- {len(shown.ids)} ids\n{list(shown.ids)}\n\n-- {tr('tokens')}\n{' '.join(shown.pieces)}")
    else:
        where = "the server" if model.backend == "openai" else "transformers, which is not installed here"
        console.note(
            f"ids are known to {where}" if model.backend != "replay" else "a file of completions has no tokenizer"
        )
