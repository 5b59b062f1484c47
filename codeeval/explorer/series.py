"""The pages "many runs" as values: runs of one set in order, pass@k of each, and the problems that all of them have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from codeeval.errors import CodeevalError
from codeeval.explorer.families import plan_of
from codeeval.explorer.library import Library, RunFile
from codeeval.explorer.numbers import RunNumbers
from codeeval.explorer.overview import RunRow, run_row
from codeeval.report.series import without_wording
from codeeval.stats import KEstimate
from codeeval.stats.compare import CompareOptions
from codeeval.stats.run_counts import RunCounts, shared_problems
from codeeval.stats.series import ORDERS, Series, SeriesProblem, numbers, ordered, series
from codeeval.store.runcounts import judged, refuse_pending

#: Problems per page.
ROWS_PER_PAGE = 400
SORTS = ("range", "task", "hardest")
KINDS = ("regressed", "fixed", "changed", "same")
_SLUG = re.compile(r"[a-z0-9-_]{1,100}")

Found = tuple[RunFile, RunNumbers]


@dataclass(frozen=True, slots=True)
class SeriesChoice:
    """The state of the page. `runs`: the chosen ones, by their names in URLs; empty: all that are comparable. `order`
    and `sort` "": by the names, by change."""

    k: int = 1
    order: str = ""
    sort: str = ""
    page: int = 1
    runs: tuple[str, ...] = ()
    allow_different: bool = False

    @classmethod
    def read(cls, given: Mapping[str, str], runs: Sequence[str] = ()) -> SeriesChoice:
        """Unknown values are ignored."""
        order, sort = given.get("order", ""), given.get("sort", "")
        return cls(
            k=_number(given.get("k", "")),
            order=order if order in ORDERS else "",
            sort=sort if sort in SORTS else "",
            page=_number(given.get("page", "")),
            runs=tuple(dict.fromkeys(run for run in runs if _SLUG.fullmatch(run)))[:1_000],
            allow_different=given.get("allow_different") == "1",
        )

    def query(self) -> list[tuple[str, str]]:
        """What is set, as it appears in a URL."""
        default = SeriesChoice()
        names = ("k", "order", "sort", "page")
        found = [(name, str(value)) for name in names if (value := getattr(self, name)) != getattr(default, name)]
        found += [("run", run) for run in self.runs]
        return [*found, ("allow_different", "1")] if self.allow_different else found


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@dataclass(frozen=True, slots=True)
class Member:
    """A run of the series, with pass@k over the problems that all of them have."""

    run: RunRow
    estimate: KEstimate


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A run that is not in the series, and why; without a reason if it was not chosen."""

    run: RunRow
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """Runs comparable with `base`. `problems` are those of this page; `counts`: kind of change -> number of problems;
    `order`: what the runs are ordered by; `error`: why the page is empty; `entry_points`: of `problems`."""

    base: str
    choice: SeriesChoice
    order: str
    k: int
    ks: tuple[int, ...]
    protocol: str
    protocols: tuple[str, ...]
    members: tuple[Member, ...]
    left_out: tuple[LeftOut, ...]
    problems: tuple[SeriesProblem, ...] = ()
    counts: dict[str, int] | None = None
    n_problems: int = 0
    page: int = 1
    pages: int = 1
    warnings: tuple[str, ...] = ()
    error: str = ""
    instructions: str = ""
    entry_points: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Runs that can be shown together, in order, and those that can't."""

    runs: tuple[Found, ...]
    left_out: tuple[LeftOut, ...]
    order: str
    counts: tuple[RunCounts, ...] = ()
    instructions: str = ""


def series_page(library: Library, base: Found, choice: SeriesChoice) -> SeriesPage:
    """Runs that a comparison would refuse are left out, with its reason."""
    try:
        gathered = gather(library, base, choice)
    except CodeevalError as error:
        nothing = Gathered((), (), "given")
        return replace(_bare(base, nothing, choice), error=str(error))
    return _page(base, gathered, choice)


