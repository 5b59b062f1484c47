"""Prompt -> ids, the same for every backend with a tokenizer: BOS once, the model's own template for messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

#: ((role, content), …)
Messages = Sequence[Sequence[str]]


class TemplateProblem(ValueError):
    """The tokenizer has no chat template, or its template refuses the messages. The text is for the user."""


def encode_as_mera(tokenizer: Any, text: str | None, messages: Messages, *, bos: bool) -> list[int]:
    """The ids that MERA's harness gives to a model: without BOS unless requested, and without the system message if the
    template refuses its role. Raises TemplateProblem."""
    rendered = text if text is not None else _as_mera(tokenizer, messages)
    return list(tokenizer(rendered, add_special_tokens=bos)["input_ids"])


def _as_mera(tokenizer: Any, messages: Messages) -> str:
    if not tokenizer.chat_template:
        return apply_template(tokenizer, messages)
    others = [message for message in messages if message[0] != "system"]
    try:
        return _rendered(tokenizer, messages)
    except Exception:
        return apply_template(tokenizer, others)


def encode(tokenizer: Any, text: str | None, messages: Messages) -> list[int]:
    """The ids that the model receives for a text, or for messages if `text` is None. Raises TemplateProblem.

    BOS is not doubled if the text already begins with it; a chat template's output is used unchanged.
    """
    if text is not None:
        ids = tokenizer(text)["input_ids"]
    else:
        ids = tokenizer(apply_template(tokenizer, messages), add_special_tokens=False)["input_ids"]
    while len(ids) > 1 and ids[0] == ids[1] == tokenizer.bos_token_id:
        ids = ids[1:]
    return list(ids)


def apply_template(tokenizer: Any, messages: Messages) -> str:
    """The text that the model's own template makes of messages, up to the assistant's turn. Raises TemplateProblem."""
    if not tokenizer.chat_template:
        raise TemplateProblem("its tokenizer has no chat template; use --template none, code-user or gpt4-correct")
    try:
        if messages[0][0] == "system" and lacks_system_role(tokenizer):
            messages = fold_system(messages)
        return _rendered(tokenizer, messages)
    except Exception as error:  # whatever the model's template raises
        raise TemplateProblem(f"its chat template refuses the messages: {error}") from error


def lacks_system_role(tokenizer: Any) -> bool:
    """Whether the model's own template refuses a system message, or leaves its text out."""
    if not tokenizer.chat_template:
        return False
    mark = "codeeval looks for these words"
    try:
        return mark not in _rendered(tokenizer, (("system", mark), ("user", "?")))
    except Exception:
        return True


def fold_system(messages: Messages) -> Messages:
    """Put the system prompt at the start of the first user turn, followed by a blank line, as templates of models
    without a system role do."""
    if len(messages) < 2 or messages[0][0] != "system":
        return messages
    (_, system), (role, content), *rest = messages
    return [(role, f"{system}\n\n{content}"), *rest]


def _rendered(tokenizer: Any, messages: Messages) -> str:
    turns = [{"role": role, "content": content} for role, content in messages]
    return str(tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True))
