"""The pool as its users see it: every job is answered once, in any order of submitting, waiting, cancelling and closing."""

from __future__ import annotations

import ast
import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, wait
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import Job, Limits, Outcome, Pool, PoolClosed, wire
from sandbox.backends import Backend, Worker
from sandbox.job_queue import JobQueue

WAIT = 120.0
OK = Job("def f(): return 'ok'\n", "f", ("{}",))


def sleeper(seconds: float, **limits: Any) -> Job:
    return Job(f"import time\ndef f(): time.sleep({seconds})\n", "f", ("{}",), Limits(**limits))


def numbered(number: int) -> Job:
    return Job(f"def f(x): return x + {number}\n", "f", ('{"x": 1}',))


def text(outcome: Outcome) -> str | None:
    return outcome.observations[0].text


class Watched:
    """A backend that counts its workers, and may hold back their start."""

    def __init__(self, backend: Backend, before: Callable[[], object] = lambda: None) -> None:
        self._backend, self._before = backend, before
        self.name, self.why = backend.name, backend.why
        self.describe, self.alive, self.sweep = backend.describe, backend.alive, backend.sweep
        self.started = 0

    def start(self, limits: Limits) -> Worker:
        self._before()
        self.started += 1
        return self._backend.start(limits)

    def close(self) -> None:
        """The backend belongs to the fixture."""


