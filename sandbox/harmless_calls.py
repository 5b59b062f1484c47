"""Calls in tests that change nothing and don't call the program: of built-in functions, of some of the library's and of the
tests' own, as far as their text shows it."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Iterable, Iterator

#: These change nothing, and call nothing but the functions that they are given.
# fmt: off
_PURE = frozenset((
    "abs", "all", "any", "ascii", "bin", "bool", "bytearray", "bytes", "callable", "chr", "complex", "dict", "divmod",
    "enumerate", "filter", "float", "format", "frozenset", "getattr", "hasattr", "hash", "hex", "id", "int", "isinstance",
    "issubclass", "iter", "len", "list", "map", "max", "min", "next", "oct", "ord", "pow", "print", "range", "repr",
    "reversed", "round", "set", "slice", "sorted", "str", "sum", "tuple", "type", "vars", "zip",
))
_MODULES = frozenset((
    "array", "bisect", "collections", "copy", "dataclasses", "datetime", "decimal", "fractions", "functools", "hashlib",
    "heapq", "io", "itertools", "json", "math", "numpy", "operator", "pickle", "pprint", "random", "re", "statistics", "string",
    "types", "typing",
))
#: Of these modules, and of others, what changes what it gets, and what calls it.
_CHANGING = frozenset((
    "append", "clear", "copyto", "delitem", "extend", "fill_diagonal", "heapify", "heappop", "heappush", "heappushpop",
    "heapreplace", "insert", "insort", "insort_left", "insort_right", "place", "pop", "put", "putmask", "remove", "reverse",
    "setitem", "shuffle", "sort", "update",
))
_CALLERS = frozenset((
    "accumulate", "apply_along_axis", "apply_over_axes", "call", "defaultdict", "dropwhile", "filter", "filterfalse",
    "fromfunction", "frompyfunc", "groupby", "map", "partial", "piecewise", "reduce", "starmap", "sub", "subn",
    "takewhile", "vectorize",
))
# fmt: on
#: Of these, what calls its first argument.
_CALL_FIRST = frozenset(("defaultdict", "dropwhile", "filter", "filterfalse", "map", "reduce", "starmap", "takewhile"))
_TYPES = frozenset(("bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"))
_GETTERS = frozenset(("attrgetter", "itemgetter"))
_CLASS_MAKERS = frozenset(("make_dataclass", "namedtuple", "NamedTuple"))
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
        #: Names of built-in functions that the tests bind to something else.
        self._rebound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        self._library = {bound for node in nodes for bound in _imported(node)}
        self._own: set[str] = {node.name for node in nodes if isinstance(node, ast.ClassDef)} - set(names)
        functions: list[tuple[str, ast.AST]] = [*_named_functions(nodes, names)]
        self._own |= {name for name, _ in functions}
        made = [(node.name, node) for node in nodes if isinstance(node, ast.ClassDef)]
        while guilty := {name for name, one in (*functions, *made) if name in self._own and self._calls_others(one)}:
            self._own -= guilty
        self._checks = {name for name, one in functions if name in self._own and _may_fail(one)}

    def _calls_others(self, whole: ast.AST) -> bool:
        """Whether this function, or a method of this class, may call the program, or what it is given."""
        nodes = list(ast.walk(whole))
        given = {node.arg for node in nodes if isinstance(node, ast.arg)} - {"self", "cls"}
        bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        if isinstance(whole, ast.ClassDef):
            values = [one.value for one in whole.body if isinstance(one, ast.Assign | ast.AnnAssign) and one.value]
            loaded = [node for value in values for node in ast.walk(value) if isinstance(node, ast.Name)]
            if any(not self._is_known_name(node.id) for node in loaded):
                return True
        for function in _called(whole):
            if isinstance(function, ast.Name) and (function.id in given or not self._is_known_name(function.id)):
                return True
            if isinstance(function, ast.Attribute):
                root = _path(function)[:1]
                if root and root[0] not in given | bound | {"self", "cls"} and not self._is_known_name(root[0]):
                    return True
            elif isinstance(function, ast.Subscript) or (
                isinstance(function, ast.Call) and not self.is_function(function)
            ):
                return True
        return False

    def _is_known_name(self, name: str) -> bool:
        return name in self._own or name in self._library or hasattr(builtins, name)

    def is_function(self, given: ast.expr) -> bool:
        """Whether it is a function that changes nothing and doesn't call the program: a lambda, one of the library, …"""
        if isinstance(given, ast.Lambda):
            own = {one.arg for one in ast.walk(given.args) if isinstance(one, ast.arg)}
            calls = [(node, _path(node.func)) for node in ast.walk(given.body) if isinstance(node, ast.Call)]
            return all(self.is_pure(one) or (len(path) > 1 and path[0] in own) for one, path in calls)
        if isinstance(given, ast.Call):
            return self.is_known(given) and _path(given.func)[-1] in _GETTERS
        if isinstance(given, ast.Constant):
            return given.value is None
        path = _path(given)
        if len(path) == 1:
            return path[0] in self._own or path[0] in self._library or path[0] in _PURE
        return bool(path) and (path[0] in self._library or path[0] in _TYPES) and _CHANGING.isdisjoint(path)

    def is_pure(self, call: ast.Call) -> bool:
        """Whether it changes nothing and doesn't call the program. Methods of the tests' own objects count as calls."""
        if isinstance(call.func, ast.Name) and call.func.id in self._rebound - self._own:
            return False
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Constant | ast.JoinedStr):
            return True
        if isinstance(call.func, ast.Lambda | ast.Call):
            return self.is_function(call.func)
        path = _path(call.func)
        if not _CHANGING.isdisjoint(path) or not self._gives_functions(call, path):
            return False
        if len(path) == 1 and path[0] in _PURE and path[0] not in self._own:
            return True
        return self.is_known(call) or (len(path) == 2 and path[0] in _TYPES)

    def _gives_functions(self, call: ast.Call, path: list[str]) -> bool:
        """Whether the functions that this call is given change nothing either."""
        given = [word.value for word in call.keywords if word.arg in _FUNCTIONS_GIVEN]
        if path and path[-1] in _CALL_FIRST:
            given += call.args[:1]
        return all(self.is_function(one) for one in given)

    def is_known(self, call: ast.Call) -> bool:
        """Whether it is a function of the tests or of the library that doesn't call the program."""
        path = _path(call.func)
        own = len(path) == 1 and path[0] in self._own
        if not own and not (path and path[0] in self._library):
            return False
        if not _CALL_FIRST.isdisjoint(path) and not own:
            return self._gives_functions(call, path)
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
        calls = [one for part in call.args for one in ast.walk(part) if isinstance(one, ast.Call)]
        if isinstance(call.func, ast.Name) and all(map(self.is_pure, calls)):  # what it does with them is unknown
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


