"""The scripts of this repository that pages and docstrings call: each exists and knows the flags and parts that it is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [path for folder in ("ci", "docs", "tests/benchmarks") for path in sorted((ROOT / folder).glob("*.py"))]
PAGES = [*sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*.md")), *SCRIPTS]
#: A call between backticks, or in a line that is indented as a block; some with variables of the environment.
CALL = re.compile(
    r"(?:`|^ {4,})(?:[A-Z_]+=\S+ )*(?:python |bash )?((?:tests/benchmarks|ci|docs)/\w+\.(?:py|sh))(?![\w/])([^`\n]*)",
    re.MULTILINE,
)


def calls(page: Path) -> Iterator[tuple[str, list[str]]]:
    """(script, its arguments) of every call."""
    text = re.sub(r" *\\\n *", " ", page.read_text("utf-8"))
    for script, arguments in CALL.findall(text):
        yield script, arguments.partition("#")[0].partition("   ")[0].replace("[", " ").replace("]", " ").split()


def fault(script: str, words: list[str]) -> str | None:
    """What is not there: the script, a flag, or a part that is named first."""
    if not (ROOT / script).is_file():
        return f"no script {script}"
    source = (ROOT / script).read_text("utf-8")
    flags = [word.partition("=")[0] for word in words if re.match(r"--[a-z]", word)]
    parts = [word for word in words[:1] if re.fullmatch(r"[a-z]+", word)]
    return next((f"{script} has no {word}" for word in (*flags, *parts) if f'"{word}"' not in source), None)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_call_of_a_script_can_be_made(page: Path) -> None:
    """Nothing else runs most of these scripts, so a flag that is renamed would stay in the pages."""
    assert not [wrong for script, words in calls(page) if (wrong := fault(script, words))]


def test_what_does_not_exist_is_seen() -> None:
    """The check itself."""
    assert fault("ci/none.py", []) == "no script ci/none.py"
    assert (
        fault("tests/benchmarks/coverage.py", ["gate", "--none", "3"]) == "tests/benchmarks/coverage.py has no --none"
    )
    assert fault("tests/benchmarks/coverage.py", ["none"]) == "tests/benchmarks/coverage.py has no none"
    assert fault("tests/benchmarks/coverage.py", ["gate", "--n", "3"]) is None
    found = list(calls(ROOT / "docs" / "cluster.md"))
    assert ("tests/benchmarks/cluster_speed.py", ["trivial", "--nodes", "1,2,3", "--jobs", "20000"]) in found
    assert len([script for page in PAGES for script, _ in calls(page)]) > 60
