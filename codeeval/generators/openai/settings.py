"""Settings of the server backend, and the source of its key.

The key is read from OPENAI_API_KEY or from the file of `-M api_key_file=PATH`, never from an argument: arguments appear
in the manifest and in process lists. It is kept in one object that has no printable form.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from codeeval.errors import UsageError
from codeeval.files import read_text
from codeeval.generators.base import Options
from codeeval.i18n import msg
from codeeval.manifest import has_secret, hidden

OPENAI_URL = "https://api.openai.com/v1"
APIS = ("auto", "completions", "chat")
MAX_KEY_BYTES = 64 * 1024
#: Endpoints that a server's documentation shows after the base address.
_ENDPOINTS = ("/chat/completions", "/completions", "/models")


class Key:
    """A secret that does not print itself. For servers without keys it is a placeholder."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value or "none"

    def hide(self, text: str) -> str:
        """`text` without the key: some servers quote it in their refusal."""
        return text.replace(self._value, "***") if self._value else text

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Key(***)"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """`api` auto: completions for texts, chat for messages. `n`: samples per request. `timeout_s`: of one request;
    `patience_s`: of one sample over all its requests; `budget`: requests in total (0: unlimited). `think_tokens` above
    0: thoughts are separated and may take this many additional tokens. `keep_raw`: no stop sequence is sent, so that
    the text after it is kept. `extra_body` is added to every request. `ca_bundle`: trusted certificates, "" for the
    default ones; without `verify` any is accepted. `endpoint`: what was removed from the end of the given address.
    `others`: more servers with the same model; `concurrency` applies to each."""

    base_url: str = OPENAI_URL
    api: str = "auto"
    concurrency: int = 16
    n: int = 1
    timeout_s: int = 600
    patience_s: int = 300
    budget: int = 0
    think_tokens: int = 0
    keep_raw: bool = False
    extra_body: Mapping[str, object] = field(default_factory=dict)
    ca_bundle: str = ""
    verify: bool = True
    endpoint: str = ""
    others: tuple[str, ...] = ()

    @classmethod
    def parse(cls, options: Options) -> ServerSettings:
        """Raises UsageError."""
        default = cls()
        given = options.text("base_url", os.environ.get("OPENAI_BASE_URL") or default.base_url)
        urls, endpoints = zip(*map(_url, _listed(given)), strict=True)
        base_url, *others = dict.fromkeys(urls)
        settings = cls(
            base_url=base_url,
            api=options.text("api", default.api, APIS),
            concurrency=options.integer("concurrency", default.concurrency),
            n=options.integer("n", default.n),
            timeout_s=options.integer("timeout", default.timeout_s),
            patience_s=options.integer("patience", default.patience_s, least=0),
            budget=options.integer("budget", default.budget, least=0),
            think_tokens=options.integer("think_tokens", default.think_tokens, least=0),
            keep_raw=options.switch("keep_raw"),
            extra_body=_body(options.text("extra_body", "{}")),
            ca_bundle=options.text("ca_bundle", default.ca_bundle),
            verify=options.text("verify", "1", ("0", "1")) == "1",
            endpoint=next(filter(None, endpoints), ""),
            others=tuple(others),
        )
        options.finish()
        return settings

    def each(self) -> tuple[ServerSettings, ...]:
        """The settings of each server separately."""
        return tuple(replace(self, base_url=url, others=()) for url in self.base_urls)

    @property
    def base_urls(self) -> tuple[str, ...]:
        return (self.base_url, *self.others)

    @property
    def threads(self) -> int:
        """Concurrent requests of all servers together."""
        return self.concurrency * len(self.base_urls)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user has to know about the address: how it was corrected, and whether its certificate is not
        checked."""
        found = []
        if self.endpoint:
            found.append(
                f"--base-url: {','.join(self.base_urls)} is the address, {self.endpoint} is put behind it when it is asked"
            )
        if not self.verify:
            found.append(
                f"warning: -M verify=0: nobody checks whether {','.join(self.base_urls)} is the server that it claims to be"
            )
        return tuple(found)


def read_key(path: str, base_urls: Sequence[str]) -> Key:
    """Read the key from the file if there is a path, otherwise from OPENAI_API_KEY. Raises UsageError for a file
    without a key, and if OpenAI's own API would be called without one."""
    if path:
        try:
            value = read_text(Path(path).expanduser(), most=MAX_KEY_BYTES).strip()
        except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: ~ of an unknown user
            raise UsageError(
                msg("-M api_key_file={path}: can't be read ({reason})", path=path, reason=type(error).__name__)
            ) from None
        if not value or not value.isascii() or not value.isprintable() or " " in value:
            raise UsageError(
                msg("-M api_key_file={path}: the file must hold the key and nothing else, in one line", path=path)
            )
        return Key(value)
    value = os.environ.get("OPENAI_API_KEY", "").strip()
    if not value and OPENAI_URL in base_urls:
        raise UsageError(
            msg(
                "OpenAI's API needs a key: put it into OPENAI_API_KEY or a file named by -M api_key_file=PATH (for a "
                "server of your own give --base-url)"
            )
        )
    return Key(value)


def _listed(value: str) -> list[str]:
    """The addresses in a comma-separated list; a single empty one if there is none."""
    return [part.strip() for part in value.split(",") if part.strip()] or [value]


def _url(value: str) -> tuple[str, str]:
    """The base address for requests, and the endpoint that was given after it, or ""."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise UsageError(
            msg("--base-url {url} is not an address; it looks like http://127.0.0.1:8000/v1", url=repr(hidden(value)))
        ) from None
    path, endpoint = _without_endpoint(parts.path)
    asks = parts.query and (not endpoint or has_secret(value))
    if parts.username is not None or parts.password is not None or asks:
        raise UsageError(
            msg(
                "--base-url: no name, password or query may be in the address, because the manifest records it; put the "
                "key into OPENAI_API_KEY or a file named by -M api_key_file=PATH"
            )
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise UsageError(
            msg("--base-url {url} is not an address; it looks like http://127.0.0.1:8000/v1", url=repr(value))
        )
    return f"{parts.scheme}://{parts.netloc}{path or ('' if endpoint else '/v1')}", endpoint


def _without_endpoint(path: str) -> tuple[str, str]:
    """The path without trailing slashes and without an endpoint of the protocol; and that endpoint, or ""."""
    path = path.rstrip("/")
    endpoint = next((known for known in _ENDPOINTS if path.lower().endswith(known)), "")
    return path[: len(path) - len(endpoint)].rstrip("/"), endpoint


def _body(value: str) -> Mapping[str, object]:
    try:
        body = json.loads(value)
    except ValueError as error:
        raise UsageError(f"-M extra_body={hidden(value)}: not JSON: {error}") from None
    if not isinstance(body, dict):
        raise UsageError(msg("-M extra_body={value}: must be a JSON object", value=hidden(value)))
    if has_secret(json.dumps(body)):
        raise UsageError(
            msg(
                "-M extra_body: no key, token or password may be in it, because the manifest records it; put the key "
                "into OPENAI_API_KEY or a file named by -M api_key_file=PATH"
            )
        )
    return body
