"""The ids that an OpenChat 3.5 or Starling-LM-7B-alpha tokenizer must give, as their model cards state them.

Several ways of loading this vocabulary lose the word-initial piece after `<|end_of_turn|>` (7596 `▁Code` becomes 2540
`Code`). Nothing fails then; the model merely sees a prompt that it was never trained on. So backends compare the ids
before a run and warn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from codeeval.prompts.templates import END_OF_TURN

logger = logging.getLogger(__name__)

END_OF_TURN_ID = 32000

#: text (without BOS) -> ids (with BOS); source: the model cards of openchat_3.5 and Starling-LM-7B-alpha
REFERENCE_IDS: dict[str, tuple[int, ...]] = {
    f"Code User: Implement quicksort using C++{END_OF_TURN}Code Assistant:": (
        *(1, 7596, 1247, 28747, 26256, 2936, 7653, 1413, 334, 1680, 32000),
        *(7596, 21631, 28747),
    ),
    f"GPT4 Correct User: Hello{END_OF_TURN}GPT4 Correct Assistant:": (
        *(1, 420, 6316, 28781, 3198, 3123, 1247, 28747, 22557, 32000),
        *(420, 6316, 28781, 3198, 3123, 21631, 28747),
    ),
    (
        f"GPT4 Correct User: Hello{END_OF_TURN}GPT4 Correct Assistant: Hi{END_OF_TURN}"
        f"GPT4 Correct User: How are you today?{END_OF_TURN}GPT4 Correct Assistant:"
    ): (
        *(1, 420, 6316, 28781, 3198, 3123, 1247, 28747, 22557, 32000),
        *(420, 6316, 28781, 3198, 3123, 21631, 28747, 15359, 32000),
        *(420, 6316, 28781, 3198, 3123, 1247, 28747, 1602, 460, 368, 3154, 28804, 32000),
        *(420, 6316, 28781, 3198, 3123, 21631, 28747),
    ),
}


#: Ids from the middle of a text, which are the same however the vocabulary of Mistral 7B v0.1 is loaded.
_PROBE, _PROBE_IDS = "Implement quicksort using C++", (2936, 7653, 1413, 334, 1680)
#: A tokenizer with this token encodes it as one id, plus BOS and perhaps a word start before it; others spell it out.
_MOST_IDS_OF_ONE_TOKEN = 3


def is_family(encode: Callable[[str], Sequence[int]]) -> bool:
    """Whether these ids may be compared with the model cards: `<|end_of_turn|>` is one token, 32000, in the vocabulary
    of OpenChat 3.5 and Starling. OpenChat before 3.5 also has the token, but with Llama 2's vocabulary; 3.6 and Gemma
    have neither."""
    ids = tuple(encode(END_OF_TURN))
    known = len(ids) <= _MOST_IDS_OF_ONE_TOKEN and ids[-1:] == (END_OF_TURN_ID,)
    return known and tuple(encode(_PROBE))[-len(_PROBE_IDS) :] == _PROBE_IDS


def first_mismatch(encode: Callable[[str], Sequence[int]]) -> str | None:
    """One sentence about the first reference text for which `encode` (text -> ids with BOS) is wrong, or None."""
    for text, right in REFERENCE_IDS.items():
        got = tuple(encode(text))
        if got != right:
            where = next(
                (i for i, (a, b) in enumerate(zip(got, right, strict=False)) if a != b), min(map(len, (got, right)))
            )
            return (
                f"the tokenizer gives other ids than the OpenChat model card: {text!r} differs at position {where} "
                f"(got {got[where : where + 3]}, expected {right[where : where + 3]}); "
                "the model would see a prompt it was not trained on"
            )
    return None


def warn_of_other_ids(name: str, encode: Callable[[str], Sequence[int]]) -> str | None:
    """If this is a tokenizer of that family, compare its ids with the model cards; log a warning if they differ, and
    return it for the manifest."""
    if not is_family(encode):
        return None
    mismatch = first_mismatch(encode)
    if mismatch:
        logger.warning("%s: %s", name, mismatch)
    return mismatch
