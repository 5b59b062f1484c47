"""Completions from any server that implements OpenAI's protocol: OpenAI, vLLM, `transformers serve`, llama.cpp and
others.

Every sample has its own seed, the problem's seed plus its index, and by default its own request: servers may ignore
`n`, answer with fewer choices, or repeat themselves at one seed. Samples missing from an answer are requested again,
one by one. Whether a seed gives the same text twice is up to the server; codeeval does not promise it.

A sample that fails in a way that may pass is requested again for `patience` seconds. If the server refuses a request
for good (a prompt beyond the context), only that problem is skipped and stays pending; the refusals are reported at the
end.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from codeeval.errors import CodeevalError
from codeeval.generators.base import Options, Scalar, check_request, check_sampling, problem_seed
from codeeval.generators.common.context import Refusals
from codeeval.generators.common.finish import EngineAnswer, Rule, finish
from codeeval.generators.common.parallel import Done, run_ahead
from codeeval.generators.common.retry import Exhausted, Later, Retrier, RetryLimits
from codeeval.generators.openai.client import STOPS_SENT, Ask, messages_of
from codeeval.generators.openai.refusals import Broken, NoInterface, Refused, lacks_chat
from codeeval.generators.openai.servers import Servers
from codeeval.generators.openai.settings import Key, ServerSettings, read_key
from codeeval.i18n import msg
from codeeval.reading.thinking import opens_thought
from codeeval.types import Prompt, Request, Sample, Sampling

logger = logging.getLogger(__name__)

#: After this many refusals without any answer, the rest is not tried.
HOPELESS = 10
#: For how many seconds to keep asking an unresponsive server whether it supports chat.
_TRY_S = 10


@dataclass(frozen=True, slots=True)
class _Job:
    """Consecutive samples of one problem, requested together. Greedy: one sample, copied to all indices."""

    request: Request
    indices: tuple[int, ...]


class OpenAIGenerator:
    """One model behind one server or several. Only one `generate` at a time; its requests run in several threads."""

    def __init__(self, model: str, settings: ServerSettings, key: Key) -> None:
        self._model, self._settings = model, settings
        self._stop = threading.Event()
        self._kept: dict[Ask, list[EngineAnswer]] = {}
        self._client = Servers.open(model, settings, key)

    def generate(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Sample]:
        """Samples in the order of the server's answers. Raises UsageError, GenerationError."""
        check_sampling(sampling)
        for request in requests:
            check_request(request, sampling)
            self._client.is_chat(request.prompt)
        self._stop = threading.Event()
        retrier = Retrier(RetryLimits(self._settings.patience_s, self._settings.budget), self._stop)
        jobs = [job for request in requests for job in self._jobs(request, sampling)]
        done = run_ahead(lambda job: self._answer(job, sampling, retrier), jobs, self._settings.threads, self._stop)
        try:
            yield from self._collect(done)
        finally:
            done.close()
            if retrier.retries:
                again = msg("{n} of {total} requests were asked again", n=retrier.retries, total=retrier.requests)
                logger.warning(again)

    def _collect(self, done: Iterator[Done[_Job, list[Sample]]]) -> Iterator[Sample]:
        """After a failure that ends the run, requests in flight are still awaited: they may have been paid for."""
        refusals = Refusals()
        fatal: Exception | None = None
        answered = 0
        for one in done:
            if isinstance(one.error, Refused):
                refusals.add(one.item.request.problem_id, one.error)
                if not answered and len(refusals) >= HOPELESS:
                    self._stop.set()
            elif one.error is not None:
                fatal = fatal or one.error
                self._stop.set()
            else:
                answered += 1
                yield from one.value or ()
        if fatal is not None and not (refusals and not answered):
            raise fatal
        refusals.tell()

    def can_chat(self, request: Request, sampling: Sampling) -> bool:
        """Request the first samples of `request` through the chat interface, and keep them for `generate`. Any answer
        other than that there is no such interface shows that there is one. Raises UsageError, Exhausted if it is
        closed."""
        job = next(self._jobs(request, sampling))
        ask = self._ask_of(job, sampling)
        retrier = Retrier(RetryLimits(min(self._settings.patience_s, _TRY_S)), self._stop)
        try:
            self._kept[ask] = retrier.call(lambda: self._client.ask(ask, sampling))
        except NoInterface:
            return False
        except Refused:
            return not self._completes(ask, sampling)
        except Exhausted as error:
            asks_other = isinstance(error.__cause__, Broken)
            return not lacks_chat(str(error)) and not (asks_other and self._completes(ask, sampling))
        return True

    def _completes(self, ask: Ask, sampling: Sampling) -> bool:
        """Whether the other interface answers what the chat interface refused without a reason."""
        text = Prompt(messages_of(ask.prompt, folded=True)[-1]["content"])
        try:
            self._kept[replace(ask, prompt=text)] = self._client.ask(replace(ask, prompt=text), sampling)
        except (Later, CodeevalError):
            return False
        return True

    def _ask_of(self, job: _Job, sampling: Sampling) -> Ask:
        """The first request for a job."""
        if sampling.temperature == 0:
            return Ask(job.request.prompt, 1, None)
        if sampling.harness == "mera":
            return Ask(job.request.prompt, len(job.indices), sampling.seed)
        seed = problem_seed(sampling.seed, job.request.problem_id)
        return Ask(job.request.prompt, len(job.indices), seed + job.indices[0])

    def _first(self, ask: Ask, sampling: Sampling, retrier: Retrier) -> list[EngineAnswer]:
        """The stored answer to this request, or a new one from the server."""
        kept = self._kept.pop(ask, None)
        return kept if kept is not None else retrier.call(lambda: self._client.ask(ask, sampling))

    def _jobs(self, request: Request, sampling: Sampling) -> Iterator[_Job]:
        """Group indices below the same multiple of `n`, so that a resumed run makes the same requests as the first."""
        if sampling.temperature == 0:
            if request.indices:
                yield _Job(request, request.indices)
            return
        run: list[int] = []
        for index in request.indices:
            alone = sampling.harness == "mera"
            if run and (alone or index != run[-1] + 1 or index % self._settings.n == 0):
                yield _Job(request, tuple(run))
                run = []
            run.append(index)
        if run:
            yield _Job(request, tuple(run))

    def _answer(self, job: _Job, sampling: Sampling, retrier: Retrier) -> list[Sample]:
        request, first = job.request, self._ask_of(job, sampling)
        answers = self._first(first, sampling, retrier)
        if first.seed is None:
            return [self._sample(request, index, answers[0], sampling) for index in job.indices]
        rest = list(job.indices)
        while len(answers) < len(rest):
            one = Ask(request.prompt, 1, first.seed + rest[len(answers)] - rest[0])
            answers += retrier.call(partial(self._client.ask, one, sampling))
        return [self._sample(request, index, answer, sampling) for index, answer in zip(rest, answers, strict=True)]

    def _sample(self, request: Request, index: int, answer: EngineAnswer, sampling: Sampling) -> Sample:
        text = request.prompt.text
        stops = () if sampling.harness == "mera" else sampling.stop
        rule = Rule(stops, self._settings.think_tokens > 0, text is not None and opens_thought(text))
        return finish(request, index, answer, rule)

    def answered(self) -> dict[str, int]:
        """Number of samples from each server so far, by address."""
        return self._client.answered()

    def describe(self) -> dict[str, Scalar]:
        """Address, model and settings; for vLLM servers the version. A server reveals nothing else."""
        from importlib import metadata

        settings = self._settings
        return {
            "engine": "openai",
            "model": self._model,
            "base_url": self._client.urls(),
            "server": self._client.versions(),
            "api": settings.api,
            "openai_version": metadata.version("openai"),
            "concurrency": settings.concurrency,
            "samples_per_request": settings.n,
            "stops_sent": 0 if settings.think_tokens or settings.keep_raw else STOPS_SENT,
            "reproducible": "as far as the server repeats a sample at the same seed",
        }

    def close(self) -> None:
        """Stop asking; requests in flight end on their own."""
        self._stop.set()
        self._client.close()


def check_model(model: str, options: Mapping[str, str]) -> None:
    """Check what can be checked without asking the server. Raises UsageError."""
    _settings(options)


def open_generator(model: str, options: Mapping[str, str]) -> OpenAIGenerator:
    """`model` is the name that the server uses for it. Raises UsageError, GenerationError."""
    settings, key = _settings(options)
    for note in settings.notes:
        logger.warning(note)
    return OpenAIGenerator(model, settings, key)


def _settings(options: Mapping[str, str]) -> tuple[ServerSettings, Key]:
    given = Options("openai", options)
    path = given.text("api_key_file", "")
    settings = ServerSettings.parse(given)
    return settings, read_key(path, settings.base_urls)
