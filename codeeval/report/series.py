"""Several runs of one set side by side, read from their files for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from codeeval.report.instructions import read_plan
from codeeval.stats.compare import CompareOptions
from codeeval.stats.run_counts import RunCounts
from codeeval.stats.series import Series, ordered, series
from codeeval.store import RunReader
from codeeval.store.runcounts import require_complete, run_counts

#: What runs under several instructions differ in, on purpose.
WORDING = frozenset({"prompt", "problems"})


def without_wording(run: RunCounts) -> RunCounts:
    """The run, allowed to differ from others in the instruction of its problems."""
    return replace(run, digests={name: value for name, value in run.digests.items() if name not in WORDING})


def in_order(runs: Sequence[Path], how: str) -> list[Path]:
    """The runs ordered by `how`, each named by its folder. Raises what RunReader raises."""
    if how == "given":
        return list(runs)
    dates = []
    for path in runs:
        with RunReader(path) as reader:
            dates.append(reader.manifest().created_at)
    return [runs[place] for place in ordered([_folder(path) for path in runs], dates, how)]


def named(runs: Sequence[RunCounts]) -> list[RunCounts]:
    """Replace paths by folder names, if these are distinct."""
    names = [_folder(Path(run.name)) for run in runs]
    different = len(set(names)) == len(names)
    return [replace(run, name=name) if different else run for run, name in zip(runs, names, strict=True)]


def _folder(path: Path) -> str:
    return path.resolve().parent.name if path.suffix == ".sqlite" else path.resolve().name


def of_instructions(folder: Path, k: int = 1) -> Series:
    """The runs of `codeeval run --instructions`, in the order of their instructions, under the requested protocol.

    Raises IncompleteRun, and what `compare` raises."""
    found = []
    for instruction in read_plan(folder):
        with RunReader(folder / instruction.name) as reader:
            require_complete(reader)
            found.append(without_wording(run_counts(reader, name=instruction.name)))
    return series(found, CompareOptions(k=k))
