"""The pages on the sandbox are right: examples are executed, the table of limits is compared with the code, faults name tests."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from sandbox import Limits, outcomes

TESTS = Path(__file__).resolve().parents[1]
DOCS = TESTS.parent / "docs"
PAGE, EVIDENCE = ((DOCS / name).read_text("utf-8") for name in ("sandbox.md", "sandbox-evidence.md"))
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_there_are_examples() -> None:
    """Plain use, asyncio, a reward, and tests that are code."""
    assert len(EXAMPLES) == 4


@pytest.mark.docker
@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_example(number: int) -> None:
    """The block runs as it stands; what it asserts holds."""
    source = EXAMPLES[number]
    assert "assert " in source
    exec(compile(source, f"docs/sandbox.md example {number}", "exec"), {"__name__": "example"})  # noqa: S102 - our own page


def test_the_table_of_limits() -> None:
    """Every limit is listed with its default."""
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", PAGE, re.MULTILINE))
    assert set(rows) == set(Limits.__slots__)
    sizes = {name: 1 << 20 if "MiB" in value else 1 for name, value in rows.items()}
    told = {name: float(re.sub(r"[^\d.]", "", value)) * sizes[name] for name, value in rows.items()}
    assert told == {name: getattr(Limits(), name) for name in Limits.__slots__}


def test_every_status_is_named() -> None:
    """The list of statuses is complete."""
    statuses = outcomes.OutcomeStatus.__args__  # type: ignore[attr-defined]
    assert [status for status in statuses if f"`{status}`" not in PAGE] == []


def test_the_table_of_faults_names_real_tests() -> None:
    """Each test exists under its name, and each row names one."""
    table = EVIDENCE.partition("## Faults")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| fault |")]
    assert len(rows) >= 15
    for row in rows:
        named = re.findall(r"`(\w+/\w+\.py)::(\w+)`", row)
        assert named, row
        for file, test in named:
            assert f"def {test}(" in (TESTS / file).read_text("utf-8"), (file, test)


def test_the_counts_of_judged_pairs() -> None:
    """They are those of the data, in which `judged` is what the judge says of the right program."""
    pairs = json.loads((TESTS / "sandbox" / "judged_pairs.json").read_text("utf-8"))
    found = Counter(pair["judged"] for pair in pairs)
    told = re.search(
        r"Of (\d+) pairs of .*?, (\d+) right programs\s+pass, (\d+) fail and (\d+) are not supported",
        EVIDENCE,
        re.DOTALL,
    )
    assert told is not None
    assert tuple(map(int, told.groups())) == (len(pairs), found["passed"], found["failed"], found["not supported"])
