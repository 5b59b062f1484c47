"""Turn an engine's output into a Sample. All backends' completions are cut here.

Engines differ: some keep the stop sequence in the text, some remove it, some accept only four, some none. So whatever
the engine did, the text is cut again here by one rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codeeval.prompts.templates import prompt_digest
from codeeval.reading.thinking import split_thought
from codeeval.stops import cut_at_stop
from codeeval.types import FinishReason, Request, Sample


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """One sequence: its text as the engine returned it, why it ended, numbers of prompt and new tokens, its seed, and
    the reasoning if the engine separated it already."""

    text: str
    reason: FinishReason = "unknown"
    tokens_in: int | None = None
    tokens_out: int | None = None
    seed: int | None = None
    thought: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """How texts become completions: the stop sequences, and whether `<think>` is removed first (`opened`: the prompt
    has begun the thought)."""

    stops: Sequence[str] = ()
    thinks: bool = False
    opened: bool = False


def finish(request: Request, index: int, answer: EngineAnswer, rule: Rule) -> Sample:
    """The completion, cut at its earliest stop; `raw` is the answer before the cut, if different."""
    text, thought, closed = answer.text, answer.thought, True
    if rule.thinks and thought is None:
        parts = split_thought(text, rule.opened)
        text, thought, closed = parts.answer, parts.thought, parts.closed
    kept, stop = cut_at_stop(text, rule.stops)
    reason: FinishReason = "stop" if stop is not None else answer.reason
    return Sample(
        problem_id=request.problem_id,
        index=index,
        prompt_digest=prompt_digest(request.prompt),
        completion=kept,
        finish_reason=reason if closed else "length",
        tokens_in=answer.tokens_in,
        tokens_out=answer.tokens_out,
        seed=answer.seed,
        raw=None if stop is None else text,
        thought=thought,
    )
