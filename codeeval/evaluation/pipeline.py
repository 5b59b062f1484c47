"""generate → extract → execute → grade → store, overlapped.

There are three kinds of threads. One asks the generator and passes on samples, at most `ahead` of them in advance. The
pool's threads execute. The calling thread alone does the rest: it receives events, stores, extracts, submits, grades.
So the model and the sandbox work at the same time, and the run file has one writer.

A sample is stored before it is executed, evidence before it is judged, and commits are at most `COMMIT_EVERY_S` apart.
After `kill -9` a new pipeline over the same file does what the file lacks: only missing samples are generated, only
programs without evidence are executed.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from codeeval.errors import CodeevalError, GenerationError
from codeeval.evaluation.clock import Clock
from codeeval.evaluation.shards.batches import Judging
from codeeval.evaluation.shards.interface import JobRunner, ShardSource
from codeeval.evaluation.shards.lanes import Names
from codeeval.evaluation.shards.router import Router
from codeeval.i18n import msg
from codeeval.store import Counts, Incident, RunStore, Session, TimeSplit
from codeeval.store.codec import unpack_text
from codeeval.store.rows import Row, sample_row
from codeeval.types import Request, Sample, Sampling

if TYPE_CHECKING:
    from codeeval.generators import Generator

COMMIT_EVERY_S = 0.25
#: Seconds during which more events collect while the workers have enough to do. Waking up for each event costs more
#: than handling it, because the workers' threads compete for the interpreter.
GATHER_S = 0.01
#: How many events are handled before the shards get more work.
EVENTS_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Plan:
    """What one invocation adds to a run file. `requests` are the samples that the file lacks.

    `parallel`: returns how many jobs may now be submitted to a pool in this process; `ahead`: how many generated
    samples may wait for shards.
    """

    judging: Judging
    requests: tuple[Request, ...] = ()
    sampling: Sampling = field(default_factory=Sampling)
    parallel: Callable[[], int] = lambda: 16
    ahead: int = 256


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an invocation is: samples generated, judgements made (one per sample and protocol)."""

    generated: int
    judged: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class PipelineResult:
    """What one invocation did. The errors say why a run stayed incomplete; the affected samples are pending."""

    counts: Counts
    timing: TimeSplit
    generation_error: CodeevalError | None = None
    sandbox_error: str | None = None


@dataclass(frozen=True, slots=True)
class _Generated:
    sample: Sample


@dataclass(frozen=True, slots=True)
class _GenerationEnded:
    error: BaseException | None = None


#: Events for the calling thread: from the generator, or a function to call, from the shards.
Event = _Generated | _GenerationEnded | Callable[[], None]
Leftovers = Iterator[tuple[Row, Names]]

#: States of a requested sample: missing, present. One byte each, because there may be millions.
_WANTED, _RECEIVED = 1, 2


