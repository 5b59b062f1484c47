"""Warnings of modules on the console of a verb."""

from __future__ import annotations

import logging
import threading

import pytest

from codeeval.cli.console import Console
from codeeval.cli.warned import warnings_shown
from codeeval.i18n import language, msg

LOGGER = logging.getLogger("codeeval.generators.somewhere")


def warn_in_a_thread(text: str, *values: object) -> None:
    thread = threading.Thread(target=LOGGER.warning, args=(text, *values))
    thread.start()
    thread.join()


def test_a_warning_from_a_thread_has_the_language_of_the_verb(capsys: pytest.CaptureFixture[str]) -> None:
    """A message that is in the catalogue; any other text stays as it is."""
    with language("ru"), warnings_shown(Console("quiet")):
        warn_in_a_thread(msg("every replica has ended"))
        warn_in_a_thread("%d of %d", 1, 2)
        LOGGER.info("not told")
    assert capsys.readouterr().err == "ни одной копии модели не осталось\n1 of 2\n"
    handlers = len(logging.getLogger("codeeval").handlers)
    with warnings_shown(Console()):
        assert len(logging.getLogger("codeeval").handlers) == handlers + 1
    assert len(logging.getLogger("codeeval").handlers) == handlers


def test_what_a_library_wrote_controls_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with warnings_shown(Console()):
        warn_in_a_thread(msg("warning: {note}", note="\x1b[2J ended"))
    assert capsys.readouterr().err == "warning: \\x1b[2J ended\n"
