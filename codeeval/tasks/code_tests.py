"""Tests that are code: find, without executing anything, what must be executed to carry out each of them.

    check(candidate)     HumanEval's form: the function is called with the candidate's
    plain asserts        executed unchanged; they use the candidate's function by its own name, or as `candidate`
    unittest             every TestCase is run by unittest; the first failure ends it

Anything else is refused when the file is read: tests that are never called would pass whatever the program does, and
tests that need what the judge lacks would fail whatever it does.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Callable, Iterator

from codeeval import syntax
from codeeval.tasks.fields import MAX_PROGRAM_CHARS

_KNOWN = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "__builtins__", "__class__", "__spec__"}
_KNOWN |= {"__module__", "__qualname__", "__annotations__"}
#: Names whose use means that others may be defined at run time, or that undefined ones are expected.
_NAMING = frozenset({"exec", "globals", "vars", "locals", "NameError"})
#: Constructs in which a candidate's exception could make a test pass, and what sees only the judge's own process.
_UNFIT = frozenset(
    {"SkipTest", "skip", "skipIf", "skipUnless", "skipTest", "expectedFailure", "mock", "patch", "MagicMock"}
    | {"redirect_stdout", "redirect_stderr", "assertLogs", "assertNoLogs", "assertWarns", "assertWarnsRegex"}
)
#: Appended below the tests. `debug` propagates what a test raises, so that the judge sees the exception itself.
_RUN_CASES = """
import unittest as _unittest
for _case in list(globals().values()):
    if isinstance(_case, type) and issubclass(_case, _unittest.TestCase):
        _unittest.defaultTestLoader.loadTestsFromTestCase(_case).debug()
"""
#: Modules that a check can't import in any image: the candidate as a module, a module beside it. (Which packages an
#: image has is up to its owner; pytest is for tests that it collects itself.)
_NOT_THERE = frozenset({"", "solution", "candidate", "submission", "your_module", "pytest"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NAMED = (*_FUNCTIONS, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
#: Since Python 3.12.
_NAMED += tuple(getattr(ast, kind) for kind in ("TypeVar", "ParamSpec", "TypeVarTuple") if hasattr(ast, kind))
_SCOPES = (*_FUNCTIONS, ast.ClassDef, ast.Lambda)


class UnfitTestsError(Exception):
    """Why tests can't be carried out."""


def executed(test: str, entry_point: str, prelude: str, solution: str) -> tuple[str, tuple[str, ...]]:
    """(the code to execute, the names of the candidate's functions in it, the entry point first).

    `prelude`: what else the tests may use; `solution`: a correct program, or "". Raises UnfitTestsError, and
    SyntaxError for a text that does not parse."""
    try:
        return _executed(test, entry_point, prelude, solution)
    except RecursionError:
        raise UnfitTestsError("is nested too deeply") from None


def _executed(test: str, entry_point: str, prelude: str, solution: str) -> tuple[str, tuple[str, ...]]:
    tree = _parsed(test)
    check = next((node for node in _reached(tree.body) if getattr(node, "name", None) == "check"), None)
    if check is not None or "check" in _bound(tree.body):
        _refuse_uncallable(check)
        _refuse_foreign(tree, lambda root: root in _NOT_THERE)
        helpers = _helpers(tree, entry_point, prelude, solution)
        return f"{test}\ncheck({entry_point})\n", (entry_point, *helpers)
    _refuse_unfit(tree, entry_point)
    cases = _cases(tree)
    if not cases and not _asserts(tree):
        raise UnfitTestsError(
            "defines no check(candidate), has no assert that is reached, and no unittest.TestCase: nothing in it is a test"
        )
    source = _without_main(test, tree).rstrip("\n") + "\n"
    helpers = _helpers(tree, entry_point, prelude, solution)
    if _uses(tree, "candidate") and "candidate" not in _all_bound(tree):
        source = f"candidate = {entry_point}\n{source}"
    return source + (_RUN_CASES if cases else ""), (entry_point, *helpers)


def _parsed(text: str) -> ast.Module:
    return syntax.parse_module(text, MAX_PROGRAM_CHARS)


def _refuse_uncallable(check: ast.stmt | None) -> None:
    """Refuse a coroutine or generator, which would never begin, and a function without a parameter for the candidate."""
    if isinstance(check, ast.AsyncFunctionDef):
        raise UnfitTestsError("check is async, so that calling it tests nothing")
    if isinstance(check, ast.FunctionDef):
        if _yields(check):
            raise UnfitTestsError("check is a generator, so that calling it tests nothing")
        args = check.args
        places = len(args.posonlyargs) + len(args.args)
        if not (places or args.vararg) or places - len(args.defaults) > 1 or None in args.kw_defaults:
            raise UnfitTestsError("check must take the candidate's function, and nothing else")


def _yields(function: ast.AST) -> bool:
    """Whether calling it makes a generator."""
    nodes = list(ast.iter_child_nodes(function))
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)):
            nodes += ast.iter_child_nodes(node)
    return False


# -- what is executed


