"""Watch a reasoning model while it generates: the thought and the answer have separate token limits, and stop sequences
count only in the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codeeval.generators.common.decode import Tokenizer, decode_new
from codeeval.reading.thinking import CLOSE, OPEN, split_thought
from codeeval.stops import cut_at_stop

#: A thought that the prompt does not open must begin within this many tokens; no mark is longer.
_MARK_TOKENS = 24


@dataclass(frozen=True, slots=True)
class Budget:
    """Token limits of the thought and the answer, and the answer's stops."""

    think_tokens: int
    answer_tokens: int
    stops: Sequence[str]


class ThoughtWatch:
    """Used like `StopWatch`. `opened`: the prompt ends within a thought."""

    def __init__(self, tokenizer: Tokenizer, prompt: Sequence[int], budget: Budget, opened: bool, rows: int) -> None:
        self._tokenizer, self._prompt, self._budget, self._opened = tokenizer, prompt, budget, opened
        longest = max((len(stop.encode("utf-8", "surrogatepass")) for stop in budget.stops), default=0)
        self._window = max(longest + 4, _MARK_TOKENS)
        self._thinking: list[bool | None] = [True if opened else None] * rows  # None: not known yet
        self._answer_from = [0] * rows
        self.ended_at: list[int | None] = [None] * rows

    def look(self, new: Sequence[Sequence[int]]) -> list[bool]:
        """For each sequence of new ids (from the start): whether it is finished. Its length is kept in `ended_at`."""
        for row, ids in enumerate(new):
            if self.ended_at[row] is None and self._ends(row, ids):
                self.ended_at[row] = len(ids)
        return [end is not None for end in self.ended_at]

    def _ends(self, row: int, ids: Sequence[int]) -> bool:
        if self._thinking[row] is None:
            begun = self._text(ids).lstrip()
            undecided = len(ids) < _MARK_TOKENS and OPEN.startswith(begun)
            self._thinking[row] = None if undecided else begun.startswith(OPEN)
        if self._thinking[row] is not False:
            if CLOSE not in self._tail(ids):
                return len(ids) >= self._budget.think_tokens
            self._thinking[row], self._answer_from[row] = False, len(ids)
        if len(ids) - self._answer_from[row] >= self._budget.answer_tokens:
            return True
        if not any(stop in self._tail(ids) for stop in self._budget.stops):
            return False
        answer = split_thought(self._text(ids), self._opened).answer
        return cut_at_stop(answer, self._budget.stops)[1] is not None

    def _tail(self, ids: Sequence[int]) -> str:
        last = list(ids[-self._window :])
        return self._tokenizer.decode(last, skip_special_tokens=True, clean_up_tokenization_spaces=False)

    def _text(self, ids: Sequence[int]) -> str:
        return decode_new(self._tokenizer, self._prompt, ids)
