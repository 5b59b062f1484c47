"""Whether tests check what a program does to its arguments. Determined from their text, once for each text.

A function that sorts its argument in place is tested by checking the argument afterwards, so what the candidate did to
it has to be sent back. If the tests don't check it, nothing is sent back: `assert candidate(xs) == reference(xs)`
computes the expected value from the argument after the candidate had it, and a candidate that empties it would choose
what is expected.

Tests check arguments in more ways than can be read from a text. So a program that passes without its changes of arguments
is executed once more with them (`worker_thread.py`), and must pass both ways. This time too, calls with results that the tests
compare with what they compute from an argument (`expected_values.py`) leave the tests' own arguments alone.

An argument is checked if, in a later statement or the next iteration of a loop,

- the argument itself, or a part of it, is compared, or tested for truth;
- what is computed from it by expressions and functions that change nothing is compared (`len(xs) == 3`), unless with the
  result of a call of any other function;
- it is given to a check, a method `assert…` or a function of the tests that asserts, which gets no result of a call;
- it is passed to the same function again, also in a loop, and the tests use it for nothing else;
- it is used at all after a call with a result that was discarded or compared with None: then only the argument can be
  judged.

Another name for the argument, the list that it is taken from, and what is taken from it count as the argument. The operands
of `and` and `or` and the items of a list that is compared are statements. A name of the module may be passed in one function
and compared in another one.
"""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass

from sandbox.expected_values import expects_from_arguments
from sandbox.harmless_calls import Harmless, is_passed_again
from sandbox.marks import is_slow
from sandbox.passed_names import PassedNames
from sandbox.tested_expressions import (
    arguments_of,
    displays_in,
    lines_of,
    looked_at_in,
    names_of_data,
    parts_in_order,
    root_of,
    simple_statements,
    tested_in,
    throws_away,
    walk_scope,
)
from sandbox.wire import MAX_TOKENS, Tests, has_more_tokens

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


#: Lines of the tests, from the first to the last one of each pair.
Spans = tuple[tuple[int, int], ...]


def sees_arguments(tests: Tests, entry_point: str = "") -> bool:
    """Whether the tests, by their text, check an argument after the statement that passed it."""
    return _use_of_arguments(tests.source, tests.prelude, (*tests.names, entry_point)).checks


def expecting_lines(tests: Tests, entry_point: str = "") -> Spans | None:
    """Where the tests, by their text, compare results with what they compute from an argument that the program may have
    changed. None if they can't be read, or check arguments."""
    return _use_of_arguments(tests.source, tests.prelude, (*tests.names, entry_point)).expecting


@dataclass(frozen=True, slots=True)
class _Use:
    """What tests do with arguments after the call."""

    checks: bool = False
    expecting: Spans | None = None


@functools.lru_cache(maxsize=512)
def _use_of_arguments(source: str, prelude: str, names: tuple[str, ...]) -> _Use:
    if any(has_more_tokens(text, MAX_TOKENS) or is_slow(text) for text in (source, prelude)):
        return _Use()
    try:
        tree = ast.parse(source)
        harmless = Harmless((tree, ast.parse(prelude)), names)
        found = [_Scope(harmless, node) for node in ast.walk(tree) if isinstance(node, (*_FUNCTIONS, ast.Module))]
        if any(scope.looks_back() for scope in found) or _from_elsewhere(found) or is_passed_again(tree, harmless):
            return _Use(checks=True)
        return _Use(expecting=tuple(sorted({span for scope in found for span in scope.expecting})))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _Use()  # such tests can't be executed either


def _from_elsewhere(scopes: list[_Scope]) -> bool:
    """Whether a name of the module is passed in one function and checked in another one."""
    return any(
        not one.passed.isdisjoint(other.checked) or one.shares_with(other)
        for one in scopes
        for other in scopes
        if one is not other
    )


