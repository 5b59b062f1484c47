"""One model behind one server or several: which server is asked next, and which is left alone for a while.

A request goes to the server with the fewest in flight. Seeds belong to samples, so results do not depend on which
server answered, as far as the servers are equal. A server that fails is left alone for a growing time, then tried with
one request; meanwhile the others take over its share.
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

#: Seconds for which a failed server is left alone, doubled with each further failure.
FIRST_REST_S, LONGEST_REST_S = 2.0, 60.0
#: Timeout in seconds when asking a server for its version, and how many bytes of the answer are read.
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
    """Thread-safe. `ask`, `is_chat` and `close` have the same interface as in `Client`."""

    _servers: list[_Server]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _told: bool = False

    @classmethod
    def open(cls, model: str, settings: ServerSettings, key: Key) -> Servers:
        """Raises GenerationError if nothing listens at any address; if something listens at one, the others are tried
        again later. Raises UsageError for certificates that can't be read."""
        found: list[_Server] = []
        missing: list[tuple[str, GenerationError]] = []
        for each in settings.each():
            try:
                version = reach(each)
            except GenerationError as error:
                missing.append((each.base_url, error))
                version = None
            client = Client(model, each, key)
            if version:  # vLLM takes unspecified parameters from the model's generation_config.json
                client.defaults = {"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0}
                # and it can report which stop ended a sample
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
        """Raises UsageError for messages if only completions are allowed."""
        return self._servers[0].client.is_chat(prompt)

    def ask(self, ask: Ask, sampling: Sampling) -> list[EngineAnswer]:
        """Like `Client.ask`, using the server with the least work. Raises Later without the server's advised wait if
        another server may be asked meanwhile."""
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
            told, self._told = self._told, len({name for each in self._servers for name in each.client.named}) > 1
        if self._told and not told:
            self._tell()
        return answers

    def _tell(self) -> None:
        """Once, if the answers name several models: a gateway changes over to another one, an address is a wrong one."""
        each = [
            f"{server.url}: {', '.join(sorted(named))}" for server in self._servers if (named := server.client.named)
        ]
        logger.warning(
            msg(
                "the answers name different models ({names}): a run with samples of several models measures none of them",
                names="; ".join(each),
            )
        )

    def answered(self) -> dict[str, int]:
        """Number of samples from each server, by address."""
        with self._lock:
            return {server.url: server.samples for server in self._servers}

    def urls(self) -> str:
        """The addresses in the form of `--base-url`."""
        return ",".join(server.url for server in self._servers)

    def versions(self) -> str | None:
        """The distinct versions of vLLM servers."""
        return _list([f"vllm {server.version}" for server in self._servers if server.version])

    def close(self) -> None:
        for server in self._servers:
            server.client.close()

    @contextmanager
    def _asked(self) -> Iterator[_Server]:
        """The server for the next request; if all are being left alone, the one that is due first."""
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
        """Leave the server alone for a while. Requests that failed at the same time as an earlier one count once."""
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
    """The version of a vLLM server, None for any other. Raises GenerationError if nothing listens (better now than
    after the sandbox has started) and UsageError for certificates that can't be read."""
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
    """What arrives within a few seconds, at most as long as the expected answer."""
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
