"""Which runs of a library belong together: those that agree in everything that a comparison requires."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from codeeval.errors import CodeevalError
from codeeval.explorer.library import Library
from codeeval.explorer.numbers import RunNumbers
from codeeval.report.instructions import is_instructions, read_plan
from codeeval.report.series import without_wording
from codeeval.stats.run_counts import RunCounts

#: Fewer runs are compared in pairs.
FEWEST = 3


def plan_of(folder: Path) -> tuple[str, ...]:
    """The runs of one set of instructions, by name and in order; empty if the folder is not such a set."""
    try:
        return tuple(each.name for each in read_plan(folder)) if is_instructions(folder) else ()
    except CodeevalError:
        return ()


def families(library: Library, found: Mapping[str, RunNumbers | str]) -> tuple[tuple[str, ...], ...]:
    """Groups of at least `FEWEST` comparable runs, by their names in URLs, in the order of the library."""
    members: dict[object, list[str]] = {}
    plans: dict[Path, tuple[str, ...]] = {}
    for run in library.runs:
        known = found[run.slug]
        if isinstance(known, str) or known.pending or not known.n_samples:
            continue
        digests, folder = known.digests, run.path.parent.parent
        if folder not in plans:
            plans[folder] = plan_of(folder)
        if run.name in plans[folder]:
            digests = {**without_wording(RunCounts("", {}, digests)).digests, "instructions": str(folder)}
        judged_problems = frozenset(pid for pid, (n, _) in known.counts[known.protocol].items() if n)
        members.setdefault((tuple(sorted(digests.items())), judged_problems), []).append(run.slug)
    return tuple(tuple(names) for names in members.values() if len(names) >= FEWEST)
