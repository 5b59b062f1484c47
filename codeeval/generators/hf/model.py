"""Load a causal language model with transformers, and report what is wrong with it in one line."""

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
    `threads`: of torch on a CPU, 0: one for a small model, otherwise torch's own choice; `think_tokens` above 0:
    thoughts are separated and limited to this many tokens; `lora`: folder of an adapter, merged into the weights;
    `keep_raw`: generation continues past stop sequences, so that the text after them is kept; `add_bos_token`: only for
    MERA's way of sampling, which adds none by default; `replicas`: number of processes with a model each, sharing the
    GPUs."""

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
    """`folder` contains the files, also for a Hub model; `eos`: the ids that end a sequence; `context`: in tokens;
    `own`: the model's own generation config, which was removed from `model`."""

    model: Any  # transformers' classes, which are imported on use only
    tokenizer: Any
    folder: Path
    eos: frozenset[int]
    context: int | None
    own: Any = None


def load(name: str, settings: HFSettings) -> LoadedModel:
    """Raises UsageError if the model does not exist or is not one, GenerationError if it can't be loaded."""
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
    """Only the protocol decides how completions are drawn. A model's generation_config.json may set a top_k, a
    repetition penalty or a length, and `generate` would use it for whatever the caller leaves open."""
    import transformers

    pad = tokenizer.pad_token_id
    model.generation_config = transformers.GenerationConfig(
        eos_token_id=sorted(eos) or None, pad_token_id=pad if pad is not None else min(eos, default=0)
    )
