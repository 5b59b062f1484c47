"""The thought of a reasoning model, kept apart from its answer. Pure.

A reasoning model writes `<think>…</think>` before it answers; some chat templates open the thought in the prompt, so that only
its end is in the completion. A thought may well contain a line that starts with `print` or `#`, so stop sequences are looked
for in the answer alone, which is what follows the first `</think>`, whitespace included. A thought that never ends is no
answer: the completion is empty then, and was ended by the token limit.
"""

from __future__ import annotations

from dataclasses import dataclass

OPEN, CLOSE = "<think>", "</think>"


@dataclass(frozen=True, slots=True)
class Thinking:
    """`thought` without its marks, None if there was none; `closed`: whether the answer had begun."""

    thought: str | None
    answer: str
    closed: bool


def split_thought(text: str, opened: bool = False) -> Thinking:
    """Divide what a model wrote. `opened`: the prompt ended with `<think>`, so the text begins within the thought."""
    inside = text.lstrip()
    if inside.startswith(OPEN):
        inside = inside[len(OPEN) :]
    elif opened or CLOSE in text:
        inside = text
    else:
        return Thinking(None, text, True)
    thought, end, answer = inside.partition(CLOSE)
    return Thinking(thought, answer, bool(end))


def opens_thought(prompt: str) -> bool:
    """Whether the model goes on within a thought that its prompt has opened."""
    return prompt.rstrip().endswith(OPEN)
