"""Turn a question and its answer into a reward model's input.

There are three forms: `chat` is the chat template of the reward model's own tokenizer, with the answer as the
assistant's turn; `pair` is question and answer as the two texts on which encoders like DeBERTa were trained; `text` is
one after the other, as the model that wrote the answer saw it. Inputs longer than the model's context are cut at their
end and marked as cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from codeeval.errors import UsageError

FORMS = ("auto", "chat", "text", "pair")


@dataclass(frozen=True, slots=True)
class Answered:
    """What is scored: the user turn as given to the model (`system` separately), and the completion."""

    question: str
    answer: str
    system: str | None = None


@dataclass(frozen=True, slots=True)
class Reward:
    """A score, any real number, larger is better. `cut`: the input was longer than the model's context."""

    score: float
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Encoded:
    """One input. `types` tells the two texts of a pair apart, if the tokenizer does."""

    ids: tuple[int, ...]
    types: tuple[int, ...] = ()
    cut: bool = False


def form_of(tokenizer: Any, wanted: str) -> str:
    """The form to use. Raises UsageError for `chat` without a template."""
    has_template = bool(getattr(tokenizer, "chat_template", None))
    if wanted == "chat" and not has_template:
        raise UsageError("input=chat: the reward model's tokenizer has no chat template; use input=text or input=pair")
    if wanted == "auto":
        return "chat" if has_template else "text"
    return wanted


def encode(tokenizer: Any, item: Answered, form: str, limit: int | None) -> Encoded:
    """The ids of one input, at most `limit`. Raises UsageError if the chat template refuses the messages."""
    texts, special = _texts(tokenizer, _printable(item), form)
    whole = tokenizer(*texts, add_special_tokens=special, verbose=False)
    cut = limit is not None and len(whole["input_ids"]) > limit
    if cut:
        whole = tokenizer(*texts, add_special_tokens=special, truncation=True, max_length=limit, verbose=False)
    ids, types = list(whole["input_ids"]), list(whole.get("token_type_ids") or ())
    while len(ids) > 1 and ids[0] == ids[1] == tokenizer.bos_token_id:
        ids, types = ids[1:], types[1:]
    return Encoded(tuple(ids), tuple(types), cut)


def _printable(item: Answered) -> Answered:
    """Tokenizers refuse a lone surrogate, with which a completion may end."""
    return replace(item, answer=item.answer.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _texts(tokenizer: Any, item: Answered, form: str) -> tuple[tuple[str, ...], bool]:
    """(one text or two, whether the tokenizer adds its special tokens)."""
    if form == "chat":
        return (_conversation(tokenizer, item),), False
    question = f"{item.system}\n\n{item.question}" if item.system else item.question
    return ((question, item.answer) if form == "pair" else (question + item.answer,)), True


def _conversation(tokenizer: Any, item: Answered) -> str:
    """A template without a system role gets the system prompt in the user's turn."""
    turns = [{"role": "user", "content": item.question}, {"role": "assistant", "content": item.answer}]
    tries = [turns]
    if item.system:
        merged = {"role": "user", "content": f"{item.system}\n\n{item.question}"}
        tries = [[{"role": "system", "content": item.system}, *turns], [merged, turns[1]]]
    for number, messages in enumerate(tries, 1):
        try:
            return str(tokenizer.apply_chat_template(messages, tokenize=False))
        except Exception as error:  # whatever the template raises
            if number == len(tries):
                raise UsageError(
                    f"the reward model's chat template refuses the messages ({error}); use input=text"
                ) from error
    raise AssertionError


def batches(items: Sequence[Encoded], size: int, padded: bool) -> list[list[int]]:
    """Indices of the items that are scored together, short ones first. Without a padding token only equal lengths are
    batched: a model might read its score from any other token at the end."""
    order = sorted(range(len(items)), key=lambda position: (len(items[position].ids), position))
    found: list[list[int]] = []
    for position in order:
        last = found[-1] if found else []
        fits = last and len(last) < size
        if fits and (padded or len(items[last[0]].ids) == len(items[position].ids)):
            last.append(position)
        else:
            found.append([position])
    return found
