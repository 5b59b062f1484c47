"""The page "runs" as a value: the list of runs, with the order and the columns requested in the URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from codeeval.explorer.families import families, newest_pair
from codeeval.explorer.library import Library
from codeeval.explorer.overview import RunRow, run_row

#: Columns that can be chosen, and the default ones.
COLUMNS = ("task", "model", "protocol", "score", "samples", "date", "template", "temperature", "per_problem", "backend")
SHOWN = COLUMNS[:6]


def _score(row: RunRow) -> float:
    """pass@k of the smallest k; runs without one sort first."""
    known = row.pass_at_k or {}
    found = known[min(known)].estimate if known else None
    return -1.0 if found is None else found


def _text(name: str) -> Callable[[RunRow], str]:
    return lambda row: str(getattr(row, name)).casefold()


#: Sort keys of the list.
KEYS: dict[str, Callable[[RunRow], str | float]] = {
    **{name: _text(name) for name in ("name", "task", "model", "protocol", "template", "backend")},
    "score": _score,
    "samples": lambda row: row.n_samples + row.hidden,
    "date": _text("created_at"),
    "temperature": lambda row: -1.0 if row.temperature is None else row.temperature,
    "per_problem": lambda row: row.per_problem,
}


@dataclass(frozen=True, slots=True)
class RunsChoice:
    """The state of the list. `sort` is a name in `KEYS`, with a leading minus for descending order; "": as given."""

    sort: str = ""
    columns: tuple[str, ...] = SHOWN

    @classmethod
    def read(cls, given: Mapping[str, str], columns: Sequence[str] = ()) -> RunsChoice:
        """Unknown values are ignored."""
        sort = given.get("sort", "")
        return cls(
            sort if sort.removeprefix("-") in KEYS else "",
            tuple(name for name in COLUMNS if name in columns) or SHOWN,
        )

    def query(self) -> list[tuple[str, str]]:
        """What is set, as it appears in a URL."""
        found = [("sort", self.sort)] if self.sort else []
        return found + ([("column", name) for name in self.columns] if self.columns != SHOWN else [])

    def sorted_by(self, name: str) -> RunsChoice:
        """The result of clicking on a column's heading: scores, numbers and dates start in descending order."""
        down = name in ("score", "samples", "date", "temperature", "per_problem")
        first, then = (f"-{name}", name) if down else (name, f"-{name}")
        return replace(self, sort=then if self.sort == first else first)


@dataclass(frozen=True, slots=True)
class Family:
    """Runs that can be shown together: the first one's name in URLs, the name of its set, and their number."""

    slug: str
    task: str
    protocol: str
    n: int


@dataclass(frozen=True, slots=True)
class RunsPage:
    """The list of runs; `pair`: the two newest that can be compared, the older one first (empty: none); `families`:
    groups of many runs of one set."""

    runs: tuple[RunRow, ...]
    pair: tuple[str, str]
    choice: RunsChoice = RunsChoice()
    families: tuple[Family, ...] = ()


def runs_page(library: Library, choice: RunsChoice | None = None) -> RunsPage:
    chosen = choice or RunsChoice()
    found = {run.slug: library.try_numbers(run) for run in library.runs}
    rows = {run.slug: run_row(run, found[run.slug]) for run in library.runs}
    kin = tuple(
        Family(names[0], rows[names[0]].task, rows[names[0]].protocol, len(names)) for names in families(library, found)
    )
    return RunsPage(_sorted(list(rows.values()), chosen.sort), newest_pair(library, found), chosen, kin)


def _sorted(rows: list[RunRow], sort: str) -> tuple[RunRow, ...]:
    """Runs that can't be read come last."""
    name = sort.removeprefix("-")
    if name:
        rows.sort(key=KEYS[name], reverse=sort.startswith("-"))
        rows.sort(key=lambda row: bool(row.error))
    return tuple(rows)
