"""The data exchanged between the driver and a shard: samples in batches, rows of the run file in return.

Plain tuples of text, bytes, numbers and None, packed with `marshal`: reading them executes nothing on either side. Only
problems and the settings of the judging are pickled, and only the driver sends those.
"""

from __future__ import annotations

import marshal
import pickle
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

from codeeval.reading.extract import extract
from codeeval.store.rows import Row
from codeeval.types import Extraction, Problem, Sample, ScoringProtocol
from sandbox import Limits


@dataclass(frozen=True, slots=True)
class Judging:
    """How samples become judgements: the same for a run, a resumed run and a rescore. `limits` are those of the
    workers; `end_tokens` are special tokens of the model's own tokenizer that end an answer."""

    protocols: tuple[ScoringProtocol, ...]
    limits: Limits
    dedup: bool = True
    end_tokens: tuple[str, ...] = ()

    def extraction(self, problem: Problem, sample: Sample, protocol: ScoringProtocol) -> Extraction:
        """The program of a sample under a protocol, with the trace of what was kept."""
        return extract(
            problem, sample.completion, protocol.extraction, is_program=sample.is_program, end_tokens=self.end_tokens
        )


class Batch(NamedTuple):
    """Samples of one problem, each with the names of the protocols that it lacks.

    `number` is assigned by the driver and never reused. `samples` are rows of the table `samples`. `problem` comes with
    a problem's first batch for a shard; `known` are digests of this problem's jobs with evidence in the run file, which
    the shard does not execute.
    """

    number: int
    problem_id: str
    samples: tuple[tuple[Row, tuple[str, ...]], ...]
    problem: Problem | None = None
    known: tuple[str, ...] = ()

    def packed(self) -> bytes:
        problem = None if self.problem is None else pickle.dumps(self.problem, 5)
        return marshal.dumps((self.number, self.problem_id, self.samples, problem, self.known))

    @classmethod
    def unpacked(cls, data: bytes) -> Batch:
        """Shard side; the driver is trusted."""
        number, problem_id, samples, problem, known = marshal.loads(data)
        return cls(number, problem_id, samples, None if problem is None else pickle.loads(problem), known)  # noqa: S301


@dataclass(frozen=True, slots=True)
class Stored:
    """A sample to be judged by evidence in the run file."""

    problem_id: str
    index: int
    protocol: str
    job_digest: str

    def row(self) -> Row:
        return self.problem_id, self.index, self.protocol, self.job_digest


@dataclass(frozen=True, slots=True)
class Rows:
    """What a shard has finished since its last report.

    `executions` and `judgements` are rows of the tables with these names, and belong together: evidence is stored
    before the judgements based on it. `incidents` are rows that say why a sample is pending. `stored` samples are for
    the driver to judge. `done` are numbers of batches with nothing left to do. `executed`, `deduplicated`, `cached` are
    counts as in `codeeval.store.Counts`. `failing`: why the shard's pool can no longer execute.
    """

    executions: tuple[Row, ...] = ()
    judgements: tuple[Row, ...] = ()
    incidents: tuple[Row, ...] = ()
    stored: tuple[Row, ...] = ()
    done: tuple[int, ...] = ()
    executed: int = 0
    deduplicated: int = 0
    cached: int = 0
    failing: str | None = None

    def packed(self) -> bytes:
        told = replace(
            self, failing=None if self.failing is None else str.__str__(self.failing)
        )  # marshal does not support Message
        return marshal.dumps(tuple(getattr(told, spec.name) for spec in fields(self)))

    @classmethod
    def unpacked(cls, data: bytes) -> Rows:
        """Driver side, for bytes that a shard packed. Raises ValueError, TypeError or EOFError for others."""
        return cls(*marshal.loads(data))
