"""A transformers sequence classifier that scores answers: loaded from a folder or the Hub, on a GPU or a CPU.

The score of an answer is the model's logit. A model with several labels has no single score; `label` names the one that
means "good", and the score is its log-odds against the others.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from codeeval.errors import GenerationError, UsageError, install
from codeeval.generators.base import Options, Scalar
from codeeval.generators.common.facts import gpu_facts, model_facts
from codeeval.generators.common.model_folder import local_folder
from codeeval.generators.hf.loading import from_pretrained, set_threads
from codeeval.generators.hf.model import DTYPES
from codeeval.rewards.inputs import FORMS, Answered, Encoded, Reward, batches, encode, form_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RewardSettings:
    """How to load and run. `batch`: inputs per call; `limit`: tokens of an input, 0 means the model's context; `label`:
    the number or name of the label that means "good", if there are several; `input`: see `inputs`."""

    dtype: str = "auto"
    device: str = "auto"
    revision: str = "main"
    batch: int = 8
    limit: int = 0
    label: str = ""
    input: str = "auto"

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> RewardSettings:
        """Raises UsageError."""
        options, default = Options("the reward model", given, "--rerank-option"), cls()
        settings = cls(
            dtype=options.text("dtype", default.dtype, DTYPES),
            device=options.text("device", default.device),
            revision=options.text("revision", default.revision),
            batch=options.integer("batch", default.batch),
            limit=options.integer("limit", default.limit, least=0),
            label=options.text("label", default.label),
            input=options.text("input", default.input, FORMS),
        )
        options.finish()
        return settings


class RewardModel:
    """Holds the model from creation to `close`. Not thread-safe."""

    def __init__(self, name: str, settings: RewardSettings) -> None:
        self._name, self._settings = name, settings
        self._tokenizer, self._model, self._folder = _load(name, settings)
        self._label = _label(self._model.config, settings.label, name)
        self._form = form_of(self._tokenizer, settings.input)
        self._limit = _limit(self._model.config, self._tokenizer, settings.limit)
        self._pad = _pad(self._model.config, self._tokenizer)
        self._batch = settings.batch if _can_batch(self._model.config) else 1

    def score(self, items: Sequence[Answered]) -> list[Reward]:
        """One reward per item, in order. Raises UsageError (the chat template refuses) and GenerationError (out of
        memory, or a score that is not a number)."""
        inputs = [encode(self._tokenizer, item, self._form, self._limit) for item in items]
        found: dict[int, float] = {}
        for positions in batches(inputs, self._batch, self._pad is not None):
            for position, score in zip(positions, self._scores([inputs[at] for at in positions]), strict=True):
                found[position] = score
        if not all(map(math.isfinite, found.values())):
            raise GenerationError(f"{self._name} gave a score that is no number; try --rerank-option dtype=float32")
        return [Reward(found[position], one.cut) for position, one in enumerate(inputs)]

    def _scores(self, inputs: Sequence[Encoded]) -> Iterator[float]:
        """Halve a batch that does not fit in memory; a size that failed once is not tried again."""
        import torch

        if len(inputs) <= self._batch:
            try:
                yield from self._forward(inputs)
                return
            except torch.OutOfMemoryError as error:
                if len(inputs) == 1:
                    raise GenerationError(
                        "out of memory while scoring a single sample; try --rerank-option limit=TOKENS"
                    ) from error
                self._batch = len(inputs) // 2
                logger.warning("out of memory with %d inputs at once: going on with %d", len(inputs), self._batch)
            torch.cuda.empty_cache()
        half = len(inputs) // 2
        yield from self._scores(inputs[:half])
        yield from self._scores(inputs[half:])

    def _forward(self, inputs: Sequence[Encoded]) -> list[float]:
        import torch

        longest = max(len(one.ids) for one in inputs)
        pad = self._pad or 0

        def rows(values: Sequence[Sequence[int]], fill: int) -> Any:
            padded = [[*row, *[fill] * (longest - len(row))] for row in values]
            return torch.tensor(padded, device=self._model.device)

        given = {
            "input_ids": rows([one.ids for one in inputs], pad),
            "attention_mask": rows([[1] * len(one.ids) for one in inputs], 0),
        }
        if all(one.types for one in inputs):
            given["token_type_ids"] = rows([one.types for one in inputs], 0)
        with torch.inference_mode():
            logits = self._model(**given).logits.float()
        if logits.shape[1] == 1:
            return [float(value) for value in logits[:, 0]]
        others = [at for at in range(logits.shape[1]) if at != self._label]
        return [float(value) for value in logits[:, self._label] - torch.logsumexp(logits[:, others], dim=1)]

    def describe(self) -> dict[str, Scalar]:
        """The manifest's description: architecture, versions, precision, form of the input, digests. Reads the weights
        once."""
        import torch
        import transformers

        return {
            "architecture": type(self._model).__name__,
            "model_path": str(self._folder.resolve()),
            "revision": getattr(self._model.config, "_commit_hash", None),
            "label": self._label,
            "input": self._form,
            "context_length": self._limit,
            "dtype": str(self._model.dtype).removeprefix("torch."),
            "device": str(self._model.device),
            **gpu_facts(),
            "torch_version": torch.__version__,
            "transformers_version": transformers.__version__,
            **model_facts(self._folder),
        }

    def close(self) -> None:
        """Drop the model and release the GPU's memory. May be called twice."""
        import torch

        self._model = None
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def check_reward_model(name: str, options: Mapping[str, str]) -> None:
    """Check what can be checked without loading, so that it is reported before a run rather than after it. Raises
    UsageError for options, a folder without a model, missing packages."""
    RewardSettings.parse(options)
    missing = [package for package in ("torch", "transformers") if find_spec(package) is None]
    if missing:
        raise UsageError(f"--rerank needs {' and '.join(missing)}, which is not installed: {install('hf')}")
    local_folder(name)


