"""The values that modules pass to each other: frozen, slotted, no logic beyond their invariants."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # the command line imports these types, and `--help` must not load the sandbox
    from sandbox.wire import Limits, Mode

FinishReason = Literal["stop", "length", "content_filter", "refusal", "unknown"]
ExtractionRule = Literal["none", "mera-1.2", "mera-code", "evalplus", "strict"]
Comparison = Literal["strict", "mera"]
#: Whose sampling procedure; `docs/mera.md` lists the differences.
Harness = Literal["codeeval", "mera"]
#: The most samples of one problem in a run.
MOST_SAMPLES = 100_000


class Verdict(StrEnum):
    """The host's conclusion about one executed sample. There is no member for infrastructure failures."""

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
    #: The tests need something that can't be passed to the program. Counts as not passed, and is listed.
    NOT_SUPPORTED = "not_supported"


@dataclass(frozen=True, slots=True)
class ProblemTests:
    """Tests that are code. A judge outside the candidate's process executes `prelude`, then `source`; in `source` each
    of `names` refers to the candidate's function of that name."""

    source: str
    prelude: str = ""
    names: tuple[str, ...] = ()


#: What counts as correct besides an equal value; `codeeval/scoring/evalplus.py` defines each.
OracleRule = Literal["equal", "root", "same_set", "not_none", "anything", "or_zero", "or_pyramid", "or_digits"]


@dataclass(frozen=True, slots=True)
class Oracle:
    """Answers are those of a reference solution, compared as data. `atol` is the absolute tolerance of numbers; the
    first `base` calls are those of the original set, the others were added to it."""

    rule: OracleRule = "equal"
    atol: float = 0.0
    base: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a set. `calls` are Python literals (dicts of keyword arguments); `expected[i]` is the `str()` of
    the correct value of call i, or `expected` is None if the answers are hidden. `instruction` contains `{function}`.

    With `tests` there are no calls. With `oracle` a call is `{'*': [positional arguments]}`, and `expected[i]` is the
    correct value's literal; `expected` is None until the reference solution has been executed."""

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
    """A problem set: its name, its source (path or repository@revision), a digest of its content, its problems, and the
    protocol that judges it by default."""

    name: str
    source: str
    digest: str
    problems: tuple[Problem, ...]
    protocol: str = "mera-code"


@dataclass(frozen=True, slots=True)
class Prompt:
    """Exactly what the model receives: `text` for a raw completion, or `messages` ((role, content), …) if the backend
    has to apply the model's own chat template."""

    text: str | None
    messages: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if (self.text is None) == (not self.messages):
            raise ValueError("a prompt is either a text or messages")


@dataclass(frozen=True, slots=True)
class Sampling:
    """How completions are drawn. `max_tokens` counts new tokens; `top_k` 0 means no cut. `harness` mera: drawn as
    MERA's harness does on each backend, where `top_p` and `top_k` count only if they cut."""

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
    """How a score is computed: how to sample, what part of a completion is executed and how, and what counts as
    correct.

    `sampling` holds defaults that a user may override; the other fields are what the protocol's name guarantees."""

    name: str
    title: str
    sampling: Sampling
    extraction: ExtractionRule
    mode: Mode
    comparison: Comparison
    limits: Limits


@dataclass(frozen=True, slots=True)
class Request:
    """Samples requested for one problem. `indices`: the sample indices still missing, ascending."""

    problem_id: str
    prompt: Prompt
    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One completion, already cut at the earliest stop sequence. `raw` is the text before that cut, if different;
    `thought` is what a reasoning model wrote before it, without its marks. `is_program`: the completion is a
    self-contained program, which is never appended to the prompt."""

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
    """One step of the trace from completion to program: the rule, and the [start, end) of the text that it kept, or
    left out if `kept` is false."""

    rule: str
    start: int
    end: int
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Extraction:
    """`program` is what is executed; `body` is what was taken from the completion; `trace` says how. `added`: prepended
    parts of the prompt; `found`: what is defined if the function is missing."""

    program: str
    body: str
    trace: tuple[Cut, ...] = ()
    added: tuple[str, ...] = ()
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """The host's verdict on one sample under one protocol.

    `call` is the index of the first wrong call, or, if the tests are code, the line of the tests (from 1; None: before
    or after the calls); `signature` groups failures: verdict, exception type, masked message and failing calls;
    `outputs` is what the protocol compares, per call, or the string "timed out" under a MERA protocol.
    """

    verdict: Verdict
    passed: bool
    outputs: tuple[str | None, ...] | str
    call: int | None = None
    error: str | None = None
    signature: str = ""
    failed_calls: tuple[int, ...] = field(default=())
