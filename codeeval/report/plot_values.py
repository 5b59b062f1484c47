"""The numbers of a run's one-page picture: everything that `plot` draws; it computes nothing itself."""

from __future__ import annotations

from dataclasses import dataclass

from codeeval.report.plot_style import HIDDEN, PENDING
from codeeval.report.values import Report
from codeeval.stats import KEstimate, summarize
from codeeval.store import RunReader
from codeeval.types import Verdict

#: More points don't make the curve clearer.
MOST_POINTS = 24
_ORDER = {name: rank for rank, name in enumerate([*map(str, Verdict), HIDDEN, PENDING])}


@dataclass(frozen=True, slots=True)
class Picture:
    """`curve`: (k, pass@k) for k up to the smallest n; `other`: the same under strict, if it differs anywhere.

    `columns`: one per problem, the best solved first; each holds the verdicts of its samples, passed first."""

    report: Report
    curve: tuple[tuple[int, KEstimate], ...]
    other: tuple[tuple[int, KEstimate], ...]
    columns: tuple[tuple[str, ...], ...]


def picture(reader: RunReader, report: Report) -> Picture:
    """Raises DataError and StoreError for a file that can't be read."""
    asked = tuple(report.estimates[report.protocol])
    curve = _curve(reader, report.protocol, asked)
    strict = _curve(reader, "strict", asked) if "strict" in report.estimates and report.protocol != "strict" else ()
    differs = [one.estimate for _, one in strict] != [one.estimate for _, one in curve]
    return Picture(report, curve, strict if differs else (), _columns(reader, report.protocol))


def _curve(reader: RunReader, protocol: str, asked: tuple[int, ...]) -> tuple[tuple[int, KEstimate], ...]:
    pairs = [(n, c) for _, n, c in reader.counts(protocol) if n]
    if not pairs:
        return ()
    most = min(n for n, _ in pairs)
    ks = sorted({*_points(most), *(k for k in asked if k <= most)})
    return tuple((k, summarize(pairs, k)) for k in ks)


def _points(most: int) -> list[int]:
    """1 … most, thinned out evenly on a logarithmic scale if there are too many."""
    if most <= MOST_POINTS:
        return list(range(1, most + 1))
    return sorted({round(most ** (step / (MOST_POINTS - 1))) for step in range(MOST_POINTS)})


def _columns(reader: RunReader, protocol: str) -> tuple[tuple[str, ...], ...]:
    found: dict[str, list[str]] = {planned.problem.id: [] for planned in reader.problems() if planned.wanted}
    wanted = {planned.problem.id: planned.wanted for planned in reader.problems()}
    for row in reader.judgements(protocol):
        found[row.problem_id].append(row.judgement.verdict.value if row.judgement else HIDDEN)
    for problem, names in found.items():
        names += [PENDING] * (wanted[problem] - len(names))
        names.sort(key=_ORDER.__getitem__)
    shares = {problem: names.count(Verdict.PASSED) / len(names) for problem, names in found.items()}
    ordered = sorted(found, key=lambda problem: (-shares[problem], [_ORDER[name] for name in found[problem]]))
    return tuple(tuple(found[problem]) for problem in ordered)
