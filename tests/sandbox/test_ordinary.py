"""What makes a candidate's process like any other: the parts that need no sandbox to be seen."""

from __future__ import annotations

import os

import pytest

from sandbox.guest import main_module


@pytest.mark.parametrize(("there", "seen"), [(1, 1), (8, 8), (96, 8), (None, 1)])
def test_processors(monkeypatch: pytest.MonkeyPatch, there: int | None, seen: int) -> None:
    """On a large machine programs see fewer processors, so that a pool of the usual size fits below the limit of processes."""
    for name in ("cpu_count", "process_cpu_count"):
        monkeypatch.setattr(os, name, lambda: there, raising=False)
    main_module.few_processors()
    assert (os.cpu_count(), os.process_cpu_count()) == (seen, seen)  # type: ignore[attr-defined]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_a_files(end: str) -> None:
    """Lines end where those of a file do, not at form feeds or Unicode's separators."""
    lines = main_module.SourceLines()
    lines.source = end.join(("a = '\u2028'", "b\x0c = 1\x85", "c"))
    assert list(lines) == ["a = '\u2028'\n", "b\x0c = 1\x85\n", "c"]
