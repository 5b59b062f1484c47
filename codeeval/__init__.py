"""How often does this language model write correct Python for a problem stated in Russian?

In a notebook (docs/python.md):

    codeeval.load("runs/my-run").pass_at_k(1, 10)
    codeeval.evaluate("rustarter", completions, k=[1, 5, 10])

Importing this imports nothing else; both are fetched when they are used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codeeval.api import Execution, ProblemRow, Run, SampleRow, evaluate, load

__version__ = "0.1.0"

__all__ = ["Execution", "ProblemRow", "Run", "SampleRow", "evaluate", "load"]


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module("codeeval.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
