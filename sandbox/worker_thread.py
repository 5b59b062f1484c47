"""One lane of a pool: a thread that keeps one worker busy and decides who is to blame when it is lost.

Blame. Before ACCEPT the infrastructure is to blame: the job is tried elsewhere, at most `MAX_TRIES` times, then its
future raises SandboxError. The same holds if the worker DECLINEs because it had no room for the candidate's process.
After ACCEPT the job is tried once more on a fresh worker, because a container can also be killed from outside; if that
one dies as well, the candidate is to blame and the outcome is `crashed`. A loss while the backend itself does not
answer counts as infrastructure even after ACCEPT. So a hostile program can't turn its failure into "infrastructure".

One kind of sample ends as infrastructure although its worker is well: one that was ready to run without a processor for
`MOST_WAITS` times its wall limit. Only other work can cause that (`guest/processor_waits.py`).
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from sandbox import replies, wire
from sandbox.channel import Channel
from sandbox.errors import PoolClosed, ProtocolError, SandboxError, WorkerLost
from sandbox.job_queue import Pending, answer, fail
from sandbox.outcomes import Observation, Outcome, Ruling
from sandbox.wire import Job
from sandbox.worker_supply import Shared, WorkerSupply

if TYPE_CHECKING:
    from sandbox.mutated_arguments import Spans

MAX_TRIES = 3
#: Seconds beyond a sample's own wall limit, for forking, a loaded host, and a reset of which every step succeeds only just in
#: time: what the sample has left, and other work on the machine, must not look like the worker's death.
GRACE_S = 60.0
DEPTH = 3
#: Largest frame sent while the worker is busy: the worker does not read meanwhile, so what is sent must fit into the
#: connection's buffer; otherwise the host blocks in sending while the worker blocks in sending its result.
AHEAD_BYTES = 32_768


class WorkerLane:
    """`run` is the thread's body; `abort` may be called from any thread."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._supply = WorkerSupply(shared)
        self._number = 0
        self._inflight: deque[tuple[int, Pending]] = deque()
        self._sent = 0
        self._deaf = False
        self.started = threading.Event()

    def run(self) -> None:
        shared = self._shared
        try:
            self._supply.prepare()
            self.started.set()
            while (pending := shared.queue.take(wait=True)) is not None:
                if not pending.claim():
                    continue
                self._work_off(pending, depth=1 if shared.fresh else DEPTH)
        finally:
            self.started.set()
            self._supply.end()

    def abort(self) -> None:
        """End a wait for the worker at once."""
        worker = self._supply.current
        if worker is not None:
            worker.channel.abort()

    # --- jobs ----------------------------------------------------------------------------------------------------

    def _work_off(self, first: Pending, depth: int) -> None:
        """Work until no job is in flight; keeps up to `depth` jobs at the worker so that it never idles."""
        self._inflight.append((0, first))
        self._sent = 0
        while self._inflight:
            self._top_up(depth)
            try:
                worker = self._supply.ensure()
                if self._shared.stop.is_set():  # `close` was called while the worker was being started
                    raise PoolClosed("the pool was closed")
                self._send_new(worker.channel)
                self._finish_first(worker.channel)
            except (WorkerLost, ProtocolError) as error:
                self._lost(error)
            except SandboxError as error:
                self._give_up(error)
            except Exception as error:  # a bug in the pool or in a backend must not leave a job without an answer
                self._drop_worker()
                self._give_up(SandboxError(f"the pool failed: {type(error).__name__}: {error}"))

    def _top_up(self, depth: int) -> None:
        shared = self._shared
        while len(self._inflight) < depth and len(shared.queue) > depth:
            pending = shared.queue.take(wait=False)
            if pending is None:
                return
            if pending.claim():
                self._inflight.append((0, pending))

    def _send_new(self, channel: Channel) -> None:
        """Send what the worker does not have yet; small jobs are sent ahead while it is busy with an earlier one."""
        if self._deaf and not self._sent:
            raise WorkerLost("the worker takes no more jobs")
        for index in range(self._sent, len(self._inflight)):
            frame = self._frame(self._number + 1, self._inflight[index][1])
            if index and (self._deaf or len(frame) > AHEAD_BYTES):
                return
            self._number += 1
            self._inflight[index] = (self._number, self._inflight[index][1])
            try:
                channel.send(frame, GRACE_S)
            except WorkerLost:
                if not index:
                    raise
                self._deaf = True  # its answers to the earlier jobs decide who is to blame
                return
            self._sent += 1

    def _frame(self, number: int, pending: Pending) -> bytes:
        limits = pending.limits
        header = wire.JOB_HEADER.pack(
            number,
            max(1, int(limits.cpu_s * 1000)),
            max(1, int(limits.wall_s * 1000)),
            limits.stdout_bytes,
            limits.reply_bytes,
            len(pending.tests),
        )
        return wire.frame(wire.JOB, header, pending.body, pending.tests)

    def _finish_first(self, channel: Channel) -> None:
        number, pending = self._inflight[0]
        kind, payload = channel.receive(GRACE_S, 1 + wire.ACCEPT_HEADER.size)
        if kind != wire.ACCEPT or replies.read_accept(payload) != number:
            raise ProtocolError("the worker accepted a job that it was not given")
        try:
            result = self._answer(number, pending, channel)
        except (WorkerLost, ProtocolError) as error:
            raise _AfterAccept(str(error)) from error
        if result is None:
            raise WorkerLost("the worker has no room for another process")
        again = result.with_own and not pending.again
        expecting = _expecting(pending.job) if again else None  # reads the tests, and so may fail
        self._inflight.popleft()
        self._sent -= 1
        if not result.clean or self._shared.fresh:
            self._drop_worker()
        if expecting is not None:
            self._execute_again(pending, expecting)
        else:
            self._resolve(pending, result)

    def _answer(self, number: int, pending: Pending, channel: Channel) -> replies.Result | None:
        """The worker's answer to an accepted job; None if it declined after all."""
        wait_s, most = pending.limits.wall_s + GRACE_S, replies.max_result_bytes(pending.limits)
        kind, payload = channel.receive(wait_s, most)
        if kind == wire.DECLINE and replies.read_accept(payload) == number:
            return None
        for _ in range(wire.MOST_WAITS):
            if kind != wire.WAIT or replies.read_accept(payload) != number:
                break
            kind, payload = channel.receive(wait_s, most)
        if kind != wire.RESULT:
            raise ProtocolError("something else than a result")
        judged = pending.job.tests is not None
        result = replies.read_result(payload, len(pending.job.calls), pending.limits, self._supply.guest, judged=judged)
        if result.number != number:
            raise ProtocolError("the result of another job")
        return result

    def _resolve(self, pending: Pending, result: replies.Result) -> None:
        outcome = result.outcome
        if result.starved:
            seconds = outcome.waited_ms / 1000
            reason = f"the machine is overloaded: the program was ready to run and had no processor for {seconds:.0f} s"
            fail(pending.future, SandboxError(reason))
            return
        answer(pending.future, replace(outcome, attempts=tuple(pending.attempts)) if pending.attempts else outcome)

    def _execute_again(self, pending: Pending, expecting: Spans) -> None:
        """With tests that see what the program does to their arguments, as in one process, except where they compute from them
        what they expect: it must pass both ways."""
        job = pending.job
        assert job.tests is not None
        pending.again = True
        pending.tests = wire.encode_tests(job.tests, job.entry_point, in_place=True, expecting=expecting)
        self._requeue(pending)

    # --- losses --------------------------------------------------------------------------------------------------

    def _lost(self, error: SandboxError) -> None:
        """The worker is gone: assign the blame, and put the other jobs back in order."""
        self._drop_worker()
        if self._shared.stop.is_set():
            self._give_up(PoolClosed("the pool was closed"))
            return
        jobs = [pending for _, pending in self._inflight]
        self._inflight.clear()
        first = jobs.pop(0)
        for pending in reversed(jobs):
            self._requeue(pending)
        accepted = isinstance(error, _AfterAccept) and self._shared.backend.alive()
        if accepted:
            first.deaths += 1
            first.attempts.append(_crashed(first, str(error)))
            if first.deaths > 1:
                *earlier, last = first.attempts
                answer(first.future, replace(last, attempts=tuple(earlier)))
                return
        else:
            first.tries += 1
            if first.tries >= MAX_TRIES:
                fail(first.future, SandboxError(f"no worker could take the job in {MAX_TRIES} tries: {error}"))
                return
        self._requeue(first)

    def _give_up(self, error: SandboxError) -> None:
        for _, pending in self._inflight:
            fail(pending.future, error)
        self._inflight.clear()

    def _requeue(self, pending: Pending) -> None:
        if not self._shared.queue.put(pending, first=True):
            fail(pending.future, PoolClosed("the pool was closed"))

    def _drop_worker(self) -> None:
        self._supply.drop()
        self._sent, self._deaf = 0, False


class _AfterAccept(WorkerLost):
    """The worker died or misbehaved while it held an accepted job."""


def _expecting(job: Job) -> Spans | None:
    """Where these tests compute what they expect from arguments; None if they need not see what the program does to them."""
    if job.tests is None:
        return None
    from sandbox.mutated_arguments import expecting_lines  # which the job's submission has imported

    return expecting_lines(job.tests, job.entry_point)


def _crashed(pending: Pending, message: str) -> Outcome:
    nothing = tuple(Observation("not_reached") for _ in pending.job.calls)
    ruling = None if pending.job.tests is None else Ruling("not_reached")
    said = f"the worker was lost while it ran this program: {message}\n"
    return Outcome("crashed", nothing, stderr=said, ruling=ruling)
