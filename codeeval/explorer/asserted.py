"""The result that a test which is code expects, if its text states it: `assert candidate(1) == 2`. Executes nothing."""

from __future__ import annotations

import ast
from functools import lru_cache

from codeeval import syntax
from sandbox.wire import literal


def expected(source: str, line: int | None, entry_point: str) -> str | None:
    """The literal that the assert on this line compares the function's result with; None if there is no such assert, or
    more than one."""
    found = [node for node in _asserts(source) if line and node.lineno <= line <= (node.end_lineno or node.lineno)]
    if len(found) != 1 or not isinstance(test := found[0].test, ast.Compare):
        return None
    if len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq | ast.Is):
        return None
    names = {entry_point, "candidate"}
    for call, wanted in ((test.left, test.comparators[0]), (test.comparators[0], test.left)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names:
            return _literal(wanted)
    return None


@lru_cache(maxsize=32)
def _asserts(source: str) -> tuple[ast.Assert, ...]:
    try:
        tree = syntax.parse_module(source)
    except SyntaxError:
        return ()
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Assert))


def _literal(node: ast.expr) -> str | None:
    try:
        return repr(literal(node))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
