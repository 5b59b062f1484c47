"""Whether tests look at what a program has made of its arguments. Read from their text, once for each text.

A function that sorts its argument in place is tested by looking at the argument afterwards, so what the candidate did to it has
to come back. Where nobody looks, nothing comes back: `assert candidate(xs) == reference(xs)` computes what it expects from the
argument after the candidate had it, and a candidate that empties it would choose what is expected.

Looking is: to compare the argument itself, or a part of it, in a later statement, or to test its truth; and any use at all after
a call whose result was thrown away or compared with None, because then the argument is all there is to judge.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator

from sandbox.wire import MAX_TOKENS, Tests, has_more_tokens


def sees_arguments(tests: Tests) -> bool:
    """What `tests.in_place` says, else what their text says."""
    return _looks_back(tests.source) if tests.in_place is None else tests.in_place


@functools.lru_cache(maxsize=512)
def _looks_back(source: str) -> bool:
    if has_more_tokens(source, MAX_TOKENS):
        return False
    try:
        tree = ast.parse(source)
        scopes = [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))]
        return any(_scope_looks_back(scope) for scope in scopes)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False  # such tests can't run either


def _scope_looks_back(scope: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """In the order of the text: a name that was passed, and is looked at before it is bound anew."""
    passed: dict[str, bool] = {}  # name -> only the argument shows what the call did
    for statement in _simple_statements(scope.body):
        names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
        if any(passed.get(name) for name in read) or any(name in passed for name in _looked_at(statement)):
            return True
        for node in names:
            if not isinstance(node.ctx, ast.Load):
                passed.pop(node.id, None)
        silent = _throws_away(statement)
        for call in (node for node in ast.walk(statement) if isinstance(node, ast.Call)):
            passed |= dict.fromkeys(_arguments(call), silent)
    return False


def _simple_statements(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Statements without a body, and the heads of those that have one; functions and classes have scopes of their own."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        inner = [getattr(statement, part, []) for part in ("body", "orelse", "finalbody")]
        if not any(inner):
            yield statement
            continue
        for field in ("target", "iter", "test", "subject"):
            if isinstance(head := getattr(statement, field, None), ast.expr):
                yield ast.Assert(test=head) if field == "test" else head
        yield from getattr(statement, "items", [])
        for part in inner:
            yield from _simple_statements(part)
        for handler in [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]:
            yield from _simple_statements(handler.body)


def _throws_away(statement: ast.AST) -> bool:
    """A call as a statement, or a comparison with None."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call)
    test = statement.test if isinstance(statement, ast.Assert) else None
    return isinstance(test, ast.Compare) and any(
        isinstance(side, ast.Constant) and side.value is None for side in test.comparators
    )


def _looked_at(statement: ast.AST) -> Iterator[str]:
    """The names that stand themselves, or with an index or an attribute, in a comparison or where truth is tested."""
    for node in ast.walk(statement):
        operands: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
        elif isinstance(node, ast.Assert):
            operands = [node.test]
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            operands = [node.operand]
        elif isinstance(node, ast.BoolOp):
            operands = node.values
        for operand in operands:
            yield from _root(operand)


def _arguments(call: ast.Call) -> Iterator[str]:
    """The names that a call hands over, as they are or as a part of a list, tuple or dict; not what it is given of them."""
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        yield from _root(argument)


def _root(node: ast.expr) -> Iterator[str]:
    waiting: list[ast.AST | None] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Name):
            yield one.id
        elif isinstance(one, ast.Starred | ast.Subscript | ast.Attribute):
            waiting.append(one.value)
        elif isinstance(one, ast.List | ast.Tuple | ast.Set):
            waiting += one.elts
        elif isinstance(one, ast.Dict):
            waiting += one.values
