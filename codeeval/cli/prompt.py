"""`codeeval run --show-prompt ID`: one prompt exactly as the model will see it, as text and as ids."""

from __future__ import annotations

from codeeval.cli.asked import Asked, ask
from codeeval.cli.console import Console
from codeeval.cli.settings import Resolved, Settings
from codeeval.errors import GenerationError, UsageError
from codeeval.evaluation.template_choice import AUTO
from codeeval.generators.common.tokens import Shown, can_tokenize, tokenize
from codeeval.generators.readable_tokens import Token
from codeeval.i18n import tr

TOKENIZED_HERE = ("hf", "vllm")


def show_prompt(resolved: Resolved, problem_id: str) -> None:
    """Raises UsageError for a problem that is not selected, and whatever a run with these settings would raise."""
    asked, note = _asked(resolved.settings)
    found = next((planned for planned in asked.planned if planned.problem.id == problem_id), None)
    if found is None or found.prompt is None:
        raise UsageError(f"--show-prompt {problem_id}: {asked.task.name} has no such problem among those selected")
    model, prompt = asked.model, found.prompt
    shown: Shown | None = None
    if model.backend in TOKENIZED_HERE and can_tokenize():
        shown = tokenize(model.location, prompt, model.options.get("revision", "main"))
    console = Console(resolved.settings.format)
    console.note(f"Template {asked.template.name}: {note or asked.template.why}")
    if console.format == "json":
        console.document(
            {
                "problem_id": problem_id,
                "template": asked.template.name,
                "template_asked": asked.template.asked,
                "template_why": asked.template.why,
                "text": shown.text if shown else prompt.text,
                "messages": [list(message) for message in prompt.messages],
                "ids": list(shown.ids) if shown else None,
                "tokens": [token.text for token in shown.tokens] if shown else None,
                "pieces": [token.piece for token in shown.tokens] if shown else None,
                "special": [token.special for token in shown.tokens] if shown else None,
                "warning": shown.warning if shown else None,
            }
        )
        return
    for role, content in prompt.messages:
        console.result(f"-- {role}\n{content}\n")
    if shown or prompt.text is not None:
        console.result(f"-- {tr('text')}\n{shown.text if shown else prompt.text}")
    if shown:
        console.result(f"\n-- {len(shown.ids)} ids\n{list(shown.ids)}\n\n-- {tr('tokens')}")
        console.result("\n".join(_row(token) for token in shown.tokens))
    else:
        where = "the server" if model.backend == "openai" else "transformers, which is not installed here"
        console.note(
            f"ids are known to {where}" if model.backend != "replay" else "a file of completions has no tokenizer"
        )


def _asked(settings: Settings) -> tuple[Asked, str | None]:
    """What a run with these settings would ask, and a note where its server could not be asked what it takes."""
    try:
        asked = ask(settings.model_copy(update={"max_tokens": 1}))  # a server is asked for nothing that would be kept
    except GenerationError as error:
        if settings.template != AUTO:
            raise
        shown = ask(settings.model_copy(update={"template": "chat"}))
        return shown, f"that is how a server that chats would be asked, and this one can't be ({error})"
    if asked.template.opened is not None:
        asked.template.opened.close()
    return asked, None


def _row(token: Token) -> str:
    """A token on a line of its own; a special one is no text, so it has no quotes."""
    return f"{token.id:>7}  " + (f"{token.text}  ({tr('special')})" if token.special else repr(token.text))
