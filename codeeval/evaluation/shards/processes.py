"""The driver's side of shards in separate processes, for more workers than one interpreter can serve.

A process that is killed, exits, or sends nothing for `SILENCE_S` counts as lost: it is killed, the router gives its
work to others, and another process replaces it, as long as that helps.
"""

from __future__ import annotations

import itertools
import json
import os
import pickle
import queue
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Self

from codeeval.evaluation.shards import PER_SHARD
from codeeval.evaluation.shards.batches import Judging
from codeeval.evaluation.shards.driver_end import ShardEnd
from codeeval.evaluation.shards.frames import DOWN, JOB, NO_OUTCOME, OUTCOME, ROWS, SPEC, Frames
from codeeval.evaluation.shards.interface import Deliver, ShardHandle
from codeeval.evaluation.shards.process_main import END_S, Spec
from codeeval.i18n import joined, msg
from codeeval.store.codec import unpack_outcome
from sandbox import Job, Outcome, SandboxError

#: Samples per worker that a shard may hold: enough that no worker waits for the driver.
AHEAD = 16
#: A shard is lost after this many seconds without a sign of life, counted only while this process itself is running.
SILENCE_S = 60
#: After this many processes in a row were lost before reporting any row, no further one is started.
MAX_IN_VAIN = 3
ENDED = msg("it ended")

_BOOT = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from codeeval.evaluation.shards.process_main import main; "
_BOOT += "main(int(sys.argv[2]), int(sys.argv[3]))"


