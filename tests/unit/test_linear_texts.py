"""No text makes reading it quadratic: each of these would take minutes if giving characters back were possible."""

from __future__ import annotations

import pytest

from codeeval.extract import extract
from codeeval.formats import classify, repair
from codeeval.types import Problem, Sample

N = 300_000
PROBLEM = Problem("1", "{function}", 'def f(a):\n    """Doc."""\n', "f", ("{'a': 1}",), ("1",))

TEXTS = {
    "a label without end": "```python" + "a" * N + "```",
    "a fence without end": "`" * N + "x`",
    "spaces behind a fence": "```" + " " * N + "`",
    "tildes": "~" * N + "`",
    "signs behind tildes": "~~~" + "+-" * N + "`",
    "fences of every length": "".join("`" * length + "\n" for length in range(3, 700)),
    "fences one by one": "```\n" * (N // 4),
}


@pytest.mark.parametrize("name", TEXTS)
def test_fences_take_linear_time(name: str) -> None:
    """A fence that looks as if it never ended is read once, by every rule."""
    text = TEXTS[name]
    for rule in ("none", "mera-1.2", "mera-code", "strict"):
        assert extract(PROBLEM, text, rule).program.startswith(PROBLEM.prompt[:5])  # type: ignore[arg-type]
    assert classify(PROBLEM, Sample("1", 0, "digest", text, "stop"))
    assert repair(PROBLEM, Sample("1", 0, "digest", text, "stop")) is None
