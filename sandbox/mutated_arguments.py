"""Whether tests check what a program does to its arguments. Determined from their text, once for each text.

A function that sorts its argument in place is tested by checking the argument afterwards, so what the candidate did to
it has to be sent back. If the tests don't check it, nothing is sent back: `assert candidate(xs) == reference(xs)`
computes the expected value from the argument after the candidate had it, and a candidate that empties it would choose
what is expected.

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
from collections.abc import Iterator

from sandbox.harmless_calls import Harmless, is_passed_again
from sandbox.marks import is_slow
from sandbox.tested_expressions import (
    COMPUTED,
    arguments_of,
    displays_in,
    looked_at_in,
    names_of_data,
    parts_in_order,
    puts_into,
    root_of,
    side_by_side,
    simple_statements,
    sources_of,
    takes_from,
    tested_in,
    throws_away,
    walk_scope,
)
from sandbox.wire import MAX_TOKENS, Tests, has_more_tokens

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def sees_arguments(tests: Tests, entry_point: str = "") -> bool:
    """Whether the tests, by their text, check an argument after the statement that passed it."""
    return _looks_back(tests.source, tests.prelude, (*tests.names, entry_point))


@functools.lru_cache(maxsize=512)
def _looks_back(source: str, prelude: str, names: tuple[str, ...]) -> bool:
    if any(has_more_tokens(text, MAX_TOKENS) or is_slow(text) for text in (source, prelude)):
        return False
    try:
        tree = ast.parse(source)
        harmless = Harmless((tree, ast.parse(prelude)), names)
        found = [_Scope(harmless, node) for node in ast.walk(tree) if isinstance(node, (*_FUNCTIONS, ast.Module))]
        return any(scope.looks_back() for scope in found) or _from_elsewhere(found) or is_passed_again(tree, harmless)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False  # such tests can't be executed either


def _from_elsewhere(scopes: list[_Scope]) -> bool:
    """Whether a name of the module is passed in one function and checked in another one."""
    return any(
        not one.passed.isdisjoint(other.checked) or one.shares_with(other)
        for one in scopes
        for other in scopes
        if one is not other
    )


class _Scope:
    """What is known about the names in one function, in the order of its text."""

    def __init__(self, harmless: Harmless, node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._harmless, self._node = harmless, node
        #: Names of the module that were passed, and that were compared as a whole or in part.
        self.passed: set[str] = set()
        self.checked: set[str] = set()
        #: The same of the names that are its own.
        self._own_passed: set[str] = set()
        self._own_checked: set[str] = set()
        self._inner = set(map(id, ast.walk(node)))
        self._same: dict[str, str] = {}  # name -> the first name of the same object
        self._above: dict[str, set[str]] = {}  # what an object was taken from
        #: Passed as a whole, or only a part of it; and whether only the argument shows what the call did.
        self._passed: dict[str, bool] = {}
        self._touched: dict[str, bool] = {}
        self._told: set[str] = set()  # bound to the result of a call
        self._computed: set[str] = set()  # bound to the result of a call that changes nothing

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
            if self._looks(statement) or self._looks_in_order(statement):
                return True
            self._rebind(statement)
            silent, outermost = throws_away(statement), getattr(statement, "value", None)
            for call in (node for node in ast.walk(statement) if isinstance(node, ast.Call)):
                if not self._is_pure(call) and not self._harmless.is_known(call):
                    self._pass(call, silent and (call is outermost or not isinstance(statement, ast.Expr)))
        return False

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

    def _affected(self, name: str) -> bool | None:
        """None for a name with an object that no call received; otherwise whether only it shows what the call did."""
        one = self._same.get(name, name)
        found = [self._passed.get(one), self._touched.get(one)]
        found += [self._passed.get(above) for above in self._above.get(one, ())]
        return any(found) if any(flag is not None for flag in found) else None

    def _is_computed(self, name: str) -> bool:
        """Whether it was computed from arguments, and is none: it may be what is expected."""
        return (one := self._same.get(name, name)) in self._computed and one not in self._passed

    def _looks_through(self, tested: ast.expr) -> bool:
        names = list(names_of_data(tested))
        if any(name in self._told for name in names) or not self._all_pure(tested):
            return False
        return any(self._affected(name) is not None for name in names)

    def _all_pure(self, node: ast.AST) -> bool:
        return all(self._is_pure(call) for call in ast.walk(node) if isinstance(call, ast.Call))

    def _is_pure(self, call: ast.Call) -> bool:
        roots = root_of(call.func) if isinstance(call.func, ast.Attribute) else ()  # of a method of the argument
        if any(self._affected(name) is not None for name in roots) or self._harmless.is_pure(call):
            return True
        if not isinstance(call.func, ast.Attribute) or not takes_from(call):
            return False
        holders = list(root_of(call.func))
        return bool(holders) and self._told.isdisjoint(holders)

    def _pass(self, call: ast.Call, silent: bool) -> None:
        for argument in arguments_of(call):
            for name in self._passed_by(argument):
                self.passed.add(name)
                one = self._same.get(name, name)
                self._passed[one] = self._passed.get(one, False) or silent
                for above in self._above.get(one, ()):
                    self._touched[above] = self._touched.get(above, False) or silent

    def _passed_by(self, argument: ast.expr) -> Iterator[str]:
        """The names of what the argument is or may hold: `numpy.asarray(xs)` may be `xs`."""
        waiting = [argument]
        while waiting:
            one = waiting.pop()
            yield from root_of(one)
            if isinstance(one, ast.Call) and (self._harmless.may_return_argument(one) or takes_from(one)):
                waiting += one.args
                waiting += [one.func.value] if isinstance(one.func, ast.Attribute) else []
            elif isinstance(one, ast.NamedExpr):
                waiting += [one.target, one.value]

    def _rebind(self, statement: ast.AST) -> None:
        for node in ast.walk(statement):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._bind(target, node.value, taken=False)
            elif isinstance(node, ast.NamedExpr | ast.AnnAssign) and node.value is not None:
                self._bind(node.target, node.value, taken=False)
            elif isinstance(node, ast.For):
                self._bind(node.target, node.iter, taken=True)
            elif isinstance(node, ast.AugAssign):
                self._put_into(node.target, node.value)
                self._computed.update(root_of(node.target) if isinstance(node.target, ast.Name) else ())
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and puts_into(node):
                for given in node.args:
                    self._put_into(node.func.value, given)
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                self._bind(node.optional_vars, node.context_expr, taken=True)

    def _bind(self, target: ast.expr, value: ast.expr, *, taken: bool) -> None:
        """`taken`: the target is not the value itself but a part of it."""
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else []
        if parts and (sources := side_by_side(value, len(parts), taken)):
            for part, source in zip(parts, sources, strict=True):
                self._bind(part, source, taken=taken)
        elif parts:
            for part in parts:
                self._bind(part, value, taken=True)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, value, taken=True)
        elif isinstance(target, ast.Name):
            self._bind_name(target.id, value, taken)
        elif isinstance(target, ast.Subscript | ast.Attribute):
            self._put_into(target, value)

    def _put_into(self, target: ast.expr, value: ast.expr) -> None:
        """What the target names holds this as well, or is computed from it."""
        for name in root_of(target):
            one = self._same.get(name, name)
            if not self._all_pure(value) or any(other in self._told for other in names_of_data(value)):
                self._told.add(name)
                continue
            sources = {self._same.get(other, other) for other in self._sources(value)} - {one}
            above = sources | {higher for other in sources for higher in self._above.get(other, ())}
            self._above[one] = self._above.get(one, set()) | above

    def _bind_name(self, name: str, value: ast.expr, taken: bool) -> None:
        told = not self._all_pure(value) or any(one in self._told for one in names_of_data(value))
        sources = {self._same.get(one, one) for one in self._sources(value)} - {name}
        above = sources | {higher for one in sources for higher in self._above.get(one, ())}
        for known in (self._same, self._above, self._passed, self._touched):
            known.pop(name, None)
        for names, is_one in (
            (self._told, told),
            (self._computed, not told and not taken and isinstance(value, (ast.Call, *COMPUTED))),
        ):
            names.discard(name)
            if is_one:
                names.add(name)
        if isinstance(value, ast.Name) and not taken:
            self._same[name] = self._same.get(value.id, value.id)
        elif above and not (told and isinstance(value, (ast.Call, *COMPUTED))):
            self._above[name] = above

    def _sources(self, value: ast.expr) -> Iterator[str]:
        """The names that the value may be a part of, or be computed from by functions that change nothing."""
        if isinstance(value, ast.Call) and self._is_pure(value):
            yield from root_of(value.func) if isinstance(value.func, ast.Attribute) else ()
            for argument in value.args:
                yield from self._sources(argument)
        elif isinstance(value, ast.Call) and takes_from(value) and isinstance(value.func, ast.Attribute):
            yield from root_of(value.func)
        elif isinstance(value, COMPUTED):
            for part in sources_of(value):
                yield from self._sources(part)
        else:
            yield from root_of(value)
