"""A pool among impatient users: tasks and futures that are given up, callbacks that fail, forks, and `close` in the middle."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, wait
from multiprocessing.connection import Connection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import BackendUnavailable, Job, Outcome, Pool, PoolClosed
from sandbox.backends import Backend
from sandbox.job_queue import Pending, Room
from sandbox.worker_thread import WorkerLane

WAIT = 120.0
LONG = Job("import time\ndef f(): time.sleep(15)\n", "f", ("{}",))


def numbered(number: int, padding: int = 0) -> Job:
    return Job(f"def f(x): return x + {number}\n#{'-' * padding}", "f", ('{"x": 1}',))


def text(outcome: Outcome) -> str | None:
    return outcome.observations[0].text


@pytest.fixture
def given_to_workers(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """Every job that was made into a frame."""
    seen: list[Job] = []
    frame = WorkerLane._frame

    def watched(self: WorkerLane, number: int, pending: Pending) -> bytes:
        seen.append(pending.job)
        return frame(self, number, pending)

    monkeypatch.setattr(WorkerLane, "_frame", watched)
    return seen


def test_a_cancelled_job_is_never_executed_and_known_to_have_ended(
    backend: Backend, given_to_workers: list[Job]
) -> None:
    """`wait` returns at once for those that were cancelled in time, their room is free, and no worker ever sees them."""
    with Pool(backend, workers=1, max_pending=20) as pool:
        assert text(pool.submit(numbered(50)).result(WAIT)) == "51"
        running = pool.submit(LONG)
        waiting = [pool.submit(numbered(n)) for n in range(19)]
        cancelled = [future for future in waiting[5:] if future.cancel()]
        assert len(cancelled) == 14
        assert wait(cancelled, WAIT).not_done == set()
        again = [pool.submit(numbered(n)) for n in range(100, 114)]
        assert not running.done()
        for future in again:
            assert future.cancel()
    assert numbered(50) in given_to_workers
    assert not [job for job in given_to_workers if job in [numbered(n) for n in (*range(5, 19), *range(100, 114))]]


def test_a_job_that_a_worker_has_can_not_be_cancelled(backend: Backend) -> None:
    """As with every executor: it runs, its room is taken until it has ended, and its outcome is there."""
    started = threading.Event()
    with Pool(backend, workers=1) as pool:
        first = pool.submit(numbered(0))
        first.add_done_callback(lambda _: started.set())
        second = pool.submit(Job("import time\ndef f(): time.sleep(0.5)\n", "f", ("{}",)))
        assert started.wait(WAIT)
        while not (second.running() or second.done()):
            time.sleep(0.001)
        assert not second.cancel()
        assert second.result(WAIT).status == "completed"


def test_thousands_of_tasks_with_cancellation(backend: Backend) -> None:
    """3,000 tasks on a pool with room for 16; most are cancelled at some time, all others get their own answer."""

    async def main() -> list[Outcome | BaseException]:
        tasks = [asyncio.create_task(pool.run(numbered(n))) for n in range(3_000)]
        for n in range(3_000):
            if n % 100 == 0:
                await asyncio.sleep(0.001)
            if n % 10:
                tasks[n].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    with Pool(backend, workers=2, max_pending=16) as pool:
        found = asyncio.run(main())
        for number, one in enumerate(found):
            if number % 10 == 0 or isinstance(one, Outcome):
                assert isinstance(one, Outcome)
                assert text(one) == str(number + 1)
            else:
                assert isinstance(one, asyncio.CancelledError)
        assert sum(isinstance(one, BaseException) for one in found) > 2_000
        assert [text(outcome) for outcome in pool.map(numbered(n) for n in range(40))] == [
            str(n + 1) for n in range(40)
        ]


def test_waiting_tasks_take_no_thread(backend: Backend) -> None:
    """While hundreds of them wait for room, the event loop's own threads are free for others."""

    async def main() -> None:
        tasks = [asyncio.create_task(pool.run(LONG)) for _ in range(300)]
        await asyncio.sleep(0)
        assert await asyncio.to_thread(lambda: "free") == "free"
        assert not any(task.done() for task in tasks)
        pool.close()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(end) for end in ends} == {PoolClosed}

    with Pool(backend, workers=1, max_pending=2) as pool:
        asyncio.run(main())


def test_close_in_the_middle_of_a_storm(backend: Backend) -> None:
    """Threads submit, others cancel, the pool is closed: nobody hangs, every future has ended, every answer is the right one."""
    futures: deque[tuple[int, Future[Outcome]]] = deque()
    refused = threading.Barrier(7)
    enough = threading.Event()

    def submit(first: int) -> None:
        for number in range(first, 1_000_000, 6):
            try:
                future = pool.submit(numbered(number))
            except PoolClosed:
                refused.wait(WAIT)
                return
            futures.append((number, future))
            if number % 4 == 0:
                future.cancel()
            if number > 300 and future.done():
                enough.set()

    pool = Pool(backend, workers=2, max_pending=100)
    threads = [threading.Thread(target=submit, args=(first,)) for first in range(6)]
    for thread in threads:
        thread.start()
    assert enough.wait(WAIT)
    pool.close()
    refused.wait(WAIT)
    for thread in threads:
        thread.join(WAIT)
    assert wait([future for _, future in futures], WAIT).not_done == set()
    for number, future in futures:
        try:
            assert text(future.result(0)) == str(number + 1)
        except (PoolClosed, CancelledError):
            continue


