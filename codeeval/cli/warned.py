"""Warnings of the modules below, on the console: in its language, and safe to print."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context

from codeeval.cli.console import Console
from codeeval.i18n import Message


class _ToConsole(logging.Handler):
    """Records come from threads, which have no language of their own: that of the thread that made the handler counts."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.WARNING)
        self._console, self._context = console, copy_context()

    def emit(self, record: logging.LogRecord) -> None:
        text = record.msg if isinstance(record.msg, Message) else record.getMessage()
        self._context.run(self._console.complain, text)


@contextmanager
def warnings_shown(console: Console) -> Iterator[None]:
    """What codeeval's modules log as a warning goes to the console inside the block."""
    logger, handler = logging.getLogger("codeeval"), _ToConsole(console)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