def _named_functions(nodes: list[ast.AST], names: Iterable[str]) -> Iterator[tuple[str, ast.AST]]:
    """The functions of the tests, and the lambdas and classes of named tuples that are a name's only value."""
    yield from ((node.name, node) for node in nodes if isinstance(node, _DEFINITIONS) and node.name not in names)
    stored = Counter(node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _can_be_called(node.value):
            name = node.targets[0].id
            if stored[name] == 1 and name not in names:
                yield name, node.value


def _can_be_called(value: ast.expr) -> bool:
    return isinstance(value, ast.Lambda) or (
        isinstance(value, ast.Call) and not _CLASS_MAKERS.isdisjoint(_path(value.func))
    )


def is_passed_again(tree: ast.AST, harmless: Harmless) -> bool:
    """Whether an object that the tests make is passed to one function several times, and used for nothing else: the result
    of a later call then depends on what an earlier one did to it."""
    made: dict[str, list[tuple[ast.expr, int]]] = {}
    uses: dict[str, list[tuple[str, int]]] = {}
    loads: Counter[str] = Counter()
    for node, loops in _with_loops(tree, 0):
        for target, value in _bindings(node):
            made.setdefault(target, []).append((value, loops))
        if isinstance(node, ast.Name):
            loads[node.id] += 1
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not harmless.is_pure(node):
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                if isinstance(argument, ast.Name):
                    uses.setdefault(argument.id, []).append((node.func.id, loops))
    for name, found in uses.items():
        values = made.get(name, [])
        if len({function for function, _ in found}) != 1 or len(values) != 1 or not _is_made(values[0][0]):
            continue
        again = len(found) > 1 or found[0][1] > values[0][1]  # or once, in a loop that it was made outside of
        if again and loads[name] == len(found) + 1:
            return True
    return False


def _with_loops(node: ast.AST, loops: int) -> Iterator[tuple[ast.AST, int]]:
    """Every node, and in how many loops it is."""
    waiting = [(node, loops)]
    while waiting:
        one, depth = waiting.pop()
        yield one, depth
        inner = depth + isinstance(one, ast.For | ast.AsyncFor | ast.While | ast.comprehension)
        if isinstance(one, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            inner = depth + 1
        first = one.generators[0].iter if inner > depth and hasattr(one, "generators") else getattr(one, "iter", None)
        waiting += [(child, depth if child is first else inner) for child in ast.iter_child_nodes(one)]


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """(name, value) of each that is bound here."""
    pairs: list[tuple[ast.expr, ast.expr]] = []
    if isinstance(node, ast.Assign):
        pairs = [(target, node.value) for target in node.targets]
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        pairs = [(node.target, node.value)]
    elif isinstance(node, ast.For) and isinstance(node.iter, ast.List | ast.Tuple) and node.iter.elts:
        pairs = [(node.target, node.iter.elts[0])]
    for target, value in pairs:
        if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            yield from ((a.id, b) for a, b in zip(target.elts, value.elts, strict=False) if isinstance(a, ast.Name))
        elif isinstance(target, ast.Name):
            yield target.id, value


def _is_made(value: ast.expr) -> bool:
    return isinstance(value, _MADE) or (isinstance(value, ast.BinOp) and any(map(_is_made, (value.left, value.right))))


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
