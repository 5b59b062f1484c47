"""What MERA's harness (lm-evaluation-harness with its `vllm` models) requests from vLLM's engine.

All five stop sequences and no seed per request: the samples come from the engine's one random stream, which has the
run's seed. `SamplingParams` are made from these alone, so the model's generation_config.json does not count here.
"""

from __future__ import annotations

from codeeval.types import Sampling


def params(sampling: Sampling, *, keep_raw: bool) -> dict[str, object]:
    """Arguments of vLLM's SamplingParams. The text after a stop sequence is cut with it, as everywhere here."""
    return {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "max_tokens": sampling.max_tokens,
        "stop": [] if keep_raw else list(sampling.stop),
        "include_stop_str_in_output": True,
        "seed": None,
    }
