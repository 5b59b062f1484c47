"""One request to an OpenAI-compatible server: what is sent, and what is learnt from refusals.

`replies` parses the answers, `refusals` interprets failures.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from codeeval.errors import UsageError
from codeeval.generators.common.finish import EngineAnswer
from codeeval.generators.common.retry import Exhausted, Later
from codeeval.generators.openai import replies
from codeeval.generators.openai.as_mera import REPLACEABLE, as_mera
from codeeval.generators.openai.network import http_client
from codeeval.generators.openai.refusals import (
    DISPENSABLE,
    Endpoint,
    Refusal,
    Refused,
    cannot_do_without,
    is_neutral,
    lacks_system_role,
    refused_parameters,
)
from codeeval.generators.openai.settings import Key, ServerSettings
from codeeval.generators.vllm.worker.token_ids import fold_system
from codeeval.i18n import msg
from codeeval.types import Prompt, Sampling

logger = logging.getLogger(__name__)

#: OpenAI's API and vLLM's server refuse more.
STOPS_SENT = 4
#: The parts of a request that are not parameters.
_CONTENT = ("model", "messages", "prompt", "extra_body")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: `n` samples of a prompt, the first with `seed` (None: greedy)."""

    prompt: Prompt
    n: int
    seed: int | None


class Client:
    """Thread-safe. No error text contains the key."""

    def __init__(self, model: str, settings: ServerSettings, key: Key) -> None:
        import openai

        self._errors = openai
        self._model, self._settings, self._key = model, settings, key
        self._openai = openai.OpenAI(
            api_key=key.reveal(),
            base_url=settings.base_url,
            timeout=settings.timeout_s,
            max_retries=0,
            http_client=http_client(settings, openai),
        )
        self._asked = Endpoint(settings.base_url, model, key)
        self._left_out: set[str] = set()
        self._folds_system = False
        self._lock = threading.Lock()
        self._under_way = 0
        self._closed = False
        #: The models that its answers name.
        self.named: set[str] = set()
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
        """Make no new request; connections close after the last request in flight, without waiting for it."""
        with self._lock:
            self._closed = True
            if not self._under_way:
                self._openai.close()

    def _ask(self, ask: Ask, sampling: Sampling) -> list[EngineAnswer]:
        while True:
            arguments, create = self._arguments(ask, sampling)
            try:
                response = create(**arguments).http_response
                content = replies.text_of(response.content, response.charset_encoding)
            except self._errors.APIStatusError as error:
                refused = error.response
                body = replies.text_of(refused.content, refused.charset_encoding)
                moved = str(refused.url) if refused.history else ""
                refusal = Refusal(error.status_code, body, refused.headers, "messages" in arguments, moved)
                failure = self._asked.explain(refusal)
                if sampling.harness == "mera":  # that harness leaves nothing out
                    kept = {name: value for name, value in arguments.items() if name in REPLACEABLE}
                    arguments = {**kept, "extra_body": {}}
                if self._can_do_without(refusal, failure, arguments):
                    continue
                raise failure from None
            except self._errors.OpenAIError as error:
                raise self._asked.unreachable(error) from None
            except ValueError as error:  # a prompt that JSON can't represent
                raise Refused(f"the request can't be written: {error}") from None
            return self._read(content, ask)

    def _read(self, content: str, ask: Ask) -> list[EngineAnswer]:
        seeds = [None if ask.seed is None or "seed" in self._left_out else ask.seed + at for at in range(ask.n)]
        reason, after_s = "", None
        for text in (
            content,
            self._key.hide(content),
        ):  # words of a failure may hold the key; completions are never touched
            try:
                body = replies.parse(text)
                found = replies.answers(body, ask.n, seeds)
                self.named |= replies.model_named(body)
                return found
            except Later as error:
                reason, after_s = error.reason, error.after_s
        raise Later(reason, after_s)

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
        if sampling.stop and not (settings.think_tokens or settings.keep_raw):  # a thought may contain any of them
            arguments["stop"] = list(sampling.stop[:STOPS_SENT])
        if sampling.harness == "mera":
            arguments = as_mera(arguments, sampling, settings.extra_body)
        for name in self._left_out - {"max_tokens"}:
            arguments.pop(name, None)
            arguments["extra_body"].pop(name, None)
        if chat:
            arguments["messages"] = messages_of(ask.prompt, self._folds_system)
            return arguments, self._openai.chat.completions.with_raw_response.create
        arguments["prompt"] = ask.prompt.text
        return arguments, self._openai.completions.with_raw_response.create

    def is_chat(self, prompt: Prompt) -> bool:
        """Whether to use the chat interface. Raises UsageError for messages if only completions are allowed."""
        if prompt.text is None and self._settings.api == "completions":
            raise UsageError(msg("--template chat needs the server's chat interface; leave -M api=completions out"))
        return prompt.text is None or self._settings.api == "chat"

    def _can_do_without(self, refusal: Refusal, failure: Exception, arguments: dict[str, Any]) -> bool:
        """Whether to ask again differently: without a parameter that the refusal names, or with the system prompt in
        the user's turn. Several threads may get here with the same refusal. Raises UsageError for a parameter that
        matters."""
        if self._folds(refusal, arguments):
            return True
        if not isinstance(failure, Refused):
            return False
        sent = {name: value for name, value in arguments.items() if name not in _CONTENT} | arguments["extra_body"]
        name, *_ = *refused_parameters(refusal, sent), ""
        if not name or name.startswith("max_"):
            return name == "max_tokens" and refusal.chat and self._leave_out(name, "")
        if name in self.defaults and sent[name] == self.defaults[name]:
            self.defaults = {}
            return True
        if name in DISPENSABLE:
            return self._leave_out(name, DISPENSABLE[name])
        if is_neutral(name, sent[name], refusal):
            does = msg("it is left out, and {value} is what the server does by itself", value=f"{sent[name]:g}")
            return self._leave_out(name, does)
        raise cannot_do_without(name, sent[name], self._asked.said(refusal)) from None

    def _leave_out(self, name: str, cost: str) -> bool:
        with self._lock:
            new = name not in self._left_out
            self._left_out.add(name)
        if new and cost:
            logger.warning(msg("the server refuses the parameter {name}: {cost}", name=name, cost=cost))
        return True

    def _folds(self, refusal: Refusal, arguments: dict[str, Any]) -> bool:
        """Whether to put the system prompt into the user's turn from now on, because the server refuses system
        messages."""
        messages = arguments.get("messages", ())
        if not (messages and messages[0]["role"] == "system" and refusal.status in (400, 422, 500)):
            return False
        if not lacks_system_role(self._asked.said(refusal)):
            return False
        with self._lock:
            new, self._folds_system = not self._folds_system, True
        if new:
            logger.warning(msg("the server takes no system message: the system prompt opens the user's turn"))
        return True


def messages_of(prompt: Prompt, folded: bool = False) -> list[dict[str, str]]:
    """The messages to send. A raw text becomes a single user turn. `folded`: the system prompt opens the user's
    turn."""
    if prompt.text is not None:
        return [{"role": "user", "content": prompt.text}]
    turns = fold_system(prompt.messages) if folded else prompt.messages
    return [{"role": role, "content": content} for role, content in turns]
