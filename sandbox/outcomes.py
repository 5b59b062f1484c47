"""What the host knows of a job once it has ended: the calls that were observed, the judge's ruling, the outcome.

Only hosts have these values; the guest has no copy. Times are milliseconds where a name ends in `_ms`, sizes KiB
where it ends in `_kb`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple


class Observation(NamedTuple):
    """One call, as reported by the candidate's process: evidence, not judgement. A named tuple, because a sample may
    have a thousand of them.

    `text` is `str(value)`; `plain` means that the value consists of plain built-in types only, so that `text` (or, for
    a string, the string) can be parsed as a literal. `literal` is that of the plain data in a value that consists of
    instances of subclasses of built-in types (Counter, named tuple, IntEnum) or numpy's numbers. `exc_type`, `message`
    and `line` describe the exception raised.
    """

    status: Literal["returned", "raised", "not_reached"]
    text: str | None = None
    type_name: str | None = None
    plain: bool = False
    exc_type: str | None = None
    message: str | None = None
    line: int | None = None
    cpu_ms: float = 0.0
    literal: str | None = None


RulingStatus = Literal["passed", "failed", "not_reached"]


class LastCall(NamedTuple):
    """A call that the tests made before one of them failed, and its result: texts for a reader, truncated if long.
    Exactly one of `returned` and `raised` is set."""

    call: str
    returned: str | None = None
    raised: str | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the judge of an assert-style job observed, reported over its own channel.

    `passed`: it executed all of the tests without an exception. `failed`: the tests raised `exc_type` with `message` on
    `line` of `Tests.source` (the innermost frame of the tests); `from_candidate` distinguishes an exception raised by
    the candidate's call from one of the tests' own, and `candidate_line` is where in the program it was raised.
    `not_reached`: the judge did not finish; the outcome's status says why, `line` is where the tests were, and
    `message` is set if the tests need something that can't be sent (a function as an argument, for example), which is
    not the candidate's failure. `calls`: how many calls were made. `not_carried`: the tests failed because they did
    something with an object of the candidate's class that no message can carry (comparing it, for example); in one
    process they might have passed. `last_calls`: if the tests failed, the last calls on that line, or else before it,
    the most recent one last; they never affect a verdict.

    A pass needs `passed` here and `completed` as the outcome's status.
    """

    status: RulingStatus
    exc_type: str | None = None
    message: str | None = None
    line: int | None = None
    from_candidate: bool = False
    calls: int = 0
    candidate_line: int | None = None
    not_carried: bool = False
    last_calls: tuple[LastCall, ...] = ()


#: `completed`: definitions ran, every call returned or raised (mode "assert": the judge finished, passed or failed),
#: and the process ended normally.
OutcomeStatus = Literal[
    "completed", "syntax_error", "definition_error", "no_entry_point", "timeout", "memory", "output_limit", "crashed"
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one job did. `observations` has one entry per call, in order; unreached calls are marked as such.

    `definition` holds the exception of a program that did not compile or failed in its definitions. `limit` names the
    limit that ended the sample; `attempts` holds earlier attempts in which its worker was lost. `waited_ms` is the part
    of `wall_ms` in which it was ready to run while other work had the processors; it does not count towards the wall
    limit.
    """

    status: OutcomeStatus
    observations: tuple[Observation, ...]
    definition: Observation | None = None
    stdout: str = ""
    stderr: str = ""
    truncated: bool = False
    cpu_ms: int = 0
    wall_ms: int = 0
    max_rss_kb: int = 0
    exit_code: int | None = None
    exit_signal: int | None = None
    oom: bool = False
    limit: Literal["cpu", "wall", "memory", "reply"] | None = None
    guest: str = ""
    attempts: tuple[Outcome, ...] = ()
    ruling: Ruling | None = None  # mode "assert" only
    waited_ms: int = 0
