"""When a lost engine is started again, how often, and when it is given up."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest
from fake_engines import FakeEngine, FakeLauncher

from codeeval.generators.common import engine_set
from codeeval.generators.common.engine_set import CHANGED, MAX_IN_VAIN, MAX_RESTARTS, EngineSet
from codeeval.generators.common.launch import EngineSpec, Launcher, NoRoom
from codeeval.i18n import language, message


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_set, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(engine_set, "LONGEST_PAUSE_S", 0.004)


def started(count: int, launcher: Launcher, *, restarts: bool = True) -> EngineSet:
    made = EngineSet([EngineSpec(f"e{number + 1}", list, {}) for number in range(count)], launcher, restarts=restarts)
    made.wait_ready()
    return made


def end(engine: FakeEngine) -> None:
    engine._inbox.put((engine, {"event": "ended"}))


def lose(engines: EngineSet, *, useful: bool = False) -> list[str]:
    """The first engine that is at work ends; what is told of it until it is back or given up."""
    engine: Any = engines.alive[0]
    if useful:
        engines.count(engine)
    end(engine)
    told = [engines.receive()[1]["event"]]
    while engines.left and engine.place not in [one.place for one in engines.alive]:
        told.append(engines.receive()[1]["event"])
    return told


def test_it_comes_back_under_its_name(caplog: pytest.LogCaptureFixture) -> None:
    """One line for the loss, one for the return; counts go on."""
    engines = started(2, FakeLauncher([FakeEngine(), FakeEngine(), FakeEngine()]))
    assert lose(engines, useful=True) == ["ended", "changed"]
    assert sorted(one.name for one in engines.alive) == ["e1", "e2"]
    engines.count(engines.alive[-1])
    assert engines.answered == {"e1": 2, "e2": 0}
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "warning: e1 is started again in 0.001 s: e1 ended by signal SIGKILL",
        "warning: e1 is at work again",
    ]
    with language("ru"):
        assert [message(record.msg) for record in caplog.records] == [
            "предупреждение: e1: новый запуск через 0.001 с; причина: e1 ended by signal SIGKILL",
            "предупреждение: e1: снова работает",
        ]


def test_one_that_is_of_no_use_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    """So many ends in a row before any sample, with growing pauses; a sample in between starts the count anew."""
    engines = started(1, FakeLauncher([FakeEngine() for _ in range(10)]))
    for useful in (False, False, True, *[False] * (MAX_IN_VAIN - 1)):
        lose(engines, useful=useful)
        assert engines.left
    lose(engines)
    assert not engines.left
    lines = [record.getMessage() for record in caplog.records if "at work" not in record.getMessage()]
    pauses = [line.partition("again in ")[2].partition(" s:")[0] for line in lines[:-1]]
    assert pauses == ["0.001", "0.002", "0.004", "0.004", "0.004"]
    assert lines[-1] == "warning: e1 is not started again: e1 ended by signal SIGKILL"


def test_no_engine_is_started_more_often_than_that() -> None:
    """However useful it is."""
    launcher = FakeLauncher([FakeEngine() for _ in range(20)])
    engines = started(1, launcher)
    for _ in range(MAX_RESTARTS):
        lose(engines, useful=True)
        assert engines.left
    lose(engines, useful=True)
    assert not engines.left
    assert len(launcher.left) == 20 - 1 - MAX_RESTARTS


def test_a_start_that_fails_counts_as_an_end() -> None:
    """One that works afterwards is used."""
    engines = started(1, FakeLauncher([FakeEngine(), OSError("no"), FakeEngine()]))
    assert lose(engines, useful=True) == ["ended", "changed", "changed"]
    assert engines.alive
    engines = started(1, FakeLauncher([FakeEngine()], OSError("no")))
    assert lose(engines, useful=True) == ["ended", *["changed"] * MAX_IN_VAIN]
    assert not engines.left


def test_where_none_is_wanted_none_is_started(caplog: pytest.LogCaptureFixture) -> None:
    engines = started(1, FakeLauncher([FakeEngine(), FakeEngine()]), restarts=False)
    assert lose(engines, useful=True) == ["ended"]
    assert not engines.left
    assert not caplog.records


def test_room_is_waited_for_while_others_are_at_work() -> None:
    """As long as they take; afterwards the engine is given up, with the reason."""
    rooms = [NoRoom("full") for _ in range(3 * MAX_RESTARTS)]
    engines = started(2, FakeLauncher([FakeEngine(), FakeEngine(), *rooms, FakeEngine()]))
    assert lose(engines, useful=True) == ["ended", "changed"]
    assert len(engines.alive) == 2
    engines = started(2, FakeLauncher([FakeEngine(), FakeEngine()], NoRoom("full")))
    for engine in engines.alive:
        end(engine)  # type: ignore[arg-type]
    told = [engines.receive()[1]["event"] for _ in range(4)]
    assert told == ["ended", "ended", "changed", "changed"]
    assert not engines.left


class Stuck(FakeLauncher):
    """Its second start does not return before it is let go, or is told to: a cluster without a head."""

    start_s = 0.05

    def __init__(self, engines: list[Any]) -> None:
        super().__init__(engines)
        self.go, self.called = threading.Event(), 0

    def start(self, specs: Any, inbox: Any, abandoned: Any = None) -> list[Any]:
        self.called += 1
        if self.called > 1:
            self.go.wait(60)
        return super().start(specs, inbox, abandoned)


def test_a_start_that_never_returns_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody else is at work. What it brings later is ended, and not used."""
    monkeypatch.setattr(engine_set, "_LOOK_S", 0.01)
    late = FakeEngine()
    closed = threading.Event()
    monkeypatch.setattr(late, "close", lambda wait_s=0.0: closed.set())
    launcher = Stuck([FakeEngine(), late])
    engines = started(1, launcher)
    assert lose(engines, useful=True) == ["ended", "changed"]
    assert not engines.left
    launcher.go.set()
    assert closed.wait(60)
    assert not engines.alive


