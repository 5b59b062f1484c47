"""generate → extract → execute → grade → store, overlapped.

Three kinds of threads. One asks the generator and hands over samples, at most `ahead` of them in advance. The pool's
own threads execute. The calling thread does the rest, alone: it takes what arrives, stores it, extracts, submits,
grades. So the model and the sandbox work at the same time, and the run file has one writer.

A sample is stored before it is executed, evidence before it is judged, and commits are at most `COMMIT_EVERY_S` apart.
After `kill -9` a new pipeline over the same file does what the file lacks: only missing samples are generated, only
programs without evidence are executed.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from codeeval.errors import CodeevalError, GenerationError
from codeeval.evaluation.clock import Clock
from codeeval.evaluation.dispatch import Arrival, Dispatcher, JobRunner, Judging
from codeeval.generators import Generator
from codeeval.generators.base import Served
from codeeval.store import Counts, Incident, RunStore, Session, TimeSplit
from codeeval.types import Request, Sample, Sampling, ScoringProtocol

COMMIT_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class Plan:
    """What one invocation shall bring a run file to. `requests` are the samples that the file lacks.

    `parallel`: how many jobs the pool may be given now; `ahead`: generated samples that may wait for the pool.
    """

    judging: Judging
    protocols: tuple[ScoringProtocol, ...]
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
class Result:
    """What one invocation did. The errors say why a run stayed incomplete; the samples concerned are pending."""

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


Event = _Generated | _GenerationEnded | Arrival


class Pipeline:
    """One invocation over one run file. `generator` may be None where no sample is missing, `pool` where nothing may be
    executed (a rescore). Neither is closed here."""

    def __init__(
        self,
        plan: Plan,
        store: RunStore,
        generator: Generator | None,
        pool: JobRunner | None,
        session: Session,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self._plan, self._store, self._generator = plan, store, generator
        self._session, self._on_progress = session, on_progress
        self._clock = Clock()
        self._inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._dispatcher = Dispatcher(plan.judging, store, pool, self._inbox.put, self._clock)
        self._backlog: deque[Sample] = deque()
        self._slots = threading.Semaphore(plan.ahead)
        self._stop = threading.Event()
        self._wanted = {(request.problem_id, index) for request in plan.requests for index in request.indices}
        self._generating = False
        self._generated = 0
        self._generation_error: CodeevalError | None = None
        self._session_row: int | None = None
        self._committed_at = time.monotonic()

    def run(self) -> Result:
        """Work until nothing is left to do. Raises StoreError; KeyboardInterrupt passes through, with everything that
        had finished committed. What the generator or the sandbox could not do is in the result."""
        self._commit("running")
        end = "interrupted"
        try:
            leftovers = self._leftovers()
            self._start_generation()
            while self._generating or self._backlog or leftovers is not None or self._dispatcher.outstanding:
                leftovers = self._feed(leftovers)
                self._take()
            self._explain_missing()
            end = "complete" if self._is_complete() else "incomplete"
        finally:
            self._stop.set()
            self._commit(end)
        return Result(self._counts(), self._clock.split(), self._generation_error, self._dispatcher.sandbox_error)

    # -- generation, in a thread of its own

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

    def _leftovers(self) -> Iterator[tuple[Sample, tuple[ScoringProtocol, ...]]] | None:
        """Samples that were in the file already and lack a judgement, with the protocols that they lack."""
        lacking: dict[tuple[str, int], list[ScoringProtocol]] = {}
        for protocol in self._plan.protocols:
            for key in self._store.unjudged(protocol.name):
                lacking.setdefault(key, []).append(protocol)
        found = ((self._store.sample(*key), tuple(protocols)) for key, protocols in lacking.items())
        return ((sample, protocols) for sample, protocols in found if sample is not None)

    def _feed(
        self, leftovers: Iterator[tuple[Sample, tuple[ScoringProtocol, ...]]] | None
    ) -> Iterator[tuple[Sample, tuple[ScoringProtocol, ...]]] | None:
        """Give the pool work until it has enough: what was left first, then what was generated."""
        while self._dispatcher.outstanding < self._plan.parallel():
            if leftovers is not None and (left := next(leftovers, None)) is not None:
                self._dispatcher.accept(*left)
            elif self._backlog:
                leftovers = None
                self._dispatcher.accept(self._backlog.popleft(), self._plan.protocols)
                self._slots.release()
            else:
                return None
            self._tell()
            self._commit_sometimes()
        return leftovers

    def _take(self) -> None:
        """Wait for the next event and handle it, with whatever else has arrived."""
        if not (self._generating or self._dispatcher.outstanding):
            return
        try:
            self._handle(self._inbox.get(timeout=COMMIT_EVERY_S))
            while True:
                self._handle(self._inbox.get_nowait())
        except queue.Empty:
            self._commit_sometimes()

    def _handle(self, event: Event) -> None:
        if isinstance(event, Arrival):
            self._dispatcher.settle(event)
        elif isinstance(event, _Generated):
            self._receive(event.sample)
        else:
            self._generating = False
            self._generation_error = _as_generation_error(event.error)
        self._tell()
        self._commit_sometimes()

    def _receive(self, sample: Sample) -> None:
        key = (sample.problem_id, sample.index)
        if key not in self._wanted:  # not asked for, or twice
            self._slots.release()
            return
        self._wanted.remove(key)
        self._generated += 1
        self._store.add_samples([sample])
        self._backlog.append(sample)

    def _explain_missing(self) -> None:
        reason = str(self._generation_error or "the generator returned no sample for this index")
        self._store.add_incidents(
            Incident(problem_id, index, "generation", reason) for problem_id, index in sorted(self._wanted)
        )

    def _is_complete(self) -> bool:
        lacking = any(self._store.unjudged(protocol.name) for protocol in self._plan.protocols)
        return not lacking and not self._store.missing_samples()

    # -- telling and keeping

    def _tell(self) -> None:
        self._on_progress(Progress(self._generated, self._dispatcher.judged, self._counts()))

    def _counts(self) -> Counts:
        return replace(self._dispatcher.counts, generated=self._generated)

    def _commit_sometimes(self) -> None:
        if time.monotonic() - self._committed_at >= COMMIT_EVERY_S:
            self._commit("running")

    def _commit(self, end: str) -> None:
        """The record of this invocation goes with the work it tells of, in one transaction."""
        session = replace(
            self._session, end=end, counts=self._counts(), timing=self._clock.split(), servers=self._answered()
        )
        self._session_row = self._store.put_session(session, self._session_row)
        self._store.commit()
        self._committed_at = time.monotonic()

    def _answered(self) -> dict[str, int]:
        """By which server how many samples were answered, where there are servers."""
        return self._generator.answered() if isinstance(self._generator, Served) else {}


def _as_generation_error(error: BaseException | None) -> CodeevalError | None:
    if error is None or isinstance(error, CodeevalError):
        return error
    wrapped = GenerationError(f"the model stopped: {type(error).__name__}: {error}")
    wrapped.__cause__ = error
    return wrapped
