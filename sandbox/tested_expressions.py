"""Expressions in tests: which names they look at, what they are made from, and in which order their parts are evaluated."""

from __future__ import annotations

import ast
from collections.abc import Iterator

#: Expressions with a value that is computed from others, and is none of them.
COMPUTED = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.JoinedStr, ast.BinOp)
#: What takes something from an object, by method and by function, and what puts something into it.
_TAKING = frozenset(("get", "items", "keys", "pop", "popleft", "setdefault", "values"))
_TAKING_FUNCTIONS = frozenset(("iter", "list", "max", "min", "next", "reversed", "sorted", "tuple", "zip"))
_PUTTING = frozenset(("add", "append", "appendleft", "extend", "insert", "setdefault", "update"))

_LOAD = ast.Load()
_COPYING = frozenset(("dict", "list", "repr", "str", "tuple"))
#: The bodies of loops are read twice, up to this nesting depth.
_MAX_NESTING = 3


def arguments_of(call: ast.Call) -> list[ast.expr]:
    """Also those with a keyword."""
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def takes_from(call: ast.Call) -> bool:
    """Whether its result may be a part of the object of the method, or of the arguments."""
    if isinstance(call.func, ast.Name):
        return call.func.id in _TAKING_FUNCTIONS
    return isinstance(call.func, ast.Attribute) and call.func.attr in _TAKING


def is_copy(call: ast.Call) -> bool:
    """Whether it is `xs.copy()`."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "copy" and not arguments_of(call)


def puts_into(call: ast.Call) -> bool:
    """Whether it is a method that puts its arguments into its object."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in _PUTTING


def sources_of(value: ast.expr) -> list[ast.expr]:
    """What a value of `COMPUTED` is computed from."""
    if isinstance(value, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        return [one.iter for one in value.generators]
    if isinstance(value, ast.BinOp):
        return [value.left, value.right]
    return [one.value for one in getattr(value, "values", []) if isinstance(one, ast.FormattedValue)]


def walk_scope(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of one scope, without those of functions in it."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(one)


def parts_in_order(statement: ast.AST) -> Iterator[list[ast.expr]]:
    """The operands of `and` and `or`, and the items of lists, tuples and dicts that are compared or all tested."""
    for node in ast.walk(statement):
        if isinstance(node, ast.BoolOp):
            yield node.values
        elif isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                yield from _items(side)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "all" and node.args:
            yield from _items(node.args[0])


def displays_in(statement: ast.AST) -> Iterator[list[ast.expr]]:
    """The items of lists, tuples and dicts, wherever they go; for a copy, what is copied."""
    for node in ast.walk(statement):
        if isinstance(node, ast.List | ast.Tuple | ast.Dict) and isinstance(getattr(node, "ctx", _LOAD), ast.Load):
            yield from ([_copied(one) for one in items] for items in _items(node))


def _copied(node: ast.expr) -> ast.expr:
    copies = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _COPYING
    return node.args[0] if isinstance(node, ast.Call) and copies and len(node.args) == 1 else node


def _items(node: ast.expr) -> Iterator[list[ast.expr]]:
    if isinstance(node, ast.List | ast.Tuple):
        yield node.elts
    elif isinstance(node, ast.Dict):
        yield node.values


def names_of_data(node: ast.AST) -> Iterator[str]:
    """The names in an expression, without those in an index: it only says which part is meant."""
    if isinstance(node, ast.Name):
        yield node.id
    for child in (node.value,) if isinstance(node, ast.Subscript) else ast.iter_child_nodes(node):
        yield from names_of_data(child)


def tested_in(statement: ast.AST) -> Iterator[ast.expr]:
    """Comparisons, and expressions tested for truth."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Compare):
            yield node
        elif isinstance(node, ast.Assert) and not isinstance(node.test, ast.BoolOp):
            yield node.test


def looked_at_in(statement: ast.AST) -> Iterator[str]:
    """The names that occur, alone or with an index or an attribute, in a comparison or truth test."""
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
            yield from root_of(operand)


def root_of(node: ast.expr) -> Iterator[str]:
    """The name in an expression that consists of it or a part of it, or of a list, tuple or dict that holds it."""
    waiting: list[ast.AST | None] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Name):
            yield one.id
        elif isinstance(one, ast.Starred | ast.Subscript | ast.Attribute):
            waiting.append(one.value)
            if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "self":
                yield f"self.{one.attr}"  # methods share it
        elif isinstance(one, ast.List | ast.Tuple | ast.Set):
            waiting += one.elts
        elif isinstance(one, ast.Dict):
            waiting += one.values


def side_by_side(value: ast.expr, count: int, taken: bool) -> list[ast.expr]:
    """For several targets at once: the source of each, if the text shows it."""
    if not taken and isinstance(value, ast.Tuple | ast.List) and len(value.elts) == count:
        return value.elts
    if taken and isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        if value.func.id == "zip" and len(value.args) == count:
            return value.args
        if value.func.id == "enumerate" and count == 2 and value.args:
            return [ast.Constant(0), value.args[0]]
    return []


def lines_of(statement: ast.AST) -> tuple[int, int]:
    """Its first and its last line, also those of one that was made of parts of another one; 0 for one without expressions."""
    parts = [one for one in ast.walk(statement) if isinstance(one, ast.expr) and hasattr(one, "lineno")]
    return min((one.lineno for one in parts), default=0), max((one.end_lineno or 0 for one in parts), default=0)


def simple_statements(body: list[ast.stmt], nesting: int) -> Iterator[ast.AST]:
    """Statements without a body, and the heads of those with one; functions and classes have separate scopes."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from map(ast.Expr, statement.decorator_list)
            continue
        inner = [getattr(statement, part, []) for part in ("body", "orelse", "finalbody")]
        if not any(inner) and not isinstance(statement, ast.Match):
            yield statement
            continue
        loops = isinstance(statement, ast.For | ast.AsyncFor | ast.While) and nesting < _MAX_NESTING
        for _ in range(1 + loops):
            yield from _heads(statement)
            for part in inner:
                yield from simple_statements(part, nesting + loops)
        for handler in [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]:
            yield from simple_statements(handler.body, nesting)


def _heads(statement: ast.stmt) -> Iterator[ast.AST]:
    """What a statement with a body evaluates itself."""
    if isinstance(statement, ast.For | ast.AsyncFor):
        yield ast.For(statement.target, statement.iter, [], [])
    elif isinstance(test := getattr(statement, "test", None), ast.expr):
        yield ast.Assert(test=test)
    elif isinstance(subject := getattr(statement, "subject", None), ast.expr):
        yield ast.Assert(test=subject)
    yield from getattr(statement, "items", [])


def throws_away(statement: ast.AST) -> bool:
    """A call as a statement, or a comparison with None."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call)
    test = statement.test if isinstance(statement, ast.Assert) else None
    return isinstance(test, ast.Compare) and any(
        isinstance(side, ast.Constant) and side.value is None for side in test.comparators
    )
