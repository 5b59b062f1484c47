"""From the benchmark's score to the model's ability, step by step: the requested score, what the scorer's rules cost,
the strict score, what the format cost, the strict score with the format repaired.

Steps are shares of pass@1 (mean over problems of the mean over samples), so they add up exactly. For other k only the
three levels are given, because differences of pass@k don't add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from math import fsum

from codeeval.i18n import msg
from codeeval.reading.extract import extract
from codeeval.scoring import protocols
from codeeval.scoring.causes import ProtocolView, cause
from codeeval.stats.means import mean_of_all
from codeeval.stats.passk import pass_at_k
from codeeval.store import Counterfactual, RunReader, StoredJudgement
from codeeval.types import Problem

Key = tuple[str, int]
SCORER, FORMAT = "scorer", "format"
PROBLEMS_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Level:
    """A score: pass@k by k, in [0, 1]; None if some problem has fewer than k samples."""

    name: str
    pass_at_k: dict[int, float | None]


@dataclass(frozen=True, slots=True)
class WaterfallStep:
    """What one cause costs. `stage` is "scorer" (requested -> strict) or "format" (strict -> repaired); `points` is the
    difference in pass@1; `n_samples` of `n_problems` changed their verdict."""

    stage: str
    cause: str
    points: float
    n_samples: int
    n_problems: int
    example_problem: str
    example_index: int


@dataclass(frozen=True, slots=True)
class FormatClass:
    """How many failed samples have a failure of format; how many of them pass as `strict` reads them (they failed under
    the other protocol), and how many of the others pass once repaired."""

    name: str
    n_samples: int
    n_problems: int
    n_repaired: int
    n_read: int = 0


@dataclass(frozen=True, slots=True)
class ProblemShift:
    """One problem: passes of its `n` samples as requested, under strict, with the format repaired; cause -> samples."""

    problem_id: str
    n: int
    requested: int
    strict: int
    repaired: int
    causes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """`levels`: the other protocol, strict, repaired (only two if strict is the only protocol). `unexplained`: failed
    samples with a repair that was not executed yet: the last level is then a lower bound."""

    protocol: str
    sentence: str
    levels: tuple[Level, ...]
    steps: tuple[WaterfallStep, ...]
    classes: tuple[FormatClass, ...]
    unexplained: int
    problems: tuple[ProblemShift, ...] = field(default=())

    def to_json(self) -> dict[str, object]:
        """One JSON object; the k in `pass_at_k` are texts."""
        raw = asdict(self)
        for level in raw["levels"]:
            level["pass_at_k"] = {str(k): value for k, value in level["pass_at_k"].items()}
        return raw


@dataclass(frozen=True, slots=True)
class _Change:
    """A sample whose verdict differs between two levels; `gain` is 1 if it passes at the second, -1 if at the first."""

    key: Key
    stage: str
    cause: str
    gain: int


@dataclass(frozen=True, slots=True)
class _Run:
    """The input of the table: the samples of each problem, how many pass at the three levels, and what changed."""

    sizes: dict[str, int]
    requested: Mapping[str, int]
    strict: Mapping[str, int]
    repaired: Mapping[str, int]
    changes: list[_Change]


def verbatim_of(names: tuple[str, ...]) -> str:
    """The protocol besides strict, which takes the text verbatim; strict if it is the only one."""
    return next((each for each in names if each != "strict"), names[0])


def build_waterfall(reader: RunReader, ks: Iterable[int]) -> Waterfall | None:
    """None if there is nothing to compare: no sample has a verdict under both strict and the other protocol."""
    name = verbatim_of(reader.manifest().protocols)
    looked_at = list(reader.examined(name))
    run = _read(reader, name, looked_at)
    if not run.sizes:
        return None
    levels = [(name, run.requested), ("strict", run.strict), ("strict, format repaired", run.repaired)]
    wanted = sorted({1, *ks})
    shown = tuple(Level(title, _scores(run, passed, wanted)) for title, passed in dict(levels).items())
    return Waterfall(
        protocol=name,
        sentence=_sentence(name, shown),
        levels=shown,
        steps=_steps(run),
        classes=_classes(looked_at),
        unexplained=len(reader.unexplained()),
        problems=tuple(_shifts(run, reader.positions()))[:PROBLEMS_SHOWN],
    )


def _read(reader: RunReader, name: str, looked_at: Iterable[_Examined]) -> _Run:
    counts = reader.shared_counts(name)
    changes = _scorer_changes(reader, name) if name != "strict" else []
    repaired = Counter({each.problem_id: each.strict for each in counts})
    for row, passed in looked_at:
        if row.passed and not passed:
            repaired[row.problem_id] += 1
            changes.append(_Change((row.problem_id, row.index), FORMAT, " + ".join(row.classes or row.steps), 1))
    return _Run(
        sizes={each.problem_id: each.n for each in counts},
        requested={each.problem_id: each.passed for each in counts},
        strict={each.problem_id: each.strict for each in counts},
        repaired=repaired,
        changes=changes,
    )


#: A sample that was examined for failures of format, and whether strict passed it.
_Examined = tuple[Counterfactual, bool]


def _scorer_changes(reader: RunReader, name: str) -> list[_Change]:
    known: dict[tuple[str, str | None, str | None], str] = {}  # equal programs have equal causes
    changes = []
    problems: dict[str, Problem] = {}
    for found in sorted(reader.disagreeing(name), key=lambda found: found.key):
        problems = problems or {planned.problem.id: planned.problem for planned in reader.problems()}
        pid = found.key[0]
        programs = (pid, found.job_digest, found.strict_digest)
        if programs not in known:
            judged = {each: reader.judgement(each, *found.key) for each in (name, "strict")}
            known[programs] = cause_of(reader, problems[pid], {each: row for each, row in judged.items() if row})
        changes.append(_Change(found.key, SCORER, known[programs], -1 if found.passed else 1))
    return changes


def cause_of(reader: RunReader, problem: Problem, judged: dict[str, StoredJudgement]) -> str:
    """Why the two protocols, the second being strict, disagree about a sample that both have judged."""
    sides = []
    for protocol, row in judged.items():
        assert row.judgement is not None
        sample = reader.sample(row.problem_id, row.index)
        completion, alone = (sample.completion, sample.is_program) if sample else ("", False)
        program = extract(problem, completion, protocols.get(protocol).extraction, is_program=alone).program
        outcome = reader.outcome(problem.id, row.job_digest) if row.job_digest else None
        sides.append(ProtocolView(program, row.judgement, outcome))
    return cause(problem, *sides).value


def _scores(run: _Run, passed: Mapping[str, int], ks: Iterable[int]) -> dict[int, float | None]:
    return {k: mean_of_all(pass_at_k(n, passed[pid], k) for pid, n in run.sizes.items()) for k in ks}


def _steps(run: _Run) -> tuple[WaterfallStep, ...]:
    """Scorer first, then format; within each the largest first."""
    members: dict[tuple[str, str], list[_Change]] = {}
    for change in run.changes:
        members.setdefault((change.stage, change.cause), []).append(change)
    steps = [_step(run, stage, name, changes) for (stage, name), changes in members.items()]
    return tuple(sorted(steps, key=lambda step: (step.stage != SCORER, -abs(step.points), step.cause)))


def _step(run: _Run, stage: str, name: str, changes: list[_Change]) -> WaterfallStep:
    points = fsum(each.gain / run.sizes[each.key[0]] for each in changes) / len(run.sizes)
    return WaterfallStep(stage, name, points, len(changes), len({each.key[0] for each in changes}), *changes[0].key)


def _classes(looked_at: list[_Examined]) -> tuple[FormatClass, ...]:
    members: dict[str, list[_Examined]] = {}
    for row, passed in looked_at:
        for name in row.classes:
            members.setdefault(name, []).append((row, passed))
    found = [
        FormatClass(
            name,
            n_samples=len(rows),
            n_problems=len({row.problem_id for row, _ in rows}),
            n_repaired=sum(bool(row.passed) for row, _ in rows),
            n_read=sum(passed for _, passed in rows),
        )
        for name, rows in members.items()
    ]
    return tuple(sorted(found, key=lambda item: (-item.n_samples, item.name)))


def _shifts(run: _Run, order: Iterable[str]) -> Iterable[ProblemShift]:
    """The problems with three levels that are not all equal, in the order of the run."""
    causes: dict[str, Counter[str]] = {}
    for change in run.changes:
        causes.setdefault(change.key[0], Counter())[change.cause] += 1
    for pid in order:
        if pid in causes:
            named = dict(sorted(causes[pid].items()))
            yield ProblemShift(pid, run.sizes[pid], run.requested[pid], run.strict[pid], run.repaired[pid], named)


def _sentence(name: str, levels: tuple[Level, ...]) -> str:
    """pass@1 as a share, like every score of a report; it always exists, because every counted problem has a sample."""
    first, last = (level.pass_at_k[1] or 0.0 for level in (levels[0], levels[-1]))
    return msg(
        "{a} as {protocol} scores it; {b} with format repaired", a=f"{first:.3f}", protocol=name, b=f"{last:.3f}"
    )
