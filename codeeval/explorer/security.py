"""Which requests are accepted: the server's own names, and where a form may come from.

A page of another site can make a browser send requests here, and can point one of its own names to 127.0.0.1 (DNS
rebinding). So a request with a Host that is not one of the server's names is refused, and a change requires the
server's Origin and the token that only its own pages contain.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codeeval.explorer.annotations import MAX_NOTE, MAX_TAG
from codeeval.explorer.pages import policy

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
#: The longest note and tag, each character being four bytes sent as `%F0%9F…`, plus the token.
MAX_FORM_BYTES = 12 * (MAX_NOTE + MAX_TAG) + 4096
REFUSAL = "This server does not answer to that name."
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^\[\]:/@\s]+))(?::\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Gate:
    """`host`: what the server listens on. Beyond loopback it also answers to numeric addresses, which another site's
    name can't imitate."""

    host: str = "127.0.0.1"
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    def knows(self, host_header: str) -> bool:
        name = _host_name(host_header)
        if name in LOOPBACK_NAMES or name == self.host.lower():
            return True
        return self.host not in LOOPBACK_NAMES and _is_address(name)

    def allows_change(self, headers: Mapping[str, str], token: str) -> bool:
        """Whether a form came from one of the server's own pages."""
        return self.is_own_origin(headers) and secrets.compare_digest(token.encode(), self.token.encode())

    def is_own_origin(self, headers: Mapping[str, str]) -> bool:
        """Whether a page at this address sent the form; it may be from an earlier explorer here."""
        return headers.get("origin") == f"http://{headers.get('host', '')}"


def _host_name(header: str) -> str:
    """The host without the port; "" if the text is not a host."""
    found = _HOST.fullmatch(header.strip().lower())
    return (found[1] or found[2]) if found else ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """ASGI middleware: refuses unknown hosts, and adds headers to every response."""

    def __init__(self, app: ASGIApp, gate: Gate, refusal: str = REFUSAL) -> None:
        self._app, self._gate, self._refusal = app, gate, refusal
        self._headers = [
            (b"content-security-policy", policy().encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
            (b"referrer-policy", b"same-origin"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"cache-control", b"no-store"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *self._headers]}
            await send(message)

        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) != 1 or not self._gate.knows(hosts[0]):
            refusal = PlainTextResponse(self._refusal, status_code=421)
            await refusal(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)
