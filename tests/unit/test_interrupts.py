"""Ctrl-C while modules are imported waits for the end of the import."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

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


LOST = """
import os, signal, sys, time
from codeeval.cli import main
from sandbox import doctor

class Lost:
    def __del__(self):
        os.kill(os.getpid(), signal.{name})

def checks():
    Lost()
    for _ in range(1000):
        time.sleep(0.02)
    print("not interrupted")

doctor.checks = checks
sys.argv = ["codeeval", "doctor"]
main.main()
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_where_python_ignores_the_exception(name: str) -> None:
    """In a destructor: the command is interrupted all the same, and there is no traceback."""
    program = LOST.format(name=name)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "codeeval: interrupted\n")


CLOSING = """
import os, signal, sys
from codeeval.cli import interrupts, main
from sandbox import doctor
interrupts._PATIENCE_S = {patience_s}

def checks():
    try:
        os.kill(os.getpid(), signal.SIGINT)
    finally:
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGINT)
        print("closed", flush=True)

doctor.checks = checks
sys.argv = ["codeeval", "doctor"]
main.main()
"""


@pytest.mark.parametrize("patience_s", [60.0, -1.0])
def test_a_further_one_while_the_first_is_handled(patience_s: float) -> None:
    """What is being closed is closed, unless that takes long."""
    program = CLOSING.format(patience_s=patience_s)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    closed, said = ("closed\n", "already ending; if it takes longer than 60 s, Ctrl-C ends at once\ncodeeval: ")
    expected = (
        (130, closed, f"codeeval: {said}interrupted\n") if patience_s > 0 else (130, "", "codeeval: interrupted\n")
    )
    assert (done.returncode, done.stdout, done.stderr) == expected