class Pipeline:
    """One invocation over one run file. `generator` may be None if no sample is missing, `pool` if nothing may be
    executed (a rescore) or if shards come from elsewhere. The pipeline closes neither."""

    def __init__(
        self,
        plan: Plan,
        store: RunStore,
        generator: Generator | None,
        pool: JobRunner | ShardSource | None,
        session: Session,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self._plan, self._store, self._generator = plan, store, generator
        self._session, self._on_progress = session, on_progress
        self._clock = Clock()
        self._inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._names = tuple(protocol.name for protocol in plan.judging.protocols)
        self._router = Router(plan.judging, store, pool, self._inbox.put, self._clock, plan.parallel)
        self._backlog: deque[Row] = deque()
        self._slots = threading.Semaphore(plan.ahead)
        self._stop = threading.Event()
        self._wanted = _asked_for(plan.requests)
        self._generating = False
        self._generated = 0
        self._generation_error: CodeevalError | None = None
        self._session_row: int | None = None
        self._committed_at = time.monotonic()

    def run(self) -> PipelineResult:
        """Work until nothing is left to do. Raises StoreError; KeyboardInterrupt propagates after everything finished
        was committed. What the generator or the sandbox could not do is in the result."""
        self._commit("running")
        end = "interrupted"
        try:
            leftovers: Leftovers | None = self._leftovers()
            self._start_generation()
            while self._generating or self._backlog or leftovers is not None or self._router.outstanding:
                leftovers = self._feed(leftovers)
                self._take()
            self._explain_missing()
            end = "complete" if self._is_complete() else "incomplete"
        finally:
            self._stop.set()
            self._router.close()
            self._commit(end)
        return PipelineResult(self._counts(), self._clock.split(), self._generation_error, self._router.sandbox_error)

    # -- generation, in its own thread

    def _start_generation(self) -> None:
        if self._generator is None or not self._plan.requests:
            return
        self._generating = True
        # a daemon: a model that hangs in native code must not keep an interrupted program alive
        threading.Thread(target=self._generate, args=(self._generator,), name="generator", daemon=True).start()

    def _generate(self, generator: Generator) -> None:
        try:
            with self._clock.during("generation"):
                samples = iter(generator.generate(self._plan.requests, self._plan.sampling))
            while not self._stop.is_set():
                with self._clock.during("generation"):
                    sample = next(samples, None)
                if sample is None:
                    break
                while not self._slots.acquire(timeout=0.2):
                    if self._stop.is_set():
                        return
                self._inbox.put(_Generated(sample))
        except BaseException as error:  # whatever a model library raises ends the generation, not the evaluation
            self._inbox.put(_GenerationEnded(error))
        else:
            self._inbox.put(_GenerationEnded())

    # -- the calling thread

    def _leftovers(self) -> Leftovers:
        """Samples that were already in the file and lack judgements, with the protocols that they lack."""
        for row, names in self._store.unjudged_rows(self._names):
            # a requested one arrived meanwhile and is in the backlog
            if not self._wanted or self._state(unpack_text(row[0]), row[1]) == 0:
                yield row, names

    def _feed(self, leftovers: Leftovers | None) -> Leftovers | None:
        """Give the shards work until they have enough: leftovers first, then newly generated samples."""
        while self._router.has_room:
            if leftovers is not None and (left := next(leftovers, None)) is not None:
                self._router.accept(*left)
                continue
            leftovers = None
            if not self._backlog:
                break
            self._router.accept(self._backlog.popleft(), self._names)
            self._slots.release()
        self._router.flush()
        self._router.tend()
        self._tell()
        self._commit_sometimes()
        return leftovers

    def _take(self) -> None:
        """Wait for the next event and handle it, together with whatever else has arrived."""
        if not self._generating and not self._router.outstanding and self._router.has_room:
            return
        with suppress(queue.Empty):
            self._handle(self._inbox.get(timeout=COMMIT_EVERY_S))
            if self._router.is_well_fed:
                time.sleep(GATHER_S)
            for _ in range(EVENTS_AT_ONCE):
                self._handle(self._inbox.get_nowait())

    def _handle(self, event: Event) -> None:
        if isinstance(event, _Generated):
            self._receive(event.sample)
        elif isinstance(event, _GenerationEnded):
            self._generating = False
            self._generation_error = _as_generation_error(event.error)
        else:
            event()

    def _receive(self, sample: Sample) -> None:
        if self._state(sample.problem_id, sample.index) != _WANTED:  # not requested, or a duplicate
            self._slots.release()
            return
        self._wanted[sample.problem_id][sample.index] = _RECEIVED
        self._generated += 1
        row = sample_row(sample)
        self._store.add_sample_rows([row])
        self._backlog.append(row)

    def _state(self, problem_id: str, index: int) -> int:
        """The state of a requested sample; 0 for any other."""
        asked = self._wanted.get(problem_id, b"")
        return asked[index] if 0 <= index < len(asked) else 0

    def _explain_missing(self) -> None:
        reason = str(self._generation_error or "the generator returned no sample for this index")
        self._store.add_incidents(
            Incident(problem_id, index, "generation", reason)
            for problem_id, asked in sorted(self._wanted.items())
            for index, state in enumerate(asked)
            if state == _WANTED
        )

    def _is_complete(self) -> bool:
        return not self._store.n_pending(self._names)

    # -- reporting and storing

    def _tell(self) -> None:
        self._on_progress(Progress(self._generated, self._router.judged, self._counts()))

    def _counts(self) -> Counts:
        return replace(self._router.counts, generated=self._generated)

    def _commit_sometimes(self) -> None:
        if time.monotonic() - self._committed_at >= COMMIT_EVERY_S:
            self._commit("running")

    def _commit(self, end: str) -> None:
        """Commit the record of this invocation together with the work that it describes, in one transaction."""
        session = replace(
            self._session, end=end, counts=self._counts(), timing=self._clock.split(), servers=self._answered()
        )
        self._session_row = self._store.put_session(session, self._session_row)
        self._store.commit()
        self._committed_at = time.monotonic()

    def _answered(self) -> dict[str, int]:
        """Number of samples per server, if there are servers."""
        if self._generator is None:
            return {}
        from codeeval.generators.base import Served

        return self._generator.answered() if isinstance(self._generator, Served) else {}


def _asked_for(requests: Sequence[Request]) -> dict[str, bytearray]:
    """problem id -> the state of each index."""
    asked: dict[str, bytearray] = {}
    for request in requests:
        states = asked.setdefault(request.problem_id, bytearray())
        states.extend(bytes(max(0, 1 + max(request.indices, default=-1) - len(states))))
        for index in request.indices:
            states[index] = _WANTED
    return asked


def _as_generation_error(error: BaseException | None) -> CodeevalError | None:
    if error is None or isinstance(error, CodeevalError):
        return error
    wrapped = GenerationError(msg("the model stopped: {kind}: {why}", kind=type(error).__name__, why=error))
    wrapped.__cause__ = error
    return wrapped
