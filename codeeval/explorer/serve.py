"""Run the live explorer: bind a port, report it, open the browser, serve until Ctrl-C."""

from __future__ import annotations

import errno
import gc
import socket
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass

from codeeval.errors import UsageError
from codeeval.explorer.library import Library
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.files import reason
from codeeval.i18n import at

DEFAULT_PORT = 8451


@dataclass(frozen=True, slots=True)
class Serving:
    """Where and how. `port` None: the default one, or a free one if that is taken; 0: a free one."""

    host: str = "127.0.0.1"
    port: int | None = None
    browser: bool = True
    lang: str = "en"


def serve(library: Library, serving: Serving, note: Callable[[str], None]) -> None:
    """Blocks until interrupted. Raises UsageError if the address can't be bound."""
    import uvicorn

    listener = _listen(serving)
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{port}/"
    runs = library.runs
    if len(runs) == 1:
        url += f"{runs[0].slug}/"
    note(f"explorer: {url} (Ctrl-C ends it)")
    config = uvicorn.Config(
        application(library, Gate(serving.host), serving.lang), log_level="error", lifespan="off", server_header=False
    )
    # a very large run takes seconds to count: start before the first request
    threading.Thread(target=lambda: [library.try_numbers(run) for run in runs], daemon=True).start()
    if serving.browser:
        webbrowser.open(url)  # the port already listens: the browser waits for the first answer
    # freeze what is imported: the collector need not traverse it for each of a matrix's thousands of cells
    gc.collect()
    gc.freeze()
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()


def _listen(serving: Serving) -> socket.socket:
    wished = DEFAULT_PORT if serving.port is None else serving.port
    try:
        return _bound(serving.host, wished)
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise UsageError(f"--host {serving.host}: this machine has no such address") from None
        if serving.port is None:
            return _bound(serving.host, 0)
        raise UsageError(
            at(f"--port {wished}", reason(error), "Choose another port, or --port 0 for a free one.")
        ) from None


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise UsageError(at(f"--host {host}", reason(error))) from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(64)
    except BaseException:
        listener.close()
        raise
    return listener
