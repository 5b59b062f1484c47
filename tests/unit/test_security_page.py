"""SECURITY.md's table of what a program can't do names programs that try it, and its numbers are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandbox import wire
from sandbox.backends import local, user_ids
from sandbox.guest import capture, charges, record_locks

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
ROWS = PAGE.partition("| a program can not … |")[2].partition("\n\n")[0].splitlines()[2:]
PROGRAMS = {path.name[0] for path in (ROOT / "tests" / "attacks" / "programs").glob("*.py")}


def test_each_row_names_programs() -> None:
    """By their classes; what ends its worker is in several of them, marked in the programs' headers."""
    classes = [re.search(r"\(([a-k](?:(?:, | to )[a-k])*)[;)]", row.split("|")[1]) for row in ROWS]
    assert len(ROWS) >= 17
    assert [
        row for row, found in zip(ROWS, classes, strict=True) if not found and "| end its worker |" not in row
    ] == []
    assert {letter for found in classes if found for letter in re.findall(r"\b[a-k]\b", found[1])} <= PROGRAMS


@pytest.mark.parametrize(
    "told",
    [
        f"at most {capture.MOST_TAKEN >> 20} MiB of a stream are accepted",
        f"({user_ids._FIRST:#x} and up;",
        f"for {wire.MOST_WAITS} times its wall limit got no processor",
        f"at most {charges._SPARE >> 20} MB more, with {charges._SPARE_PER_CPU / (1 << 20)} MB for each processor",
        f"at most {charges._MOST_PAGES >> 20} MB of file pages more",
        f"holds more than {record_locks.MOST:,} is ended",
        f"kernel's memory has grown by {record_locks._GROWTH_KB >> 10} MB",
        f"of `/etc` {', '.join(f'`{Path(name).name}`' for name in local._FILES[:3])} and `{Path(local._FILES[3]).name}`",
    ],
)
def test_numbers(told: str) -> None:
    """As the code has them."""
    assert told in " ".join(PAGE.split())
