"""Completions drawn as MERA's harness does (lm-evaluation-harness with its `hf` models, batch size 1), through
transformers.

Besides `do_sample` and the temperature, the model's own generation_config.json counts, and if that says nothing,
transformers' default top_k of 50. One seed is set before the first sample, and all samples are drawn one by one from
the same random stream, the longest prompt first. So a problem's samples depend on everything asked before it, and an
interrupted run does not continue with the samples that it would have had. Prompts have no BOS unless requested, and are
truncated from the left if too long. The new ids are decoded alone, which costs some tokenizers a leading space.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from codeeval.errors import GenerationError, UsageError
from codeeval.generators.common.context import cut_left
from codeeval.generators.common.decode import StopWatch
from codeeval.generators.common.finish import EngineAnswer, Rule, finish
from codeeval.generators.hf.model import HFSettings, LoadedModel
from codeeval.generators.vllm.worker.token_ids import TemplateProblem, encode_as_mera
from codeeval.i18n import msg
from codeeval.types import Prompt, Request, Sample, Sampling


def as_mera(
    name: str, loaded: LoadedModel, settings: HFSettings, requests: Sequence[Request], sampling: Sampling
) -> Iterator[Sample]:
    """Yield samples, the longest prompt first. Raises UsageError, and GenerationError if the model fails."""
    if settings.think_tokens:
        raise UsageError(msg("--sampling mera can't separate thoughts; leave -M think_tokens out"))
    bos = settings.add_bos_token or "gemma" in str(getattr(loaded.model.config, "model_type", ""))
    found = {request.problem_id: _encode(name, loaded.tokenizer, request.prompt, bos=bos) for request in requests}
    stream = _Stream(sampling.seed)
    stops = () if settings.keep_raw else sampling.stop
    for request in sorted(requests, key=lambda one: (-len(found[one.problem_id]), one.prompt.text or "")):
        ids = cut_left(name, found[request.problem_id], sampling.max_tokens, loaded.context)
        for index in request.indices:
            with stream.drawing():
                answer = _draw(name, loaded, ids, stops, sampling)
            yield finish(request, index, answer, Rule(sampling.stop))


def _encode(name: str, tokenizer: Any, prompt: Prompt, *, bos: bool) -> list[int]:
    """Raises UsageError for messages that the model's template refuses."""
    try:
        return encode_as_mera(tokenizer, prompt.text, prompt.messages, bos=bos)
    except TemplateProblem as problem:
        raise UsageError(msg("{name}: {problem}", name=name, problem=problem)) from problem


class _Stream:
    """One random stream for the whole run; the caller's random state is preserved."""

    def __init__(self, seed: int) -> None:
        import torch

        with self._forked():
            torch.manual_seed(seed)
            self._state = self._now()

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Inside the block, torch draws from the stream."""
        import torch

        with self._forked():
            torch.set_rng_state(self._state[0])
            if self._state[1]:
                torch.cuda.set_rng_state_all(self._state[1])
            yield
            self._state = self._now()

    @staticmethod
    def _forked() -> Any:
        import torch

        return torch.random.fork_rng(devices=range(torch.cuda.device_count()))

    @staticmethod
    def _now() -> tuple[Any, list[Any]]:
        import torch

        return torch.get_rng_state(), torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []


def _draw(name: str, loaded: LoadedModel, ids: list[int], stops: Sequence[str], sampling: Sampling) -> EngineAnswer:
    import torch

    model, tokenizer = loaded.model, loaded.tokenizer
    watch = StopWatch(tokenizer, ids, stops, 1)

    def stopped(input_ids: Any, scores: Any, **_: object) -> Any:
        return torch.tensor(watch.look(input_ids[:, len(ids) :].tolist()), device=input_ids.device)

    inputs = torch.tensor([ids], device=model.device)
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else min(loaded.eos, default=0)
    ours, model.generation_config = model.generation_config, loaded.own
    try:
        (row,) = model.generate(
            inputs,
            attention_mask=torch.ones_like(inputs),
            max_length=len(ids) + sampling.max_tokens,
            pad_token_id=pad,
            stopping_criteria=[stopped] if stops else [],
            **_how(sampling),
        ).tolist()
    except RuntimeError as error:  # including out of memory: one sample is the smallest unit
        raise GenerationError(msg("{name} stopped answering: {reason}", name=name, reason=error)) from error
    finally:
        model.generation_config = ours
    new = row[len(ids) :]
    eos = next((i for i, token in enumerate(new) if token in loaded.eos), None)
    return EngineAnswer(
        text=tokenizer.decode(new, skip_special_tokens=True),
        reason="length" if eos is None else "stop",
        tokens_in=len(ids),
        tokens_out=len(new) if eos is None else eos + 1,
        seed=sampling.seed if sampling.temperature > 0 else None,
    )


def _how(sampling: Sampling) -> dict[str, object]:
    """What is passed besides the model's own configuration: a top-k or top-p cut only if the user requested one."""
    if sampling.temperature == 0:
        return {"do_sample": False}
    cuts: dict[str, object] = {"top_p": sampling.top_p} if sampling.top_p < 1 else {}
    if sampling.top_k:
        cuts["top_k"] = sampling.top_k
    return {"do_sample": True, "temperature": sampling.temperature, **cuts}