class _Scope(PassedNames):
    """One function, or the module without its functions."""

    def __init__(self, harmless: Harmless, node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        super().__init__(harmless)
        self._node = node
        #: Those of `passed` and `checked` that are its own.
        self._own_passed: set[str] = set()
        self._own_checked: set[str] = set()
        self._inner = set(map(id, ast.walk(node)))
        #: Where it computes what it expects from an argument, and the lines of each statement.
        self.expecting: set[tuple[int, int]] = set()
        self._lines: list[tuple[int, int]] = [(0, 0)]

    def looks_back(self) -> bool:
        found = self._reads()
        if not isinstance(self._node, ast.Module):
            nodes = [node for part in (self._node.args, *self._node.body) for node in walk_scope(part)]
            own = {node.arg for node in nodes if isinstance(node, ast.arg)}
            own |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
            self._own_passed, self._own_checked = self.passed & own, self.checked & own
            self.passed -= own
            self.checked -= own
        return found

    def shares_with(self, inner: _Scope) -> bool:
        """Whether a function in this one checks what this one has passed, or passes what this one checks."""
        if isinstance(self._node, ast.Module) or id(inner._node) not in self._inner:
            return False
        return not (inner.checked.isdisjoint(self._own_passed) and inner.passed.isdisjoint(self._own_checked))

    def _reads(self) -> bool:
        simple = simple_statements(self._node.body, 0)
        for statement in (one for whole in simple for one in self._harmless.assertions(whole)):
            self.checked.update(looked_at_in(statement))
            for part in ast.walk(statement):
                if isinstance(part, ast.comprehension):
                    self._bind(part.target, part.iter, taken=True)
            for tested in tested_in(statement):
                if self._all_pure(tested) and not any(name in self._told for name in names_of_data(tested)):
                    self.checked.update(names_of_data(tested))
            self._statement += 1
            self._lines.append(lines_of(statement))
            self.note_paths(statement)
            self._note_expecting(statement)
            if self._looks(statement) or self._looks_in_order(statement):
                return True
            self._rebind(statement)
            silent, outermost = throws_away(statement), getattr(statement, "value", None)
            for call in (node for node in ast.walk(statement) if isinstance(node, ast.Call)):
                if not self._is_pure(call) and not self._harmless.is_known(call):
                    self._pass(call, silent and (call is outermost or not isinstance(statement, ast.Expr)))
        return False

    def _note_expecting(self, statement: ast.AST) -> None:
        """From where such an argument was first passed up to this statement."""
        for name in expects_from_arguments(statement, self):
            lines = [one for one in self._lines[self._passed_since(name, self._statement) :] if any(one)]
            self.expecting.add((min(first for first, _ in lines), max(last for _, last in lines)))

    def _looks(self, statement: ast.AST) -> bool:
        read = {
            node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        if any(self._affected(name) for name in read):
            return True
        looked_at = [name for name in looked_at_in(statement) if not self._is_computed(name)]
        if any(self._affected(name) is not None for name in looked_at):
            return True
        return any(self._looks_through(tested) for tested in tested_in(statement))

    def _looks_in_order(self, statement: ast.AST) -> bool:
        """Whether a later part of one expression looks at what an earlier one has passed."""
        if any(self._looks_at_earlier(parts, computed=True) for parts in parts_in_order(statement)):
            return True
        if any(self._looks_at_earlier(parts, computed=False) for parts in displays_in(statement)):
            return True
        return any(self._compares_identity(node) for node in ast.walk(statement) if isinstance(node, ast.Compare))

    def _looks_at_earlier(self, parts: list[ast.expr], *, computed: bool) -> bool:
        """`computed`: what is computed from an argument counts as well; otherwise it may be what is expected."""
        passed: set[str] = set()
        for part in parts:
            seen = {*root_of(part), *(looked_at_in(ast.Assert(test=part)) if computed else ())}
            seen |= set(names_of_data(part)) if computed and self._all_pure(part) else set()
            if passed & {self._same.get(name, name) for name in seen}:
                return True
            for call in (node for node in ast.walk(part) if isinstance(node, ast.Call)):
                if not self._is_pure(call) and not self._harmless.is_known(call):
                    names = [name for given in arguments_of(call) for name in self._passed_by(given)]
                    passed |= {self._same.get(name, name) for name in names}
        return False

    def _compares_identity(self, node: ast.Compare) -> bool:
        """Whether a call's result is compared with the argument itself by identity."""
        if not isinstance(node.ops[0], ast.Is | ast.IsNot):
            return False
        sides = [node.left, *node.comparators]
        calls = [
            one for side in sides for one in ast.walk(side) if isinstance(one, ast.Call) and not self._is_pure(one)
        ]
        passed = {name for call in calls for given in arguments_of(call) for name in self._passed_by(given)}
        return any(name in passed for side in sides for name in root_of(side))
