"""One request to an OpenAI-compatible server: what is sent, what may come back, and which failures pass.

Not every server knows every parameter. What a refusal names is left out from then on, but only where our side can do
the work itself (stop sequences are cut here anyway, missing samples are asked for one by one) or where only
repeatability is lost (seed); a temperature that the server refuses ends the run, because it would measure something else.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from codeeval.errors import GenerationError, UsageError
from codeeval.generators.common.finish import EngineAnswer
from codeeval.generators.common.retry import Exhausted, Later, retry_after_s
from codeeval.generators.openai.settings import Key, ServerSettings
from codeeval.generators.openai_mera import REPLACEABLE, as_mera
from codeeval.types import FinishReason, Prompt, Sampling

logger = logging.getLogger(__name__)

#: OpenAI's API and vLLM's server refuse more.
STOPS_SENT = 4
_DISPENSABLE = {
    "stop": "every sample now runs to its end before it is cut here",
    "seed": "samples can't be repeated",
    "n": "samples are asked for one by one",
}
_REASONS: dict[str, FinishReason] = {"stop": "stop", "length": "length"}


class Refused(GenerationError):
    """The server will not answer this request, however often it is asked."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: `n` samples of a prompt, the first with `seed` (None: greedy)."""

    prompt: Prompt
    n: int
    seed: int | None


