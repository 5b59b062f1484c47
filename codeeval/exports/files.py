"""Write exported files: atomically, in ASCII-safe JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from codeeval.errors import StoreError, UsageError
from codeeval.files import reason, written
from codeeval.i18n import msg
from codeeval.manifest import no_score
from codeeval.report import Report


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 (lone surrogates as escapes) atomically. Raises StoreError."""
    try:
        with written(path) as stream:
            stream.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise StoreError(
            msg("{path}: {reason}\n  Choose another place with -o.", path=path, reason=reason(error))
        ) from error


def lines(rows: Iterable[object]) -> str:
    """JSON Lines in ASCII, which preserves any text of a model."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def write_lines(path: Path, rows: Iterable[object]) -> None:
    """Write `lines` to a file. Raises StoreError."""
    write_text(path, lines(rows))


def refuse_incomplete(report: Report) -> None:
    """Raise UsageError for a run that is not complete."""
    if not report.complete:
        raise UsageError(
            msg(
                "{run}: the run is incomplete ({n} samples pending), so there is no result to publish\n  Continue it: "
                "codeeval run --resume {run}",
                run=report.run,
                n=report.pending,
            )
        )
    if note := no_score(report.notes):
        raise UsageError(msg("{run}: {note}, and there is no result of the set to publish", run=report.run, note=note))
    if report.n_samples == 0:
        raise UsageError(
            msg("{run}: no sample has a verdict (hidden answers?), so there is no result to publish", run=report.run)
        )
