"""`codeeval run --show-prompt ID`: one prompt, shown."""

from __future__ import annotations

from codeeval.cli.console import Console
from codeeval.evaluation.show_prompt import ShownPrompt
from codeeval.generators.common.readable_tokens import Token
from codeeval.i18n import msg, tr


def show_prompt(found: ShownPrompt, console: Console) -> None:
    """Print the prompt as text and ids, or as one JSON document."""
    prompt, shown = found.prompt, found.shown
    console.note(msg("Template {name}: {why}", name=found.template.name, why=found.note))
    if console.format == "json":
        console.document(
            {
                "problem_id": found.problem_id,
                "template": found.template.name,
                "template_asked": found.template.asked,
                "template_why": found.template.why,
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
        where = msg("the server") if found.backend == "openai" else msg("transformers, which is not installed here")
        console.note(
            msg("ids are known to {where}", where=where)
            if found.backend != "replay"
            else msg("a file of completions has no tokenizer")
        )


def _row(token: Token) -> str:
    """A token on its own line; a special one has no quotes, because it is not text."""
    return f"{token.id:>7}  " + (f"{token.text}  ({tr('special')})" if token.special else repr(token.text))
