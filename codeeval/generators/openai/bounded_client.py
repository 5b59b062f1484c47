"""Bound a server's answers: in bytes after unpacking, and by the time that one request may take.

The HTTP library applies `timeout` to every piece of an answer separately and unpacks whatever arrives: an answer that
drips in could take days, and a few megabytes of gzip become gigabytes.
"""

from __future__ import annotations

import time
from typing import Any

#: Far above any answer: hundreds of samples of thousands of tokens.
MAX_REPLY_BYTES = 64 * 1024 * 1024
#: Headers that describe the body as transferred.
_OF_THE_WIRE = ("content-encoding", "content-length", "transfer-encoding")


def bounded_client(openai: Any, timeout_s: float) -> type[Any]:
    """A subclass of the HTTP client that `openai` recommends, which reads every answer as a whole and within the
    bounds."""

    class BoundedClient(openai.DefaultHttpxClient):  # type: ignore[misc]
        """Raises `openai.APIConnectionError` for an answer beyond the bounds."""

        def send(self, request: Any, *, stream: bool = False, **more: Any) -> Any:
            response = super().send(request, stream=True, **more)
            if stream:
                return response
            try:
                content = _read(response, time.monotonic() + timeout_s)
            except _TooMuch as error:
                raise openai.APIConnectionError(message=str(error), request=request) from None
            finally:
                response.close()
            kept = [(name, value) for name, value in response.headers.multi_items() if name not in _OF_THE_WIRE]
            return type(response)(
                response.status_code, headers=kept, content=content, request=response.request, history=response.history
            )

    return BoundedClient


class _TooMuch(Exception):
    """An answer exceeds a bound, which the text names."""


def _read(response: Any, until: float) -> bytes:
    read = bytearray()
    for part in response.iter_bytes():
        read += part
        if len(read) > MAX_REPLY_BYTES:
            raise _TooMuch(f"the answer is longer than {MAX_REPLY_BYTES >> 20} MiB")
        if time.monotonic() > until:
            raise _TooMuch("the answer did not come to its end in time; -M timeout=SECONDS gives it longer")
    return bytes(read)
