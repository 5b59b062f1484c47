"""Find the statements beside the function that can't be executed: no Python, or with names that nothing binds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Set

from codeeval import syntax
from codeeval.reading.needs import DEFINITIONS, Needs, head_names
from codeeval.reading.statements import Statement, StatementKind, Statements

_KINDS = (StatementKind.CALL, StatementKind.ASSIGN, StatementKind.COMPOUND, StatementKind.ASSERT)
#: Lines that are part of a function: a statement at the margin that has one is not an example.
_OF_FUNCTION = re.compile(r"^[ \t]*+(?:return|yield)\b", re.MULTILINE)


def fails(found: Statements, item: Statement, needs: Needs, gone: Set[str]) -> bool:
    """Whether a statement that the function does not need can't be executed: it is no Python, or uses what nothing
    defines, or what is left out (`gone`). An example or a formula, most often, or the next task of a model that does not
    stop."""
    if item.kind in DEFINITIONS:
        return not needs.is_needed(item) and definition_fails(found, item, needs, gone)
    if item.kind not in _KINDS and not item.head.startswith("@"):
        return False
    if needs.is_needed(item) or needs.works_on(found, item) or is_of_function(found, item):
        return False
    try:
        tree = syntax.parse_module(found.text(item))
    except SyntaxError:
        return True
    free = [_free_names(each) for each in tree.body]
    return any(needs.has_unbound(names, item) or not gone.isdisjoint(names) for names in free)


def is_of_function(found: Statements, item: Statement) -> bool:
    """Whether a statement is a part of a function that lost its indentation."""
    if item.kind is StatementKind.OTHER:
        return not item.head.startswith("@")
    return item.kind is StatementKind.COMPOUND and _OF_FUNCTION.search(found.bare(item)) is not None


def definition_fails(found: Statements, item: Statement, needs: Needs, gone: Set[str] = frozenset()) -> bool:
    """Whether a definition fails where it stands, as its decorators, default values, annotations or bases use what
    nothing defines. One that is no Python does not count: where it ends is not known. Nor does one with a decorator or a
    base of the answer's own, which may register it."""
    reads = found.reads(item)
    if not gone.isdisjoint(reads):
        return True
    if not needs.has_unbound(reads, item):  # the names in its body are among these
        return False
    if not head_names(found, item).isdisjoint(needs.defined):
        return False
    try:
        tree = syntax.parse_module(found.text(item))
    except SyntaxError:
        return False
    is_lazy = needs.has_lazy_annotations
    return any(needs.has_unbound(_names_at_definition(each, is_lazy), item) for each in tree.body)


def failing(found: Statements, needs: Needs) -> frozenset[int]:
    """The definitions that the function does not need and that fail, and what is made of these."""
    numbers: set[int] = set()
    gone: set[str] = set()
    for number, item in enumerate(found.items):
        if not needs.is_needed(item) and (
            (item.kind in DEFINITIONS and definition_fails(found, item, needs, gone))
            or (gone and not gone.isdisjoint(found.uses(item)))
        ):
            numbers.add(number)
            gone |= item.names
        else:
            gone -= item.names
    return frozenset(numbers)


def _is_stored(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _free_names(statement: ast.stmt) -> set[str]:
    """The names that a statement reads before it binds them."""
    skipped: set[ast.AST] = set()
    free: set[str] = set()
    if isinstance(statement, ast.Assign):
        skipped = {node for target in statement.targets for node in ast.walk(target) if _is_stored(node)}
    elif isinstance(statement, ast.AugAssign | ast.AnnAssign) and isinstance(statement.target, ast.Name):
        skipped = {statement.target}
        free = {statement.target.id} if isinstance(statement, ast.AugAssign) else set()
    own: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, ast.Name) and node not in skipped:
            (free if isinstance(node.ctx, ast.Load) else own).add(node.id)
    return free - own


def _names_at_definition(statement: ast.stmt, is_lazy: bool) -> set[str]:
    """The names that a definition reads when it is executed, without the bodies of its functions. `is_lazy`: annotations
    are not evaluated."""
    waiting: list[ast.AST] = [statement]
    read: set[str] = set()
    own: set[str] = set()
    while waiting:
        node = waiting.pop()
        own |= {each.name for each in getattr(node, "type_params", ())}
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else own).add(node.id)
        elif isinstance(node, ast.alias):
            own.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own.add(node.name)
            waiting += (each for each in _head_of(node) if not (is_lazy and each is node.returns))
        elif not isinstance(node, ast.Lambda):
            own |= {node.name} if isinstance(node, ast.ClassDef) else set()
            lazy = node.annotation if is_lazy and isinstance(node, ast.arg | ast.AnnAssign) else None
            waiting += (each for each in ast.iter_child_nodes(node) if each is not lazy)
    return read - own


def _head_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    yield from function.decorator_list
    yield function.args
    if function.returns is not None:
        yield function.returns
