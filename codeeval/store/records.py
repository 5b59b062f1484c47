"""Rows of a run file as values."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from codeeval.types import Cut, Judgement, Problem, Prompt, Verdict
from sandbox import Outcome


@dataclass(frozen=True, slots=True)
class PlannedProblem:
    """A problem of this run. `prompt` is exactly what the model receives (None: completions came from a file)."""

    problem: Problem
    prompt: Prompt | None
    prompt_digest: str
    wanted: int


#: How the rules of the reader begin in a trace; stored without it.
READER = "reader: "


class Reading(NamedTuple):
    """How `strict` read a completion: the ranges that it kept and left out, and what it prepended from the prompt. A
    named tuple, like the evidence, because every sample has one."""

    trace: tuple[Cut, ...]
    added: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """`kept` and `left_out` are lists of [rule, start, end]; offsets count characters of the completion."""
        kept, left = ([list(_shown(cut)) for cut in self.trace if cut.kept is wanted] for wanted in (True, False))
        return {"kept": kept, "left_out": left, "prompt_parts": list(self.added)}

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Reading:
        cuts = [Cut(f"{READER}{rule}", start, end, True) for rule, start, end in raw["kept"]]
        cuts += [Cut(f"{READER}{rule}", start, end, False) for rule, start, end in raw["left_out"]]
        return cls(tuple(sorted(cuts, key=lambda cut: (cut.start, cut.end))), tuple(raw["prompt_parts"]))


def _shown(cut: Cut) -> tuple[str, int, int]:
    return cut.rule.removeprefix(READER), cut.start, cut.end


@dataclass(frozen=True, slots=True)
class StoredJudgement:
    """A judgement with its key. `job_digest` names the evidence (None: nothing had to be executed); `outputs` is what
    the protocol compares; `judgement` is None if the expected outputs are hidden, because there is no verdict then.
    `reading` is None under protocols that take a completion verbatim."""

    problem_id: str
    index: int
    job_digest: str | None
    outputs: tuple[str | None, ...] | str
    judgement: Judgement | None
    reading: Reading | None = None


class StoredExecution(NamedTuple):
    """Evidence: what executing `source` in `mode` did. In the order of the table's columns."""

    problem_id: str
    job_digest: str
    mode: str
    source: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A failed sample, and whether its format is the reason. `classes`: its failures of format; `steps`: how it was
    repaired (empty: no repair is possible or needed); `job_digest` names the repaired program's evidence; `verdict` and
    `passed` are `strict`'s on it (None without a repair)."""

    problem_id: str
    index: int
    classes: tuple[str, ...]
    steps: tuple[str, ...] = ()
    job_digest: str | None = None
    verdict: Verdict | None = None
    passed: bool | None = None


@dataclass(frozen=True, slots=True)
class StoredReward:
    """A reward model's score of a sample; larger is better. `cut`: the input was longer than the model's context."""

    problem_id: str
    index: int
    score: float
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Incident:
    """Why a sample is pending. `stage` is "generation", "execution:PROTOCOL", or "samples": its row can't be read."""

    problem_id: str
    index: int
    stage: str
    reason: str


@dataclass(frozen=True, slots=True)
class TimeSplit:
    """Wall time in seconds. `generation` and `execution` both include `overlap`; `other` is neither."""

    total: float = 0.0
    generation: float = 0.0
    execution: float = 0.0
    overlap: float = 0.0
    other: float = 0.0

    def plus(self, more: TimeSplit) -> TimeSplit:
        return TimeSplit(**{name: value + getattr(more, name) for name, value in asdict(self).items()})


@dataclass(frozen=True, slots=True)
class Counts:
    """Work of one invocation. `generated` counts samples; `executed` programs that ran in the sandbox; `deduplicated`
    programs equal to another sample's; `cached` those with evidence already in the file."""

    generated: int = 0
    executed: int = 0
    deduplicated: int = 0
    cached: int = 0

    def plus(self, more: Counts) -> Counts:
        return Counts(**{name: value + getattr(more, name) for name, value in asdict(self).items()})


@dataclass(frozen=True, slots=True)
class Session:
    """One invocation that worked on the file. `end` is "complete", "incomplete", "interrupted" or the error. `servers`:
    number of samples per server address; empty if no server was used."""

    started_at: str
    command: tuple[str, ...]
    end: str
    counts: Counts = Counts()
    timing: TimeSplit = TimeSplit()
    sandbox: dict[str, str] = field(default_factory=dict)
    servers: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Session:
        return cls(
            started_at=raw["started_at"],
            command=tuple(raw["command"]),
            end=raw["end"],
            counts=Counts(**raw["counts"]),
            timing=TimeSplit(**raw["timing"]),
            sandbox=dict(raw["sandbox"]),
            servers=dict(raw.get("servers", {})),
        )
