"""Completions through vLLM's engine: all prompts at once, each sample yielded as soon as it is finished.

The engine runs in a separate process (`worker/engine.py`), possibly with another interpreter. Every sample is a request
with its own seed, the problem's seed plus its index, which is also what vLLM gives the samples of one request with n >
1; so any samples can be requested again alone. With prefix caching the common prompt is computed once.

Data parallelism is several engines side by side, each with its share of the GPUs; problems are distributed in turn.
What an engine had not finished when it ended is requested from the others, sample by sample with the same seeds. An
engine that comes back gets what others have not begun.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from codeeval.errors import GenerationError, UsageError
from codeeval.generators.base import Scalar, check_request, check_sampling, problem_seed
from codeeval.generators.common import devices
from codeeval.generators.common.context import Refusals, cut_left, room
from codeeval.generators.common.digests import lora_digest
from codeeval.generators.common.engine_process import Message
from codeeval.generators.common.finish import EngineAnswer, Rule, finish
from codeeval.generators.common.launch import HERE, Engine, Launcher, launcher_for
from codeeval.generators.common.model_folder import check_weights
from codeeval.generators.common.openchat import warn_of_other_ids
from codeeval.generators.vllm import as_mera
from codeeval.generators.vllm.engines import EngineEnded, Engines
from codeeval.generators.vllm.open_samples import EncodedPrompt, OpenSample, OpenSamples, deal, new_key
from codeeval.generators.vllm.settings import VLLMSettings
from codeeval.i18n import msg
from codeeval.reading.thinking import CLOSE, opens_thought
from codeeval.types import FinishReason, Prompt, Request, Sample, Sampling

_REASONS: dict[str, FinishReason] = {"stop": "stop", "length": "length"}
#: A sample is given up after this many engines ended while working on it.
MAX_LOSSES = 2


class VLLMGenerator:
    """Holds the engines from creation to `close`. `generate` is not thread-safe."""

    def __init__(self, name: str, settings: VLLMSettings, launcher: Launcher = HERE) -> None:
        self._name, self._settings = name, settings
        self._description: dict[str, Scalar] | None = None
        self._engines = Engines(name, settings, launcher)
        try:
            self._facts = self._engines.wait_ready()
            self._mismatch = warn_of_other_ids(name, lambda text: self.encode([Prompt(text=text)])[0].ids)
        except BaseException:
            self.close()
            raise

    def generate(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Sample]:
        """Samples in order of completion. Raises UsageError, GenerationError. A problem with a prompt that does not fit
        is skipped, stays pending, and is reported at the end."""
        check_sampling(sampling)
        for request in requests:
            check_request(request, sampling)
        wanted = [request for request in requests if request.indices]
        if not wanted:
            return
        self._engines.may_restart(sampling.harness != "mera")  # one random stream can't be continued by another engine
        refusals = Refusals()
        waiting = self._submit(wanted, sampling, refusals)
        try:
            yield from self._collect(waiting, sampling, refusals)
        finally:
            if waiting:
                self._cancel()
        refusals.tell()

    def _submit(self, requests: Sequence[Request], sampling: Sampling, refusals: Refusals) -> OpenSamples:
        waiting: OpenSamples = {}
        greedy = sampling.temperature == 0
        batches: dict[Engine, list[Message]] = {}
        mera = sampling.harness == "mera"
        prompts = self._encoded(requests, sampling)
        alive = self._engines.alive
        for at, (request, prompt) in enumerate(zip(requests, prompts, strict=True)):
            engine = alive[at % len(alive)]
            seed = problem_seed(sampling.seed, request.problem_id)
            try:
                self._params(sampling, len(prompt.ids), thinks=False, seed=None)
            except GenerationError as error:
                refusals.add(request.problem_id, error)
                continue
            for index in request.indices[:1] if greedy else request.indices:
                thinks = self._settings.think_tokens > 0
                one = OpenSample(
                    request, index, prompt, None if greedy else sampling.seed if mera else seed + index, engine, thinks
                )
                waiting[key := new_key()] = one
                batches.setdefault(engine, []).append(self._message(key, one, sampling))
        for engine, batch in batches.items():
            engine.send({"op": "add", "requests": batch})
        return waiting

    def _message(self, key: str, one: OpenSample, sampling: Sampling) -> Message:
        ids = [*one.prompt.ids, *one.head_ids]
        return {"id": key, "ids": ids, "params": self._params(sampling, len(ids), one.thinks, one.seed)}

    def _params(self, sampling: Sampling, tokens: int, thinks: bool, seed: int | None) -> dict[str, object]:
        """Arguments of vLLM's SamplingParams. A thought is ended only by its own mark, and has its own limit. Raises
        GenerationError if the prompt leaves no room."""
        if sampling.harness == "mera":
            return as_mera.params(sampling, keep_raw=self._settings.keep_raw)
        context = self._facts["context_length"]
        limit = self._settings.think_tokens if thinks else sampling.max_tokens
        return {
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "top_k": sampling.top_k,
            "max_tokens": room(self._name, tokens, limit, context if isinstance(context, int) else None),
            "stop": [CLOSE] if thinks else [] if self._settings.keep_raw else list(sampling.stop),
            "include_stop_str_in_output": True,
            "seed": seed,
        }

    def _collect(self, waiting: OpenSamples, sampling: Sampling, refusals: Refusals) -> Iterator[Sample]:
        while waiting:
            try:
                engine, message = self._engines.receive("finished", "refused")
            except EngineEnded as ended:
                self._take_back(waiting, ended, sampling, refusals)
                continue
            if engine is None:
                if not self._engines.left:
                    raise self._engines.none_is_left()
                self._deal(waiting, sampling)
                continue
            one = waiting.pop(message["id"], None)
            if one is None:
                continue  # it was given to another engine
            if message["event"] == "refused":
                refusals.add(one.request.problem_id, GenerationError(f"vLLM refused: {message['message']}"))
            elif one.thinks and self._answer_follows(one, message, sampling):
                waiting[message["id"]] = one
                engine.send({"op": "add", "requests": [self._message(message["id"], one, sampling)]})
            else:
                for sample in self._samples(one, message, sampling):
                    self._engines.count(engine)
                    yield sample

    def _take_back(self, waiting: OpenSamples, ended: EngineEnded, sampling: Sampling, refusals: Refusals) -> None:
        """Give what an engine had not finished to others, at once or when one comes back. Raises `ended` if none will, or if
        the samples come from the engine's one random stream."""
        if not self._engines.left or sampling.harness == "mera":
            raise ended
        begun = self._begun(waiting)
        for at, (key, one) in enumerate([each for each in waiting.items() if each[1].engine is ended.engine]):
            one.engine = None
            one.losses += at < begun
            if one.losses >= MAX_LOSSES:
                del waiting[key]
                refusals.add(one.request.problem_id, ended)
        self._deal(waiting, sampling)

    def _begun(self, waiting: OpenSamples) -> int:
        """How many requests an engine works on at a time, in the order in which it got them; if unknown, all."""
        size = self._facts.get("batch_size")
        return size if isinstance(size, int) else len(waiting)

    def _deal(self, waiting: OpenSamples, sampling: Sampling) -> None:
        if not self._engines.alive:
            return
        dropped, given = deal(waiting, self._engines.alive, self._begun(waiting))
        for engine, keys in dropped.items():
            engine.send({"op": "drop", "ids": keys})
        for engine, keys in given.items():
            engine.send({"op": "add", "requests": [self._message(key, waiting[key], sampling) for key in keys]})

    def _answer_follows(self, one: OpenSample, message: Message, sampling: Sampling) -> bool:
        """After the end of a thought the answer is a separate request, with the answers' stops and limit. Text that
        does not begin with a thought is requested again as an answer, from the start."""
        text = message["text"]
        one.thinks = False
        if CLOSE in text:
            one.head, one.head_ids = text, tuple(message["ids"])
        elif one.prompt.in_thought or text.lstrip().startswith("<think>"):
            return False  # a thought without an end
        try:
            self._message("", one, sampling)
        except GenerationError:
            return False
        return True

    def _samples(self, one: OpenSample, message: Message, sampling: Sampling) -> Iterator[Sample]:
        """At temperature 0 one answer is used for every index."""
        answer = EngineAnswer(
            text=one.head + message["text"],
            reason=_REASONS.get(str(message["reason"]), "unknown"),
            tokens_in=len(one.prompt.ids),
            tokens_out=len(one.head_ids) + len(message["ids"]),
            seed=one.seed,
        )
        rule = Rule(sampling.stop, self._settings.think_tokens > 0, one.prompt.in_thought)
        for index in one.request.indices if one.seed is None else (one.index,):
            yield finish(one.request, index, answer, rule)

    def _encoded(self, requests: Sequence[Request], sampling: Sampling) -> list[EncodedPrompt]:
        """The prompts' ids; for MERA's harness truncated to leave room for the answer. Raises UsageError,
        GenerationError."""
        prompts = [request.prompt for request in requests]
        if sampling.harness != "mera":
            return self.encode(prompts)
        if self._settings.think_tokens:
            raise UsageError(msg("--sampling mera can't separate thoughts; leave -M think_tokens out"))
        found = self.encode(prompts, mera=self._settings.add_bos_token or "gemma" in self._name.lower())
        context = self._facts["context_length"]
        most = context if isinstance(context, int) else None
        return [replace(one, ids=cut_left(self._name, one.ids, sampling.max_tokens, most)) for one in found]

    def encode(self, prompts: Sequence[Prompt], mera: bool | None = None) -> list[EncodedPrompt]:
        """The model's ids; `mera`: whether MERA's harness adds BOS; None encodes as codeeval does. Raises UsageError for
        messages that the tokenizer's template refuses."""
        asked = [[prompt.text, prompt.messages] for prompt in prompts]
        found = []
        for item in self._engines.ask_one({"op": "encode", "prompts": asked, "mera": mera}, "encoded")["prompts"]:
            if "problem" in item:
                raise UsageError(msg("{name}: {item}", name=self._name, item=item["problem"]))
            found.append(EncodedPrompt(item["ids"], opens_thought(item["tail"])))
        return found

    def answered(self) -> dict[str, int]:
        """Number of samples from each engine so far, by name, if there are several."""
        return dict(self._engines.answered) if self._engines.many else {}

    def _cancel(self) -> None:
        asked = set(self._engines.alive)
        for engine in asked:
            engine.send({"op": "cancel"})
        while asked.intersection(self._engines.alive):
            with contextlib.suppress(EngineEnded):
                asked.discard(self._engines.receive("cancelled")[0])

    def describe(self) -> dict[str, Scalar]:
        """Engine, versions, precision, parallelism, GPUs, size and digests. The first call reads the weights once."""
        if self._description is None:
            path = self._facts.get("model_path")
            self._description = {
                "engine": "vllm",
                "model": self._name,
                **self._facts,
                **self._engines.facts(path if isinstance(path, str) else None),
                "data_parallel_size": self._settings.replicas,
                "lora_sha256": lora_digest(self._settings.lora),
                "openchat_ids_wrong": self._mismatch,
                "reproducible": "same seed, same samples, for the same version and kind of device"
                + (
                    ""
                    if self._facts["dtype"] == "float32"
                    else "; below float32 they may depend on what runs beside them"
                ),
            }
        return dict(self._description)

    def close(self) -> None:
        """Stop the engines and release their resources."""
        self._engines.close()


def check_model(model: str, options: Mapping[str, str], launcher: Launcher | None = None) -> None:
    """Check what can be checked without an engine, which reads more formats than can be listed here. Raises
    UsageError."""
    settings = VLLMSettings.parse(options)
    if settings.replicas > 1 and not launcher_for(options, launcher).elsewhere:
        devices.check_enough(settings.replicas, settings.gpus_per_replica, devices.visible(0))
    folder = Path(model).expanduser()
    if not folder.exists() and (model.startswith((".", "/", "~")) or model.count("/") > 1):
        raise UsageError(
            msg("no such model folder: {name}; give a folder, or a name like owner/model from the Hub", name=model)
        )
    if folder.is_dir():
        check_weights(model, sorted(folder.glob("*.safetensors")))


def open_generator(model: str, options: Mapping[str, str], launcher: Launcher | None = None) -> VLLMGenerator:
    """`model` is a folder or a Hub id. Raises UsageError, GenerationError."""
    check_model(model, options, launcher)
    folder = Path(model).expanduser()
    location = str(folder.resolve()) if folder.is_dir() else model
    return VLLMGenerator(location, VLLMSettings.parse(options), launcher_for(options, launcher))
