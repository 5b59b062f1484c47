"""Loading a model folder or a Hub model with transformers, so that what is wrong with it is said in one line."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from codeeval.errors import GenerationError, UsageError, install
from codeeval.generators.base import Options, lora_folder
from codeeval.generators.hf.loading import from_pretrained, set_threads
from codeeval.i18n import msg

DTYPES = ("auto", "float32", "bfloat16", "float16")


@dataclass(frozen=True, slots=True)
class HFSettings:
    """How to load and run. `dtype` auto: the checkpoint's on a GPU, float32 on a CPU; `rows`: sequences per call;
    `threads` of torch on a CPU, 0: one for a small model, else torch's own choice; `think_tokens` above 0: thoughts are kept
    apart and may take so many tokens; `lora`: folder of an adapter, merged into the weights; `keep_raw`: no stop sequence ends
    the generation, so that the text behind it is kept; `add_bos_token` is for MERA's way of sampling, which has none else;
    `replicas`: so many processes with a model each, every one with its part of the GPUs."""

    dtype: str = "auto"
    device: str = "auto"
    revision: str = "main"
    rows: int = 32
    threads: int = 0
    think_tokens: int = 0
    lora: str | None = None
    keep_raw: bool = False
    add_bos_token: bool = False
    replicas: int = 1

    @classmethod
    def parse(cls, options: Options) -> HFSettings:
        """Raises UsageError."""
        default = cls()
        settings = cls(
            dtype=options.text("dtype", default.dtype, DTYPES),
            device=options.text("device", default.device),
            revision=options.text("revision", default.revision),
            rows=options.integer("rows", default.rows),
            threads=options.integer("threads", default.threads, least=0),
            think_tokens=options.integer("think_tokens", default.think_tokens, least=0),
            lora=lora_folder(options.text("lora", "")),
            keep_raw=options.switch("keep_raw"),
            add_bos_token=options.switch("add_bos_token"),
            replicas=options.integer("replicas", default.replicas),
        )
        options.finish()
        return settings


@dataclass(slots=True)
class LoadedModel:
    """`folder` is where the files are, also for a Hub model; `eos` the ids that end a sequence; `context` in tokens; `own` is
    the model's own generation config, which `model` has no longer."""

    model: Any  # transformers' classes: imported at use only
    tokenizer: Any
    folder: Path
    eos: frozenset[int]
    context: int | None
    own: Any = None


def load(name: str, settings: HFSettings) -> LoadedModel:
    """Raises UsageError for a model that isn't there or isn't one, GenerationError for one that can't be loaded."""
    model, tokenizer, folder = from_pretrained("AutoModelForCausalLM", name, settings)
    model = _with_adapter(model, settings.lora)
    model.eval()
    set_threads(model, settings.threads)
    eos = _ids(model.generation_config.eos_token_id) | _ids(tokenizer.eos_token_id)
    own = model.generation_config
    _forget_generation_defaults(model, tokenizer, eos)
    return LoadedModel(model, tokenizer, folder, eos, getattr(model.config, "max_position_embeddings", None), own)


def _with_adapter(model: Any, lora: str | None) -> Any:
    if lora is None:
        return model
    if find_spec("peft") is None:
        raise UsageError(msg("-M lora needs peft, which is not installed: {command}", command=install("lora")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft's, about its own use of transformers
        return _merged(model, lora)


def _merged(model: Any, lora: str) -> Any:
    from peft import PeftModel

    try:
        return PeftModel.from_pretrained(model, lora).merge_and_unload()
    except Exception as error:  # peft, like transformers, raises nearly every type
        raise GenerationError(
            msg(
                "can't apply the adapter in {path}: {kind}: {reason}",
                path=lora,
                kind=type(error).__name__,
                reason=error,
            )
        ) from error


def _ids(value: int | list[int] | None) -> frozenset[int]:
    if value is None:
        return frozenset()
    return frozenset([value] if isinstance(value, int) else value)


def _forget_generation_defaults(model: Any, tokenizer: Any, eos: frozenset[int]) -> None:
    """The protocol alone says how completions are drawn. A model's generation_config.json may hold a top_k, a
    repetition penalty or a length, and `generate` takes from it whatever the caller leaves open."""
    import transformers

    pad = tokenizer.pad_token_id
    model.generation_config = transformers.GenerationConfig(
        eos_token_id=sorted(eos) or None, pad_token_id=pad if pad is not None else min(eos, default=0)
    )
