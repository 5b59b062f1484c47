"""Build the job to execute from a problem and an extraction, and the digest under which its evidence is stored.
Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from codeeval.scoring.limits import limits_for
from codeeval.scoring.protocols import PROTOCOLS
from codeeval.types import Extraction, Problem, ScoringProtocol
from sandbox.wire import Job, Limits, Mode, Tests

TESTS_MODE: Mode = "assert"


def job(problem: Problem, extraction: Extraction, protocol: ScoringProtocol) -> Job:
    """The job that the sandbox executes for one sample. It holds the calls, never the expected outputs; tests that are
    code go to a judge outside the program's process. The two protocols of such a run share one program's job."""
    limits = limits_for(problem, protocol)
    if problem.tests is not None:
        tests = Tests(problem.tests.source, problem.tests.prelude, problem.tests.names)
        return Job(extraction.program, problem.entry_point, (), limits, TESTS_MODE, tests)
    return Job(extraction.program, problem.entry_point, problem.calls, limits, protocol.mode)


def modes(protocol: str) -> tuple[str, ...]:
    """The modes in which programs are executed under a protocol: its own, and that of tests which are code. Of a protocol
    that this version does not have, all modes."""
    known = [PROTOCOLS[protocol]] if protocol in PROTOCOLS else PROTOCOLS.values()
    return tuple(dict.fromkeys((*(each.mode for each in known), TESTS_MODE)))


class JobMaker:
    """Makes jobs of one problem under one protocol; computes what they share once. Memory, processes and scratch space
    are those of the pool's workers."""

    __slots__ = ("_head", "_model", "_tail")

    def __init__(self, problem: Problem, protocol: ScoringProtocol, worker: Limits) -> None:
        limits = limits_for(problem, protocol, worker)
        self._model = replace(job(problem, Extraction("", ""), protocol), limits=limits)
        self._head, self._tail = _head(self._model), _tail(self._model)

    def job(self, program: str) -> Job:
        """The job that executes this program."""
        like = self._model
        return Job(program, like.entry_point, like.calls, like.limits, like.mode, like.tests)

    def digest(self, program: str, salt: str = "") -> str:
        """`job_digest` of `job(program)`."""
        return _digest(salt, self._head, program, self._tail)


def make_job(problem: Problem, extraction: Extraction, protocol: ScoringProtocol, worker: Limits) -> Job:
    """The job of one program. Use a `JobMaker` to make many jobs of one problem."""
    return JobMaker(problem, protocol, worker).job(extraction.program)


def job_digest(job: Job, salt: str = "") -> str:
    """128 bits in hex over everything that determines what a job does: program, calls or tests, entry point, mode and
    limits.

    Equal jobs have equal digests, so one execution serves them all; a `salt` makes digests differ.
    """
    return _digest(salt, _head(job), job.source, _tail(job))


def _digest(salt: str, head: bytes, program: str, tail: bytes) -> str:
    return hashlib.sha256(b"".join((_part(salt), head, _part(program), tail))).hexdigest()[:32]


def _head(job: Job) -> bytes:
    named = {name: getattr(job.limits, name) for name in Limits.__slots__} if job.limits else None
    return b"".join(map(_part, (job.mode, json.dumps(named, sort_keys=True), job.entry_point)))


def _tail(job: Job) -> bytes:
    tests = (job.tests.source, job.tests.prelude, *job.tests.names) if job.tests else ()
    return b"".join(map(_part, (*job.calls, *tests)))


def _part(text: str) -> bytes:
    """Prefix the length, so that neighbouring parts can't run together."""
    data = text.encode("utf-8", "surrogatepass")
    return len(data).to_bytes(8, "big") + data
