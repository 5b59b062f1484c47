"""`-M key=value` for vLLM: a few keys are codeeval's; all others are passed unchanged to vLLM's engine."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from codeeval.errors import UsageError
from codeeval.generators.base import Options, lora_folder
from codeeval.i18n import msg

#: Names an interpreter that has vLLM: vLLM pins its own torch, so it is often installed in its own environment.
PYTHON_VARIABLE = "CODEEVAL_VLLM_PYTHON"
OWN = ("python", "lora", "think_tokens", "replicas", "data_parallel_size", "keep_raw", "verbose", "add_bos_token")


@dataclass(frozen=True, slots=True)
class VLLMSettings:
    """`replicas`: data parallelism, that is, engines side by side, each with its share of the GPUs. `keep_raw`: the
    engine gets no stop sequences, so that the text after them is kept. `add_bos_token`: only for MERA's way of
    sampling, which adds none by default. `engine` holds arguments of `vllm.LLM` as JSON values."""

    python: str = sys.executable
    lora: str | None = None
    think_tokens: int = 0
    replicas: int = 1
    keep_raw: bool = False
    verbose: bool = False
    add_bos_token: bool = False
    engine: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> VLLMSettings:
        """Raises UsageError."""
        if given.get("replicas", given.get("data_parallel_size")) != given.get(
            "data_parallel_size", given.get("replicas")
        ):
            raise UsageError(
                msg("-M replicas and -M data_parallel_size are two names of one setting: give one of them")
            )
        options = Options("vllm", {key: value for key, value in given.items() if key in OWN})
        settings = cls(
            python=_python(options.text("python", "")),
            lora=lora_folder(options.text("lora", "")),
            think_tokens=options.integer("think_tokens", 0, least=0),
            replicas=options.integer("replicas", options.integer("data_parallel_size", 1)),
            keep_raw=options.switch("keep_raw"),
            verbose=options.switch("verbose"),
            add_bos_token=options.switch("add_bos_token"),
            engine={key: _value(value) for key, value in given.items() if key not in OWN},
        )
        for key in settings.engine:
            if not key.isidentifier() or key in ("model", "disable_log_stats"):
                raise UsageError(
                    msg("-M {key}=…: backend vllm has no such option; it takes the arguments of vllm.LLM", key=key)
                )
        return settings

    @property
    def gpus_per_replica(self) -> int:
        sizes = (self.engine.get("tensor_parallel_size", 1), self.engine.get("pipeline_parallel_size", 1))
        tensor, pipeline = (size if isinstance(size, int) and size > 0 else 1 for size in sizes)
        return tensor * pipeline


def _value(text: str) -> object:
    """`true`, `0.9` and `{"a": 1}` are JSON; anything else is a text, like `float32`."""
    try:
        value: object = json.loads(text)
    except ValueError:
        return {"True": True, "False": False, "None": None}.get(text, text)
    return value


def _python(option: str) -> str:
    chosen = option or os.environ.get(PYTHON_VARIABLE, "")
    if chosen:
        path = Path(chosen).expanduser()
        if not (path.is_file() and os.access(path, os.X_OK)):
            source = "-M python" if option else PYTHON_VARIABLE
            raise UsageError(
                msg(
                    "{source}={chosen}: this is not an interpreter; name the python of the environment with vLLM",
                    source=source,
                    chosen=chosen,
                )
            )
        return str(path.absolute())
    return sys.executable  # the registry has checked that it has vllm
