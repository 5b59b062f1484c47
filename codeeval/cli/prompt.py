"""`codeeval run --show-prompt ID`: one prompt, shown."""

from __future__ import annotations

from codeeval.cli.console import Console
from codeeval.evaluation.show_prompt import ShownPrompt
from codeeval.i18n import tr


def show_prompt(found: ShownPrompt, console: Console) -> None:
    """The prompt as text and ids; with JSON one document."""
    prompt, shown = found.prompt, found.shown
    if console.format == "json":
        console.document(
            {
                "problem_id": found.problem_id,
                "template": found.template,
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
        where = "the server" if found.backend == "openai" else "transformers, which is not installed here"
        console.note(
            f"ids are known to {where}" if found.backend != "replay" else "a file of completions has no tokenizer"
        )
