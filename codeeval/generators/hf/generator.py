"""Completions from a model folder or a Hub model through transformers, on a CPU or on GPUs.

One call of `generate` per problem draws all its n samples (in groups of `-M rows` sequences, 32 by default, with a seed
each) from a random stream seeded by the run's seed and the problem's id. So completions depend neither on the run's
other problems nor on their order, and an interrupted problem is repeated as a whole and gives the same samples, given
the same machine, versions of torch and transformers, dtype, device and thread count. n = 10 is not a prefix of n = 20.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from codeeval.errors import GenerationError, UsageError
from codeeval.generators.base import Scalar, check_request, check_sampling, problem_seed
from codeeval.generators.common.context import DoesNotFit, Refusals, room
from codeeval.generators.common.decode import StopWatch, decode_new
from codeeval.generators.common.digests import lora_digest
from codeeval.generators.common.facts import gpu_facts, model_facts
from codeeval.generators.common.finish import EngineAnswer, Rule, finish
from codeeval.generators.common.openchat import warn_of_other_ids
from codeeval.generators.common.thought_watch import Budget, ThoughtWatch
from codeeval.generators.hf.as_mera import as_mera
from codeeval.generators.hf.model import HFSettings, LoadedModel, load
from codeeval.generators.vllm.worker.token_ids import TemplateProblem, encode, lacks_system_role
from codeeval.i18n import msg
from codeeval.reading.thinking import opens_thought
from codeeval.types import Prompt, Request, Sample, Sampling

logger = logging.getLogger(__name__)


class HFGenerator:
    """Holds the model from creation to `close`. Not thread-safe."""

    def __init__(self, name: str, settings: HFSettings) -> None:
        self._name, self._settings = name, settings
        self._loaded: LoadedModel | None = load(name, settings)
        self._description: dict[str, Scalar] | None = None
        self._most_rows = settings.rows
        self._mismatch = warn_of_other_ids(name, lambda text: self.encode(Prompt(text=text)))

    def generate(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Sample]:
        """Samples problem by problem, in the order of the requests. Raises UsageError, GenerationError. A problem with
        a prompt that does not fit is skipped, stays pending, and is reported at the end."""
        check_sampling(sampling)
        for request in requests:
            check_request(request, sampling)
        if sampling.harness == "mera":
            yield from as_mera(self._name, self._model, self._settings, requests, sampling)
            return
        refusals = Refusals()
        for request in requests:
            try:
                yield from self.answer(request, sampling)
            except DoesNotFit as error:
                refusals.add(request.problem_id, error)
        refusals.tell()

    def answer(self, request: Request, sampling: Sampling) -> Iterator[Sample]:
        """The samples of one problem. Raises DoesNotFit before the first one; UsageError, GenerationError."""
        ids = self.encode(request.prompt) if request.indices else []
        left = room(self._name, len(ids), self._settings.think_tokens + sampling.max_tokens, self._model.context)
        yield from self._drawn(request, ids, replace(sampling, max_tokens=min(left, sampling.max_tokens)))

    def _drawn(self, request: Request, ids: list[int], sampling: Sampling) -> Iterator[Sample]:
        greedy = sampling.temperature == 0
        seed = problem_seed(sampling.seed, request.problem_id)
        rule = Rule(sampling.stop, self._settings.think_tokens > 0, self._in_thought(ids))
        step = sampling.n if greedy else self._settings.rows
        for start in range(0, sampling.n, step):
            wanted = [index for index in request.indices if start <= index < start + step]
            if not wanted:
                continue
            rows = 1 if greedy else min(step, sampling.n - start)
            drawn = self._draw_in_parts(ids, rows, seed + start, sampling)
            for index in wanted:
                yield finish(request, index, drawn[0 if greedy else index - start], rule)

    def encode(self, prompt: Prompt) -> list[int]:
        """The ids that the model receives: BOS once if the tokenizer adds it; the model's own template for messages.
        Raises UsageError for messages if the tokenizer has no template."""
        try:
            return encode(self._model.tokenizer, prompt.text, prompt.messages)
        except TemplateProblem as problem:
            raise UsageError(msg("{name}: {problem}", name=self._name, problem=problem)) from problem

    def _in_thought(self, ids: list[int]) -> bool:
        return self._settings.think_tokens > 0 and opens_thought(self._model.tokenizer.decode(ids[-8:]))

    def _draw_in_parts(self, ids: list[int], rows: int, seed: int, sampling: Sampling) -> list[EngineAnswer]:
        """Draw `rows` samples; if they don't fit in memory, in halves, each with its own seed. A size that failed once
        is not tried again."""
        import torch

        if rows <= self._most_rows:
            try:
                return self._draw(ids, rows, seed, sampling)
            except torch.OutOfMemoryError as error:
                if rows == 1:
                    raise GenerationError(
                        msg("out of memory while drawing a single sample; try a smaller --max-tokens")
                    ) from error
                self._most_rows = rows // 2
                logger.warning(
                    msg(
                        "out of memory with {rows} samples at once: going on with {n}; -M rows={n} would repeat these samples",
                        rows=rows,
                        n=rows // 2,
                    )
                )
            torch.cuda.empty_cache()
        first = rows // 2
        parts = ((first, seed), (rows - first, seed + first))
        return [one for count, part in parts for one in self._draw_in_parts(ids, count, part, sampling)]

    def _watch(self, ids: list[int], rows: int, sampling: Sampling) -> StopWatch | ThoughtWatch | None:
        """None if a sequence can end only by its own end token or the token limit."""
        tokenizer, think = self._model.tokenizer, self._settings.think_tokens
        stops = () if self._settings.keep_raw else sampling.stop
        if think:
            return ThoughtWatch(tokenizer, ids, Budget(think, sampling.max_tokens, stops), self._in_thought(ids), rows)
        return StopWatch(tokenizer, ids, stops, rows) if stops else None

    def _draw(self, ids: list[int], rows: int, seed: int, sampling: Sampling) -> list[EngineAnswer]:
        """Draw `rows` sequences in one call, seeded by `seed`; the caller's random state is preserved. Raises torch's
        OutOfMemoryError, GenerationError."""
        import torch

        loaded = self._model
        watch = self._watch(ids, rows, sampling)

        def stopped(input_ids: Any, scores: Any, **_: object) -> Any:
            assert watch is not None
            return torch.tensor(watch.look(input_ids[:, len(ids) :].tolist()), device=input_ids.device)

        inputs = torch.tensor([ids], device=loaded.model.device)
        how = {"temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": sampling.top_k}
        try:
            with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
                torch.manual_seed(seed)
                sequences = loaded.model.generate(
                    inputs,
                    attention_mask=torch.ones_like(inputs),
                    max_new_tokens=self._settings.think_tokens + sampling.max_tokens,
                    num_return_sequences=rows,
                    stopping_criteria=[stopped] if watch else [],
                    do_sample=sampling.temperature > 0,
                    **(how if sampling.temperature > 0 else {}),
                )
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            raise GenerationError(msg("{name} stopped answering: {reason}", name=self._name, reason=error)) from error
        new = [row[len(ids) :] for row in sequences.tolist()]
        kept = None if sampling.temperature == 0 else seed
        return [
            self._read(ids, row, end, kept)
            for row, end in zip(new, watch.ended_at if watch else [None] * rows, strict=True)
        ]

    def _read(self, ids: list[int], new: list[int], stopped_at: int | None, seed: int | None) -> EngineAnswer:
        """Drop the padding after the end of a sequence; the end token is counted but is not text."""
        new = new[:stopped_at]
        eos = next((i for i, token in enumerate(new) if token in self._model.eos), None)
        return EngineAnswer(
            text=decode_new(self._model.tokenizer, ids, new[:eos]),
            reason="length" if eos is None else "stop",
            tokens_in=len(ids),
            tokens_out=len(new) if eos is None else eos + 1,
            seed=seed,
        )

    @property
    def _model(self) -> LoadedModel:
        if self._loaded is None:
            raise GenerationError(msg("{name} was closed", name=self._name))
        return self._loaded

    def describe(self) -> dict[str, Scalar]:
        """Engine, versions, device, dtype, size and digests. The first call reads the weights once for their digest."""
        if self._description is None:
            self._description = _describe(self._name, self._settings, self._model)
            self._description["openchat_ids_wrong"] = self._mismatch
            self._description["lacks_system_role"] = lacks_system_role(self._model.tokenizer) or None
        return dict(self._description)

    def close(self) -> None:
        """Drop the model and release the GPU's memory."""
        if self._loaded is not None:
            import torch

            self._loaded = None
            if torch.cuda.is_available():
                torch.cuda.empty_cache()


def _describe(name: str, settings: HFSettings, loaded: LoadedModel) -> dict[str, Scalar]:
    import torch
    import transformers

    return {
        "engine": "hf",
        "model": name,
        "model_path": str(loaded.folder.resolve()),
        "revision": getattr(loaded.model.config, "_commit_hash", None),
        "architecture": type(loaded.model).__name__,
        "context_length": loaded.context,
        "generation_config": loaded.own.to_json_string(use_diff=True, ignore_metadata=True) if loaded.own else None,
        "dtype": str(loaded.model.dtype).removeprefix("torch."),
        "device": str(loaded.model.device),
        **gpu_facts(),
        "cuda_version": torch.version.cuda,
        "torch_version": torch.__version__,
        "transformers_version": transformers.__version__,
        "threads": torch.get_num_threads(),
        "rows": settings.rows,
        "batch_size": settings.rows,
        "end_tokens": " ".join(map(str, loaded.tokenizer.convert_ids_to_tokens(sorted(loaded.eos)))),
        "lora_sha256": lora_digest(settings.lora),
        "reproducible": "same seed, same samples, for the same versions, dtype, device, threads and rows",
        **model_facts(loaded.folder),
        "parameters": sum(p.numel() for p in loaded.model.parameters()),
    }
