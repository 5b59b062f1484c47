"""The caller's end of an engine's process, with processes that stand still or have ended."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from codeeval.generators.common.engine_process import EngineProcess, Inbox

#: Says how long each message is, in the order in which they come, until it is told to quit.
ENGINE = """
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if message["op"] == "quit":
        break
    print(json.dumps({"event": "heard", "number": message["number"], "size": len(line)}), flush=True)
"""
#: More than a pipe holds.
LONG = "x" * 2**20


@pytest.fixture
def inbox() -> Inbox:
    return queue.SimpleQueue()


@pytest.fixture
def engine(inbox: Inbox) -> Iterator[EngineProcess]:
    made = EngineProcess("e", [sys.executable, "-c", ENGINE], {"op": "start", "number": 0}, {}, inbox)
    assert inbox.get(timeout=60)[1]["number"] == 0
    yield made
    made.close(0.0)


def returns(call: Callable[[], None]) -> bool:
    """Whether a call comes to its end at all."""
    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(60)
    return not thread.is_alive()


def send_all(engine: EngineProcess) -> None:
    for number in range(1, 4):
        engine.send({"op": "say", "number": number, "text": LONG})


def test_one_that_stands_still_holds_nobody_up(engine: EngineProcess, inbox: Inbox) -> None:
    """It gets everything in its order once it goes on."""
    os.kill(engine.pid, signal.SIGSTOP)
    assert returns(lambda: send_all(engine))
    os.kill(engine.pid, signal.SIGCONT)
    heard = [inbox.get(timeout=60)[1] for _ in range(3)]
    assert [one["number"] for one in heard] == [1, 2, 3]
    assert all(one["size"] > len(LONG) for one in heard)
    engine.close(60)
    assert inbox.get(timeout=60)[1] == {"event": "ended"}
    assert engine.last_words() == "e ended with exit code 0"


def test_one_that_stands_still_can_be_closed(engine: EngineProcess, inbox: Inbox) -> None:
    os.kill(engine.pid, signal.SIGSTOP)
    send_all(engine)
    assert returns(lambda: engine.close(0.0))
    assert inbox.get(timeout=60)[1] == {"event": "ended"}
    assert "SIGKILL" in engine.last_words()
    assert returns(engine.close)


def test_one_that_has_ended_takes_nothing(engine: EngineProcess, inbox: Inbox) -> None:
    """Its pipe is closed by the thread that writes."""
    os.kill(engine.pid, signal.SIGKILL)
    assert inbox.get(timeout=60)[1] == {"event": "ended"}
    send_all(engine)
    assert inbox.empty()
    assert engine._process.stdin is not None
    deadline = time.monotonic() + 60
    while not engine._process.stdin.closed:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("a note\nKeyError: 'x'\nbye\n", ": KeyError: 'x'"),
        ("a note\n", ": a note"),
        ("a note\nLoading:   0% | 0/1 [00:00<?, ?it/s]\rLoading: 100% | 1/1 [00:00<00:00, 357.48it/s]\n\n", ": a note"),
        ("Loading: 100% Completed | 1/1 [01:00:00<00:00, 357.48it/s]\n", ""),
    ],
)
def test_why_one_has_ended(inbox: Inbox, log: str, words: str) -> None:
    """An error of the log, else its last line, which is no progress bar."""
    code = f"import os, sys; sys.stderr.write({log!r}); sys.stderr.flush(); os.kill(os.getpid(), 9)"
    engine = EngineProcess("e", [sys.executable, "-c", code], {}, {}, inbox)
    assert inbox.get(timeout=60)[1] == {"event": "ended"}
    assert engine.last_words() == f"e ended by signal SIGKILL{words}"
    engine.close(0.0)
