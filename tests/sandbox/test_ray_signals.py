"""Ctrl-C and SIGTERM while Ray connects this process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from loopback_cluster import LoopbackCluster

from sandbox.ray_signals import after_signals

NEVER_S = 3600.0


@pytest.fixture(autouse=True)
def handled() -> Iterator[list[int]]:
    """The signals that arrived at the program's own handler, which raises."""
    came: list[int] = []

    def handle(number: int, frame: object) -> None:
        came.append(number)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    yield came
    assert all(signal.signal(number, handler) is handle for number, handler in before.items())


def interrupted(longest_s: float, *do: Callable[[], object]) -> list[Callable[[], object]]:
    """Those that were done in a block that ends with an interruption."""
    done: list[Callable[[], object]] = []

    def block() -> None:
        with after_signals(longest_s):
            for each in do:
                each()
                done.append(each)

    with pytest.raises(KeyboardInterrupt):
        block()
    return done


def ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def term() -> None:
    signal.raise_signal(signal.SIGTERM)


def fail() -> None:
    raise OSError


@pytest.mark.parametrize("come", [ctrl_c, term])
def test_a_signal_waits_for_the_end(handled: list[int], come: Callable[[], None]) -> None:
    seen: list[list[int]] = []
    assert len(interrupted(NEVER_S, come, lambda: seen.append([*handled]))) == 2
    assert seen == [[]]
    assert handled == [signal.SIGINT if come is ctrl_c else signal.SIGTERM]


def test_it_interrupts_also_after_an_error(handled: list[int]) -> None:
    assert interrupted(NEVER_S, ctrl_c, fail) == [ctrl_c]
    assert handled == [signal.SIGINT]


def test_a_second_one_does_not_wait(handled: list[int]) -> None:
    assert interrupted(NEVER_S, ctrl_c, term, ctrl_c) == [ctrl_c]
    assert handled == [signal.SIGTERM]


def test_what_hangs_is_interrupted_later(handled: list[int]) -> None:
    assert interrupted(0.01, ctrl_c, threading.Event().wait) == [ctrl_c]
    assert handled == [signal.SIGINT]


def test_an_ignored_signal_stays_ignored(handled: list[int]) -> None:
    handle = signal.signal(signal.SIGINT, signal.SIG_IGN)
    with after_signals(NEVER_S):
        signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    signal.signal(signal.SIGINT, handle)
    assert not handled


def test_without_a_signal(handled: list[int]) -> None:
    with after_signals(NEVER_S):
        pass
    assert not handled
    assert "sandbox-ray-signals" not in {thread.name for thread in threading.enumerate()}


#: Ctrl-C once Ray's C++ code is connected and its Python code does not know that yet; then the program goes on.
AGAIN = """
import signal, threading
from sandbox import Job, RayPool

start = threading.Thread.start

def start_interrupted(thread):
    if thread.name == "PythonGCThread":
        threading.Thread.start = start
        signal.raise_signal(signal.SIGINT)
    start(thread)

threading.Thread.start = start_interrupted
for _ in range(3):
    try:
        with RayPool({address!r}, 1, kind="local") as pool:
            outcome = pool.submit(Job("def f():\\n    return 1\\n", "f", ("{{}}",))).result()
            print(outcome.observations[0].text, flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


@pytest.mark.slow
@pytest.mark.ray
@pytest.mark.local
def test_a_program_that_was_interrupted_connects_again() -> None:
    with LoopbackCluster() as cluster:
        cluster.add("127.0.0.3")
        cluster.wait("127.0.0.3")
        done = subprocess.run(
            [sys.executable, "-c", AGAIN.format(address=cluster.address)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "RAY_AUTH_MODE": "disabled"},
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert (done.returncode, done.stdout.split()) == (0, ["interrupted", "1", "1"]), done.stderr
