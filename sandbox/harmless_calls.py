"""Calls in tests that change nothing and don't call the program: of built-in functions, of some of the library's and of the
tests' own, as far as their text shows it."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Iterable, Iterator

#: Without keywords, these change nothing and call nothing.
# fmt: off
_PURE = frozenset((
    "abs", "all", "any", "ascii", "bin", "bool", "bytearray", "bytes", "callable", "chr", "complex", "dict", "divmod",
    "enumerate", "float", "format", "frozenset", "hasattr", "hash", "hex", "id", "int", "isinstance",
    "issubclass", "iter", "len", "list", "max", "min", "next", "oct", "ord", "pow", "print", "range", "repr",
    "reversed", "round", "set", "slice", "sorted", "str", "sum", "tuple", "type", "zip",
))
_MODULES = frozenset((
    "array", "bisect", "collections", "copy", "datetime", "decimal", "fractions", "hashlib", "io", "json", "math", "numpy",
    "pickle", "pprint", "random", "re", "statistics", "string",
))
# fmt: on
# fmt: off
#: Of these modules, and of others, what changes what it gets, and what calls it.
_CHANGING = frozenset((
    "copyto", "fill_diagonal", "insort", "insort_left", "insort_right", "place", "put", "putmask", "shuffle",
))
_CALLERS = frozenset((
    "accumulate", "apply_along_axis", "apply_over_axes", "defaultdict", "dropwhile", "filter", "filterfalse", "frompyfunc",
    "fromfunction", "map", "partial", "piecewise", "reduce", "starmap", "sub", "subn", "takewhile", "vectorize",
))
# fmt: on
#: Keywords that give a function.
_FUNCTIONS_GIVEN = frozenset(("key", "default", "func", "object_hook", "cls", "out"))
#: Assertions that call what they get.
_CALLING = (
    "assertRaises",
    "assertWarns",
    "assertLogs",
    "assertNoLogs",
    "assert_raises",
    "assert_warns",
    "assert_no_warnings",
)
_MADE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.Call)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Harmless:
    """What the tests and their prelude import and define. `names`: those that are the program's."""

    def __init__(self, trees: Iterable[ast.AST], names: Iterable[str] = ()) -> None:
        nodes = [node for tree in trees for node in ast.walk(tree)]
        self._library = {bound for node in nodes for bound in _imported(node)}
        self._own: set[str] = {node.name for node in nodes if isinstance(node, ast.ClassDef)} - set(names)
        functions = [node for node in nodes if isinstance(node, _DEFINITIONS) and node.name not in names]
        self._own |= {one.name for one in functions}
        while guilty := {one.name for one in functions if one.name in self._own and self._calls_others(one)}:
            self._own -= guilty
        self._checks = {one.name for one in functions if one.name in self._own and _may_fail(one)}

    def _calls_others(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        """Whether this function may call the program, or what it is given."""
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                name = node.func.id
                if name not in self._own and name not in self._library and not hasattr(builtins, name):
                    return True
        given = {argument.arg for argument in _arguments(function)}
        return any(isinstance(node, ast.Name) and node.id in given for node in _called(function))

    def is_pure(self, call: ast.Call) -> bool:
        """Whether it changes nothing and doesn't call the program. Methods of the tests' own objects count as calls."""
        if isinstance(call.func, ast.Name) and call.func.id in _PURE and call.func.id not in self._own:
            return not call.keywords
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Constant | ast.JoinedStr):
            return True
        return self.is_known(call) and _CHANGING.isdisjoint(_path(call.func))

    def is_known(self, call: ast.Call) -> bool:
        """Whether it is a function of the tests or of the library that doesn't call the program."""
        path = _path(call.func)
        own = len(path) == 1 and path[0] in self._own
        if not own and not (path and path[0] in self._library):
            return False
        return _CALLERS.isdisjoint(path) and not any(word.arg in _FUNCTIONS_GIVEN for word in call.keywords)

    def may_return_argument(self, call: ast.Call) -> bool:
        """Whether what a known function returns may be what it got, or a part of it."""
        return self.is_known(call) and _path(call.func)[-1] not in ("deepcopy", "dumps")

    def assertions(self, statement: ast.AST) -> Iterator[ast.AST]:
        """`assert a and b`, `assert (a, b) == (c, d)` and `self.assertEqual(a, b)` as the comparisons that they make, one after
        the other; any other statement as it is."""
        waiting = [statement]
        while waiting:
            one = self._as_assertion(waiting.pop())
            parts = _conjuncts(one.test) if isinstance(one, ast.Assert) else []
            if parts:
                waiting += [ast.Assert(test=part) for part in reversed(parts)]
            else:
                yield one

    def _as_assertion(self, statement: ast.AST) -> ast.AST:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if not isinstance(call, ast.Call) or not call.args or not self._is_check(call):
            return statement
        if isinstance(call.func, ast.Name):  # what it does with them is unknown
            whole = ast.Tuple(call.args, ast.Load())
            return ast.Assert(test=ast.Call(ast.Name("all", ast.Load()), [whole], []))
        first, *others = call.args
        if not others and isinstance(call.func, ast.Attribute) and call.func.attr == "assertIsNone":
            others = [ast.Constant(None)]
        return ast.Assert(test=ast.Compare(first, [ast.Eq()] * len(others), others) if others else first)

    def _is_check(self, call: ast.Call) -> bool:
        """Whether it fails unless its arguments are what they should be."""
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name.startswith(_CALLING) or any(isinstance(one, ast.Starred) for one in call.args):
            return False
        return name.startswith("assert") or (isinstance(call.func, ast.Name) and name in self._checks)


