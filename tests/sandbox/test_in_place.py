"""Whether tests look at their arguments again is read from their text."""

from __future__ import annotations

import pytest

from sandbox import Tests
from sandbox.mutated_arguments import sees_arguments


@pytest.mark.parametrize(
    "source",
    [
        "x = [3, 1]\ncandidate(x)\nassert x == [1, 3]\n",
        "def check(candidate):\n    x = [3, 1]\n    assert candidate(x) is None\n    assert x == [1, 3]\n",
        "x = [1]\nn = candidate([x])\nassert x[0] == n\n",
        "x = {}\ncandidate(1, into=x)\nif x:\n    pass\n",
        "x = [1]\ntry:\n    candidate(*x)\nexcept ValueError:\n    assert x == []\n",
        "for x in ([1], [2]):\n    candidate(x)\n    assert not x\n",
        "x = [[1]]\ncandidate(x[0])\nassert x == [[]]\n",
        "x = [1]\ncandidate(x)\nassert sorted(x) == [1]\n",
        "x = [1]\nassert candidate(x) is None\nassert len(x) == 1\n",
        "x = [1, 1]\nn = candidate(x)\nassert x[:n] == [1]\n",
        "x = [1]\ny = candidate(x)\nif not x:\n    pass\n",
        "x = [1]\nassert candidate(x) is None and x == [1]\n",
        "x = {}\n@candidate(x)\ndef g(): pass\nassert list(x) == ['g']\n",
        "import io\nx = io.StringIO()\ny = candidate(x)\nassert x.getvalue() == ''\n",
    ],
)
def test_arguments_that_are_looked_at(source: str) -> None:
    """A name that was passed, and is read in a later statement."""
    assert sees_arguments(Tests(source))


@pytest.mark.parametrize(
    "source",
    [
        "assert candidate([3, 1]) == [1, 3]\n",
        "x = [1]\nassert candidate(x) == reference(x)\n",
        "x = [1]\ny = candidate(x)\nassert y == reference(x)\n",
        "for x in CASES:\n    y = candidate(x)\n    z = reference(x)\n    assert y == z\n",
        "x = [1]\ny = candidate(x)\nassert y == sorted(x)\n",
        "for x in CASES:\n    assert candidate(x) == reference(x)\n",
        "for args, expected in zip(CASES, WANTED):\n    assert candidate(*args) == expected\n",
        "x = [1]\ncandidate(x)\nx = [2]\nassert x\n",
        "def check(candidate):\n    assert candidate('a') == 1\ncheck(f)\n",
        "not python (",
        "x" + "[0]" * 5_000,
    ],
)
def test_arguments_that_nobody_looks_at(source: str) -> None:
    """Not in the statement that passed them: what is expected must not come from what the candidate had in hand."""
    assert not sees_arguments(Tests(source))
