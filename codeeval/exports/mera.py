"""MERA's submission in a shape of one's choice."""

from __future__ import annotations

from pathlib import Path

from codeeval.mera.write import write_submission


def export_1_1(run: Path, output: Path) -> None:
    """`outputs` is [n][n_tests]."""
    write_submission(run, output, "1.1")


def export_1_2(run: Path, output: Path) -> None:
    """`outputs` is [1][n][n_tests]."""
    write_submission(run, output, "1.2")
