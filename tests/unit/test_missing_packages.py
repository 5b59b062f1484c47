"""Samples that fail for lack of a package are counted by package."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_values import add_judgements, make_manifest, planned

from codeeval.reading import begins_with_thought
from codeeval.report.packages import missing_packages
from codeeval.store import RunStore, StoredJudgement
from codeeval.types import Judgement, Verdict


def row(index: int, error: str | None) -> StoredJudgement:
    judgement = Judgement(Verdict.EXCEPTION, False, (), None, error, "exception")
    return StoredJudgement("1", index, "digest", (), judgement)


def counted(folder: Path, **rows: list[StoredJudgement]) -> dict[str, int]:
    with RunStore.create(folder / "run", make_manifest(), [planned()]) as store:
        for protocol, found in rows.items():
            add_judgements(store, protocol, found)
        return missing_packages(store, tuple(rows))


def test_each_sample_counts_once_per_package(tmp_path: Path) -> None:
    """Under however many protocols it failed; a submodule is its package; the most frequent comes first."""
    mera = [
        row(0, "ModuleNotFoundError: No module named 'pandas'"),
        row(1, "ModuleNotFoundError: No module named 'torch'"),
    ]
    strict = [
        row(0, "ModuleNotFoundError: No module named 'pandas'"),
        row(2, "ModuleNotFoundError: No module named 'torch.nn' in line 3 of the program"),
        row(3, "ValueError: no"),
        row(4, None),
        row(5, "\udc80\0 ModuleNotFoundError: No module named 'torch'"),
    ]
    assert counted(tmp_path, mera=mera, strict=strict) == {"torch": 3, "pandas": 1}


@pytest.mark.parametrize("name", ["'", "a'b", "1x", "x" * 500, "\n", "[/red]"])
def test_a_name_that_is_none_is_not_repeated(name: str, tmp_path: Path) -> None:
    """The message is the candidate's own: only names of packages are taken from it."""
    assert counted(tmp_path, strict=[row(0, f"ModuleNotFoundError: No module named '{name}'")]) == {}


@pytest.mark.parametrize(
    "text", ["<think>\nx", "  <thinking>", "[THINK]a", "<|channel|>analysis<|message|>", "analysisWe need"]
)
def test_a_thought_at_the_beginning_is_recognised(text: str) -> None:
    """So that a run can say that its stops may have cut it."""
    assert begins_with_thought(text)


@pytest.mark.parametrize("text", ["", "    return 1", "x <think>", "analysis = 1", "```python\nx\n```", "[think]"])
def test_what_is_no_thought_is_not_taken_for_one(text: str) -> None:
    """Code and prose."""
    assert not begins_with_thought(text)
