"""Reward models: what they read, what they answer, and what is refused; with tiny random ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from reward_models import CHAT, save_reward_model
from run_values import make_manifest, planned

from codeeval.errors import CodeevalError, GenerationError, UsageError
from codeeval.manifest import PromptInfo
from codeeval.rewards import Answered, Reward, RewardModel, open_reward_model, score_run
from codeeval.store import RunStore
from codeeval.tasks.bundled import bundled
from codeeval.types import Sample

pytestmark = pytest.mark.hf

ITEMS = [Answered("def f(n):\n", text) for text in ("    return n", "\n    return n + 1\n", "", "x", "ж" * 40, "y")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_reward_model(tmp_path_factory.mktemp("reward"))


def opened(folder: Path, **options: str) -> RewardModel:
    return open_reward_model(str(folder), options)


def by_hand(folder: Path, texts: tuple[str, ...], **more: Any) -> list[float]:
    """The logits of one text, asked of transformers without our help."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    inputs = AutoTokenizer.from_pretrained(folder)(*texts, return_tensors="pt", **more)
    with torch.inference_mode():
        return [float(value) for value in model(**inputs).logits[0]]


def scores(rewards: list[Reward]) -> list[float]:
    return [reward.score for reward in rewards]


def test_scores_are_the_logits_whatever_the_batch(folder: Path) -> None:
    """Padding and company change nothing, and each score is what transformers gives for that text alone."""
    whole = opened(folder).score(ITEMS)
    assert len(set(scores(whole))) == len(ITEMS)
    for size in ("1", "2", "4"):
        assert scores(opened(folder, batch=size).score(ITEMS)) == pytest.approx(scores(whole), abs=1e-5)
    for item, reward in zip(ITEMS, whole, strict=True):
        assert by_hand(folder, (item.question + item.answer,)) == pytest.approx([reward.score], abs=1e-5)
        assert not reward.cut


@pytest.mark.parametrize("end", ["", "</s>"])
def test_a_tokenizer_without_padding_is_not_padded(tmp_path: Path, end: str) -> None:
    """Nothing is put at the end of a text, where a decoder reads its score."""
    model = save_reward_model(tmp_path / "m", pad=False)
    items = [Answered("q", text + end) for text in ("a", "bb", "cc", "dddd")]
    got = scores(opened(model).score(items))
    assert got == pytest.approx([by_hand(model, ("q" + item.answer,))[0] for item in items], abs=1e-5)


def test_the_chat_template_of_the_reward_model_is_used(tmp_path: Path) -> None:
    """Question and answer as turns, the system prompt as its own, or in the user's turn where the template has no such
    role; `input=text` leaves the template out."""
    model = save_reward_model(tmp_path / "m", chat=CHAT)
    (got,) = opened(model).score([Answered("q", "a", "s")])
    assert got.score == pytest.approx(
        by_hand(model, ("<|system|>s<|user|>q<|assistant|>a",), add_special_tokens=False)[0], abs=1e-5
    )
    (plain,) = opened(model, input="text").score([Answered("q", "a", "s")])
    assert plain.score == pytest.approx(by_hand(model, ("s\n\nqa",))[0], abs=1e-5)
    strict = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}" + CHAT
    other = save_reward_model(tmp_path / "n", chat=strict)
    (merged,) = opened(other).score([Answered("q", "a", "s")])
    assert merged.score == pytest.approx(
        by_hand(other, ("<|user|>s\n\nq<|assistant|>a",), add_special_tokens=False)[0], abs=1e-5
    )
    refuses = save_reward_model(tmp_path / "o", chat="{{ raise_exception('never') }}")
    with pytest.raises(UsageError, match="refuses the messages"):
        opened(refuses).score([Answered("q", "a")])


def test_pairs_and_labels(tmp_path: Path) -> None:
    """An encoder gets two texts with their types; of several labels one is named, and its log-odds are the score."""
    model = save_reward_model(tmp_path / "m", labels=("BAD", "GOOD", "SO_SO"), encoder=True)
    with pytest.raises(UsageError, match=r"3 labels \(BAD, GOOD, SO_SO\)"):
        opened(model)
    with pytest.raises(UsageError, match="no such label"):
        opened(model, label="BEST")
    import torch

    logits = torch.tensor(by_hand(model, ("question", "answer")))
    wanted = float(logits[1] - torch.logsumexp(logits[[0, 2]], 0))
    for label in ("GOOD", "1"):
        (got,) = opened(model, label=label, input="pair").score([Answered("question", "answer")])
        assert got.score == pytest.approx(wanted, abs=1e-5)


def test_inputs_beyond_the_context_are_cut_and_say_so(tmp_path: Path) -> None:
    """The beginning is scored; a limit of the user's counts too."""
    model = save_reward_model(tmp_path / "m", context=32)
    short, long = opened(model).score([Answered("q", "a"), Answered("q", "b" * 100)])
    assert (short.cut, long.cut) == (False, True)
    assert long.score == pytest.approx(by_hand(model, ("q" + "b" * 30,))[0], abs=1e-5)
    (limited,) = opened(model, limit="4").score([Answered("q", "abcdef")])
    assert limited.cut
    assert limited.score == pytest.approx(by_hand(model, ("qab",))[0], abs=1e-5)


