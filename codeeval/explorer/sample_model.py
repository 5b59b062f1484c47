"""The content of the page "sample", as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from codeeval.explorer.annotations import Annotation
from codeeval.explorer.problem import ProblemHead
from codeeval.explorer.query import ListPlace
from codeeval.types import Cut


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the raw completion: `kept` goes into the program, `extracted` was cut by the extraction, `stopped` by
    the stop sequence."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """One protocol's result for the sample. `verdict` is None if the expected outputs are hidden."""

    protocol: str
    verdict: str | None
    passed: bool | None
    error: str | None
    signature: str | None


@dataclass(frozen=True, slots=True)
class SampleTest:
    """One call. `right` is None if unknown; `agreed` is the consensus if the expected output is hidden; `ended`: how
    the program ended during this call (`timeout`, `memory`, …), so that later calls were not made."""

    call: str
    expected: str | None
    agreed: str | None
    actual: str | None
    status: str
    raised: str | None
    line: int | None
    right: bool | None
    cpu_ms: float
    ended: str | None = None


@dataclass(frozen=True, slots=True)
class TestCall:
    """A call made before a test that is code failed, and its result; `expected` is None unless the test's text states
    it."""

    __test__ = False  # not a class of tests

    call: str
    expected: str | None
    returned: str | None
    raised: str | None


@dataclass(frozen=True, slots=True)
class ExecutionView:
    """What the program did, from the evidence. `limit` names the limit that ended it."""

    status: str
    limit: str | None
    cpu_ms: int
    wall_ms: int
    max_rss_kb: int
    exit_code: int | None
    exit_signal: int | None
    oom: bool
    truncated: bool
    attempts: int
    guest: str
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known about one executed program, shared by the samples that wrote it."""

    program: str
    mode: str
    tests: tuple[SampleTest, ...]
    execution: ExecutionView
    fail_line: int | None
    fail_text: str
    calls: tuple[TestCall, ...]


@dataclass(frozen=True, slots=True)
class Repaired:
    """Failures of format of a failed sample; if it could be repaired, also how, the resulting program, and its verdict
    under strict."""

    classes: tuple[str, ...]
    steps: tuple[str, ...]
    verdict: str | None
    passed: bool | None
    program: str | None


@dataclass(frozen=True, slots=True)
class Near:
    """Another sample."""

    problem_id: str
    index: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A reward model's result: its score, and the sample's rank among the problem's `of` scored ones (1 is the best;
    ties share a rank). `cut`: only the beginning was read."""

    model: str
    score: float
    place: int
    of: int
    cut: bool


class Sampled(TypedDict):
    """Fields of a `SamplePage`: what was generated."""

    completion: str
    raw: str | None
    thought: str | None
    tokens_in: int | None
    tokens_out: int | None
    seed: int | None
    finish_reason: str


class Neighbours(TypedDict):
    """Fields of a `SamplePage`: what is beside the sample."""

    previous: Near | None
    next: Near | None
    previous_failure: Near | None
    next_failure: Near | None


class Executed(TypedDict):
    """Fields of a `SamplePage`: what its program did."""

    program: str
    mode: str | None
    fail_line: int | None
    fail_text: str
    tests: tuple[SampleTest, ...]
    execution: ExecutionView | None
    test_calls: tuple[TestCall, ...]


class CodedTests(TypedDict):
    """Fields of a `SamplePage`, of a set whose tests are code."""

    test_code: str | None
    test_line: int | None
    test_text: str


@dataclass(frozen=True, slots=True)
class SamplePage:
    """One sample under the requested protocol. `fail_line` counts from 1 in `program`, `test_line` in `test_code`
    (tests that are code), whose last calls are `test_calls`; `instead`: the text that the protocol compares in place of
    all answers, if there is one; `place`: the sample's position in the list that the URL filters; `disagreement`: why
    the requested protocol and strict disagree about it."""

    head: ProblemHead
    index: int
    protocol: str
    code: str
    repair: Repaired | None
    scores: tuple[Score, ...]
    prompt: tuple[tuple[str, str], ...]
    completion: str
    raw: str | None
    thought: str | None
    segments: tuple[Segment, ...]
    extraction: str
    trace: tuple[Cut, ...]
    problem_prompt: str
    program: str
    mode: str | None
    fail_line: int | None
    fail_text: str
    tests: tuple[SampleTest, ...]
    execution: ExecutionView | None
    incidents: tuple[str, ...]
    same_program: tuple[int, ...]
    tokens_in: int | None
    tokens_out: int | None
    seed: int | None
    finish_reason: str
    limits: tuple[tuple[str, str], ...]
    command: str
    annotation: Annotation
    previous: Near | None
    next: Near | None
    previous_failure: Near | None
    next_failure: Near | None
    test_code: str | None = None
    test_line: int | None = None
    test_text: str = ""
    instead: str = ""
    place: ListPlace | None = None
    disagreement: str = ""
    ranked: tuple[Ranked, ...] = ()
    prompt_parts: tuple[str, ...] = ()
    test_calls: tuple[TestCall, ...] = ()
