"""What is known about the names in a function of tests: which objects the program was passed, and what is computed from them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sandbox.harmless_calls import Harmless
from sandbox.tested_expressions import (
    COMPUTED,
    arguments_of,
    is_copy,
    names_of_data,
    puts_into,
    root_of,
    side_by_side,
    sources_of,
    takes_from,
)


class PassedNames:
    """The names of one function, in the order of its text."""

    def __init__(self, harmless: Harmless) -> None:
        self._harmless = harmless
        #: Names of the module that were passed, and that were compared as a whole or in part.
        self.passed: set[str] = set()
        self.checked: set[str] = set()
        self._same: dict[str, str] = {}  # name -> the first name of the same object
        self._above: dict[str, set[str]] = {}  # what an object was taken from
        #: Passed as a whole, or only a part of it; and whether only the argument shows what the call did.
        self._passed: dict[str, bool] = {}
        self._touched: dict[str, bool] = {}
        self._told: set[str] = set()  # bound to the result of a call
        #: The number of the statement that did so, and of the first one that passed an object; and of the present one.
        self._told_at: dict[str, int] = {}
        self._passed_at: dict[str, int] = {}
        self._statement = 0
        self._paths: dict[str, set[str]] = {}  # how arguments are written, by their first name: `case["in"]`
        self._computed: set[str] = set()  # bound to the result of a call that changes nothing

    def is_told(self, node: ast.expr) -> bool:
        """Whether a result of the program is in this expression."""
        return not self._all_pure(node) or any(name in self._told for name in names_of_data(node))

    def is_told_of(self, node: ast.expr, name: str) -> bool:
        """Whether one is of a call that the program had this name's object in, or what holds it or was computed from it."""
        if self._affected(name) is None:
            return False
        first = self._passed_since(name, 0)
        told = (self._told_at.get(other, -1) for other in names_of_data(node) if other in self._told)
        return not self._all_pure(node) or any(at >= first for at in told)

    def _passed_since(self, name: str, otherwise: int) -> int:
        """The number of the first statement that passed this name's object, or what it was computed from."""
        one = self._same.get(name, name)
        places = (one, *(above for above in self._above.get(one, ()) if above in self._passed))
        return min((self._passed_at[each] for each in places if each in self._passed_at), default=otherwise)

    def note_paths(self, statement: ast.AST) -> None:
        """The calls in this statement pass such arguments."""
        for call in (one for one in ast.walk(statement) if isinstance(one, ast.Call) and not self._is_pure(one)):
            for given in arguments_of(call):
                text = ast.unparse(given).lstrip("*")
                for name in self._passed_by(given):
                    self._paths.setdefault(name, set()).add(text if text.startswith(name) else name)

    def is_elsewhere(self, node: ast.expr) -> bool:
        """Whether it is another part of what an argument is a part of: `case["out"]`."""
        if not isinstance(node, ast.Subscript | ast.Attribute):
            return False
        text = ast.unparse(node)
        paths = [path for name in root_of(node) for path in self._paths.get(name, ())]
        return bool(paths) and not any(text.startswith(path) or path.startswith(text) for path in paths)

    def calls_program(self, call: ast.Call) -> bool:
        """Whether it may be the program that is called."""
        return isinstance(call.func, ast.Name) and not self._is_pure(call) and not self._harmless.is_known(call)

    def passed_in(self, node: ast.expr) -> dict[str, set[str]]:
        """The names that calls in this expression pass to functions that may be the program, with these functions."""
        found: dict[str, set[str]] = {}
        for call in (one for one in ast.walk(node) if isinstance(one, ast.Call) and not self._is_pure(one)):
            for name in (name for given in arguments_of(call) for name in self._passed_by(given)):
                found.setdefault(self._same.get(name, name), set()).add(ast.unparse(call.func))
        return found

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
        return not self.is_told(tested) and any(self._affected(name) is not None for name in names_of_data(tested))

    def _all_pure(self, node: ast.AST) -> bool:
        return all(self._is_pure(call) for call in ast.walk(node) if isinstance(call, ast.Call))

    def _is_pure(self, call: ast.Call) -> bool:
        roots = root_of(call.func) if isinstance(call.func, ast.Attribute) else ()  # of a method of the argument
        if any(self._affected(name) is not None for name in roots) or self._harmless.is_pure(call):
            return True
        if not isinstance(call.func, ast.Attribute) or not (takes_from(call) or is_copy(call)):
            return False
        holders = list(root_of(call.func))
        return bool(holders) and self._told.isdisjoint(holders)

    def _pass(self, call: ast.Call, silent: bool) -> None:
        for argument in arguments_of(call):
            for name in self._passed_by(argument):
                self.passed.add(name)
                one = self._same.get(name, name)
                self._passed_at.setdefault(one, self._statement)
                self._passed[one] = self._passed.get(one, False) or silent
                for above in self._above.get(one, ()):
                    self._passed_at.setdefault(above, self._statement)
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
                first, *others = sorted(node.targets, key=lambda one: not isinstance(one, ast.Name))
                self._bind(first, node.value, taken=False)
                for target in others:  # `a = b = [1, 2]`
                    self._bind(target, first if isinstance(first, ast.Name) else node.value, taken=False)
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
            if self.is_told(value):
                self._told.add(name)
                self._told_at[name] = self._statement
                continue
            sources = {self._same.get(other, other) for other in self._sources(value)} - {one}
            above = sources | {higher for other in sources for higher in self._above.get(other, ())}
            self._above[one] = self._above.get(one, set()) | above

    def _bind_name(self, name: str, value: ast.expr, taken: bool) -> None:
        told = self.is_told(value)
        sources = {self._same.get(one, one) for one in self._sources(value)} - {name}
        above = sources | {higher for one in sources for higher in self._above.get(one, ())}
        for known in (self._same, self._above, self._passed, self._touched, self._passed_at):
            known.pop(name, None)
        self._told_at[name] = self._statement
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