class ProcessShard(ShardEnd):
    """One process and its connection; a `ShardHandle`. `submit` gives its pool a single job."""

    def __init__(self, spec: Spec) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            arguments = [json.dumps(sys.path), str(theirs.fileno()), str(os.getpid())]
            self._process = subprocess.Popen(
                [sys.executable, "-c", _BOOT, *arguments],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        super().__init__(f"shard process {self._process.pid}")
        self._workers, self.was_useful = spec.workers, False
        self._frames, self._outbox = Frames(ours), queue.SimpleQueue[tuple[bytes, bytes] | None]()
        self._jobs, self._numbers = dict[int, Future[Outcome]](), itertools.count()
        self._outbox.put((SPEC, pickle.dumps(spec, 5)))
        self._threads = [
            threading.Thread(target=body, name=self.name, daemon=True) for body in (self._read, self._write)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def workers(self) -> int:
        return self._workers

    @property
    def room(self) -> int:
        return AHEAD * self._workers

    @property
    def jobs(self) -> int:
        """Number of unanswered single jobs."""
        return len(self._jobs)

    def _put(self, kind: bytes, payload: bytes) -> None:
        self._outbox.put((kind, payload))

    def submit(self, job: Job) -> Future[Outcome]:
        """Submit a job. The future raises SandboxError if the job can't be executed, or the shard is lost."""
        future: Future[Outcome] = Future()
        with self._lock:
            if self.lost:
                raise SandboxError(self.lost)
            number = next(self._numbers)
            self._jobs[number] = future
        self._outbox.put((JOB, pickle.dumps((number, job), 5)))
        return future

    def stop(self) -> None:
        """Ask the process to end; use `wait` to wait for it."""
        self.close()
        self._outbox.put(None)

    def wait(self) -> None:
        """Wait until the process has closed its pool, or kill it after some time."""
        self._ended()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()
        self._frames.close()

    def _ended(self) -> int:
        """The exit code of the process, which gets some time to end."""
        try:
            return self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    # -- threads

    def _write(self) -> None:
        with suppress(OSError):
            while (frame := self._outbox.get()) is not None:
                self._frames.send(*frame)
        self._frames.end()

    def _read(self) -> None:
        silent = 0
        reason = ""
        while not reason:
            try:
                frame = self._frames.receive(1.0)
            except TimeoutError:
                silent += 1
                reason = msg("nothing was heard of it for {n} s", n=silent) if silent >= SILENCE_S else ""
                continue
            except OSError as error:
                reason = str(error)
                continue
            silent = 0
            reason = ENDED if frame is None else self._hear(*frame)
        self._lose(reason)

    def _hear(self, kind: bytes, payload: bytes) -> str:
        """Handle a frame; returns a non-empty reason if it is the last one."""
        if kind == DOWN:
            return payload.decode("utf-8", "replace")
        if kind == ROWS:
            self.was_useful = True
            if (found := self._rows(payload)) is not None:
                rows, deliver = found
                deliver(self, rows)
        elif kind in (OUTCOME, NO_OUTCOME):
            self.was_useful = True
            with self._lock:
                future = self._jobs.pop(int.from_bytes(payload[:8], "big"))
            if kind == NO_OUTCOME:
                text = payload[9:].decode("utf-8", "replace")
                future.set_exception(ValueError(text) if payload[8] else SandboxError(text))
            else:
                packed = payload[9:].decode() if payload[8] else payload[9:]
                future.set_result(unpack_outcome(packed, self.name))
        return ""

    def _lose(self, reason: str) -> None:
        if reason != ENDED:
            self._process.kill()
        code = self._ended()
        if code < 0 and reason == ENDED:
            reason = joined("", (reason, f" (signal {-code})"))
        why = msg("shard process {pid} was lost: {why}", pid=self.pid, why=reason)
        self.lose(why)
        with self._lock:
            jobs, self._jobs = self._jobs, {}
        self._outbox.put(None)
        for future in jobs.values():
            future.set_exception(SandboxError(why))


class ProcessShards:
    """`workers` spread over as many processes as needed, with at most `PER_SHARD` each. Both a `ShardSource` and a pool
    for single jobs. Use as a context manager, or call `close`."""

    def __init__(self, spec: Spec, per_shard: int = PER_SHARD) -> None:
        """`spec`: that of a single shard with all the workers."""
        self.workers, self.limits = spec.workers, spec.limits
        many = -(-spec.workers // per_shard)
        shares = [spec.workers // many + (number < spec.workers % many) for number in range(many)]
        self._specs = [replace(spec, workers=share) for share in shares]
        self._lock = threading.Lock()
        self._shards = [ProcessShard(each) for each in self._specs]
        self._in_vain = 0
        self._closed = False

    @property
    def pids(self) -> tuple[int, ...]:
        """The running processes."""
        return tuple(shard.pid for shard in self._shards if not shard.lost)

    def open_shards(self, judging: Judging, deliver: Deliver) -> Sequence[ShardHandle]:
        for shard in self._shards:
            shard.judge(judging, deliver)
        return tuple(self._shards)

    def replacement(self, judging: Judging, deliver: Deliver) -> ShardHandle | None:
        with self._lock:
            new = self._replaced()
            lost = [shard.lost for shard in self._shards]
        if new is not None:
            new.judge(judging, deliver)
        elif all(lost):
            raise SandboxError(lost[-1])
        return new

    def submit(self, job: Job) -> Future[Outcome]:
        """Submit to the process with the fewest single jobs. Raises SandboxError if none is left."""
        with self._lock:
            while self._replaced() is not None:
                pass
            living = [shard for shard in self._shards if not shard.lost]
        if not living:
            raise SandboxError(msg("no shard is left: {why}", why=self._shards[-1].lost))
        return min(living, key=lambda shard: shard.jobs / shard.workers).submit(job)

    def map(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Outcomes in the order of the jobs, submitting at most 64 jobs per worker ahead."""
        waiting: deque[Future[Outcome]] = deque()
        for job in jobs:
            waiting.append(self.submit(job))
            while waiting and (waiting[0].done() or len(waiting) >= 64 * self.workers):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def close(self) -> None:
        """Stop every process with its workers. May be called twice."""
        with self._lock:
            self._closed = True
        for shard in self._shards:
            shard.stop()
        for shard in self._shards:
            shard.wait()

    def _replaced(self) -> ProcessShard | None:
        """A new process in place of a lost one, if there is one and another one may fare better."""
        for number, shard in enumerate(self._shards):
            if shard.lost and not self._closed:
                self._in_vain = 0 if shard.was_useful else self._in_vain + 1
                if self._in_vain >= MAX_IN_VAIN + len(self._specs):
                    return None
                shard.wait()
                self._shards[number] = ProcessShard(self._specs[number])
                return self._shards[number]
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