def _reached(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that a module executes when run, including those inside its blocks, but not what only a script
    does."""
    for node in body:
        if isinstance(node, ast.If) and _is_main(node.test):
            yield from _reached(node.orelse)
            continue
        yield node
        if not isinstance(node, _SCOPES):
            for name in ("body", "orelse", "finalbody"):
                yield from _reached(getattr(node, name, []))
            for handler in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
                yield from _reached(handler.body)


def _is_main(test: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(test))


def _asserts(tree: ast.Module) -> bool:
    """Whether an assert is reached: in the module itself, or in one of its functions that it calls."""
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    waiting: list[ast.AST] = [node for node in _reached(tree.body) if not isinstance(node, _SCOPES)]
    seen: set[str] = set()
    while waiting:
        for node in _inside(waiting.pop()):
            if isinstance(node, ast.Assert):
                return True
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
            if name in functions and name not in seen:
                seen.add(name)
                waiting += functions[name].body
    return False


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """A node and its descendants, without bodies of functions and classes and without what only a script does."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, ast.If) and _is_main(found.test):
            waiting += found.orelse
            continue
        yield found
        if not isinstance(found, _SCOPES):
            waiting += ast.iter_child_nodes(found)


def _cases(tree: ast.Module) -> list[ast.ClassDef]:
    """The unittest classes. Raises UnfitTestsError if the tests of one would never be awaited, or if none has a
    test."""
    found: dict[str, ast.ClassDef] = {}
    for node in _reached(tree.body):
        if isinstance(node, ast.ClassDef) and any(_last(base) in {"TestCase", *found} for base in node.bases):
            found[node.name] = node
    methods = [node for case in found.values() for node in case.body if isinstance(node, _FUNCTIONS)]
    tests = [node for node in methods if node.name.startswith("test")]
    if any(isinstance(node, ast.AsyncFunctionDef) for node in tests):
        raise UnfitTestsError("a test of unittest is async, so that calling it tests nothing")
    if any(map(_yields, tests)):
        raise UnfitTestsError("a test of unittest is a generator, so that calling it tests nothing")
    if found and not tests:
        raise UnfitTestsError("no unittest.TestCase in it has a method whose name begins with test")
    return list(found.values())


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _without_main(test: str, tree: ast.Module) -> str:
    """Remove `unittest.main()`, which would end the judge; the tests are run without it. Line numbers are kept."""
    lines = test.split("\n")
    for node in tree.body:
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"unittest.main", "main"}:
            span = range(node.lineno - 1, node.end_lineno or node.lineno)
            for number in span:
                lines[number] = "pass" if number == span.start else ""
    return "\n".join(lines)


# -- what it needs


def _refuse_foreign(tree: ast.Module, is_foreign: Callable[[str], bool]) -> None:
    for node in ast.walk(tree):
        foreign = next(filter(is_foreign, _imported(node)), None)
        if foreign is not None:
            raise UnfitTestsError(
                f"imports {foreign or 'relatively'}, which the judge lacks: it has the standard library"
            )


def _refuse_unfit(tree: ast.Module, entry_point: str) -> None:
    _refuse_foreign(tree, lambda root: root not in sys.stdlib_module_names)
    for node in ast.walk(tree):
        roots = _imported(node)
        star = isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
        if star and "unittest" in roots:
            raise UnfitTestsError("imports * from unittest; import unittest, or TestCase alone")
        unfit = sorted(_mentioned(node) & _UNFIT)
        if unfit:
            raise UnfitTestsError(f"uses {unfit[0]}, which can't be carried out apart from the candidate's process")
    if entry_point in _bound(tree.body):
        raise UnfitTestsError(f"defines {entry_point} itself, so that it would not test the candidate's")
    if not _uses(tree, entry_point) and not _uses(tree, "candidate"):
        raise UnfitTestsError(f"never uses {entry_point}, nor candidate")


def _imported(node: ast.AST) -> list[str]:
    """The top-level modules of an import; "" for a relative one."""
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return ["" if node.level else (node.module or "").partition(".")[0]]
    return []


def _mentioned(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        module = getattr(node, "module", None) or ""
        return {part for name in (module, *(alias.name for alias in node.names)) for part in name.split(".")}
    return {_last(node)} if isinstance(node, ast.Name | ast.Attribute) else set()


def _helpers(tree: ast.Module, entry_point: str, prelude: str, solution: str) -> tuple[str, ...]:
    """Other functions of the candidate that the tests use. Raises UnfitTestsError for an undefined name."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    left = used - _KNOWN - _all_bound(tree) - {entry_point, "candidate"}
    given = _parsed(prelude)
    if not left or used & _NAMING or _imports_all(tree) or _imports_all(given):
        return ()
    left -= _all_bound(given)
    helpers = left & _of_solution(solution) if left else set()
    if left - helpers:
        raise UnfitTestsError(f"uses {min(left - helpers)}, which neither the tests nor the prompt define")
    return tuple(sorted(helpers))


def _imports_all(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(tree))


def _of_solution(solution: str) -> set[str]:
    try:
        return _bound(_parsed(solution).body)
    except SyntaxError:
        return set()


def _uses(tree: ast.Module, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))


def _bound(body: list[ast.stmt]) -> set[str]:
    """Names that a module binds when it is executed."""
    found: set[str] = set()
    for node in _reached(body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            found.add(node.name)
        else:
            found |= {
                name.id for name in _inside(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
            }
    return found


def _all_bound(tree: ast.Module) -> set[str]:
    """Names that are bound anywhere, whatever the scope."""
    found = _bound(tree.body)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, _NAMED) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return found