def open_reward_model(name: str, options: Mapping[str, str]) -> RewardModel:
    """`name` is a folder or a Hub id. Raises UsageError, GenerationError."""
    check_reward_model(name, options)
    return RewardModel(name, RewardSettings.parse(options))


def _load(name: str, settings: RewardSettings) -> tuple[Any, Any, Path]:
    # a language model has no classification head and is refused as incomplete: a random head would rank by noise
    model, tokenizer, folder = from_pretrained("AutoModelForSequenceClassification", name, settings, "--rerank-option")
    tokenizer.truncation_side = "right"
    model.eval()
    set_threads(model, 0)
    return tokenizer, model, folder


def _label(config: Any, wanted: str, name: str) -> int:
    """The index of the label whose score counts. Raises UsageError if it is ambiguous."""
    names = {int(number): str(label) for number, label in (config.id2label or {}).items()}
    if not wanted:
        if config.num_labels == 1:
            return 0
        raise UsageError(
            f"{name} has {config.num_labels} labels ({', '.join(names.values())}): say which of them means a good answer "
            "with --rerank-option label=NAME"
        )
    for number, label in names.items():
        if wanted in (label, str(number)):
            return number
    raise UsageError(f"--rerank-option label={wanted}: {name} has no such label, it has {', '.join(names.values())}")


def _limit(config: Any, tokenizer: Any, wanted: int) -> int | None:
    """The most tokens of an input. Tokenizers without a limit of their own report a huge number."""
    known = [
        value
        for value in (wanted, getattr(config, "max_position_embeddings", None), tokenizer.model_max_length)
        if isinstance(value, int) and 0 < value < 10**9
    ]
    return min(known, default=None)


def _pad(config: Any, tokenizer: Any) -> int | None:
    """The id that pads short inputs; None if the tokenizer has none. Decoders read their score from the last token that
    differs from it, so padding with an end-of-sequence token would move the score."""
    pad, config = tokenizer.pad_token_id, config.get_text_config()
    if pad is None or pad == tokenizer.eos_token_id or config.pad_token_id not in (None, pad):
        return None
    config.pad_token_id = pad
    return int(pad)


def _can_batch(config: Any) -> bool:
    """Decoders refuse several inputs, even of one length, unless they have a padding token."""
    return config.get_text_config().pad_token_id is not None
