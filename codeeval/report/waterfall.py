"""From the benchmark's score to the model's ability, step by step: the requested score, what the scorer's rules cost,
the strict score, what the format cost, the strict score with the format repaired.

Steps are shares of pass@1 (mean over problems of the mean over samples), so they add up exactly. For other k only the
three levels are given, because differences of pass@k don't add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from math import fsum

from codeeval.i18n import msg
from codeeval.reading.extract import extract
from codeeval.scoring import protocols
from codeeval.scoring.causes import ProtocolView, cause
from codeeval.stats.means import mean_of_all
from codeeval.stats.passk import pass_at_k
from codeeval.store import Counterfactual, RunReader, StoredJudgement
from codeeval.types import Judgement, Problem

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
class _Run:
    """The input of the table: the three levels as key -> passed, and (key, stage, cause) of what changed."""

    problems: dict[str, Problem]
    sizes: dict[str, int]
    requested: dict[Key, bool]
    strict: dict[Key, bool]
    repaired: dict[Key, bool]
    changes: list[tuple[Key, str, str]]


def verbatim_of(names: tuple[str, ...]) -> str:
    """The protocol besides strict, which takes the text verbatim; strict if it is the only one."""
    return next((each for each in names if each != "strict"), names[0])


def build_waterfall(reader: RunReader, ks: Iterable[int]) -> Waterfall | None:
    """None if there is nothing to compare: no sample has a verdict under both strict and the other protocol."""
    name = verbatim_of(reader.manifest().protocols)
    run, looked_at = _read(reader, name)
    if not run.strict:
        return None
    levels = [(name, run.requested), ("strict", run.strict), ("strict, format repaired", run.repaired)]
    wanted = sorted({1, *ks})
    shown = tuple(Level(title, _scores(run, passed, wanted)) for title, passed in dict(levels).items())
    return Waterfall(
        protocol=name,
        sentence=_sentence(name, shown),
        levels=shown,
        steps=_steps(run),
        classes=_classes(looked_at, run.strict),
        unexplained=len(reader.unexplained()),
        problems=tuple(_shifts(run))[:PROBLEMS_SHOWN],
    )


def _read(reader: RunReader, name: str) -> tuple[_Run, list[Counterfactual]]:
    problems = {planned.problem.id: planned.problem for planned in reader.problems()}
    requested, strict = _judged(reader, name), _judged(reader, "strict")
    both = requested.keys() & strict.keys()
    looked_at = [row for row in reader.counterfactuals() if (row.problem_id, row.index) in both]
    repaired = {key: strict[key][1].passed for key in both}
    known: dict[tuple[str, str | None, str | None], str] = {}  # equal programs have equal causes
    changes = []
    for key in sorted(key for key in both if requested[key][1].passed != strict[key][1].passed):
        programs = (key[0], requested[key][0].job_digest, strict[key][0].job_digest)
        if programs not in known:
            known[programs] = cause_of(reader, problems[key[0]], {name: requested[key][0], "strict": strict[key][0]})
        changes.append((key, SCORER, known[programs]))
    for row in looked_at:
        key = (row.problem_id, row.index)
        if row.passed and not repaired[key]:
            repaired[key] = True
            changes.append((key, FORMAT, " + ".join(row.classes or row.steps)))
    sizes: dict[str, int] = {}
    for pid, _ in both:
        sizes[pid] = sizes.get(pid, 0) + 1
    as_requested, as_strict = ({key: rows[key][1].passed for key in both} for rows in (requested, strict))
    return _Run(problems, sizes, as_requested, as_strict, repaired, changes), looked_at


_Judged = tuple[StoredJudgement, Judgement]


def _judged(reader: RunReader, protocol: str) -> dict[Key, _Judged]:
    rows = reader.judgements(protocol)
    return {(row.problem_id, row.index): (row, row.judgement) for row in rows if row.judgement is not None}


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


def _scores(run: _Run, passed: dict[Key, bool], ks: Iterable[int]) -> dict[int, float | None]:
    right = _by_problem(passed)
    return {k: mean_of_all(pass_at_k(n, right[pid], k) for pid, n in run.sizes.items()) for k in ks}


def _by_problem(passed: dict[Key, bool]) -> Counter[str]:
    """How many samples of each problem passed."""
    return Counter(pid for (pid, _), ok in passed.items() if ok)


def _steps(run: _Run) -> tuple[WaterfallStep, ...]:
    """Scorer first, then format; within each the largest first."""
    members: dict[tuple[str, str], list[Key]] = {}
    for key, stage, name in run.changes:
        members.setdefault((stage, name), []).append(key)
    steps = [_step(run, stage, name, keys) for (stage, name), keys in members.items()]
    return tuple(sorted(steps, key=lambda step: (step.stage != SCORER, -abs(step.points), step.cause)))


def _step(run: _Run, stage: str, name: str, keys: list[Key]) -> WaterfallStep:
    before, after = (run.requested, run.strict) if stage == SCORER else (run.strict, run.repaired)
    points = fsum((after[key] - before[key]) / run.sizes[key[0]] for key in keys) / len(run.sizes)
    return WaterfallStep(stage, name, points, len(keys), len({pid for pid, _ in keys}), *keys[0])


def _classes(looked_at: list[Counterfactual], strict: dict[Key, bool]) -> tuple[FormatClass, ...]:
    members: dict[str, list[Counterfactual]] = {}
    for row in looked_at:
        for name in row.classes:
            members.setdefault(name, []).append(row)
    found = [
        FormatClass(
            name,
            n_samples=len(rows),
            n_problems=len({row.problem_id for row in rows}),
            n_repaired=sum(bool(row.passed) for row in rows),
            n_read=sum(strict[row.problem_id, row.index] for row in rows),
        )
        for name, rows in members.items()
    ]
    return tuple(sorted(found, key=lambda item: (-item.n_samples, item.name)))


def _shifts(run: _Run) -> Iterable[ProblemShift]:
    """The problems with three levels that are not all equal, in the order of the run."""
    causes: dict[str, Counter[str]] = {}
    for (pid, _), _, name in run.changes:
        causes.setdefault(pid, Counter())[name] += 1
    levels = [_by_problem(passed) for passed in (run.requested, run.strict, run.repaired)]
    for pid in run.problems:
        if pid in causes:
            requested, strict, repaired = (level[pid] for level in levels)
            named = dict(sorted(causes[pid].items()))
            yield ProblemShift(pid, run.sizes[pid], requested, strict, repaired, named)


def _sentence(name: str, levels: tuple[Level, ...]) -> str:
    """pass@1 as a share, like every score of a report; it always exists, because every counted problem has a sample."""
    first, last = (level.pass_at_k[1] or 0.0 for level in (levels[0], levels[-1]))
    return msg(
        "{a} as {protocol} scores it; {b} with format repaired", a=f"{first:.3f}", protocol=name, b=f"{last:.3f}"
    )
