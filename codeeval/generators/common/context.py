"""Prompts and the model's context. A prompt is never truncated silently (except where MERA's harness does so), and one
long prompt does not end a run."""

from __future__ import annotations

from codeeval.errors import GenerationError
from codeeval.i18n import msg


class DoesNotFit(GenerationError):
    """The prompt leaves no room for an answer; only its problem can't be asked."""


def room(model: str, prompt_tokens: int, max_tokens: int, context: int | None) -> int:
    """How many new tokens fit after a prompt, at most `max_tokens`. Raises DoesNotFit if there is no room."""
    if context is None or prompt_tokens + max_tokens <= context:
        return max_tokens
    if prompt_tokens >= context:
        raise DoesNotFit(
            msg(
                "the prompt has {n} tokens and {model} takes {m}; shorten it, leave the problem out with --problems, or "
                "take another model",
                n=prompt_tokens,
                model=model,
                m=context,
            )
        )
    return context - prompt_tokens


def cut_left(model: str, ids: list[int], max_tokens: int, context: int | None) -> list[int]:
    """The last ids of a prompt that leave room for `max_tokens`, truncated as in lm-evaluation-harness. Raises
    GenerationError if no prompt would fit."""
    if context is None:
        return ids
    if context <= max_tokens:
        raise GenerationError(
            msg(
                "{model} takes {n} tokens, and {m} new ones leave none for a prompt",
                model=model,
                n=context,
                m=max_tokens,
            )
        )
    return ids[-(context - max_tokens) :]


class Refusals:
    """Collects problems that could not be asked, and reports them together once all others are done."""

    def __init__(self) -> None:
        self._found: dict[str, Exception] = {}

    def add(self, problem_id: str, error: Exception) -> None:
        self._found.setdefault(problem_id, error)

    def __len__(self) -> int:
        return len(self._found)

    def tell(self) -> None:
        """Raise GenerationError if there were any, naming the first and how many more."""
        for problem_id, error in self._found.items():
            if len(self) == 1:
                raise GenerationError(msg("problem {problem}: {why}", problem=problem_id, why=error)) from None
            raise GenerationError(
                msg("problem {problem} (and {n} more problems): {why}", problem=problem_id, n=len(self) - 1, why=error)
            ) from None
