"""`baseline`: what `codeeval gate` judges later runs against. Other tasks in an existing file are kept."""

from __future__ import annotations

from pathlib import Path

from codeeval.gate import save_baseline
from codeeval.store import RunReader


def export(run: Path, output: Path) -> None:
    """Raises IncompleteRun, NothingToEvaluate, DataError (the existing file is not a baseline), StoreError."""
    with RunReader(run) as reader:
        save_baseline(reader, output)
