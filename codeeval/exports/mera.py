"""MERA's submission, of one run."""

from __future__ import annotations

from pathlib import Path

from codeeval.exports.mera_packing import write_logs, write_submission


def export(run: Path, output: Path) -> None:
    """A zip of the run's set and its logs."""
    write_submission((run,), output)


def export_logs(run: Path, output: Path) -> None:
    """The logs alone."""
    write_logs((run,), output)
