"""Which runs of a library belong together: those that agree in everything that a comparison requires."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

from codeeval.errors import CodeevalError
from codeeval.explorer.library import Library
from codeeval.explorer.numbers import RunNumbers
from codeeval.report.instructions import is_instructions, read_plan
from codeeval.report.series import without_wording
from codeeval.stats.run_counts import RunCounts, agree

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
        members.setdefault((tuple(sorted(digests.items())), frozenset(_judged(known))), []).append(run.slug)
    return tuple(tuple(names) for names in members.values() if len(names) >= FEWEST)


def newest_pair(library: Library, found: Mapping[str, RunNumbers | str]) -> tuple[str, str]:
    """The newest run that can be compared with another one, preceded by the newest of those; empty if there is none."""
    known = [(run.slug, numbers) for run in library.runs if not isinstance(numbers := found[run.slug], str)]
    known.sort(key=lambda one: one[1].manifest.created_at)
    counts = [RunCounts(slug, _judged(numbers), numbers.digests) for slug, numbers in known[::-1] if numbers.complete]
    pairs = ((older.name, newer.name) for newer, older in combinations(counts, 2) if agree(newer, older))
    return next(pairs, ("", ""))


def _judged(numbers: RunNumbers) -> dict[str, tuple[int, int]]:
    """The counts of the problems that have samples with a verdict."""
    return {pid: pair for pid, pair in numbers.counts[numbers.protocol].items() if pair[0]}
