"""The programs of the folder `attacks` of the third-party data, written by others: their declared verdict under each protocol,
on every backend, in warm workers and in workers of their own."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from attack_corpus import UNTROUBLED, Bench, Probes, Program, header, run_all

from codeeval.scoring import protocols
from codeeval.scoring.grade import grade
from codeeval.scoring.job import job
from codeeval.types import Extraction, Problem
from sandbox import Limits, Pool, select
from sandbox.backends import Backend

BACKENDS = [pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("docker", "local")]
LIMITS = Limits(cpu_s=2.0, wall_s=6.0)
#: Their probe of the wrong kind, as ours, gives an ordinary wrong answer.
WRONG = "wrong_output"


@dataclass(frozen=True, slots=True)
class Theirs:
    """The folder's content: the one problem, the probes, and every program with what it must get under each protocol."""

    problem: Problem
    probes: Probes
    programs: dict[str, str]
    passes: dict[str, dict[str, bool]]


def _asked(folder: Path) -> Problem:
    """The one problem that a folder's programs answer."""
    row = json.loads((folder / "task.json").read_text("utf-8"))[0]
    calls = tuple(map(repr, ast.literal_eval(row["inputs"]["tests"])))
    meta = row["meta"]
    return Problem(
        str(meta["id"]), "{function}", row["inputs"]["function"], meta["entry_point"], calls, tuple(row["outputs"])
    )


@pytest.fixture(scope="module")
def theirs(shared: Path) -> Theirs:
    asked = _asked(shared / "attacks")
    raw = json.loads((shared / "attacks" / "probes.json").read_text("utf-8"))
    rows = [json.loads(line) for line in (shared / "attacks" / "attacks.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) > 50
    declared = {row["id"]: {name: end == "pass" for name, end in row["expect"].items()} for row in rows}
    return Theirs(asked, Probes(raw["good"], raw["bad"]), {row["id"]: row["completion"] for row in rows}, declared)


@pytest.fixture(scope="module", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    """Each backend in turn."""
    made = select(request.param, lambda line: None)
    yield made
    made.close()


def test_every_program_gets_its_verdict(backend: Backend, theirs: Theirs) -> None:
    """Under `strict`, each passes or fails as declared, and the probes after it, on the same worker, keep their verdicts."""
    passing = {name: ends["strict"] for name, ends in theirs.passes.items()}
    programs = [Program(name, text, passing[name], frozenset(), LIMITS) for name, text in theirs.programs.items()]
    benches = [Bench(backend, theirs.problem, theirs.probes) for _ in range(2)]
    try:
        trials = run_all(benches, programs, {})
    finally:
        for bench in benches:
            bench.pool.close()
    wrong = [
        f"{name}: {trial.seen.verdict} ({trial.seen.detail}), probes {trial.right.verdict}, {trial.wrong.verdict}"
        for name, trial in trials.items()
        if (trial.seen.verdict == "passed") is not passing[name]
        or (trial.right.verdict, trial.wrong.verdict) != ("passed", WRONG)
    ]
    assert len(trials) == len(programs)
    assert not wrong, "\n".join(wrong)


def test_the_second_collection(backend: Backend, shared: Path) -> None:
    """Each gets its verdict, and after it, on the same worker, a right program that uses 450 of 512 MB and both probes."""
    folder = shared / "attacks" / "second"
    programs = {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.py"))}
    large = programs.pop("k2_memory_450mb")
    passes = {name: header(text)["expect"] == "pass" for name, text in programs.items()}
    assert sorted(passes.values()) == [False, False, True, True]
    right, wrong = "def runs(text): return solve(text)\n", "def runs(text): return []\n"
    bench = Bench(backend, _asked(folder), Probes(right, wrong))
    try:
        for name, text in programs.items():
            seen = bench.run(text, UNTROUBLED if passes[name] else LIMITS)
            assert (seen.verdict == "passed") is passes[name], (name, seen)
            after = [bench.run(one, UNTROUBLED) for one in (large, right, wrong)]
            assert [one.verdict for one in after] == ["passed", "passed", WRONG], (name, after)
    finally:
        bench.pool.close()


def differing(pool: Pool, theirs: Theirs, protocol: str, names: list[str]) -> list[str]:
    """Those of the programs that don't get what is declared for them."""
    judged_by = protocols.get(protocol)
    extractions = [Extraction(theirs.problem.prompt + theirs.programs[name], theirs.programs[name]) for name in names]
    jobs = [job(theirs.problem, extraction, judged_by) for extraction in extractions]
    fitting = [replace(one, limits=replace(one.limits or LIMITS, cpu_s=4.0)) for one in jobs]
    futures = [pool.submit(one) for one in fitting]
    found = []
    for name, extraction, future in zip(names, extractions, futures, strict=True):
        outcome = future.result(timeout=900)
        verdict = grade(theirs.problem, extraction, outcome, judged_by).verdict
        if (verdict == "passed") is not theirs.passes[name][protocol]:
            found.append(f"{name}: {verdict} ({outcome.status}, {outcome.limit}, {outcome.stderr[-300:]!r})")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("isolation", ["warm", "fresh"])
@pytest.mark.parametrize("protocol", ["strict", "mera-code"])
def test_every_program_in_workers_of_each_kind(backend: Backend, theirs: Theirs, protocol: str, isolation: str) -> None:
    """All at once on two workers that are used again, or in a worker for each: the same verdicts."""
    with Pool(backend, workers=2, limits=LIMITS, isolation=isolation) as pool:  # type: ignore[arg-type]
        assert differing(pool, theirs, protocol, list(theirs.programs)) == []


@pytest.mark.parametrize("protocol", ["strict", pytest.param("mera-code", marks=pytest.mark.slow)])
def test_some_programs_in_workers_of_their_own(backend: Backend, theirs: Theirs, protocol: str) -> None:
    """The first of every class: for all of them it takes minutes."""
    first = {name[0]: name for name in sorted(theirs.programs, reverse=True)}
    with Pool(backend, workers=2, limits=LIMITS, isolation="fresh") as pool:
        assert differing(pool, theirs, protocol, list(first.values())) == []
