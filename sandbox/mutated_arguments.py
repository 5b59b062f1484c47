"""Whether tests check what a program does to its arguments. Determined from their text, once for each text.

A function that sorts its argument in place is tested by checking the argument afterwards, so what the candidate did to
it has to be sent back. If the tests don't check it, nothing is sent back: `assert candidate(xs) == reference(xs)`
computes the expected value from the argument after the candidate had it, and a candidate that empties it would choose
what is expected.

An argument is checked if, in a later statement or the next iteration of a loop,

- the argument itself, or a part of it, is compared, or tested for truth;
- the result of built-in functions of it is compared (`len(xs) == 3`), unless with the result of a call of any other
  function;
- it is given to a check, a method `assert…` or a function of the tests that asserts, which gets no result of a call;
- it is passed to the same function again, and the tests use it for nothing else;
- it is used at all after a call with a result that was discarded or compared with None: then only the argument can be
  judged.

Another name for the argument, the list that it is taken from, and what is taken from it count as the argument. The parts of
`assert a and b` are statements. A name of the module may be passed in one function and compared in another one.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator

from sandbox.harmless_calls import Harmless, is_passed_again
from sandbox.marks import is_slow
from sandbox.wire import MAX_TOKENS, Tests, has_more_tokens

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: The bodies of loops are read twice, up to this nesting depth.
_MAX_NESTING = 3


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
    return any(not one.passed.isdisjoint(other.checked) for one in scopes for other in scopes if one is not other)


class _Scope:
    """What is known about the names in one function, in the order of its text."""

    def __init__(self, harmless: Harmless, node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._harmless, self._node = harmless, node
        #: Names of the module that were passed, and that were compared as a whole or in part.
        self.passed: set[str] = set()
        self.checked: set[str] = set()
        self._same: dict[str, str] = {}  # name -> the first name of the same object
        self._above: dict[str, set[str]] = {}  # what an object was taken from
        #: Passed as a whole, or only a part of it; and whether only the argument shows what the call did.
        self._passed: dict[str, bool] = {}
        self._touched: dict[str, bool] = {}
        self._told: set[str] = set()  # bound to the result of a call
        self._computed: set[str] = set()  # bound to the result of a call that changes nothing

    def looks_back(self) -> bool:
        if not isinstance(self._node, ast.Module):
            nodes = list(ast.walk(self._node))
            own = {node.arg for node in nodes if isinstance(node, ast.arg)}
            own |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        found = self._reads()
        if not isinstance(self._node, ast.Module):
            self.passed -= own
            self.checked -= own
        return found

    def _reads(self) -> bool:
        simple = _simple_statements(self._node.body, 0)
        for statement in (one for whole in simple for one in self._harmless.assertions(whole)):
            self.checked.update(_looked_at(statement))
            for part in ast.walk(statement):
                if isinstance(part, ast.comprehension):
                    self._bind(part.target, part.iter, taken=True)
            if self._looks(statement):
                return True
            self._rebind(statement)
            silent = _throws_away(statement)
            for call in (node for node in ast.walk(statement) if isinstance(node, ast.Call)):
                if not self._is_pure(call) and not self._harmless.is_known(call):
                    self._pass(call, silent)
        return False

    def _looks(self, statement: ast.AST) -> bool:
        read = {
            node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        if any(self._affected(name) for name in read):
            return True
        looked_at = [name for name in _looked_at(statement) if not self._is_computed(name)]
        if any(self._affected(name) is not None for name in looked_at):
            return True
        return any(self._looks_through(tested) for tested in _tested(statement))

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
        names = list(_names_of_data(tested))
        if any(name in self._told for name in names) or not self._all_pure(tested):
            return False
        return any(self._affected(name) is not None for name in names)

    def _all_pure(self, node: ast.AST) -> bool:
        return all(self._is_pure(call) for call in ast.walk(node) if isinstance(call, ast.Call))

    def _is_pure(self, call: ast.Call) -> bool:
        roots = _root(call.func) if isinstance(call.func, ast.Attribute) else ()  # of a method of the argument
        return any(self._affected(name) is not None for name in roots) or self._harmless.is_pure(call)

    def _pass(self, call: ast.Call, silent: bool) -> None:
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
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
            yield from _root(one)
            if isinstance(one, ast.Call) and self._harmless.may_return_argument(one):
                waiting += one.args

    def _rebind(self, statement: ast.AST) -> None:
        for node in ast.walk(statement):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._bind(target, node.value, taken=False)
            elif isinstance(node, ast.NamedExpr | ast.AnnAssign) and node.value is not None:
                self._bind(node.target, node.value, taken=False)
            elif isinstance(node, ast.For):
                self._bind(node.target, node.iter, taken=True)
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                self._bind(node.optional_vars, node.context_expr, taken=True)

    def _bind(self, target: ast.expr, value: ast.expr, *, taken: bool) -> None:
        """`taken`: the target is not the value itself but a part of it."""
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else []
        if parts and (sources := _side_by_side(value, len(parts), taken)):
            for part, source in zip(parts, sources, strict=True):
                self._bind(part, source, taken=taken)
        elif parts:
            for part in parts:
                self._bind(part, value, taken=True)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, value, taken=True)
        elif isinstance(target, ast.Name):
            self._bind_name(target.id, value, taken)

    def _bind_name(self, name: str, value: ast.expr, taken: bool) -> None:
        told = not self._all_pure(value) or any(one in self._told for one in _names_of_data(value))
        sources = {self._same.get(one, one) for one in self._sources(value)} - {name}
        above = sources | {higher for one in sources for higher in self._above.get(one, ())}
        for known in (self._same, self._above, self._passed, self._touched):
            known.pop(name, None)
        for names, is_one in (
            (self._told, told),
            (self._computed, not told and not taken and isinstance(value, ast.Call)),
        ):
            names.discard(name)
            if is_one:
                names.add(name)
        if isinstance(value, ast.Name) and not taken:
            self._same[name] = self._same.get(value.id, value.id)
        elif above and not (told and isinstance(value, ast.Call)):
            self._above[name] = above

    def _sources(self, value: ast.expr) -> Iterator[str]:
        """The names that the value may be a part of, or be computed from by functions that change nothing."""
        if isinstance(value, ast.Call) and self._is_pure(value):
            yield from _root(value.func) if isinstance(value.func, ast.Attribute) else ()
            for argument in value.args:
                yield from self._sources(argument)
        else:
            yield from _root(value)


def _names_of_data(node: ast.AST) -> Iterator[str]:
    """The names in an expression, without those in an index: it only says which part is meant."""
    if isinstance(node, ast.Name):
        yield node.id
    for child in (node.value,) if isinstance(node, ast.Subscript) else ast.iter_child_nodes(node):
        yield from _names_of_data(child)


def _side_by_side(value: ast.expr, count: int, taken: bool) -> list[ast.expr]:
    """For several targets at once: the source of each, if the text shows it."""
    if not taken and isinstance(value, ast.Tuple | ast.List) and len(value.elts) == count:
        return value.elts
    if taken and isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        if value.func.id == "zip" and len(value.args) == count:
            return value.args
        if value.func.id == "enumerate" and count == 2 and value.args:
            return [ast.Constant(0), value.args[0]]
    return []


def _simple_statements(body: list[ast.stmt], nesting: int) -> Iterator[ast.AST]:
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
                yield from _simple_statements(part, nesting + loops)
        for handler in [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]:
            yield from _simple_statements(handler.body, nesting)


def _heads(statement: ast.stmt) -> Iterator[ast.AST]:
    """What a statement with a body evaluates itself."""
    if isinstance(statement, ast.For | ast.AsyncFor):
        yield ast.For(statement.target, statement.iter, [], [])
    elif isinstance(test := getattr(statement, "test", None), ast.expr):
        yield ast.Assert(test=test)
    elif isinstance(subject := getattr(statement, "subject", None), ast.expr):
        yield ast.Assert(test=subject)
    yield from getattr(statement, "items", [])


def _throws_away(statement: ast.AST) -> bool:
    """A call as a statement, or a comparison with None."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call)
    test = statement.test if isinstance(statement, ast.Assert) else None
    return isinstance(test, ast.Compare) and any(
        isinstance(side, ast.Constant) and side.value is None for side in test.comparators
    )


def _tested(statement: ast.AST) -> Iterator[ast.expr]:
    """Comparisons, and expressions tested for truth."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Compare):
            yield node
        elif isinstance(node, ast.Assert) and not isinstance(node.test, ast.BoolOp):
            yield node.test


def _looked_at(statement: ast.AST) -> Iterator[str]:
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
            yield from _root(operand)


def _root(node: ast.expr) -> Iterator[str]:
    """The name in an expression that consists of it or a part of it, or of a list, tuple or dict that holds it."""
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
