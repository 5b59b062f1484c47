"""MERA's submission of one run."""

from __future__ import annotations

from pathlib import Path

from codeeval.exports.mera_packing import write_logs, write_submission


def export(run: Path, output: Path) -> None:
    """Write a zip with the run's set and its logs."""
    write_submission((run,), output)


def export_logs(run: Path, output: Path) -> None:
    """Write the logs only."""
    write_logs((run,), output)