def test_an_answer_that_is_no_valid_text_has_a_score(folder: Path) -> None:
    """Half of a surrogate pair is read as the sign for what can't be read."""
    half, sign = opened(folder).score([Answered("q", "a\ud800"), Answered("q", "a\ufffd")])
    assert half == sign


def test_what_is_no_reward_model_is_refused(tmp_path: Path, folder: Path) -> None:
    """A language model has no head for scores (a random one would rank by noise); options and folders are checked."""
    with pytest.raises(GenerationError, match=r"don't fit.*score\.weight first"):
        opened(bundled("demo-model"))
    with pytest.raises(UsageError, match="no such model folder"):
        opened(tmp_path / "none" / "m")
    with pytest.raises(UsageError, match="--rerank-option batches=…: the reward model has no such option"):
        opened(folder, batches="3")
    with pytest.raises(UsageError, match="--rerank-option device=cuda:9: torch sees"):
        opened(folder, device="cuda:9")
    with pytest.raises(UsageError, match="no chat template"):
        opened(folder, input="chat")
    broken = Path(shutil.copytree(folder, tmp_path / "broken"))
    (broken / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="broken"):
        opened(broken)


def test_a_score_that_is_no_number_is_an_error(tmp_path: Path) -> None:
    """It could be sorted nowhere."""
    from safetensors.torch import load_file, save_file

    model = save_reward_model(tmp_path / "m")
    weights = load_file(model / "model.safetensors")
    weights["score.weight"].fill_(float("nan"))
    save_file(weights, model / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(GenerationError, match="no number"):
        opened(model).score(ITEMS[:1])


def test_memory_that_does_not_hold_a_batch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch is halved until it fits; a single input that does not is an error."""
    import torch

    model = opened(folder)
    whole = scores(model.score(ITEMS))
    forward, sizes, most = model._forward, [], 2

    def small(inputs: Any) -> list[float]:
        sizes.append(len(inputs))
        if len(inputs) > most:
            raise torch.OutOfMemoryError("full")
        return forward(inputs)

    monkeypatch.setattr(model, "_forward", small)
    assert scores(model.score(ITEMS)) == pytest.approx(whole, abs=1e-5)
    assert sizes.count(6) == 1
    most = 0
    with pytest.raises(GenerationError, match="out of memory while scoring a single sample"):
        model.score(ITEMS)


def test_description(folder: Path) -> None:
    """What identifies the model, in plain values."""
    model = opened(folder)
    got = model.describe()
    assert (got["architecture"], got["input"], got["context_length"], got["dtype"]) == (
        "LlamaForSequenceClassification",
        "text",
        512,
        "float32",
    )
    assert got["weights_sha256"]
    assert json.loads(json.dumps(got)) == got
    model.close()
    model.close()


class Lengths:
    """A scorer that likes long answers, remembers what it read, and fails at the given call."""

    def __init__(self, fails_at: int = -1) -> None:
        self.read: list[Answered] = []
        self._fails_at, self._calls = fails_at, 0

    def score(self, items: list[Answered]) -> list[Reward]:
        self._calls += 1
        if self._calls == self._fails_at:
            raise GenerationError("gone")
        self.read += items
        return [Reward(float(len(item.answer)), len(item.answer) > 3) for item in items]


def test_scoring_a_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Every sample once, equal answers of a problem read once, a failure keeps what was done, models are kept apart."""
    manifest = make_manifest().model_copy(update={"prompt": PromptInfo(template="none", system="s")})
    with RunStore.create(tmp_path / "r", manifest, [planned(pid, 3) for pid in "123"]) as store:
        texts = {"1": ("a", "bb", "a"), "2": ("cccc", "\ud800", "a"), "3": ("x", "x", "x")}
        store.add_samples(Sample(pid, i, "d", text) for pid, three in texts.items() for i, text in enumerate(three))
        failing = Lengths(fails_at=2)
        with pytest.raises(CodeevalError, match="gone"):
            score_run(store, 0, failing)
        assert {key[0] for key in store.unscored(0)} == {"2", "3"}
        told: list[int] = []
        rest = Lengths()
        done = score_run(store, 0, rest, told.append)
        assert (done.samples, done.read, told) == (6, 4, [3, 6])
        assert [item.answer for item in (*failing.read, *rest.read)] == ["a", "bb", "cccc", "\ud800", "a", "x"]
        assert {item.system for item in rest.read} == {"s"}
        assert rest.read[0].question.startswith("Допишите функцию:\ndef f(n):")
        rows = [(row.problem_id, row.index, row.score, row.cut) for row in store.rewards(0)]
        assert rows == [(p, i, float(len(t)), len(t) > 3) for p, three in texts.items() for i, t in enumerate(three)]
        assert store.unscored(0) == ()
        assert len(store.unscored(1)) == 9
