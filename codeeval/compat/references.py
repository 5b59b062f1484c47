"""Prepare tests that were written to run below a program for a judge in a separate process. Pure.

`code_eval` gets two texts, a program and its tests, and nothing says which names in the tests are the program's. They
are the names that the tests use but do not bind. The judge takes these from the candidate, with one exception: a module
(`math.isclose`) is imported by the judge itself, so that a program can't substitute its own.

Not covered: tests that rely on helpers in the program (HumanEval's problems 32, 38 and 50 call functions of their
prompts, which the program repeats). A program can define those as it likes, as it can under `code_eval`; `codeeval
score` has the prompts and takes the helpers from there.
"""

from __future__ import annotations

import ast
import builtins
import symtable
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from codeeval import syntax
from codeeval.errors import UsageError
from codeeval.types import Extraction, Problem, ProblemTests

#: Requested from the program first and defined below it, so that the tests that need a missing function report it.
_PRESENT = "_codeeval_present"
_MAX_CHARS = 1_000_000
_BUILTINS = frozenset(dir(builtins))
#: Modules that the judge has, and the one alias that everyone uses.
_TRUSTED = sys.stdlib_module_names | {"numpy"}
_ALIASES = {"np": "numpy"}


@dataclass(frozen=True, slots=True)
class ReferenceTests:
    """Tests and what they use: `wanted` are free names that are not builtins; `modules` are those of which only
    attributes are used; `called` are builtins that are called."""

    source: str
    wanted: frozenset[str]
    modules: frozenset[str]
    called: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Bound:
    """What a program binds at its top level: all names, those that are imports (with the statement that has the same
    effect in the judge), and whether there may be more (`import *`)."""

    names: frozenset[str]
    imports: dict[str, str]
    more: bool


def program_of(candidate: str) -> Extraction:
    """What is executed for a candidate: the whole text. An empty one is executed like any other."""
    program = f"{candidate}\ndef {_PRESENT}(): pass\n"
    return Extraction(program, program)


def problem_of(number: int, reference: ReferenceTests, candidate: str) -> Problem:
    """The problem that these tests pose to this candidate."""
    bound = _bound(candidate)
    trusted = {name: line for name in sorted(reference.wanted) if (line := _trusted(name, reference, bound))}
    names = sorted(reference.wanted - set(trusted)) or sorted(reference.called & bound.names)
    tests = ProblemTests(reference.source, "".join(f"{line}\n" for line in trusted.values()), (_PRESENT, *names))
    return Problem(str(number), "", "", _PRESENT, (), (), tests=tests)


@lru_cache(maxsize=1024)
def read(source: str, where: str) -> ReferenceTests:
    """Raises UsageError if the tests do not parse; `where` names them."""
    try:
        tree = syntax.parse_module(source, _MAX_CHARS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            free = frozenset(_free(symtable.symtable(source, "<tests>", "exec")))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UsageError(f"{where}: the tests do not parse as Python: {error or type(error).__name__}") from None
    loaded = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bases = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    plain = {node.id for node in loaded if id(node) not in bases}
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return ReferenceTests(source, free - _BUILTINS, free - plain - _BUILTINS, free & _BUILTINS & called)


def _free(module: symtable.SymbolTable) -> Iterator[str]:
    """Names that are looked up as globals and that the tests do not bind."""
    own = {found.get_name() for found in module.get_symbols() if found.is_assigned() or found.is_imported()}
    waiting = [module]
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        for found in table.get_symbols():
            if found.is_referenced() and (table is module or found.is_global()) and found.get_name() not in own:
                yield found.get_name()


def _trusted(name: str, reference: ReferenceTests, bound: _Bound) -> str:
    """The judge's own import of what the tests use from the program; "" for what is the candidate's, or is defined
    nowhere."""
    line = bound.imports.get(name, "")
    if line.startswith("from typing "):
        return line
    if name not in reference.modules or not (name in bound.names or bound.more):
        return ""
    if name in sys.stdlib_module_names:
        return f"import {name}"
    if line.startswith("import "):
        return line
    return f"import {_ALIASES[name]} as {name}" if name in _ALIASES else ""


def _bound(candidate: str) -> _Bound:
    names, imports, more = set[str](), dict[str, str](), False
    try:
        waiting: list[ast.AST] = list(syntax.parse_module(candidate, _MAX_CHARS).body)
    except SyntaxError:
        waiting = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            found = dict(_imported(node))
            names |= found.keys()
            imports |= {name: line for name, line in found.items() if line}
            more = more or any(alias.name == "*" for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return _Bound(frozenset(names), imports, more)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """(name, the statement that binds it if the judge may execute that, otherwise "")."""
    for alias in node.names:
        name = alias.asname or alias.name.partition(".")[0]
        if isinstance(node, ast.Import):
            module = alias.name if alias.asname else name
            known = alias.name.partition(".")[0] in _TRUSTED
            yield name, (f"import {module} as {name}" if known else "")
        else:
            yield name, (f"from typing import {alias.name} as {name}" if node.module == "typing" else "")
