"""Execute, judge and store completions made elsewhere, from a file or as Python strings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from codeeval.errors import UsageError, resumable
from codeeval.evaluation.manifest_builder import score_manifest
from codeeval.evaluation.reporter import Reporter
from codeeval.evaluation.sandbox import Sandbox, open_sandbox, placement
from codeeval.evaluation.score_request import FileRequest, ScoreRequest, Source, ask_file
from codeeval.evaluation.settings import Settings
from codeeval.evaluation.work import Ended, Invocation, work
from codeeval.i18n import msg
from codeeval.manifest import printable
from codeeval.scoring import protocols
from codeeval.store import Incident, PlannedProblem, RunReader, RunStore
from sandbox.early_pool import EarlyPool

if TYPE_CHECKING:
    from codeeval.exports import human_eval_results


def score_file(source: Source, settings: Settings, reporter: Reporter, early: EarlyPool | None = None) -> Ended:
    """Score a file of completions. `early`: a pool with these settings that is being opened.

    Raises UsageError, DataError, NothingToEvaluate, StoreError, SandboxError."""
    file = ask_file(source, settings, reporter)
    asked, lines = file.request, _lines_beside(source, file)
    total, of = sum(map(len, asked.samples.values())), len(asked.samples)
    reporter.note(
        msg(
            "{file} ({format}): {n} {n:sample|samples} of {m} {m:problem|problems} of {task}",
            file=file.path.name,
            format=file.found.format,
            n=total,
            m=of,
            task=asked.task.name,
        )
    )
    for note in asked.notes:
        reporter.complain(msg("warning: {note}", note=note))
    with open_sandbox(placement(settings, early), asked.protocols, reporter) as sandbox:
        ended = score(asked, sandbox, reporter, executed=early.end if early else lambda: None)
    if lines is not None:
        from codeeval.exports import human_eval_results

        with RunReader(ended.run_dir) as reader:
            reporter.note(
                msg("results of every sample: {path}", path=human_eval_results.write(file.path, lines, reader))
            )
    return ended


def score(
    asked: ScoreRequest,
    sandbox: Sandbox,
    reporter: Reporter,
    invocation: Invocation | None = None,
    executed: Callable[[], None] = lambda: None,
) -> Ended:
    """Execute and judge completions in a sandbox, which stays open. `executed` is called when nothing more will be executed,
    before the run file is closed. Raises StoreError."""
    called = invocation or Invocation()
    planned = [PlannedProblem(problem, None, "", asked.wanted(problem.id)) for problem in asked.task.problems]
    manifest = score_manifest(asked, sandbox.info, called.command)
    unread = [Incident(one.problem_id, one.index, "samples", printable(one.reason)) for one in asked.missing]
    created = RunStore.create(asked.run_dir, manifest, planned, asked.samples.values(), unread)
    with resumable(created.run_dir), created as store:
        result = work(store, asked.protocols, None, sandbox, reporter, called)
        executed()
        return Ended(store.run_dir, result)


def _lines_beside(source: Source, file: FileRequest) -> human_eval_results.Lines | None:
    """Which line is which sample, if results are to be written beside the file. Raises UsageError if they can't be."""
    one = len(file.found.files) == 1 and len(file.placed.rows) == sum(map(len, file.placed.samples.values()))
    lines = one and file.found.entries[0].unit == "line"
    fits = file.found.format == "human-eval" and file.path.is_file() and lines
    wanted = source.beside if source.beside is not None else fits and file.request.whole.protocol in protocols.ENGLISH
    if not wanted:
        return None
    if not fits:
        raise UsageError(f"--beside: {file.path} is no file of human-eval rows, one sample each")
    from codeeval.exports import human_eval_results  # with the report, which is needed at the end only

    human_eval_results.check(human_eval_results.results_path(file.path))
    return {line: key for (_, line), key in file.placed.rows.items()}