def is_passed_again(tree: ast.AST, harmless: Harmless) -> bool:
    """Whether an object that the tests make is passed to one function several times, and used for nothing else: the result
    of a later call then depends on what an earlier one did to it."""
    made: dict[str, list[ast.expr]] = {}
    uses: dict[str, list[str]] = {}
    loads: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            made.setdefault(node.targets[0].id, []).append(node.value)
        elif isinstance(node, ast.Name):
            loads[node.id] += 1
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not harmless.is_pure(node):
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                if isinstance(argument, ast.Name):
                    uses.setdefault(argument.id, []).append(node.func.id)
    again = [name for name, functions in uses.items() if len(functions) > 1 and len(set(functions)) == 1]
    made_once = [name for name in again if len(made.get(name, ())) == 1 and isinstance(made[name][0], _MADE)]
    return any(loads[name] == len(uses[name]) + 1 for name in made_once)


def _conjuncts(test: ast.expr) -> list[ast.expr]:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return test.values
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return []
    left, right = test.left, test.comparators[0]
    if not isinstance(left, ast.Tuple) or not isinstance(right, ast.Tuple) or len(left.elts) != len(right.elts):
        return []
    return [ast.Compare(a, [ast.Eq()], [b]) for a, b in zip(left.elts, right.elts, strict=True)]


def _path(function: ast.expr) -> list[str]:
    """`["numpy", "random", "shuffle"]`; empty for anything but names and attributes of them."""
    names: list[str] = []
    while isinstance(function, ast.Attribute):
        names.append(function.attr)
        function = function.value
    return [*names, function.id][::-1] if isinstance(function, ast.Name) else []


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (one.asname or one.name.partition(".")[0] for one in node.names if _is_known(one.name))
    elif isinstance(node, ast.ImportFrom) and node.module is not None and _is_known(node.module):
        yield from (one.asname or one.name for one in node.names)


def _is_known(module: str) -> bool:
    return module.partition(".")[0] in _MODULES


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    found = function.args
    return [one for one in (*found.posonlyargs, *found.args, found.vararg, *found.kwonlyargs, found.kwarg) if one]


def _called(function: ast.AST) -> Iterator[ast.expr]:
    """What is called in it, and what is given to a function that calls it."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield node.func
            if not _CALLERS.isdisjoint(_path(node.func)):
                yield from node.args[:1]
            yield from (word.value for word in node.keywords if word.arg in _FUNCTIONS_GIVEN)


def _may_fail(function: ast.AST) -> bool:
    return any(isinstance(node, ast.Assert | ast.Raise) for node in ast.walk(function))
