"""Rows in MERA's schema and evidence of executions, for tests."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from codeeval.types import Problem
from sandbox.outcomes import Observation, Outcome, OutcomeStatus

ROW: dict[str, Any] = {
    "instruction": "Допишите функцию.\n{function}",
    "inputs": {
        "function": 'from typing import List\n\n\ndef add(xs: List[int], n: int = 0) -> int:\n    """Сложите числа."""',
        "tests": "[{'xs': [1, 2]}, {'xs': [], 'n': 3}]",
    },
    "outputs": ["3", "3"],
    "meta": {"id": 0, "canonical_solution": "\n\n    return sum(xs) + n\n\n", "entry_point": "add"},
}


def row(path: str = "", value: object = None) -> dict[str, Any]:
    """A copy of ROW with one field, given by its dotted path, set to `value`."""
    made = copy.deepcopy(ROW)
    if path:
        *parents, last = path.split(".")
        inner = made
        for name in parents:
            inner = inner[name]
        inner[last] = value
    return made


def without(path: str) -> dict[str, Any]:
    """A copy of ROW that lacks one field."""
    made = row(path)
    *parents, last = path.split(".")
    inner = made
    for name in parents:
        inner = inner[name]
    del inner[last]
    return made


def numbered(count: int) -> list[dict[str, Any]]:
    """Rows with the ids 0, 1, …"""
    return [row("meta.id", number) for number in range(count)]


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in rows), encoding="utf-8")
    return path


def make_problem(expected: tuple[str, ...] | None = ("1", "2"), prompt: str | None = None) -> Problem:
    """`f(n)` with one call per expected output (two where they are hidden)."""
    calls = tuple(f"{{'n': {i}}}" for i in range(2 if expected is None else len(expected)))
    return Problem("7", "{function}", prompt or 'def f(n):\n    """Верните число."""', "f", calls, expected)


def returned(text: str, type_name: str = "int", plain: bool = True) -> Observation:
    return Observation("returned", text=text, type_name=type_name, plain=plain)


def raised(exc_type: str, message: str = "") -> Observation:
    return Observation("raised", exc_type=exc_type, message=message, line=3)


NOT_REACHED = Observation("not_reached")
NONE = returned("None", "NoneType")


def outcome(*observations: Observation, status: OutcomeStatus = "completed", **more: Any) -> Outcome:
    return Outcome(status, observations, **more)
