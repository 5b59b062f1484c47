"""One model behind one server or several: which one is asked next, and which one is left alone for a while.

A request goes to the server that has the fewest under way. Seeds belong to samples, so what comes back does not depend on who
answered, as far as the servers are alike. A server that fails is left alone for a growing while, then tried with one request;
meanwhile the others do its share.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import urllib.error
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse

from codeeval.errors import GenerationError
from codeeval.generators.common.finish import EngineAnswer
from codeeval.generators.common.retry import Later
from codeeval.generators.openai.client import Ask, Client
from codeeval.generators.openai.network import opener, proxy_of
from codeeval.generators.openai.settings import Key, ServerSettings
from codeeval.i18n import msg
from codeeval.types import Prompt, Sampling

logger = logging.getLogger(__name__)

#: Seconds for which a server that has failed is left alone, doubled with each further failure.
FIRST_REST_S, LONGEST_REST_S = 2.0, 60.0
#: Seconds for which a server is asked for its version, and the bytes that are read of what it says.
_PATIENCE_S, _MOST_READ = 5, 10_000


@dataclass(slots=True)
class _Server:
    client: Client
    url: str
    version: str | None
    under_way: int = 0
    samples: int = 0
    failures: int = 0
    rest_until: float = 0.0

    def may_be_asked(self, now: float) -> bool:
        """A server that has failed gets one request at a time until it answers one."""
        return now >= self.rest_until and not (self.failures and self.under_way)


@dataclass(slots=True)
class Servers:
    """Thread-safe. `ask`, `is_chat` and `close` are those of a `Client`."""

    _servers: list[_Server]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, model: str, settings: ServerSettings, key: Key) -> Servers:
        """Raises GenerationError if nothing listens at any address; where something listens at one, those without are
        tried again later. Raises UsageError for certificates that can't be read."""
        found: list[_Server] = []
        missing: list[tuple[str, GenerationError]] = []
        for each in settings.each():
            try:
                version = reach(each)
            except GenerationError as error:
                missing.append((each.base_url, error))
                version = None
            client = Client(model, each, key)
            if version:  # vLLM takes what a request leaves open from the model's generation_config.json
                client.defaults = {"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0}
                # and it can say which stop it was that ended a sample
                client.defaults["include_stop_str_in_output"] = True
            found.append(_Server(client, each.base_url, version))
        if len(missing) == len(found):
            for server in found:
                server.client.close()
            raise missing[0][1]
        servers = cls(found)
        for url, _ in missing:
            logger.warning(msg("no server listens at {url}; the others do its share until it answers", url=url))
            servers._failed(next(server for server in found if server.url == url))
        return servers

    def is_chat(self, prompt: Prompt) -> bool:
        """Raises UsageError for messages where only completions were allowed."""
        return self._servers[0].client.is_chat(prompt)

    def ask(self, ask: Ask, sampling: Sampling) -> list[EngineAnswer]:
        """As `Client.ask`, by the server that has the least to do. Raises Later without a wait that the server advised where
        another one may be asked meanwhile."""
        with self._asked() as server:
            try:
                answers = server.client.ask(ask, sampling)
            except Later as error:
                self._failed(server, error.after_s)
                if self._another(server):
                    error.after_s = None
                raise
        with self._lock:
            server.failures, server.rest_until = 0, 0.0
            server.samples += len(answers)
        return answers

    def answered(self) -> dict[str, int]:
        """Samples that came from each server, by its address."""
        with self._lock:
            return {server.url: server.samples for server in self._servers}

    def urls(self) -> str:
        """The addresses, as `--base-url` takes them."""
        return ",".join(server.url for server in self._servers)

    def versions(self) -> str | None:
        """Of vLLM's servers, each once."""
        return _list([f"vllm {server.version}" for server in self._servers if server.version])

    def close(self) -> None:
        for server in self._servers:
            server.client.close()

    @contextmanager
    def _asked(self) -> Iterator[_Server]:
        """The server for the next request; where all are left alone, the one for which that ends first."""
        now = time.monotonic()
        with self._lock:
            able = [server for server in self._servers if server.may_be_asked(now)]
            server = (
                min(able, key=lambda each: (each.under_way, each.samples))
                if able
                else min(self._servers, key=lambda each: (each.rest_until, each.under_way))
            )
            server.under_way += 1
        try:
            yield server
        finally:
            with self._lock:
                server.under_way -= 1

    def _failed(self, server: _Server, advised_s: float | None = None) -> None:
        """Leaves it alone. Requests that failed together with one that did so before count once."""
        now = time.monotonic()
        with self._lock:
            if now < server.rest_until:
                return
            rest = max(min(LONGEST_REST_S, FIRST_REST_S * 2.0 ** min(server.failures, 20)), advised_s or 0.0)
            server.failures += 1
            server.rest_until = now + rest

    def _another(self, failed: _Server) -> bool:
        now = time.monotonic()
        with self._lock:
            return any(server is not failed and server.may_be_asked(now) for server in self._servers)


def _list(names: Sequence[str]) -> str | None:
    return ", ".join(dict.fromkeys(names)) or None


def reach(settings: ServerSettings) -> str | None:
    """The version of a vLLM server, None for every other. Raises GenerationError if nothing listens: better now than
    after the sandbox has been started; UsageError for certificates that can't be read."""
    base_url = settings.base_url
    try:
        with opener(settings).open(f"{base_url.removesuffix('/v1')}/version", timeout=_PATIENCE_S) as response:
            found = json.loads(_begin_of(response))
    except urllib.error.HTTPError:
        return None
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            raise _nobody(base_url) from None
        return None
    except (OSError, ValueError, RecursionError, HTTPException):
        return None
    version = found.get("version") if isinstance(found, dict) else None
    return version if isinstance(version, str) and set(found) == {"version"} else None


def _begin_of(response: HTTPResponse) -> bytes:
    """What comes within a few seconds and is no longer than the answer that is hoped for."""
    until, read = time.monotonic() + _PATIENCE_S, b""
    while len(read) < _MOST_READ and time.monotonic() < until:
        part = response.read1(_MOST_READ - len(read))
        if not part:
            break
        read += part
    return read


def _nobody(base_url: str) -> GenerationError:
    proxy = proxy_of(base_url)
    if proxy:
        return GenerationError(
            msg(
                "the proxy {proxy}, through which {url} is asked, does not answer; start it, unset HTTP_PROXY and "
                "HTTPS_PROXY, or name the server's host in NO_PROXY",
                proxy=proxy,
                url=base_url,
            )
        )
    return GenerationError(msg("no server listens at {url}; start it, or correct --base-url", url=base_url))
