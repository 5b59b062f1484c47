"""The page "history" as a value: one problem through the runs of a series."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist

from codeeval.errors import CodeevalError
from codeeval.explorer.library import Library
from codeeval.explorer.overview import RunRow, run_row
from codeeval.explorer.series import Found, LeftOut, SeriesChoice, gather, sorted_problems
from codeeval.stats.compare import CompareOptions
from codeeval.stats.intervals import Interval, wilson
from codeeval.stats.series import series


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One problem in one run: samples by verdict, Wilson's interval of the share that passed, and the first failure."""

    run: RunRow
    n: int
    c: int
    interval: Interval | None
    verdicts: dict[str, int]
    failure: int | None
    error: str


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A problem through the runs of a series; `previous` and `next` in the order of its page."""

    base: str
    choice: SeriesChoice
    order: str
    protocol: str
    problem_id: str
    entry_point: str
    prompt: str
    rows: tuple[HistoryRow, ...]
    left_out: tuple[LeftOut, ...]
    previous: str | None
    next: str | None


def history_page(library: Library, base: Found, choice: SeriesChoice, problem_id: str) -> HistoryPage:
    """Raises CodeevalError."""
    gathered = gather(library, base, choice)
    whole = replace(choice, page=1)
    try:
        found = series(gathered.counts, CompareOptions(k=choice.k, allow_different=choice.allow_different))
        ids = [one.problem_id for one in sorted_problems(found, gathered, whole.sort)]
    except CodeevalError:
        ids = []
    at = ids.index(problem_id) if problem_id in ids else None
    head = next(head for head in base[1].heads if head.id == problem_id)
    return HistoryPage(
        base=base[0].slug,
        choice=whole,
        order=gathered.order,
        protocol=base[1].protocol,
        problem_id=problem_id,
        entry_point=head.entry_point,
        prompt=head.prompt,
        rows=tuple(_history(one, problem_id) for one in gathered.runs),
        left_out=gathered.left_out,
        previous=ids[at - 1] if at else None,
        next=ids[at + 1] if at is not None and at + 1 < len(ids) else None,
    )


def _history(found: Found, problem_id: str) -> HistoryRow:
    run, known = found
    n, c = known.counts[known.protocol].get(problem_id, (0, 0))
    verdicts: dict[str, int] = {}
    with run.open() as reader:
        for mark in reader.marks(known.protocol, [problem_id])[problem_id]:
            if mark.verdict is not None:
                verdicts[mark.verdict] = verdicts.get(mark.verdict, 0) + 1
        failure = reader.failure(known.protocol, problem_id, last=False)
        error = reader.error_of(known.protocol, problem_id, failure) if failure is not None else ""
    ordered_verdicts = dict(sorted(verdicts.items(), key=lambda item: (item[0] != "passed", -item[1])))
    interval = wilson(c / n, n, NormalDist().inv_cdf(0.975)) if n else None
    return HistoryRow(run_row(run, known), n, c, interval, ordered_verdicts, failure, error)
