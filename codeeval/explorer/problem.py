"""The page "problem" as a value: its samples in groups, and its tests against all of them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from codeeval.explorer.answers import NO_ANSWERS, WrongAnswers, wrong_answers
from codeeval.explorer.library import RunFile
from codeeval.explorer.numbers import RunNumbers
from codeeval.explorer.overview import RunRow, run_row
from codeeval.explorer.problem_samples import ProblemSample, SampleGroup, groups_of, samples_of, with_sources
from codeeval.scoring.consensus import consensus
from codeeval.store import PlannedProblem, StoredJudgement
from codeeval.store.tallies import Head
from codeeval.store.views import RunViews
from codeeval.syntax import parse_expression

#: How many different answers to one test are listed.
ANSWERS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ProblemHead:
    """A problem in its run: its position and its neighbours."""

    run: RunRow
    problem_id: str
    entry_point: str
    position: int
    of: int
    n: int
    c: int
    hidden: bool
    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class OutputsGroup:
    """What some samples returned for a test. `text` is None if nothing; `right` is None if unknown; `verdict` is given
    if a protocol drops all answers of a sample at once."""

    text: str | None
    right: bool | None
    n: int
    example: int
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class TestRow:
    """One test with the answers of all samples, the most frequent first. `expected` is None if it is hidden; then
    `agreed` is the consensus."""

    call: str
    expected: str | None
    agreed: str | None
    n_right: int
    n: int
    answers: tuple[OutputsGroup, ...]
    more_answers: int


@dataclass(frozen=True, slots=True)
class TestLine:
    """A line of test code at which samples failed, and the first of them."""

    line: int
    text: str
    n: int
    example: int


@dataclass(frozen=True, slots=True)
class ConsensusInfo:
    """The vector of outputs on which most samples agree."""

    votes: int
    samples: int


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """One problem under the requested protocol of its run."""

    head: ProblemHead
    instruction: str
    prompt: str
    canonical_solution: str | None
    protocol: str
    samples: tuple[ProblemSample, ...]
    groups: tuple[SampleGroup, ...]
    tests: tuple[TestRow, ...]
    consensus: ConsensusInfo | None
    test_code: str | None = None
    test_lines: tuple[TestLine, ...] = ()
    wrong_answers: WrongAnswers = NO_ANSWERS


def problem_head(run: RunFile, numbers: RunNumbers, head: Head) -> ProblemHead:
    ids = [one.id for one in numbers.heads]
    at = ids.index(head.id)
    n, c = numbers.counts[numbers.protocol][head.id]
    return ProblemHead(
        run=run_row(run, numbers),
        problem_id=head.id,
        entry_point=head.entry_point,
        position=at + 1,
        of=len(ids),
        n=n,
        c=c,
        hidden=head.hidden,
        previous=ids[at - 1] if at else None,
        next=ids[at + 1] if at + 1 < len(ids) else None,
    )


def head_of(numbers: RunNumbers, problem_id: str) -> Head:
    return next(head for head in numbers.heads if head.id == problem_id)


def problem_page(run: RunFile, numbers: RunNumbers, reader: RunViews, planned: PlannedProblem) -> ProblemPage:
    """Raises DataError and StoreError."""
    problem, protocol = planned.problem, numbers.protocol
    judged = list(reader.judgements(protocol, problem.id))
    agreed = consensus([row.outputs for row in judged]) if problem.expected is None else None
    endings = numbers.endings.get(problem.id, {})
    samples = samples_of((judged, endings), reader.indices(problem.id), agreed.outputs if agreed else None)
    return ProblemPage(
        head=problem_head(run, numbers, head_of(numbers, problem.id)),
        instruction=problem.instruction,
        prompt=problem.prompt,
        canonical_solution=problem.canonical_solution,
        protocol=protocol,
        samples=samples,
        groups=with_sources(groups_of(samples), reader, problem.id),
        tests=_tests(planned, judged, agreed.outputs if agreed else None),
        consensus=ConsensusInfo(agreed.votes, agreed.samples) if agreed else None,
        test_code=problem.tests.source if problem.tests else None,
        test_lines=_test_lines(problem.tests.source, judged) if problem.tests else (),
        wrong_answers=wrong_answers(problem.expected or (), judged) if problem.calls else NO_ANSWERS,
    )


def _test_lines(source: str, judged: Sequence[StoredJudgement]) -> tuple[TestLine, ...]:
    """Where samples failed, in line order."""
    at: dict[int, list[int]] = {}
    for row in judged:
        if row.judgement is not None and row.judgement.call is not None:
            at.setdefault(row.judgement.call, []).append(row.index)
    lines = source.split("\n")
    return tuple(
        TestLine(line, lines[line - 1].strip() if 0 < line <= len(lines) else "", len(found), found[0])
        for line, found in sorted(at.items())
    )


def _tests(
    planned: PlannedProblem, judged: Sequence[StoredJudgement], agreed: tuple[str | None, ...] | None
) -> tuple[TestRow, ...]:
    problem = planned.problem
    failed = {row.index: frozenset(row.judgement.failed_calls) for row in judged if row.judgement is not None}
    rows = []
    for number, call in enumerate(problem.calls):
        right = {index: number not in calls for index, calls in failed.items()}
        answers = _answers(number, judged, right)
        rows.append(
            TestRow(
                call=f"{problem.entry_point}({arguments(call)})",
                expected=None if problem.expected is None else problem.expected[number],
                agreed=agreed[number] if agreed else None,
                n_right=sum(right.values()),
                n=len(judged),
                answers=answers[:ANSWERS_SHOWN],
                more_answers=max(0, len(answers) - ANSWERS_SHOWN),
            )
        )
    return tuple(rows)


def _answers(number: int, judged: Sequence[StoredJudgement], right: dict[int, bool]) -> tuple[OutputsGroup, ...]:
    counted: Counter[tuple[str | None, bool | None, str]] = Counter()
    example: dict[tuple[str | None, bool | None, str], int] = {}
    for row in judged:
        text, verdict = _answer(row, number)
        key = (text, right.get(row.index), verdict)
        counted[key] += 1
        example.setdefault(key, row.index)
    return tuple(
        OutputsGroup(text, ok, n, example[text, ok, verdict], verdict)
        for (text, ok, verdict), n in counted.most_common()
    )


def _answer(row: StoredJudgement, number: int) -> tuple[str | None, str]:
    """What was returned; if the protocol has one text for all answers, how the sample ended."""
    if not isinstance(row.outputs, str):
        return row.outputs[number], ""
    return None, row.judgement.verdict.value if row.judgement else ""


@lru_cache(maxsize=4096)
def arguments(call: str) -> str:
    """A dict literal of keyword arguments, written as in a call. Any other text is shown unchanged."""
    try:
        tree = parse_expression(call, 100_000)
    except SyntaxError:
        return call
    if not isinstance(tree, ast.Dict):
        return call
    raw = call.strip().encode()
    # `ast.get_source_segment` would split the text for every argument
    lines = [0, *accumulate(map(len, raw.splitlines(keepends=True)))]
    parts = []
    for key, value in zip(tree.keys, tree.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str) or not key.value.isidentifier():
            return call
        start = lines[value.lineno - 1] + value.col_offset
        end = lines[(value.end_lineno or value.lineno) - 1] + (value.end_col_offset or 0)
        parts.append(f"{key.value}={raw[start:end].decode()}")
    return ", ".join(parts)
