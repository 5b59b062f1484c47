"""Token-exactness with the real OpenChat vocabulary, and the decode rule that this vocabulary makes necessary."""

from __future__ import annotations

from typing import Any

import pytest
from mistral_vocabulary import openchat_tokenizer

from codeeval.generators.common.decode import StopWatch, decode_new
from codeeval.generators.common.openchat import REFERENCE_IDS, first_mismatch, warn_of_other_ids
from codeeval.prompts.templates import Turn, render
from codeeval.stops import MERA_STOPS

pytestmark = pytest.mark.hf

CODE = [1, 7596, 1247, 28747, 26256, 2936, 7653, 1413, 334, 1680, 32000, 7596, 21631, 28747]
HELLO = [1, 420, 6316, 28781, 3198, 3123, 1247, 28747, 22557, 32000, 420, 6316, 28781, 3198, 3123, 21631, 28747]
HOW_ARE_YOU = [
    *(1, 420, 6316, 28781, 3198, 3123, 1247, 28747, 22557, 32000, 420, 6316, 28781, 3198, 3123, 21631, 28747),
    *(15359, 32000, 420, 6316, 28781, 3198, 3123, 1247, 28747, 1602, 460, 368, 3154, 28804, 32000),
    *(420, 6316, 28781, 3198, 3123, 21631, 28747),
]


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return openchat_tokenizer()


@pytest.mark.parametrize(
    ("template", "turns", "ids"),
    [
        ("code-user", [("user", "Implement quicksort using C++")], CODE),
        ("gpt4-correct", [("user", "Hello")], HELLO),
        ("gpt4-correct", [("user", "Hello"), ("assistant", "Hi"), ("user", "How are you today?")], HOW_ARE_YOU),
    ],
)
def test_templates_give_the_ids_of_the_model_card(
    tokenizer: Any, template: str, turns: list[Turn], ids: list[int]
) -> None:
    """What our templates build becomes exactly the ids that the model cards state, BOS first and once."""
    text = render(template, turns).text
    assert tokenizer(text)["input_ids"] == ids
    assert text is not None
    assert list(REFERENCE_IDS[text]) == ids


def test_a_tokenizer_that_loses_the_word_start_is_noticed(tokenizer: Any) -> None:
    """The check before a run accepts the right ids, and names the place where a wrongly loaded tokenizer differs."""
    assert first_mismatch(lambda text: tokenizer(text)["input_ids"]) is None

    def wrong(text: str) -> list[int]:
        ids: list[int] = tokenizer(text)["input_ids"]
        return [2540 if token == 7596 and at else token for at, token in enumerate(ids)]

    message = first_mismatch(lambda text: [1, *wrong(text)[1:]])
    assert message is not None
    assert "2540" in message
    assert "position 1 " in message
    shortened = first_mismatch(lambda text: tokenizer(text)["input_ids"][:5])
    assert shortened is not None
    assert "position 5 " in shortened


def test_only_the_family_is_compared(tokenizer: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Loaded wrongly it is still of the family, and warned of once; another vocabulary with the same token (Llama 2's, as
    OpenChat 3.1 has it), one without the token, and one that spells it out with 32000 in it are not compared."""

    def right(text: str) -> list[int]:
        ids: list[int] = tokenizer(text)["input_ids"]
        return ids

    def wrong(text: str) -> list[int]:
        return [2540 if token == 7596 else token for token in right(text)]

    def other(text: str) -> list[int]:
        return [token if token in (1, 32000) else (token * 7 + 5) % 32000 for token in right(text)]

    def without(text: str) -> list[int]:
        return right(text.replace("<|end_of_turn|>", "<|eot|>"))

    def spelled(text: str) -> list[int]:
        return [*without(text)[:2], 32000, *without(text)[2:]]

    for encode in (right, other, without, spelled):
        assert warn_of_other_ids("m", encode) is None
    assert caplog.records == []
    message = warn_of_other_ids("m", wrong)
    assert message is not None
    assert "2540" in message
    assert [record.getMessage() for record in caplog.records] == [f"m: {message}"]


@pytest.mark.parametrize(
    "body", ["    return x", "\n    return x\n", " x", "x", "", "        if x:\n            return 'ёж'"]
)
@pytest.mark.parametrize("template", ["code-user", "none"])
def test_decoding_along_keeps_leading_spaces(tokenizer: Any, template: str, body: str) -> None:
    """The completion has its indentation whole, where decoding the new ids alone loses one space."""
    prompt = tokenizer(render(template, [("user", 'def f(x):\n    """Верните x."""')]).text)["input_ids"]
    new = body_ids(tokenizer, body)
    assert decode_new(tokenizer, prompt, new) == body
    assert decode_new(tokenizer, prompt, [*new, tokenizer.eos_token_id]) == body
    if body.startswith(" "):
        assert tokenizer.decode(new) == body[1:]


def body_ids(tokenizer: Any, body: str) -> list[int]:
    """Ids of a text in the middle of a sequence: those behind a colon that ends a prompt."""
    head = tokenizer.backend_tokenizer.encode("a:", add_special_tokens=False).ids
    whole: list[int] = tokenizer.backend_tokenizer.encode(f"a:{body}", add_special_tokens=False).ids
    assert whole[: len(head)] == head
    return whole[len(head) :]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("    return x\ndef g():", "    return x\ndef"),
        ("    return x\n    # ok\n    if x: print()\nprint(1)", "    return x\n    # ok\n    if x: print()\nprint"),
        ("def g(): return 'ёж'", None),
    ],
)
def test_stop_watch_ends_a_sequence_with_the_token_that_completes_a_stop(
    tokenizer: Any, text: str, seen: str | None
) -> None:
    """Fed token by token, the watch says stop exactly when the new text first holds a stop, prompt not counted."""
    prompt = tokenizer("Code Assistant:\n")["input_ids"]  # with the completion's `def` this would make a stop
    new = body_ids(tokenizer, text)
    watch = StopWatch(tokenizer, prompt, MERA_STOPS, 2)
    ended = [watch.look([new[:length], []]) for length in range(1, len(new) + 1)]
    assert not any(other for _, other in ended)
    if seen is None:
        assert watch.ended_at == [None, None]
    else:
        first = next(length for length, (done, _) in enumerate(ended, 1) if done)
        assert watch.ended_at == [first, None]
        assert decode_new(tokenizer, prompt, new[:first]).startswith(seen)
        assert not decode_new(tokenizer, prompt, new[: first - 1]).startswith(seen)
