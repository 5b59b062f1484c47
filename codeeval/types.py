"""The values that modules hand to each other: frozen, slotted, no logic beyond their invariants."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # the command line reads these types, and its help must not load the sandbox
    from sandbox.wire import Limits, Mode

FinishReason = Literal["stop", "length", "content_filter", "refusal", "unknown"]
ExtractionRule = Literal["none", "mera-1.2", "mera-code", "evalplus", "strict"]
Comparison = Literal["strict", "mera"]
#: Whose way of sampling: `docs/mera.md` has what differs.
Harness = Literal["codeeval", "mera"]
#: Samples of one problem that a run may have.
MOST_SAMPLES = 100_000


class Verdict(StrEnum):
    """What the host concluded about one executed sample. There is no infrastructure member."""

    PASSED = "passed"
    WRONG_OUTPUT = "wrong_output"
    EXCEPTION = "exception"
    SYNTAX_ERROR = "syntax_error"
    NO_ENTRY_POINT = "no_entry_point"
    EMPTY = "empty"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT_LIMIT = "output_limit"
    CRASHED = "crashed"
    #: The tests need something that can't cross to the program. Counts as not passed, and is listed.
    NOT_SUPPORTED = "not_supported"


@dataclass(frozen=True, slots=True)
class ProblemTests:
    """Tests that are code. A judge outside of the candidate's process executes `prelude`, then `source`, in which each of
    `names` stands for the candidate's function of that name."""

    source: str
    prelude: str = ""
    names: tuple[str, ...] = ()


#: What counts as right beside an equal value; `codeeval/scoring/evalplus.py` says what each means.
OracleRule = Literal["equal", "root", "same_set", "not_none", "anything", "or_zero", "or_pyramid", "or_digits"]


@dataclass(frozen=True, slots=True)
class Oracle:
    """Answers are those of the reference solution, compared as data. `atol` is the absolute tolerance of numbers; the
    first `base` calls are those of the original set, the others were added to it."""

    rule: OracleRule = "equal"
    atol: float = 0.0
    base: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """One task of a set. `calls` are Python literals (dicts of keyword arguments); `expected[i]` is `str()` of the right
    value of call i, or `expected` is None if the answers are hidden. `instruction` contains `{function}`.

    With `tests` there are no calls. With `oracle` a call is `{'*': [positional arguments]}`, and `expected[i]` is the right
    value's literal; None until the reference solution has been executed."""

    id: str
    instruction: str
    prompt: str
    entry_point: str
    calls: tuple[str, ...]
    expected: tuple[str, ...] | None
    canonical_solution: str | None = None
    extra: tuple[tuple[str, str], ...] = ()  # further `meta` fields, as (name, JSON text)
    tests: ProblemTests | None = None
    oracle: Oracle | None = None

    def __post_init__(self) -> None:
        if self.expected is not None and len(self.expected) != len(self.calls):
            raise ValueError(f"problem {self.id}: {len(self.calls)} calls but {len(self.expected)} outputs")


@dataclass(frozen=True, slots=True)
class Task:
    """A problem set: its name, where it came from (path or repository@revision), a digest of its content, its problems, and
    the protocol that it is judged under unless one is named."""

    name: str
    source: str
    digest: str
    problems: tuple[Problem, ...]
    protocol: str = "mera-code"


@dataclass(frozen=True, slots=True)
class Prompt:
    """Exactly what the model is given: `text` for a raw completion, or `messages` ((role, content), …) where the backend
    has to apply the model's own chat template."""

    text: str | None
    messages: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if (self.text is None) == (not self.messages):
            raise ValueError("a prompt is either a text or messages")


@dataclass(frozen=True, slots=True)
class Sampling:
    """How completions are drawn. `max_tokens` counts new tokens; `top_k` 0 means no cut. `harness` mera: as MERA's harness
    draws on each backend, and `top_p` and `top_k` count only where they cut."""

    n: int = 10
    temperature: float = 0.6
    top_p: float = 1.0
    top_k: int = 0
    max_tokens: int = 1024
    stop: tuple[str, ...] = ()
    seed: int = 1234
    harness: Harness = "codeeval"


@dataclass(frozen=True, slots=True)
class ScoringProtocol:
    """How a score comes about: how to sample, what of a completion is executed and how, and what counts as right.

    `sampling` holds defaults that a user may override; the other fields are what the protocol's name promises."""

    name: str
    title: str
    sampling: Sampling
    extraction: ExtractionRule
    mode: Mode
    comparison: Comparison
    limits: Limits


@dataclass(frozen=True, slots=True)
class Request:
    """Samples wanted of one problem. `indices` are the sample indices still missing, ascending."""

    problem_id: str
    prompt: Prompt
    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One completion, already cut at the earliest stop sequence. `raw` is the text before that cut, where it differs;
    `thought` is what a reasoning model wrote before it, without its marks. `is_program`: the completion is a program of its
    own, which is never put below the prompt."""

    problem_id: str
    index: int
    prompt_digest: str
    completion: str
    finish_reason: FinishReason = "unknown"
    tokens_in: int | None = None
    tokens_out: int | None = None
    seed: int | None = None
    raw: str | None = None
    thought: str | None = None
    is_program: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """One step of the trace from completion to program: which rule, and the [start, end) of the text that it kept, or left out
    where `kept` is false."""

    rule: str
    start: int
    end: int
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Extraction:
    """`program` is what is executed; `body` is what was taken from the completion; `trace` says how. `added`: parts of the
    prompt that stand in front; `found`: what is defined where the function is missing."""

    program: str
    body: str
    trace: tuple[Cut, ...] = ()
    added: tuple[str, ...] = ()
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """The host's verdict on one sample under one protocol.

    `call` is the index of the first call that went wrong, or the line of the tests (from 1) where the tests are code (None:
    before or after the calls); `signature` groups failures:
    verdict, exception type, masked message and failing calls; `outputs` is what the protocol compares, per call, or
    the string "timed out" under a MERA protocol.
    """

    verdict: Verdict
    passed: bool
    outputs: tuple[str | None, ...] | str
    call: int | None = None
    error: str | None = None
    signature: str = ""
    failed_calls: tuple[int, ...] = field(default=())