def test_engines_that_are_closed_are_not_lost(caplog: pytest.LogCaptureFixture) -> None:
    """A thread that still listens hears that they end, and starts none."""
    engines = started(1, FakeLauncher([FakeEngine(), FakeEngine()]))
    (engine,) = engines.alive
    engines.close()
    end(engine)  # type: ignore[arg-type]
    assert engines.receive()[1]["event"] == "ended"
    assert not engines.left
    assert not engines._threads
    assert not caplog.records


def test_close_waits_for_no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is started after it."""
    monkeypatch.setattr(engine_set, "FIRST_PAUSE_S", 3600.0)
    monkeypatch.setattr(engine_set, "LONGEST_PAUSE_S", 3600.0)
    launcher = FakeLauncher([FakeEngine(), FakeEngine()])
    engines = started(1, launcher)
    end(engines.alive[0])  # type: ignore[arg-type]
    assert engines.receive()[1]["event"] == "ended"
    engines.close()
    assert not any(thread.is_alive() for thread in engines._threads)
    assert len(launcher.left) == 1


def test_an_engine_that_is_lost_while_it_loads(caplog: pytest.LogCaptureFixture) -> None:
    """Its end is told as a change only: it had nothing."""

    class Dying(FakeEngine):
        def starts(self, inbox: Any, name: str) -> None:
            super().starts(inbox, name)
            inbox.get_nowait()
            inbox.put((self, {"event": "failed", "kind": "OutOfMemoryError", "message": "no\nmemory"}))
            inbox.put((self, {"event": "ended"}))

    engines = started(1, FakeLauncher([FakeEngine(), *(Dying() for _ in range(MAX_IN_VAIN))]))
    end(engines.alive[0])  # type: ignore[arg-type]
    assert engines.receive()[1]["event"] == "ended"
    engine, told = engines.receive()
    assert (engine, told) == (None, CHANGED)
    while engines.left:
        assert engines.receive() == (None, CHANGED)
    assert caplog.records[-1].levelno == logging.WARNING
    assert caplog.records[-1].getMessage() == (
        "warning: e1 is not started again: e1 failed: OutOfMemoryError: no memory"
    )
