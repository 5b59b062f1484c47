"""The corpus in the assert style: programs that try to pass tests without being right, and unusual ones that are right.

A program is a file `programs_assert/<class>_<name>.py`, executed after the prompt of `problem_assert.json`, with a header as in
`attack_corpus.py`, but `status` (those of the sandbox's outcome that are right for it) in place of a verdict. It passes if the
outcome says `completed` and the ruling `passed`. Hostile programs give no right answers of their own, or none to the end.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from attack_corpus import STOPPED, UNTROUBLED, Counting, expand, header, least_lost

from sandbox import Job, Limits, Outcome, Pool, Tests
from sandbox.backends import Backend

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class AssertProgram:
    """One file."""

    name: str
    text: str
    passes: bool
    statuses: frozenset[str]
    limits: Limits


@dataclass(frozen=True, slots=True)
class AssertTrial:
    """What became of a program, and of the right and the wrong one after it."""

    seen: Outcome
    right: Outcome
    wrong: Outcome
    workers_lost: int


def passed(outcome: Outcome) -> bool:
    """The one way to pass."""
    return outcome.status == "completed" and outcome.ruling is not None and outcome.ruling.status == "passed"


def read_asserts() -> dict[str, AssertProgram]:
    """Every program by its name. Raises KeyError or ValueError where a header is wrong."""
    return {path.stem: _read(path) for path in sorted((HERE / "programs_assert").glob("*.py"))}


def _read(path: Path) -> AssertProgram:
    text = path.read_text("utf-8")
    facts = header(text)
    assert facts["class"] == path.name[0], f"{path.name}: the class is not that of the name"
    assert len(facts["why"]) > 5, f"{path.name}: why?"
    statuses = frozenset(facts["status"].split())
    own = {name: float(value) for name, value in (pair.split("=") for pair in facts.get("limits", "").split())}
    limits = replace(STOPPED if statuses == {"timeout"} else UNTROUBLED, **own)  # type: ignore[arg-type]
    return AssertProgram(path.stem, expand(text), {"pass": True, "fail": False}[facts["expect"]], statuses, limits)


def assert_job(text: str, limits: Limits = UNTROUBLED) -> Job:
    """The corpus's problem, answered by this text."""
    raw = json.loads((HERE / "problem_assert.json").read_text("utf-8"))
    tests = Tests(f"{raw['test']}\n\ncheck({raw['entry_point']})\n", raw["prompt"])
    return Job(raw["prompt"] + "\n\n" + text, raw["entry_point"], (), limits, "assert", tests)


class AssertBench:
    """One worker; programs run one after the other, the probes after each."""

    def __init__(self, backend: Backend) -> None:
        self._backend = Counting(backend)
        self._right, self._wrong = (
            (HERE / "probes_assert" / f"{name}.py").read_text("utf-8") for name in ("right", "wrong")
        )
        self.pool = Pool(self._backend, workers=1)
        self.clean = self._run(self._right)

    def _run(self, text: str, limits: Limits = UNTROUBLED) -> Outcome:
        return self.pool.submit(assert_job(text, limits)).result(timeout=300)

    def trial(self, program: AssertProgram) -> AssertTrial:
        """The program, several times where it cost a worker."""
        return least_lost(partial(self._once, program))

    def _once(self, program: AssertProgram) -> AssertTrial:
        """The program, then both probes."""
        started = self._backend.started
        seen = self._run(program.text, program.limits)
        right, wrong = self._run(self._right), self._run(self._wrong)
        return AssertTrial(seen, right, wrong, self._backend.started - started)


def run_asserts(benches: Sequence[AssertBench], wanted: Sequence[AssertProgram]) -> dict[str, AssertTrial]:
    """All wanted programs; of the benches, which work side by side, the one that is free takes the next."""
    waiting = iter(tuple(wanted))

    def one_bench(bench: AssertBench) -> list[tuple[str, AssertTrial]]:
        return [(one.name, bench.trial(one)) for one in waiting]

    with ThreadPoolExecutor(len(benches)) as threads:
        return dict(pair for pairs in threads.map(one_bench, benches) for pair in pairs)
