"""The corpus: programs that try to cheat or to break things, and unusual ones that are right. Read from files, run, judged.

A program is a file `programs/<class>_<name>.py` that starts with a header of comments:

    # expect: pass | fail
    # verdict: the verdicts that are right for it
    # class: one letter, see README.md
    # why: one line
    # limits: cpu_s=0.5 wall_s=2         (optional)
    # after: a program that runs right before, on the same worker     (optional)
    # worker: lost                       (optional: it may cost the worker)

A line `#@repeat N "text"` stands for N times that JSON text. A hostile program gives the right answer only where its attack
has worked, so that an attack that works shows as a pass.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from codeeval.scoring import protocols
from codeeval.scoring.grade import grade
from codeeval.scoring.job import job
from codeeval.types import Extraction, Problem
from sandbox import Limits, Pool
from sandbox.backends import Backend, Worker
from sandbox.outcomes import Outcome

HERE = Path(__file__).resolve().parent
#: For programs that have to be stopped; and for all others, which end by themselves, however slow and loaded the machine.
STOPPED, UNTROUBLED = Limits(cpu_s=1.0, wall_s=12.0), Limits(cpu_s=30.0, wall_s=60.0)
STRICT = protocols.get("strict")


@dataclass(frozen=True, slots=True)
class Program:
    """One file of the corpus."""

    name: str
    text: str
    passes: bool
    verdicts: frozenset[str]
    limits: Limits
    after: str = ""
    may_cost_worker: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A verdict with what helps to understand it."""

    verdict: str
    detail: str
    stdout: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a program got, what the probes after it got, and how many workers it cost."""

    seen: Seen
    right: Seen
    wrong: Seen
    workers_lost: int


def header(text: str) -> dict[str, str]:
    """The leading comments as names and values."""
    block = re.match(r"(?:# [a-z]+: .*\n)*", text)
    return dict(line[2:].split(": ", 1) for line in block.group().splitlines()) if block else {}


def expand(text: str) -> str:
    """The program with its `#@repeat` lines written out."""
    return re.sub(r"^#@repeat (\d+) (.*)$", lambda m: int(m[1]) * json.loads(m[2]), text, flags=re.MULTILINE)


def read(path: Path) -> Program:
    """One program. Raises KeyError or ValueError where its header is wrong."""
    text = path.read_text("utf-8")
    facts = header(text)
    assert facts["class"] == path.name[0], f"{path.name}: the class is not that of the name"
    assert len(facts["why"]) > 5, f"{path.name}: why?"
    passes = {"pass": True, "fail": False}[facts["expect"]]
    verdicts = frozenset(facts["verdict"].split())
    own = {name: float(value) for name, value in re.findall(r"(\w+)=([\d.]+)", facts.get("limits", ""))}
    limits = replace(STOPPED if "timeout" in verdicts else UNTROUBLED, **own)  # type: ignore[arg-type]
    lost = facts.get("worker") == "lost"
    return Program(path.stem, expand(text), passes, verdicts, limits, facts.get("after", ""), lost)


def read_all() -> dict[str, Program]:
    """Every program by its name."""
    return {path.stem: read(path) for path in sorted((HERE / "programs").glob("*.py"))}


def problem() -> Problem:
    """The one problem that all programs of the corpus answer."""
    raw = json.loads((HERE / "problem.json").read_text("utf-8"))
    return Problem("1", "{function}", raw["prompt"], raw["entry_point"], tuple(raw["calls"]), tuple(raw["expected"]))


@dataclass(frozen=True, slots=True)
class Probes:
    """A right and a wrong program that must keep their verdicts."""

    right: str
    wrong: str


def own_probes() -> Probes:
    """The right one also prints whatever an earlier sample could have changed."""
    return Probes(*((HERE / "probes" / f"{name}.py").read_text("utf-8") for name in ("right", "wrong")))


class Counting:
    """A backend that counts the workers it has started."""

    def __init__(self, backend: Backend) -> None:
        self._backend, self.name, self.why, self.started = backend, backend.name, backend.why, 0

    def start(self, limits: Limits) -> Worker:
        self.started += 1
        return self._backend.start(limits)

    def describe(self) -> dict[str, str]:
        return self._backend.describe()

    def alive(self) -> bool:
        return self._backend.alive()

    def sweep(self) -> list[str]:
        return []

    def close(self) -> None:
        """The backend is not ours."""


class Lossy(Protocol):
    """A trial of either corpus: a frozen dataclass."""

    @property
    def workers_lost(self) -> int:
        """How many workers were started anew."""


SomeTrial = TypeVar("SomeTrial", bound=Lossy)


def least_lost(once: Callable[[], SomeTrial]) -> SomeTrial:
    """The first of up to three trials, with the fewest workers that any of them cost.

    A program that costs its worker does so each time; a machine that stands still while a reset is awaited does so once.
    """
    first = once()
    lost = first.workers_lost
    for _ in range(2):
        lost = min(lost, once().workers_lost) if lost else 0
    return replace(first, workers_lost=lost)  # type: ignore[type-var]


class Bench:
    """One worker and one problem; programs run one after the other, the probes after each."""

    def __init__(self, backend: Backend, asked: Problem, probes: Probes) -> None:
        self._backend, self._asked, self._probes = Counting(backend), asked, probes
        self.pool = Pool(self._backend, workers=1)
        self.clean = self.run(probes.right, UNTROUBLED)

    def run(self, text: str, limits: Limits) -> Seen:
        """Executes and judges one program."""
        return judge(self.pool, self._asked, text, limits)

    def trial(self, program: Program, before: Program | None = None) -> Trial:
        """The program, several times where it cost a worker that it may not cost."""
        once = partial(self._once, program, before)
        return once() if program.may_cost_worker else least_lost(once)

    def _once(self, program: Program, before: Program | None) -> Trial:
        """`before`, then the program, then both probes."""
        if before is not None:
            self.run(before.text, before.limits)
        started = self._backend.started
        seen = self.run(program.text, program.limits)
        right = self.run(self._probes.right, UNTROUBLED)
        wrong = self.run(self._probes.wrong, UNTROUBLED)
        return Trial(seen, right, wrong, self._backend.started - started)


def judge(pool: Pool, asked: Problem, text: str, limits: Limits) -> Seen:
    """Executes and judges one program in this pool."""
    return judge_all(pool, asked, [(text, limits)])[0]


def judge_all(pool: Pool, asked: Problem, programs: Sequence[tuple[str, Limits]]) -> list[Seen]:
    """The same for several that are handed in at once, so that later ones are in flight while the first runs."""
    extractions = [Extraction(asked.prompt + text, text) for text, _ in programs]
    jobs = [
        replace(job(asked, one, STRICT), limits=limits) for one, (_, limits) in zip(extractions, programs, strict=True)
    ]
    outcomes = [future.result(timeout=300) for future in [pool.submit(one) for one in jobs]]
    judgements = [grade(asked, one, seen, STRICT) for one, seen in zip(extractions, outcomes, strict=True)]
    return [
        Seen(judgement.verdict.value, f"{judgement.error} {_story(seen)}", seen.stdout)
        for judgement, seen in zip(judgements, outcomes, strict=True)
    ]


def _story(outcome: Outcome) -> str:
    facts = [f"cpu {outcome.cpu_ms} ms, wall {outcome.wall_ms} ms, signal {outcome.exit_signal}, {outcome.limit}"]
    facts += [f"attempt: {earlier.status} {earlier.stderr[-200:]}" for earlier in outcome.attempts]
    return "; ".join([*facts, repr(outcome.stderr[-500:])])


def run_all(benches: Sequence[Bench], wanted: Sequence[Program], corpus: dict[str, Program]) -> dict[str, Trial]:
    """All wanted programs; of the benches, which work side by side, the one that is free takes the next."""
    waiting = iter(tuple(wanted))

    def one_bench(bench: Bench) -> list[tuple[str, Trial]]:
        return [(one.name, bench.trial(one, corpus[one.after] if one.after else None)) for one in waiting]

    with ThreadPoolExecutor(len(benches)) as threads:
        return dict(pair for pairs in threads.map(one_bench, benches) for pair in pairs)
