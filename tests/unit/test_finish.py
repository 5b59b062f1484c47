"""One rule on every backend: whatever engine a text comes from, the completion ends before the earliest stop in it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from misbehaving_server import Behaviour, serving

from codeeval.generators import create
from codeeval.generators.common.finish import EngineAnswer, Rule, finish
from codeeval.generators.vllm.generator import VLLMGenerator
from codeeval.generators.vllm.open_samples import EncodedPrompt, OpenSample
from codeeval.generators.vllm.settings import VLLMSettings
from codeeval.reading.thinking import CLOSE, OPEN, opens_thought, split_thought
from codeeval.stops import MERA_STOPS
from codeeval.types import Prompt, Request, Sample, Sampling

REQUEST = Request("1", Prompt(text="f"), (0,))
#: Texts in which stops, parts of stops and marks of thoughts are frequent.
PIECES = st.sampled_from([*MERA_STOPS, "\n", "def", "#", "x", " ", "\n\n", "é", "\\", '"', OPEN, CLOSE, "<th", "ink>"])
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join)
STOPS = st.lists(st.sampled_from(MERA_STOPS) | st.text(min_size=1, max_size=2), max_size=6, unique=True)


def oracle(text: str, stops: list[str]) -> tuple[str, bool]:
    """Letter by letter: what comes before the first place at which a stop begins, and whether there is one."""
    for at in range(len(text)):
        if any(text[at : at + len(stop)] == stop for stop in stops):
            return text[:at], True
    return text, False


Complete = Callable[[str, list[str]], Sample]


@contextmanager
def replay() -> Iterator[Complete]:
    def complete(text: str, stops: list[str]) -> Sample:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "s.jsonl")
            path.write_text(json.dumps({"task_id": "1", "completion": text}) + "\n", "ascii")
            (sample,) = create("replay", str(path)).generate([REQUEST], Sampling(n=1, stop=tuple(stops)))
            return sample

    yield complete


@contextmanager
def server() -> Iterator[Complete]:
    """Over HTTP, a server that cuts at the four stops it is sent, or keeps them, as the text's length decides."""
    with serving(Behaviour()) as running:
        made = create("openai", "m", {"base_url": running.url, "concurrency": "1"})

        def complete(text: str, stops: list[str]) -> Sample:
            running.behaviour.says, running.behaviour.keeps_stop = text, len(text) % 2 == 0
            (sample,) = made.generate([REQUEST], Sampling(n=1, stop=tuple(stops)))
            return sample

        yield complete
        made.close()


@contextmanager
def vllm() -> Iterator[Complete]:
    """What becomes of a message of the engine's process."""
    made = VLLMGenerator.__new__(VLLMGenerator)
    made._settings = VLLMSettings()

    def complete(text: str, stops: list[str]) -> Sample:
        one = OpenSample(REQUEST, 0, EncodedPrompt([1], False), 5, SimpleNamespace())
        (sample,) = made._samples(one, {"text": text, "ids": [1], "reason": "length"}, Sampling(stop=tuple(stops)))
        return sample

    yield complete


@contextmanager
def hf() -> Iterator[Complete]:
    """What becomes of token ids: one per letter, with an end mark and padding behind it."""
    from codeeval.generators.hf.generator import HFGenerator

    class Letters:
        def decode(self, ids: list[int], **_: Any) -> str:
            return "".join(map(chr, ids))

    made = HFGenerator.__new__(HFGenerator)
    made._loaded = SimpleNamespace(tokenizer=Letters(), eos=frozenset([-1]))  # type: ignore[assignment]

    def complete(text: str, stops: list[str]) -> Sample:
        answer = made._read([65], [*map(ord, text), -1, 0, 0], None, 5)
        return finish(REQUEST, 0, answer, Rule(stops))

    yield complete


@pytest.mark.parametrize("backend", [replay, server, vllm, hf], ids=lambda backend: backend.__name__)
def test_every_backend_cuts_as_the_oracle(backend: Any) -> None:
    """For random texts and stops the completion is the oracle's, and `raw` is the text where that differs."""
    with backend() as complete:

        @settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
        @given(TEXTS, STOPS)
        def check(text: str, stops: list[str]) -> None:
            text = text.encode("utf-8", "replace").decode("utf-8")
            sample = complete(text, stops)
            kept, stopped = oracle(text, stops)
            assert sample.completion == kept
            assert not stopped or sample.finish_reason == "stop"
            assert sample.raw is None or (stopped and text.startswith(sample.raw))

        check()


@given(TEXTS, STOPS, st.booleans())
def test_nothing_is_cut_within_a_thought(text: str, stops: list[str], opened: bool) -> None:
    """With thoughts kept apart, the oracle's cut applies to what follows them; no letter is lost or doubled."""
    parts = split_thought(text, opened)
    sample = finish(REQUEST, 0, EngineAnswer(text, "length"), Rule(stops, thinks=True, opened=opened))
    assert (sample.completion, sample.thought) == (oracle(parts.answer, stops)[0], parts.thought)
    if parts.thought is None:
        assert parts.answer == text
    else:
        written = parts.thought + (CLOSE if parts.closed else "") + parts.answer
        assert text.endswith(written)
        assert text[: len(text) - len(written)].strip() in ("", OPEN)
        assert CLOSE not in parts.thought
    if not parts.closed:
        assert (sample.completion, sample.finish_reason) == ("", "length")


@pytest.mark.parametrize(
    ("text", "opened", "thought", "answer"),
    [
        ("x", False, None, "x"),
        ("<think>a</think>\n    b", False, "a", "\n    b"),
        ("\n<think>\na\nprint\n</think>b</think>", False, "\na\nprint\n", "b</think>"),
        ("<think>a", False, "a", ""),
        ("a</think>b", False, "a", "b"),
        ("a</think>b", True, "a", "b"),
        ("a", True, "a", ""),
        ("", True, "", ""),
        ("x <think>a", False, None, "x <think>a"),
    ],
)
def test_thoughts(text: str, opened: bool, thought: str | None, answer: str) -> None:
    """A thought begins the text, or was begun by the prompt; a mark in the middle of an answer is text."""
    parts = split_thought(text, opened)
    assert (parts.thought, parts.answer) == (thought, answer)


def test_prompts_that_open_a_thought() -> None:
    """As some chat templates do, with or without a newline."""
    assert opens_thought("<|assistant|><think>\n")
    assert opens_thought("<think>")
    assert not opens_thought("<think></think>")
