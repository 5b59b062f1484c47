"""`baseline`: what later runs are judged against by `codeeval gate`. Other tasks that the file holds already stay."""

from __future__ import annotations

from pathlib import Path

from codeeval.gate import save_baseline
from codeeval.store import RunReader


def export(run: Path, output: Path) -> None:
    """Raises IncompleteRun, NothingToEvaluate, DataError (the existing file is not a baseline), StoreError."""
    with RunReader(run) as reader:
        save_baseline(reader, output)
