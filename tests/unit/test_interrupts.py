"""Ctrl-C while modules are imported waits for the end of the import."""

from __future__ import annotations

import os
import signal

import pytest

from codeeval.cli.interrupts import after_imports


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_within_the_block_interrupts_at_its_end(number: int) -> None:
    """Where nothing ignores the exception."""
    seen = []

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(number, end)
    try:
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012, SIM117
            with after_imports():
                os.kill(os.getpid(), number)
                seen.append("the rest of the block")
        assert seen == ["the rest of the block"]
        assert signal.getsignal(number) is end
    finally:
        signal.signal(number, before)


def test_an_ignored_signal_stays_ignored() -> None:
    """As below nohup."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with after_imports():
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
