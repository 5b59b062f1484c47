"""How often does this language model write correct Python for a problem stated in Russian?

In a notebook (docs/python.md):

    codeeval.load("runs/my-run").pass_at_k(1, 10)
    codeeval.evaluate("rustarter", completions, k=[1, 5, 10])

For a trainer (docs/training.md): `codeeval.CodeReward("rustarter")`.

Importing the package imports nothing else; names are loaded on first use.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would take longer than Python's own start
if TYPE_CHECKING:
    from codeeval.api import Execution, ProblemRow, Run, SampleRow, evaluate, load
    from codeeval.integrations.code_reward import CodeReward

__version__ = "0.1.0"

__all__ = ["CodeReward", "Execution", "ProblemRow", "Run", "SampleRow", "evaluate", "load"]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name == "CodeReward":
        return import_module("codeeval.integrations.code_reward").CodeReward
    if name in __all__:
        return getattr(import_module("codeeval.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