def gather(library: Library, base: Found, choice: SeriesChoice) -> Gathered:
    """Raises CodeevalError if the base itself can't be compared with anything."""
    run, about = base
    folder = run.path.parent.parent
    plan = plan_of(folder)
    plan = plan if run.name in plan else ()
    first = _counts(base, plan)
    if not choice.allow_different:
        refuse_pending(run.path.parent, about.pending)
    found, left_out = [(base, first)], list[LeftOut]()
    for other in library.runs:
        if other.slug == run.slug:
            continue
        known = library.try_numbers(other, about.protocol)
        if isinstance(known, str):
            left_out.append(LeftOut(run_row(other, known), known))
            continue
        row = run_row(other, known)
        try:
            counts = _fitting((other, known), first, choice, plan if other.path.parent.parent == folder else ())
        except CodeevalError as error:
            left_out.append(LeftOut(row, str(error)))
            continue
        if choice.runs and other.slug not in choice.runs:
            left_out.append(LeftOut(row))
        else:
            found.append(((other, known), counts))
    if choice.runs and run.slug not in choice.runs and len(found) > 1:
        left_out.insert(0, LeftOut(run_row(*base)))
        del found[0]
    places, order = _ordered([one for one, _ in found], choice.order, plan, library)
    return Gathered(
        tuple(found[place][0] for place in places),
        tuple(left_out),
        order,
        tuple(found[place][1] for place in places),
        folder.name if plan else "",
    )


def _fitting(other: Found, first: RunCounts, choice: SeriesChoice, plan: tuple[str, ...]) -> RunCounts:
    """Raises CodeevalError with the reason why a run does not belong to the series."""
    run, known = other
    counts = _counts(other, plan if run.name in plan else ())
    if not choice.allow_different:
        refuse_pending(run.path.parent, known.pending)
    shared_problems(first, counts, choice.allow_different)
    return counts


def _counts(found: Found, plan: tuple[str, ...]) -> RunCounts:
    run, known = found
    counts = {pid: pair for pid, pair in known.counts[known.protocol].items() if pair[0]}
    made = judged(str(run.path.parent), counts, known.digests, run.name)
    return without_wording(made) if plan else made


def _ordered(found: Sequence[Found], wished: str, plan: tuple[str, ...], library: Library) -> tuple[list[int], str]:
    """The order of the runs, and what it is by: as requested, otherwise the instructions, the number in the names, or
    the date."""
    names = [run.name for run, _ in found]
    given = [library.runs.index(run) for run, _ in found]
    places = sorted(range(len(found)), key=lambda at: given[at])
    if plan and wished in ("", "given"):
        return sorted(places, key=lambda at: plan.index(names[at]) if names[at] in plan else len(plan)), "given"
    known = numbers(names) is not None
    by = "given" if wished == "given" else "date" if wished == "date" or not known else "number"
    dates = [known.manifest.created_at for _, known in found]
    chosen = ordered([names[at] for at in places], [dates[at] for at in places], by)
    return [places[at] for at in chosen], by


def _bare(base: Found, gathered: Gathered, choice: SeriesChoice) -> SeriesPage:
    """The page without anything that is counted."""
    run, about = base
    common = [set(known.manifest.k) for _, known in gathered.runs]
    return SeriesPage(
        base=run.slug,
        choice=choice,
        order=gathered.order,
        k=choice.k,
        ks=tuple(sorted({1, *set.intersection(*common)})) if common else (1,),
        protocol=about.protocol,
        protocols=about.protocols,
        members=tuple(Member(run_row(*one), KEstimate(None, None, None, "none")) for one in gathered.runs),
        left_out=gathered.left_out,
        instructions=gathered.instructions,
    )


def _page(base: Found, gathered: Gathered, choice: SeriesChoice) -> SeriesPage:
    bare = _bare(base, gathered, choice)
    try:
        found = series(gathered.counts, CompareOptions(k=choice.k, allow_different=choice.allow_different))
    except CodeevalError as error:
        return replace(bare, error=str(error))
    pages = max(1, -(-len(found.problems) // ROWS_PER_PAGE))
    page = min(choice.page, pages)
    problems = sorted_problems(found, gathered, choice.sort)[(page - 1) * ROWS_PER_PAGE : page * ROWS_PER_PAGE]
    entry_points = {head.id: head.entry_point for head in base[1].heads}
    return replace(
        bare,
        members=tuple(replace(one, estimate=run.estimate) for one, run in zip(bare.members, found.runs, strict=True)),
        problems=problems,
        entry_points={one.problem_id: entry_points.get(one.problem_id, "") for one in problems},
        counts={kind: sum(one.change == kind for one in found.problems) for kind in KINDS},
        n_problems=len(found.problems),
        page=page,
        pages=pages,
        warnings=found.warnings,
    )


def sorted_problems(found: Series, gathered: Gathered, sort: str) -> tuple[SeriesProblem, ...]:
    if sort == "range":
        return tuple(sorted(found.problems, key=lambda one: -one.range))
    if sort == "hardest":
        return tuple(sorted(found.problems, key=lambda one: sum(one.rates)))
    if sort == "task":
        places = {problem: at for at, problem in enumerate(gathered.counts[0].counts)}
        return tuple(sorted(found.problems, key=lambda one: places[one.problem_id]))
    return found.problems
