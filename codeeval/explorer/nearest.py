"""The page "difference" as values: a sample beside the nearest passing one of its problem, with programs and tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from codeeval.explorer import edits
from codeeval.explorer.evidence import ProblemEvidence
from codeeval.explorer.numbers import RunNumbers
from codeeval.explorer.observed import tests_of_sample
from codeeval.explorer.problem import ProblemHead
from codeeval.explorer.sample import sample_code
from codeeval.explorer.sample_model import SampleTest
from codeeval.store import StoredJudgement
from codeeval.store.views import RunViews

#: How many passing programs are read, and how many of them are compared, the closest in length first; the most line
#: edits between programs; and the most characters of a program.
_READ = 1_000
_CANDIDATES, _MAX_EDITS, _MAX_CHARS = 60, 200, 40_000


@dataclass(frozen=True, slots=True)
class DiffSide:
    """One of the samples; `index` is None for the reference solution."""

    index: int | None
    code: str
    error: str
    program: str
    tests: tuple[SampleTest, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A sample that can be chosen."""

    index: int
    code: str


@dataclass(frozen=True, slots=True)
class TestPair:
    """One call and its results on both sides."""

    call: str
    wanted: str | None
    a: SampleTest
    b: SampleTest | None


@dataclass(frozen=True, slots=True)
class DiffPage:
    """Sample `a` and sample `b` of one problem. `b` is the nearest that passed unless another was chosen, the reference
    solution if none did, None if there is neither."""

    head: ProblemHead
    protocol: str
    a: DiffSide
    b: DiffSide | None
    choices: tuple[Choice, ...]
    tests: tuple[TestPair, ...]


def diff_page(
    numbers: RunNumbers, reader: RunViews, evidence: ProblemEvidence, index: int, other: int | None
) -> DiffPage | None:
    """None if there is no such sample, or it was not executed. Raises DataError and StoreError."""
    judged = evidence.judged[numbers.protocol]
    if index not in judged or (other is not None and other not in judged):
        return None
    a = _side(reader, evidence, judged[index])
    if other is None:
        other = nearest(reader, evidence, judged, index, a.program)
    b = _side(reader, evidence, judged[other]) if other is not None else _reference(evidence)
    choices = tuple(Choice(one, sample_code(row, evidence.agreed)) for one, row in judged.items())
    return DiffPage(evidence.head, numbers.protocol, a, b, choices, tuple(_pairs(a, b)))


def nearest(
    reader: RunViews, evidence: ProblemEvidence, judged: dict[int, StoredJudgement], index: int, program: str
) -> int | None:
    """The passing sample with the fewest differing lines; ties go to the first. For a problem with hidden answers:
    among those that agree with the consensus."""
    right = ("passed", "agrees")
    first: dict[str, int] = {}
    for one, row in judged.items():
        if one != index and row.job_digest and sample_code(row, evidence.agreed) in right:
            first.setdefault(row.job_digest, one)
    found = []
    for digest, one in islice(first.items(), _READ):
        execution = reader.execution(evidence.planned.problem.id, digest)
        if execution is not None:
            found.append((abs(len(execution.source) - len(program)), one, execution.source))
    ranked = sorted(found)[:_CANDIDATES]
    return min(ranked, key=lambda each: (_distance(program, each[2]), each[1]))[1] if ranked else None


def _distance(one: str, two: str) -> int:
    """The number of lines that only one of them has."""
    a, b = one[:_MAX_CHARS].split("\n"), two[:_MAX_CHARS].split("\n")
    return sum(part.j - part.i + part.m - part.k for part in edits.parts(a, b, _MAX_EDITS) if not part.equal)


def _side(reader: RunViews, evidence: ProblemEvidence, row: StoredJudgement) -> DiffSide:
    execution = reader.execution(row.problem_id, row.job_digest) if row.job_digest else None
    return DiffSide(
        index=row.index,
        code=sample_code(row, evidence.agreed),
        error=(row.judgement.error if row.judgement else None) or "",
        program=execution.source if execution else "",
        tests=tests_of_sample(evidence, row, execution.outcome if execution else None),
    )


def _reference(evidence: ProblemEvidence) -> DiffSide | None:
    problem = evidence.planned.problem
    if problem.canonical_solution is None:
        return None
    return DiffSide(None, "passed", "", problem.prompt + problem.canonical_solution, ())


def _pairs(a: DiffSide, b: DiffSide | None) -> Iterator[TestPair]:
    for number, test in enumerate(a.tests):
        other = b.tests[number] if b is not None and b.tests else None
        yield TestPair(test.call, test.expected if test.expected is not None else test.agreed, test, other)
