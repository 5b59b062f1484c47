"""The Python interface: `evaluate` completions, `load` a run, query a `Run`. Documented in docs/python.md.

`evaluate` is the same use case as `codeeval score`. A run's file is opened read-only for each query, so the run may
still be in progress."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from codeeval.errors import UsageError, install
from codeeval.evaluation.completions import Texts, ask_strings, within
from codeeval.evaluation.pipeline import Progress
from codeeval.evaluation.reference_answers import answered
from codeeval.evaluation.reporter import BarReporter
from codeeval.evaluation.sandbox import Placement, open_sandbox
from codeeval.evaluation.score import score
from codeeval.evaluation.score_request import ScoreRequest
from codeeval.evaluation.work import Invocation
from codeeval.manifest import Manifest
from codeeval.report import Report, build
from codeeval.stats import KEstimate, summarize
from codeeval.stats.compare import CompareOptions, Comparison, compare
from codeeval.store import RunReader, StoredJudgement
from codeeval.store.runcounts import run_counts
from codeeval.types import Problem, Task
from sandbox import Limits, SandboxError
from sandbox.backends import KINDS

if TYPE_CHECKING:
    import pandas

    from codeeval.report.intervals_on_request import Further
    from codeeval.stats.extrapolate import Extrapolation


COMMAND = ("codeeval.evaluate",)


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One problem: `n` samples with a verdict out of `wanted`, `c` of them correct; `rate` is c / n, None if n is 0."""

    problem_id: str
    entry_point: str
    wanted: int
    n: int
    c: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One sample. `verdict` and `passed` are None while it is pending and if the answers are hidden; `outputs` is what
    the protocol compares; `cpu_ms` is None if nothing had to be executed."""

    problem_id: str
    index: int
    completion: str
    verdict: str | None
    passed: bool | None
    error: str | None
    signature: str | None
    outputs: tuple[str | None, ...] | str | None
    finish_reason: str
    tokens_out: int | None
    cpu_ms: int | None


class Run:
    """A run file. Everything is under the protocol that the run was made for, unless `protocol` names another."""

    def __init__(self, path: Path, temporary: bool = False) -> None:
        with RunReader(path) as reader:  # reports a wrong path at once
            self.path = reader.run_dir
        if temporary:
            weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    @property
    def manifest(self) -> Manifest:
        """What was run, with what, and where."""
        with RunReader(self.path) as reader:
            return reader.manifest()

    def problems(self, protocol: str | None = None) -> list[ProblemRow]:
        """Every problem of the run, in order. Raises UsageError for a protocol that the run was not judged under."""
        with RunReader(self.path) as reader:
            counts = {pid: (n, c) for pid, n, c in reader.counts(_known(reader, protocol))}
            return [
                ProblemRow(
                    planned.problem.id, planned.problem.entry_point, planned.wanted, n, c, rate=c / n if n else None
                )
                for planned in reader.problems()
                for n, c in [counts[planned.problem.id]]
            ]

    def samples(self, problem_id: str | None = None, protocol: str | None = None) -> list[SampleRow]:
        """Every sample, or those of one problem, in the order of problems and indices."""
        with RunReader(self.path) as reader:
            return list(_samples(reader, _known(reader, protocol), problem_id))

    def pass_at_k(self, *ks: int, protocol: str | None = None) -> dict[int, KEstimate]:
        """pass@k with both intervals, by default for the k of the run. An estimate is None, with a warning, if some
        problem has fewer than k samples."""
        with RunReader(self.path) as reader:
            pairs = [(n, c) for _, n, c in reader.counts(_known(reader, protocol)) if n]
            return {k: summarize(pairs, k) for k in ks or reader.manifest().k}

    def further(self, *ks: int, cluster: str | None = None, seed: int | None = None) -> tuple[Further, ...]:
        """More intervals of pass@k for other problems: `cluster` names a field of the problems' `meta`, and problems
        with the same value count as one unit; `seed` requests a bootstrap. Raises UsageError if there is no such
        field."""
        from codeeval.report.intervals_on_request import Wish, further

        with RunReader(self.path) as reader:
            manifest = reader.manifest()
            return further(reader, manifest.protocol, ks or manifest.k, Wish(cluster, seed))

    def extrapolate(self, *ks: int) -> dict[int, Extrapolation]:
        """pass@k for k above n according to a fitted model; not an estimate. Raises UsageError if there is nothing to
        fit."""
        from codeeval.report.extrapolated import extrapolated

        with RunReader(self.path) as reader:
            return {found.k: found for found in extrapolated(reader, reader.manifest().protocol, ks)}

    def report(self) -> Report:
        """Everything that `codeeval report` shows, as values."""
        with RunReader(self.path) as reader:
            return build(reader)

    def compare(self, baseline: Run, options: CompareOptions | None = None) -> Comparison:
        """Compare this run with a baseline: differences are this minus baseline. Raises UsageError for incomparable
        runs."""
        with RunReader(self.path) as mine, RunReader(baseline.path) as theirs:
            return compare(run_counts(theirs), run_counts(mine), options)

    def plot(self, path: str | os.PathLike[str]) -> Path:
        """Draw the run on one page, as .png or .svg; needs matplotlib. Returns the path."""
        from codeeval.report.plot import draw
        from codeeval.report.plot_style import check_picture
        from codeeval.report.plot_values import picture

        target = Path(path)
        check_picture(target)
        with RunReader(self.path) as reader:
            draw(picture(reader, build(reader)), target)
        return target

    def to_pandas(self, what: Literal["samples", "problems"] = "samples") -> pandas.DataFrame:
        """A table with a row per sample or per problem, with the columns of SampleRow or ProblemRow; needs pandas."""
        try:
            from pandas import DataFrame
        except ModuleNotFoundError:
            raise UsageError(f"to_pandas needs pandas: {install('notebook')}") from None
        rows: list[SampleRow] | list[ProblemRow] = self.samples() if what == "samples" else self.problems()
        columns = (SampleRow if what == "samples" else ProblemRow).__slots__
        return DataFrame([asdict(row) for row in rows], columns=list(columns))

    def _repr_markdown_(self) -> str:
        from codeeval.report import markdown

        return markdown.render(self.report())

    def __repr__(self) -> str:
        manifest = self.manifest
        return f"<codeeval run of {manifest.task.name} by {manifest.model.name}: {self.path}>"


@dataclass(frozen=True, slots=True)
class Execution:
    """How completions are executed. `sandbox`: auto, docker or local. `workers`: programs at a time; None: one per
    processor.

    `python`: the interpreter for programs in the local sandbox; None: this process's. `limits`: for one sample; only
    under the protocol strict. `repairs`: also execute samples with failures of format, repaired, as the command line
    does; the report then shows what the score would be. `progress`: True for a bar on stderr, or a function that is
    called with a `codeeval.evaluation.pipeline.Progress` now and then, in the thread that called `evaluate`."""

    sandbox: str = "auto"
    workers: int | None = None
    limits: Limits | None = None
    repairs: bool = True
    progress: bool | Callable[[Progress], None] = False
    python: str | None = None


def evaluate(
    problems: str | Task | Sequence[Problem],
    completions: Mapping[str, Texts] | Sequence[Texts],
    k: Sequence[int] = (1, 5, 10),
    protocol: str = "strict",
    sandbox: str | Execution = "auto",
    out: str | os.PathLike[str] | None = None,
) -> Run:
    """Execute completions in the sandbox and judge them.

    `problems`: a task's name, the path of a file (docs/tasks.md), or problems. `completions`: each problem's
    completions, by id or in the order of the problems, as a model would write them after the prompt. They are judged
    unchanged: no stop sequence is applied. Problems without completions are left out. `k`: the k of pass@k; a k above n
    gives None. `protocol`: how completions become programs and what is correct (docs/scoring.md); `strict` is always
    judged as well. `sandbox`: auto, docker or local, or an Execution with more settings. `out`: a folder for the run;
    without `out` the run is deleted with the returned object. May be called from any thread, by several at once, and
    while an event loop runs (it blocks).

    Raises UsageError (lengths, ids, names), NothingToEvaluate, SandboxError (none works here, or programs could not be
    executed), StoreError.
    """
    how = Execution(sandbox) if isinstance(sandbox, str) else sandbox
    run_dir = Path(out) if out is not None else Path(tempfile.mkdtemp(prefix="codeeval-"))
    try:
        _evaluated(_checked(ask_strings(problems, completions, k, protocol, run_dir), how), how)
    except BaseException:
        if out is None:
            shutil.rmtree(run_dir, ignore_errors=True)
        raise
    return Run(run_dir, temporary=out is None)


def _checked(asked: ScoreRequest, how: Execution) -> ScoreRequest:
    """The request with the settings of a valid Execution applied."""
    if how.sandbox not in KINDS:
        raise UsageError(f"sandbox must be auto, docker or local, got {how.sandbox!r}")
    if how.workers is not None and (isinstance(how.workers, bool) or not 1 <= how.workers <= 1024):
        raise UsageError(f"workers must be a number from 1 to 1024, got {how.workers!r}")
    return within(asked, how.limits)


def _evaluated(asked: ScoreRequest, how: Execution) -> None:
    place, reporter = Placement(how.sandbox, how.workers, python=how.python), BarReporter(how.progress)
    whole, _ = answered(asked.whole, place, reporter)
    asked = replace(asked, whole=whole, task=whole)
    with open_sandbox(place, asked.protocols, reporter) as opened:
        ended = score(asked, opened, reporter, Invocation(COMMAND, how.repairs))
    with RunReader(ended.run_dir) as reader:
        if pending := reader.n_unjudged(*(each.name for each in asked.protocols)):
            failed = ended.result.sandbox_error if ended.result else None
            reason = failed or next((incident.reason for incident in reader.incidents()), "no reason is known")
            raise SandboxError(
                f"{pending} samples could not be executed: {reason}\n"
                f"  What had finished is in {reader.run_dir}; `codeeval doctor` looks for the reason."
            )


def load(run: str | os.PathLike[str]) -> Run:
    """The run in a folder, finished or not. Raises UsageError and DataError if there is none."""
    return Run(Path(run))


def _known(reader: RunReader, protocol: str | None) -> str:
    manifest = reader.manifest()
    if protocol is not None and protocol not in manifest.protocols:
        raise UsageError(f"the run was judged under {', '.join(manifest.protocols)}, not under {protocol!r}")
    return protocol or manifest.protocol


def _samples(reader: RunReader, protocol: str, problem_id: str | None) -> Iterator[SampleRow]:
    rows = {(row.problem_id, row.index): row for row in reader.judgements(protocol, problem_id)}
    for sample in reader.samples(problem_id):
        row = rows.get((sample.problem_id, sample.index))
        judgement = row.judgement if row else None
        yield SampleRow(
            problem_id=sample.problem_id,
            index=sample.index,
            completion=sample.completion,
            verdict=judgement.verdict.value if judgement else None,
            passed=judgement.passed if judgement else None,
            error=judgement.error if judgement else None,
            signature=judgement.signature if judgement else None,
            outputs=row.outputs if row else None,
            finish_reason=sample.finish_reason,
            tokens_out=sample.tokens_out,
            cpu_ms=_cpu_ms(reader, row),
        )


def _cpu_ms(reader: RunReader, row: StoredJudgement | None) -> int | None:
    if row is None or row.job_digest is None:
        return None
    outcome = reader.outcome(row.problem_id, row.job_digest)
    return outcome.cpu_ms if outcome else None