def test_thousands_of_jobs_from_many_threads(backend: Backend) -> None:
    """2,000 jobs in flight, submitted by eight threads at once: each gets its own answer."""
    futures: dict[int, Future[Outcome]] = {}
    with Pool(backend, workers=2, max_pending=4_000) as pool:

        def submit(first: int) -> None:
            for number in range(first, 2_000, 8):
                futures[number] = pool.submit(numbered(number))

        threads = [threading.Thread(target=submit, args=(first,)) for first in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {n: text(f.result(WAIT)) for n, f in futures.items()} == {n: str(n + 1) for n in range(2_000)}


def test_submit_blocks_while_too_much_is_unfinished(backend: Backend) -> None:
    """With room for three, a fourth job is taken only when one of them has ended."""
    futures: list[Future[Outcome]] = []
    with Pool(backend, workers=2, max_pending=3) as pool:
        for number in range(12):
            futures.append(pool.submit(numbered(number)))
            assert sum(not future.done() for future in futures) <= 3
        assert [text(future.result(WAIT)) for future in futures] == [str(n + 1) for n in range(12)]


def test_map_keeps_the_order(pool: Pool) -> None:
    """A slow job first does not let the others pass it."""
    jobs = [sleeper(0.3), *(numbered(n) for n in range(40))]
    assert [text(outcome) for outcome in pool.map(jobs)] == ["None", *(str(n + 1) for n in range(40))]


def test_map_looks_ahead_only_so_far(backend: Backend) -> None:
    """However many finished behind a slow job, no more than `max_pending` are taken from the jobs before it is handed out."""
    taken = 0

    def jobs() -> Iterator[Job]:
        nonlocal taken
        for job in [sleeper(1.0), *(numbered(n) for n in range(200))]:
            taken += 1
            yield job

    with Pool(backend, workers=2, max_pending=8) as pool:
        outcomes = pool.map(jobs())
        next(outcomes)
        assert taken <= 9
        assert len(list(outcomes)) == 200


def test_asyncio(pool: Pool) -> None:
    """`run` answers many at once, and other tasks go on meanwhile."""

    async def main() -> tuple[list[Outcome], int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.01)

        ticker = asyncio.create_task(tick())
        await pool.run(sleeper(0.5))
        seen = ticks
        outcomes = await asyncio.gather(*(pool.run(numbered(n)) for n in range(300)))
        ticker.cancel()
        return outcomes, seen

    outcomes, seen = asyncio.run(main())
    assert [text(outcome) for outcome in outcomes] == [str(n + 1) for n in range(300)]
    assert seen >= 3


def test_a_cancelled_task_harms_nobody(pool: Pool) -> None:
    """A wait that is given up leaves the pool working, whenever that happens."""

    async def main() -> int:
        given_up = 0
        for pause in [0.0, 0.001, 0.002, 0.005, 0.01, 0.02] * 5:
            try:
                await asyncio.wait_for(pool.run(sleeper(0.01)), pause)
            except TimeoutError:
                given_up += 1
        return given_up

    assert asyncio.run(main()) > 0
    assert text(pool.submit(OK).result(WAIT)) == "ok"


def test_cancelled_futures(backend: Backend) -> None:
    """Futures cancelled while they wait stay cancelled; their neighbours are answered, and closing works."""
    with Pool(backend, workers=1) as pool:
        futures = [pool.submit(sleeper(0.02)) for _ in range(30)]
        cancelled = [future for future in futures[::-2] if future.cancel()]
        assert cancelled
        for future in futures:
            if future in cancelled:
                with pytest.raises(CancelledError):
                    future.result(WAIT)
            else:
                assert future.result(WAIT).status == "completed"
        waiting = [pool.submit(sleeper(5)) for _ in range(5)]
        assert waiting[-1].cancel()
    assert all(future.done() for future in waiting)


def test_close_ends_what_waits_and_what_runs(backend: Backend) -> None:
    """Every unfinished job gets PoolClosed; closing twice is allowed; afterwards nothing is taken."""
    pool = Pool(backend, workers=2)
    pool.wait_ready()
    futures = [pool.submit(sleeper(15)) for _ in range(20)]
    pool.close()
    pool.close()
    assert [type(future.exception(0)) for future in futures] == [PoolClosed] * 20
    with pytest.raises(PoolClosed):
        pool.submit(OK)


def test_close_while_submit_waits_for_room(backend: Backend) -> None:
    """A blocked `submit` is woken and says that the pool was closed."""
    pool = Pool(backend, workers=1, max_pending=1)
    first = pool.submit(sleeper(15))
    errors: list[Exception] = []

    def submit() -> None:
        try:
            pool.submit(OK).result(0)
        except PoolClosed as error:
            errors.append(error)

    thread = threading.Thread(target=submit)
    thread.start()
    pool.close()
    thread.join(WAIT)
    assert isinstance(first.exception(0), PoolClosed)
    assert len(errors) == 1


def test_close_while_a_worker_is_being_started(backend: Backend) -> None:
    """A worker that starts after `close` is removed and does not get the job."""
    starting, closing = threading.Event(), threading.Event()

    def hold() -> None:
        starting.set()
        closing.wait(WAIT)

    pool = Pool(Watched(backend, hold), workers=1)
    future = pool.submit(sleeper(15))
    assert starting.wait(WAIT)
    closer = threading.Thread(target=pool.close)
    closer.start()
    while not pool._stop.is_set():
        pass
    closing.set()
    closer.join(WAIT)
    assert isinstance(future.exception(0), PoolClosed)


@pytest.mark.parametrize("name", ["memory_mb", "pids", "tmp_mb"])
def test_limits_of_the_worker_can_not_differ(pool: Pool, name: str) -> None:
    """They were set when the worker was started."""
    with pytest.raises(ValueError, match="belong to the worker"):
        pool.submit(Job(OK.source, "f", ("{}",), Limits(**{name: 33})))


@pytest.mark.parametrize(
    "job",
    [
        Job(OK.source, "f", ("__import__('os').getpid()",)),
        Job(OK.source, "f", ("[1]",)),
        Job(OK.source, "f", ("{1: 2}",)),
        Job(OK.source, "f", ("{",)),
        Job(OK.source, "f", ("(" * 100_000,)),
        Job(OK.source, "f", ("{'x': a" + "\u0301" * 30_000 + "\u0323" * 30_000 + "}",)),
        Job(OK.source, "f", ["{}"]),  # type: ignore[arg-type]
        Job("#" * (65 << 20), "f", ("{}",)),
    ],
    ids=["no literal", "no dict", "no names", "no syntax", "too deep", "slow names", "a list", "too large"],
)
def test_a_job_that_can_not_be_sent(pool: Pool, job: Job) -> None:
    """It is refused at once and disturbs no other."""
    before = pool.submit(OK)
    with pytest.raises(ValueError, match="the job can't be sent"):
        pool.submit(job)
    assert text(before.result(WAIT)) == text(pool.submit(OK).result(WAIT)) == "ok"


@pytest.mark.parametrize("wrong", [{"workers": -1}, {"isolation": "hot"}])
def test_a_pool_that_makes_no_sense(backend: Backend, wrong: dict[str, object]) -> None:
    """It is refused before anything is started."""
    with pytest.raises(ValueError, match="workers must be positive and isolation"):
        Pool(backend, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("def f(): return 'a\ud800'\n", "syntax_error"),
        ("def f(): return 'a\0'\n", "syntax_error"),
        ("", "no_entry_point"),
        ("\r\n\t\f", "no_entry_point"),
        ("(" * 50_000, "syntax_error"),
        ("x = " + "-" * 50_000 + "1\n", "syntax_error"),
        ("#" * (8 << 20) + "\ndef f(): return 'ok'\n", "completed"),
        ("s = '" + "ж" * (2 << 20) + "'\ndef f(): return len(s)\n", "completed"),
    ],
    ids=["surrogate", "NUL", "empty", "blanks", "parentheses", "minus signs", "8 MiB", "Cyrillic"],
)
def test_programs_of_any_kind(pool: Pool, source: str, status: str) -> None:
    """What no compiler takes is a syntax error, and size alone is no reason to fail."""
    outcome = pool.submit(Job(source, "f", ("{}",))).result(WAIT)
    assert outcome.status == status, outcome.stderr


