"""Decode token ids into the completion's text, and watch for stop sequences during generation.

Many tokenizers (Llama's, Mistral's and their derivatives) drop one leading space of whatever they decode. Decoding only
the new ids then turns "    return x" into "   return x", an IndentationError. So the prompt is decoded as well, and the
completion is what follows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from codeeval.stops import cut_at_stop


class Tokenizer(Protocol):
    """The part of a transformers tokenizer that is needed here."""

    def decode(
        self, token_ids: Sequence[int], *, skip_special_tokens: bool, clean_up_tokenization_spaces: bool
    ) -> str: ...


def decode_new(tokenizer: Tokenizer, prompt: Sequence[int], new: Sequence[int]) -> str:
    """The text that `new` adds to `prompt`, without special tokens and without clean-up."""
    for head in (prompt, prompt[-1:]):
        before, text = _decode(tokenizer, head), _decode(tokenizer, [*head, *new])
        if text.startswith(before):
            return text[len(before) :]
    # Only if new bytes merge with bytes at the end of the prompt: the text then has no boundary to cut at.
    return _decode(tokenizer, new)


def _decode(tokenizer: Tokenizer, ids: Sequence[int]) -> str:
    return tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)


class StopWatch:
    """Notices, per sequence, that a stop sequence has appeared in the new text.

    Decoding everything at every step is quadratic, so only the last few tokens are decoded (a token is at least a
    byte), and a hit is confirmed on the whole text. This only decides when to stop generating; the cut is made on the
    final text.
    """

    def __init__(self, tokenizer: Tokenizer, prompt: Sequence[int], stops: Sequence[str], rows: int) -> None:
        self._tokenizer, self._prompt, self._stops = tokenizer, prompt, stops
        self._window = max((len(stop.encode("utf-8", "surrogatepass")) for stop in stops), default=0) + 4
        self.ended_at: list[int | None] = [None] * rows

    def look(self, new: Sequence[Sequence[int]]) -> list[bool]:
        """For each sequence of new ids (from the start): whether it is finished. Its length is kept in `ended_at`."""
        for row, ids in enumerate(new):
            if self.ended_at[row] is None and self._has_stop(ids):
                self.ended_at[row] = len(ids)
        return [end is not None for end in self.ended_at]

    def _has_stop(self, ids: Sequence[int]) -> bool:
        tail = _decode(self._tokenizer, ids[-self._window :])
        if not any(stop in tail for stop in self._stops):
            return False
        return cut_at_stop(decode_new(self._tokenizer, self._prompt, ids), self._stops)[1] is not None
