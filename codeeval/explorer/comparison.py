"""The page "compare" as values: two runs problem by problem, and two programs side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace

from codeeval.errors import CodeevalError
from codeeval.explorer.changes import CauseChange, SettingChange, causes, settings
from codeeval.explorer.library import RunFile
from codeeval.explorer.numbers import RunNumbers
from codeeval.explorer.overview import RunRow, run_row
from codeeval.stats.compare import CompareOptions, Comparison, compare
from codeeval.stats.intervals import Interval
from codeeval.stats.problem_change import ProblemChange
from codeeval.stats.run_counts import RunCounts
from codeeval.store.runcounts import judged, refuse_pending
from codeeval.store.views import RunViews

KINDS = ("regressed", "fixed", "changed", "same")


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Run b against run a, each under its requested protocol; differences are b - a. `error`: why there is no
    comparison; `allowed`: whether differing runs were to be compared; `settings`: those that differ; `causes`: what
    changed; `ks` and `protocols`: under which both runs can be compared."""

    a: RunRow
    b: RunRow
    k: int
    error: str = ""
    problems: int = 0
    mean_a: float = 0.0
    mean_b: float = 0.0
    difference: float = 0.0
    population: Interval | None = None
    rerun: Interval | None = None
    p_permutation: float | None = None
    mde: float | None = None
    method: str = ""
    warnings: tuple[str, ...] = ()
    counts: dict[str, int] | None = None
    changes: tuple[ProblemChange, ...] = ()
    allowed: bool = False
    settings: tuple[SettingChange, ...] = ()
    causes: tuple[CauseChange, ...] = ()
    ks: tuple[int, ...] = (1,)
    protocols: tuple[str, ...] = ()

    @property
    def switched(self) -> tuple[str, ...]:
        """The protocols for which files have a page: such a page links to those of both runs under one name."""
        return self.protocols if self.a.protocols[:1] == self.b.protocols[:1] else ()


@dataclass(frozen=True, slots=True)
class Side:
    """A sample of one of the runs."""

    run: RunRow
    index: int
    indices: tuple[int, ...]
    verdict: str
    error: str
    program: str


@dataclass(frozen=True, slots=True)
class CompareProblemPage:
    """Two programs for one problem; None on the side of a run without an executed sample of it."""

    a: RunRow
    b: RunRow
    problem_id: str
    entry_point: str
    prompt: str
    change: ProblemChange | None
    side_a: Side | None
    side_b: Side | None
    previous: str | None
    next: str | None


def compare_page(
    a: tuple[RunFile, RunNumbers], b: tuple[RunFile, RunNumbers], *, allow_different: bool = False, k: int = 1
) -> ComparePage:
    """Sorted by regression. If `codeeval compare` refuses, the page says why; `allow_different`, like the flag there,
    compares what both have and warns."""
    rows = run_row(*a), run_row(*b)
    one, two = a[1], b[1]
    bare = ComparePage(
        *rows,
        k=k,
        allowed=allow_different,
        settings=settings(one, two),
        ks=tuple(sorted({1, *(set(one.manifest.k) & set(two.manifest.k))})),
        protocols=tuple(name for name in one.protocols if name in two.protocols),
    )
    try:
        found = _compare(a, b, CompareOptions(k=k, allow_different=allow_different))
    except CodeevalError as error:
        return replace(bare, error=str(error))
    changes = sorted(found.changes, key=lambda change: (change.difference, change.p))
    return replace(
        bare,
        problems=found.problems,
        mean_a=found.mean_a,
        mean_b=found.mean_b,
        difference=found.difference,
        population=found.population,
        rerun=found.rerun,
        p_permutation=found.p_permutation,
        mde=found.mde if found.mde_rerun is None else found.mde_rerun,
        method=found.method,
        warnings=found.warnings,
        counts={kind: len(found.with_change(kind)) for kind in ("regressed", "fixed", "changed", "same")},
        changes=tuple(changes),
        causes=causes(one, two),
    )


def _compare(a: tuple[RunFile, RunNumbers], b: tuple[RunFile, RunNumbers], options: CompareOptions) -> Comparison:
    if not options.allow_different:
        for run, numbers in (a, b):
            refuse_pending(run.path.parent, numbers.pending)
    return compare(_counts(*a), _counts(*b), options)


def _counts(run: RunFile, numbers: RunNumbers) -> RunCounts:
    counts = {pid: pair for pid, pair in numbers.counts[numbers.protocol].items() if pair[0]}
    return judged(str(run.path.parent), counts, numbers.digests, run.slug)


@dataclass(frozen=True, slots=True)
class Opened:
    """An open run: its name, its aggregates, its file."""

    run: RunFile
    numbers: RunNumbers
    reader: RunViews


def compare_problem_page(
    a: Opened,
    b: Opened,
    problem_id: str,
    chosen: tuple[int | None, int | None] = (None, None),
    *,
    only_differing: bool = False,
    allow_different: bool = False,
    k: int = 1,
) -> CompareProblemPage:
    """Two samples of a problem: the chosen ones, otherwise one that passed in the run that is better at it, and one
    that failed in the other. `only_differing`: the neighbours are problems that differ. Raises DataError and
    StoreError."""
    page = compare_page((a.run, a.numbers), (b.run, b.numbers), allow_different=allow_different, k=k)
    changes = [change for change in page.changes if change.change != "same" or not only_differing]
    ids = [change.problem_id for change in changes]
    at = ids.index(problem_id) if problem_id in ids else None
    change = changes[at] if at is not None else None
    b_better = change is not None and change.difference > 0
    head = next(head for head in a.numbers.heads if head.id == problem_id)
    return CompareProblemPage(
        a=page.a,
        b=page.b,
        problem_id=problem_id,
        entry_point=head.entry_point,
        prompt=head.prompt,
        change=change,
        side_a=_side(a, problem_id, chosen[0], passed=not b_better),
        side_b=_side(b, problem_id, chosen[1], passed=b_better),
        previous=ids[at - 1] if at else None,
        next=ids[at + 1] if at is not None and at + 1 < len(ids) else None,
    )


def _side(opened: Opened, problem_id: str, index: int | None, *, passed: bool) -> Side | None:
    rows = {row.index: row for row in opened.reader.judgements(opened.numbers.protocol, problem_id) if row.job_digest}
    if not rows:
        return None
    if index not in rows:
        wished = (i for i, row in rows.items() if row.judgement is not None and row.judgement.passed is passed)
        index = next(wished, next(iter(rows)))
    row = rows[index]
    execution = opened.reader.execution(problem_id, row.job_digest or "")
    judgement = row.judgement
    return Side(
        run=run_row(opened.run, opened.numbers),
        index=index,
        indices=tuple(rows),
        verdict=judgement.verdict.value if judgement else "hidden",
        error=(judgement.error if judgement else None) or "",
        program=execution.source if execution else "",
    )
