"""Whether a statement of tests computes what it expects from an argument that a program may have changed.

`assert candidate(xs) == reference(xs)` must compare with what the tests have, not with what the candidate has left in `xs`.
So calls in such a statement never change the tests' own arguments. What tests do elsewhere with an argument after the call can
only be a check of it, or not matter.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import Protocol

from sandbox.tested_expressions import COMPUTED, arguments_of, names_of_data

#: Functions that compare none of their arguments with another one.
_COMPARE_NOTHING = frozenset(("dict", "format", "isinstance", "print", "repr", "str"))


class Known(Protocol):
    """What is known of the names of a scope at a statement."""

    def is_told(self, node: ast.expr) -> bool:
        """Whether a result of the program is in this expression."""

    def is_told_of(self, node: ast.expr, name: str) -> bool:
        """Whether one is of a call that the program had this name's object in, or what holds it or was computed from it."""

    def is_elsewhere(self, node: ast.expr) -> bool:
        """Whether it is another part of what an argument is a part of: `case["out"]`."""

    def calls_program(self, call: ast.Call) -> bool:
        """Whether it may be the program that is called."""

    def passed_in(self, node: ast.expr) -> dict[str, set[str]]:
        """The names that calls in this expression pass to functions that may be the program, with these functions."""


def expects_from_arguments(statement: ast.AST, known: Known) -> set[str]:
    """The names of the arguments, or of what is computed from them, with which it compares a result of the program, or that it
    gives to a function with one."""
    return {name for parts in _side_by_side(statement, known) for name in _meet(parts, known)}


def _side_by_side(statement: ast.AST, known: Known) -> Iterator[list[ast.expr]]:
    """What is compared, given to one function, or put into one list or tuple, which may be compared later."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Compare):
            yield [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and not known.calls_program(node):
            if not isinstance(node.func, ast.Name) or node.func.id not in _COMPARE_NOTHING:
                yield arguments_of(node)
        elif isinstance(node, ast.Tuple | ast.List):  # the argument itself may be there to be checked
            yield [one for one in node.elts if known.is_told(one) or isinstance(one, (ast.Call, *COMPUTED))]


def _meet(parts: list[ast.expr], known: Known) -> Iterator[str]:
    told = [one for one in parts if known.is_told(one)]
    passed = [known.passed_in(one) for one in told]
    names = {name for one in passed for name in one}
    others = [one for one in parts if one not in told and not isinstance(one, ast.Compare | ast.BoolOp)]
    others = [one for one in others if not known.is_elsewhere(one)]
    for name in (name for one in others for name in names_of_data(one) if not hasattr(builtins, name)):
        if name in names or any(known.is_told_of(one, name) for one in told):
            yield name
    first = passed[0] if passed else {}
    yield from (
        name for other in passed[1:] for name in first.keys() & other.keys() if first[name].isdisjoint(other[name])
    )
