"""The watch over a model that thinks, fed letter by letter."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from codeeval.generators.common.thought_watch import Budget, ThoughtWatch
from codeeval.reading.thinking import CLOSE, OPEN, split_thought
from codeeval.stops import cut_at_stop

STOPS = ("\ndef", "\nprint")


class Letters:
    """One id per letter."""

    def decode(self, token_ids: Sequence[int], **_: object) -> str:
        return "".join(map(chr, token_ids))


def ended_at(text: str, budget: Budget, opened: bool = False) -> int | None:
    """After how many letters the watch ends a sequence, None where it never does."""
    watch = ThoughtWatch(Letters(), [65, 66], budget, opened, 1)
    for length in range(1, len(text) + 1):
        if watch.look([list(map(ord, text[:length]))])[0]:
            return length
    return None


def test_a_stop_counts_in_the_answer_only() -> None:
    """The same line in the thought ends nothing."""
    text = f"{OPEN}a\ndef b\nprint{CLOSE}\n    x\ndef g"
    assert ended_at(text, Budget(100, 100, STOPS)) == text.index("\ndef g") + len("\ndef")
    assert ended_at(text[7:], Budget(100, 100, STOPS), opened=True) == text.index("\ndef g") + len("\ndef") - 7


def test_each_part_has_its_own_limit() -> None:
    """The thought ends at its limit; the answer's limit counts from the end of the thought."""
    assert ended_at(OPEN + "a" * 100, Budget(20, 5, STOPS)) == 20
    assert ended_at(f"{OPEN}aa{CLOSE}" + "x" * 100, Budget(50, 5, STOPS)) == len(f"{OPEN}aa{CLOSE}") + 5
    assert ended_at("x" * 100, Budget(50, 5, STOPS)) == 5


def test_rows_are_independent() -> None:
    """Each row has its own state."""
    watch = ThoughtWatch(Letters(), [65], Budget(50, 9, STOPS), False, 2)
    rows = [f"{OPEN}a{CLOSE}b", "x\ndef f()......."]
    for length in range(1, 18):
        done = watch.look([list(map(ord, row[:length])) for row in rows])
    assert done == [False, True]
    assert watch.ended_at == [None, 5]


@given(st.lists(st.sampled_from([OPEN, CLOSE, *STOPS, "a", "\n", "<", "de"]), max_size=10).map("".join), st.booleans())
def test_with_large_budgets_it_ends_where_the_answer_first_holds_a_stop(text: str, opened: bool) -> None:
    """Compared with the rule applied to every beginning of the text."""
    want = None
    for length in range(1, len(text) + 1):
        head = text[:length]
        begun = head.lstrip()
        if not opened and not begun.startswith(OPEN) and OPEN.startswith(begun):
            continue
        parts = split_thought(head, opened)
        if parts.thought is None and CLOSE in text[:length]:
            continue
        if cut_at_stop(parts.answer, STOPS)[1] is not None:
            want = length
            break
    assert ended_at(text, Budget(10_000, 10_000, STOPS), opened) == want