def test_large_programs_with_large_replies(backend: Backend) -> None:
    """Host and worker never wait for each other to read: large jobs queued behind one another, each with a large reply."""
    big = [Job(f"s = {'x' * 700_000!r} + '{n}'\ndef f(): return s\n", "f", ("{}",)) for n in range(12)]
    with Pool(backend, workers=1) as pool:
        futures = [pool.submit(job) for job in big]
        assert [(text(future.result(WAIT)) or "")[-3:] for future in futures] == [
            f"x{n}"[-3:].rjust(3, "x") for n in range(12)
        ]


MARKED = """
import time
def f():
    {say}
    start = time.monotonic()
    time.sleep({sleep})
    return [start, time.monotonic()]
"""


LOWERS_ITS_SESSION = """
import ctypes

def f():
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
    with open("/proc/self/autogroup", "w") as file:
        file.write("19")
    return "lowered"
"""


def test_a_dirty_worker_is_replaced(backend: Backend) -> None:
    """What can't be cleaned away (here the session's priority) costs the worker and nothing else: the next sample finds
    everything as it should be."""
    if not os.path.exists("/proc/self/autogroup"):
        pytest.skip("this kernel has no priorities of sessions (CONFIG_SCHED_AUTOGROUP)")
    watched = Watched(backend)
    look = Job("import os\ndef f(): return os.listdir('/tmp') + os.listdir('/dev/shm')\n", "f", ("{}",))
    with Pool(watched, workers=1) as pool:
        assert text(pool.submit(OK).result(WAIT)) == "ok"
        assert watched.started == 1
        futures = [pool.submit(job) for job in (Job(LOWERS_ITS_SESSION, "f", ("{}",)), look, look)]
        assert [text(future.result(WAIT)) for future in futures] == ["lowered", "[]", "[]"]
        assert watched.started == 2
        assert [future.result().attempts for future in futures] == [(), (), ()]


def test_warm_workers_are_reused_and_fresh_ones_are_not(backend: Backend) -> None:
    """One worker for many samples, or one for each and two spares."""
    warm, fresh = Watched(backend), Watched(backend)
    with Pool(warm, workers=1) as pool:
        wait([pool.submit(OK) for _ in range(20)])
    with Pool(fresh, workers=1, isolation="fresh") as pool:
        assert [text(outcome) for outcome in pool.map([OK] * 3)] == ["ok"] * 3
    assert warm.started == 1
    assert fresh.started in (3, 4, 5)


@given(st.lists(st.sampled_from(["put", "first", "take"]), max_size=30))
def test_the_queue_is_a_deque(steps: list[str]) -> None:
    """Jobs come out in the order of a deque, none is lost or doubled, and `close` hands back the rest."""
    queue, model, taken = JobQueue(), list[object](), list[object]()
    for number, step in enumerate(steps):
        if step == "take":
            got = queue.take(wait=False)
            assert got is (model.pop(0) if model else None)
            taken.append(got)
        else:
            item = object()
            assert queue.put(item, first=step == "first")  # type: ignore[arg-type]
            model.insert(0 if step == "first" else len(model), item)
        assert len(queue) == len(model), number
    assert queue.close() == model
    assert not queue.put(object())  # type: ignore[arg-type]
    assert queue.take(wait=True) is None


def clocks_in(source: str) -> list[str]:
    """Everything that a module takes from `time`, and `now`-like calls of `datetime`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.Attribute):
            of_time = isinstance(node.value, ast.Name) and node.value.id == "time"
            if of_time or node.attr in {"now", "utcnow", "today", "clock_gettime"}:
                found.append(node.attr)
    return found


SAFE_CLOCKS = {"monotonic", "monotonic_ns", "process_time", "process_time_ns", "sleep"}


def test_only_clocks_that_can_not_jump_decide() -> None:
    """No module of the sandbox reads the time of day: setting the clock changes no deadline."""
    package = Path(wire.__file__).parent
    sources = {path: path.read_text("utf-8") for path in package.rglob("*.py")}
    assert len(sources) > 15
    for path, source in sources.items():
        assert [name for name in clocks_in(source) if name not in SAFE_CLOCKS] == [], path
    assert any("monotonic" in clocks_in(source) for source in sources.values())
