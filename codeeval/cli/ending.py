"""The end of a command: the report, the results, an exit code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codeeval.cli.console import Console
from codeeval.cli.interrupts import after_imports
from codeeval.errors import NothingToEvaluate
from codeeval.evaluation.work import Ended
from codeeval.i18n import msg, recognised
from codeeval.store import RunReader


@dataclass(frozen=True, slots=True)
class Destination:
    """Where output goes: the console, and the file of --results. Raises UsageError for a file that can't be written."""

    console: Console
    results: Path | None = None

    def __post_init__(self) -> None:
        if self.results is not None:
            from codeeval.report.results import check_writable

            check_writable(self.results)


def finish(ended: Ended, ending: Destination) -> int:
    """Show the report, write the results, and return the exit code. Raises NothingToEvaluate and StoreError."""
    with after_imports():
        from codeeval.report import build
        from codeeval.report.results import write_results

    with RunReader(ended.run_dir) as reader:
        report = build(reader)
        ending.console.show(report)
        if ending.results is not None:
            write_results(reader, ending.results)
    result = ended.result
    if result is not None and result.generation_error is not None:
        ending.console.complain(msg("codeeval: generation: {why}", why=result.generation_error))
    if result is not None and result.sandbox_error is not None:
        ending.console.complain(msg("codeeval: sandbox: {why}", why=recognised(result.sandbox_error)))
    if not report.complete:
        return 3
    if not report.n_problems and not report.hidden:
        raise NothingToEvaluate(msg("no sample was judged"))
    return 3 if ended.unranked else 0