class Client:
    """Thread-safe. Every error text is free of the key."""

    def __init__(self, model: str, settings: ServerSettings, key: Key) -> None:
        import openai

        self._errors = openai
        self._model, self._settings, self._key = model, settings, key
        self._openai = openai.OpenAI(
            api_key=key.reveal(), base_url=settings.base_url, timeout=settings.timeout_s, max_retries=0
        )
        self._left_out: set[str] = set()
        self._lock = threading.Lock()
        self._under_way = 0
        self._closed = False
        #: Parameters that this kind of server would otherwise take from the model's own configuration.
        self.defaults: dict[str, object] = {}

    def ask(self, ask: Ask, sampling: Sampling) -> list[EngineAnswer]:
        """At least one answer, at most `ask.n`. Raises Later, Refused, UsageError, Exhausted."""
        with self._lock:
            if self._closed:
                raise Exhausted("closed")
            self._under_way += 1
        try:
            return self._ask(ask, sampling)
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._lock:
            self._under_way -= 1
            if self._closed and not self._under_way:
                self._openai.close()

    def close(self) -> None:
        """No new request is made; connections are closed with the last one under way, which is not waited for."""
        with self._lock:
            self._closed = True
            if not self._under_way:
                self._openai.close()

    def _ask(self, ask: Ask, sampling: Sampling) -> list[EngineAnswer]:
        while True:
            arguments, create = self._arguments(ask, sampling)
            try:
                response = create(**arguments)
            except self._errors.OpenAIError as error:
                failure = self._explain(error)
                if sampling.harness == "mera":  # that harness leaves nothing out
                    arguments = {name: value for name, value in arguments.items() if name in REPLACEABLE}
                if isinstance(failure, Refused) and self._can_do_without(error, arguments):
                    continue
                raise failure from None
            except (ValueError, TypeError, AttributeError) as error:
                raise Later(f"the server's answer is not understandable ({type(error).__name__})") from None
            return self._answers(response, ask)

    def _arguments(self, ask: Ask, sampling: Sampling) -> tuple[dict[str, Any], Callable[..., Any]]:
        settings, chat = self._settings, self.is_chat(ask.prompt)
        limit = "max_completion_tokens" if chat and "max_tokens" in self._left_out else "max_tokens"
        arguments: dict[str, Any] = {
            "model": self._model,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            limit: sampling.max_tokens + settings.think_tokens,
            "extra_body": {
                **self.defaults,
                **({"top_k": sampling.top_k} if sampling.top_k else {}),
                **settings.extra_body,
            },
        }
        if ask.n > 1:
            arguments["n"] = ask.n
        if ask.seed is not None:
            arguments["seed"] = ask.seed
        if sampling.stop and not (settings.think_tokens or settings.keep_raw):  # a thought may hold any of them
            arguments["stop"] = list(sampling.stop[:STOPS_SENT])
        if sampling.harness == "mera":
            arguments = as_mera(arguments, sampling, settings.extra_body)
        for name in self._left_out - {"max_tokens"}:
            arguments.pop(name, None)
        if chat:
            arguments["messages"] = messages_of(ask.prompt)
            return arguments, self._openai.chat.completions.create
        arguments["prompt"] = ask.prompt.text
        return arguments, self._openai.completions.create

    def is_chat(self, prompt: Prompt) -> bool:
        """Raises UsageError for messages where only completions were allowed."""
        if prompt.text is None and self._settings.api == "completions":
            raise UsageError("--template chat needs the server's chat interface; leave -M api=completions out")
        return prompt.text is None or self._settings.api == "chat"

    def _answers(self, response: Any, ask: Ask) -> list[EngineAnswer]:
        choices = list(getattr(response, "choices", None) or [])[: ask.n]
        usage = getattr(response, "usage", None)
        tokens_in = _count(usage, "prompt_tokens")
        tokens_out = _count(usage, "completion_tokens") if len(choices) == 1 else None
        found = []
        for at, choice in enumerate(choices):
            message = getattr(choice, "message", None)
            text = getattr(choice, "text", None) if message is None else getattr(message, "content", None)
            thought = _thought(message) if self._settings.think_tokens else None
            if not isinstance(text, str) and thought is None and message is None:
                break  # this choice and what follows it is asked for again
            found.append(
                EngineAnswer(
                    text=text if isinstance(text, str) else "",
                    reason=_REASONS.get(str(getattr(choice, "finish_reason", "")), "unknown"),
                    tokens_in=tokens_in,
                    tokens_out=tokens_out,
                    seed=None if ask.seed is None or "seed" in self._left_out else ask.seed + at,
                    thought=thought,
                )
            )
        if not found:
            raise Later("the server answered without a completion")
        return found

    def _can_do_without(self, error: Exception, arguments: dict[str, Any]) -> bool:
        """Leave out a parameter that the refusal names, if the request had it and we can do without. Several threads may
        come here with the same refusal."""
        param, text = str(getattr(error, "param", "") or ""), str(error)
        if self.defaults and any(name == param or name in text for name in self.defaults):
            self.defaults = {}
            return True
        for name in (*_DISPENSABLE, "max_tokens"):
            quoted = re.search(rf"""['"`]{name}['"`]""", text)
            if name in arguments and (param == name or (not param and quoted)):
                new = name not in self._left_out
                self._left_out.add(name)
                if new and name in _DISPENSABLE:
                    logger.warning("the server refuses the parameter %s: %s", name, _DISPENSABLE[name])
                return name in _DISPENSABLE or "messages" in arguments
        return False

    def _explain(self, error: Exception) -> Exception:
        errors = self._errors
        said = self._key.hide(" ".join(str(error).split()))[:500]
        if not isinstance(error, errors.APIStatusError):
            cause = error.__cause__ or error
            where = f"{self._settings.base_url} ({self._key.hide(f'{type(cause).__name__}: {cause}')[:200]})"
            return Later(f"no answer from {where}")
        status = error.status_code
        if status in (401, 403):
            return UsageError(
                f"{self._settings.base_url} refuses the key: set OPENAI_API_KEY or -M api_key_file=PATH ({said})"
            )
        if status == 404:
            return UsageError(f"{self._settings.base_url} has no such model or interface: {self._model} ({said})")
        if status == 429 and getattr(error, "code", None) == "insufficient_quota":
            return Exhausted(f"the account's quota is used up ({said}); continue later with --resume")
        if status in (408, 409, 425, 429) or status >= 500:
            return Later(f"{self._settings.base_url}: {said}", retry_after_s(error.response.headers.get("retry-after")))
        return Refused(f"the server refused: {said}")


def messages_of(prompt: Prompt) -> list[dict[str, str]]:
    """A raw text becomes the one turn of a user."""
    if prompt.text is not None:
        return [{"role": "user", "content": prompt.text}]
    return [{"role": role, "content": content} for role, content in prompt.messages]


def _thought(message: Any) -> str | None:
    """What a server with a parser of its own has taken out of the answer; servers disagree about the name."""
    for name in ("reasoning_content", "reasoning"):
        value = getattr(message, name, None)
        if isinstance(value, str) and value:
            return value
    return None


def _count(usage: Any, name: str) -> int | None:
    value = getattr(usage, name, None)
    return value if isinstance(value, int) and value >= 0 else None
