"""The network path to a server: the proxy, if there is one, and the trusted certificates."""

from __future__ import annotations

import ipaddress
import os
import ssl
import urllib.request
from typing import Any, Protocol
from urllib.parse import urlsplit

from codeeval.errors import UsageError
from codeeval.files import reason
from codeeval.generators.openai.bounded_client import bounded_client
from codeeval.i18n import literal, msg
from codeeval.manifest import hidden


class Address(Protocol):
    """Settings for a server's address and timeout. `ca_bundle`: a file or folder of certificates, "" for the default
    ones."""

    @property
    def base_url(self) -> str: ...
    @property
    def ca_bundle(self) -> str: ...
    @property
    def verify(self) -> bool: ...
    @property
    def timeout_s(self) -> int: ...


def is_loopback(base_url: str) -> bool:
    """Whether the address is this machine, which a proxy can't reach."""
    host = (urlsplit(base_url).hostname or "").rstrip(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def proxy_of(base_url: str) -> str | None:
    """The proxy that the environment sets for this address, without its password; None for a direct connection."""
    parts = urlsplit(base_url)
    if is_loopback(base_url) or not parts.hostname or urllib.request.proxy_bypass(parts.hostname):
        return None
    proxies = urllib.request.getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    return hidden(found) if found else None


def through(base_url: str) -> str:
    """A phrase about the proxy for a message about this address; "" without a proxy."""
    proxy = proxy_of(base_url)
    variable = f"{urlsplit(base_url).scheme.upper()}_PROXY"
    return f" through the proxy {proxy} ({variable}; NO_PROXY names hosts to reach without it)" if proxy else ""


def certificates(address: Address) -> ssl.SSLContext | None:
    """The trusted certificates; None: the library's default. Raises UsageError for a bundle that can't be read."""
    if not address.verify:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context
    path, name = address.ca_bundle, "--ca-bundle"
    if not path:
        path, name = os.environ.get("SSL_CERT_FILE", ""), "SSL_CERT_FILE"
    if not path:
        return None
    path = os.path.expanduser(path)
    try:
        folder = os.path.isdir(path)
        return ssl.create_default_context(cafile=None if folder else path, capath=path if folder else None)
    except (OSError, ValueError) as error:  # ssl's errors are OSErrors
        said = literal(error.strerror or str(error)) if isinstance(error, ssl.SSLError) else reason(error)
        raise UsageError(
            msg("{name} {path}: can't read certificates from this file: {reason}", name=name, path=path, reason=said)
        ) from None


def http_client(address: Address, openai: Any) -> Any:
    """The `openai` client for this address: the environment's proxies are bypassed for this machine, and answers are
    bounded in size and time. Raises UsageError."""
    context = certificates(address)
    try:
        return bounded_client(openai, address.timeout_s)(
            trust_env=not is_loopback(address.base_url), verify=True if context is None else context
        )
    except (ImportError, ValueError) as error:  # a kind of proxy that the library lacks, or supports only with an extra
        raise UsageError(
            msg(
                "the proxies of the environment can't be used ({reason}); correct or unset HTTP_PROXY, HTTPS_PROXY and "
                "ALL_PROXY",
                reason=hidden(str(error)),
            )
        ) from None


def opener(address: Address) -> urllib.request.OpenerDirector:
    """The same path for a standard library request."""
    handlers: list[urllib.request.BaseHandler] = []
    if is_loopback(address.base_url):
        handlers.append(urllib.request.ProxyHandler({}))
    if (context := certificates(address)) is not None:
        handlers.append(urllib.request.HTTPSHandler(context=context))
    return urllib.request.build_opener(*handlers)