def test_map_that_is_given_up(backend: Backend, given_to_workers: list[Job]) -> None:
    """What nobody will ask for is not executed."""
    with Pool(backend, workers=1, max_pending=100) as pool:
        jobs = [numbered(0), LONG, *(numbered(n) for n in range(1, 60))]
        outcomes = pool.map(jobs)
        assert text(next(outcomes)) == "1"
        outcomes.close()  # type: ignore[attr-defined]
    assert len(given_to_workers) < 20


def close(pool: Pool) -> Callable[[object], None]:
    return lambda _: pool.close()


def leave(pool: Pool) -> Callable[[object], None]:
    def callback(_: object) -> None:
        raise SystemExit("a callback wants to end the process")

    return callback


def fail(pool: Pool) -> Callable[[object], None]:
    def callback(_: object) -> None:
        raise RuntimeError("a callback fails")

    return callback


@pytest.mark.parametrize("make", [leave, fail])
def test_callbacks_that_fail(backend: Backend, make: Callable[[Pool], Callable[[object], None]]) -> None:
    """Whatever they raise is logged; the pool's only lane goes on."""
    with Pool(backend, workers=1) as pool:
        for number in range(5):
            future = pool.submit(numbered(number))
            future.add_done_callback(make(pool))
            assert text(future.result(WAIT)) == str(number + 1)


def test_a_callback_that_closes_the_pool(backend: Backend) -> None:
    """It does not wait for the thread that it runs in."""
    pool = Pool(backend, workers=2)
    first = pool.submit(numbered(1))
    first.add_done_callback(close(pool))
    rest = [pool.submit(LONG)] if not first.done() else []
    assert text(first.result(WAIT)) == "2"
    assert wait(rest, WAIT).not_done == set()
    pool.close()
    assert not any(thread.is_alive() for thread in pool._threads)


def test_finished_jobs_are_freed_at_once(backend: Backend) -> None:
    """Programs don't wait for the garbage collector: nothing of the pool refers to itself."""
    with Pool(backend, workers=2, max_pending=400) as pool:
        gc.collect()
        gc.disable()
        try:
            futures = [pool.submit(numbered(n, padding=10_000)) for n in range(100)]
            assert wait(futures, WAIT).not_done == set()
            last = [pool.submit(numbered(0)) for _ in range(6)]  # a lane remembers its last jobs until it gets others
            wait(last, WAIT)
            del futures
            assert sum(type(one) is Pending for one in gc.get_objects()) < 20
        finally:
            gc.enable()


# --- forks -----------------------------------------------------------------------------------------------------------


def in_the_fork(pool: Pool, answers: Connection) -> None:
    """What a user's child process may try with the pool that it has inherited."""
    said: list[str] = []
    for attempt in (lambda: pool.submit(numbered(1)), pool.wait_ready, lambda: Pool(pool.backend, workers=1)):
        try:
            made = attempt()
            said.append(text(made.submit(numbered(6)).result(WAIT)) or "" if isinstance(made, Pool) else "nothing")
            if isinstance(made, Pool):
                made.close()
        except (PoolClosed, BackendUnavailable) as error:
            said.append(type(error).__name__)
    pool.close()
    pool.backend.close()
    workers = [lane._supply.current for lane in pool._lanes]
    said += [str(worker.channel._sock.fileno()) for worker in workers if worker is not None]
    answers.send(said)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_of_the_host(backend: Backend) -> None:
    """It can't use the pool and is told so, holds no worker's connection, and takes nothing away by closing what it inherited."""
    fork = multiprocessing.get_context("fork")
    with Pool(backend, workers=2) as pool:
        pool.wait_ready()
        before = [pool.submit(Job("import time\ndef f(): time.sleep(1)\n", "f", ("{}",))) for _ in range(4)]
        ours, theirs = fork.Pipe()
        child = fork.Process(target=in_the_fork, args=(pool, theirs))
        child.start()
        assert ours.poll(WAIT)
        own = "7" if backend.name == "local" else "BackendUnavailable"
        assert ours.recv() == ["PoolClosed", "PoolClosed", own, "-1", "-1"]
        child.join(WAIT)
        assert child.exitcode == 0
        outcomes = [future.result(WAIT) for future in before]
        assert [(outcome.status, outcome.attempts) for outcome in outcomes] == [("completed", ())] * 4
        assert text(pool.submit(numbered(3)).result(WAIT)) == "4"
        for end in (ours, theirs):
            end.close()


# --- room ------------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.sampled_from(["ask", "release", "give up"]), st.integers(0, 50)), max_size=60))
def test_room_is_neither_lost_nor_given_twice(steps: list[tuple[str, int]]) -> None:
    """Against a model: who asked first gets first, those who gave up are passed over, and all permits come back."""
    room, free, granted, waiting = Room(3), 3, deque[Future[None]](), deque[Future[None]]()
    for step, which in steps:
        if step == "ask":
            asked = room._ask()
            assert asked.done() is (free > 0)
            (granted if free else waiting).append(asked)
            free -= free > 0
        elif step == "release" and granted:
            granted.popleft()
            room.release()
            if waiting:
                granted.append(waiting.popleft())
                assert granted[-1].done()
            else:
                free += 1
        elif step == "give up" and waiting:
            gone = waiting[which % len(waiting)]
            waiting.remove(gone)
            room._withdraw(gone)
        elif step == "give up" and granted:
            room._withdraw(granted.popleft())
            free += 1
    room.close()
    assert [type(one.exception(0)) for one in waiting] == [PoolClosed] * len(waiting)
    with pytest.raises(PoolClosed):
        room.acquire()
    while granted:
        granted.popleft()
        room.release()
        free += 1
    assert room._free == free == 3
