"""Separate the reasoning ("thought") of a model from its answer. Pure.

A reasoning model writes `<think>…</think>` before it answers; some chat templates open the thought in the prompt, so
that only its end is in the completion. A thought may contain a line that starts with `print` or `#`, so stop sequences
are applied to the answer only, which is everything after the first `</think>`, whitespace included. A thought that
never ends is not an answer: the completion is empty then, and counts as ended by the token limit.
"""

from __future__ import annotations

from dataclasses import dataclass

OPEN, CLOSE = "<think>", "</think>"


@dataclass(frozen=True, slots=True)
class Thinking:
    """`thought` is without its marks, None if there was none; `closed`: whether the answer had begun."""

    thought: str | None
    answer: str
    closed: bool


def split_thought(text: str, opened: bool = False) -> Thinking:
    """Split what a model wrote. `opened`: the prompt ended with `<think>`, so the text begins inside the thought."""
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
    """Whether the prompt opened a thought, so that the model continues inside it."""
    return prompt.rstrip().endswith(OPEN)
