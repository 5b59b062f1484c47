"""Give a problem neutral names: for the entry point and its arguments, everywhere at once. Pure.

A model that has seen a published problem may know its answer by heart; with other names it is less recognisable. This
is only a first look: a telling name is also a hint, so a lower pass@k has two possible causes.

Code is renamed through its syntax tree, so an attribute, or a keyword of another function, keeps a name that happens to
be the same. In the docstring the entry point is renamed as a word, and the arguments as words outside quotes in lines
other than examples.
"""

from __future__ import annotations

import ast
import keyword
import re
import textwrap
from collections.abc import Mapping
from dataclasses import replace
from itertools import accumulate
from typing import TypeGuard

from codeeval import syntax
from codeeval.i18n import msg
from codeeval.types import Problem
from sandbox.wire import literal

ENTRY, ARGUMENT = "func", "arg"
#: The note of a run with renamed problems; a run that carries it is never published as a score of the set.
NOTE = msg("renamed: functions and arguments have neutral names, so this is no score of the set itself")
_WORD = re.compile(r"(?<!\w)[^\W\d]\w*")
_QUOTED_OR_WORD = re.compile(rf"\"{{3}}|'{{3}}|'[^'\n]*'|\"[^\"\n]*\"|{_WORD.pattern}")
_GLUED = re.compile(r"\b\d++([^\W\d]\w*+)")
#: Constructs that look names up by text, which renaming can't follow.
_BY_TEXT = {"eval", "exec", "locals", "vars", "globals", "getattr"}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class NotRenamableError(ValueError):
    """A problem that can't be renamed safely; the text says why."""


def rename(problem: Problem) -> Problem:
    """The same problem with neutral names. The reference solution is regenerated from its syntax tree (and loses its
    comments); calls and expected outputs stay equal as data. Raises NotRenamableError."""
    if problem.tests is not None or problem.oracle is not None:
        raise NotRenamableError(
            "its tests are code or come from a reference solution, which call it by name and position"
        )
    try:
        return _renamed(problem)
    except RecursionError:
        raise NotRenamableError("its code is nested too deeply") from None


def _renamed(problem: Problem) -> Problem:
    header = _parsed(problem.prompt + "\n    pass\n")
    function = _function(header, problem.entry_point)
    _check(problem, header, function)
    calls = [_call(text) for text in problem.calls]
    names = _names(problem, function)
    if unknown := {key for call in calls for key in call} - names.keys():
        raise NotRenamableError(f"a test names {min(unknown)!r}, which is no argument")
    return replace(
        problem,
        prompt=_prompt(problem.prompt, function, names),
        entry_point=names[problem.entry_point],
        calls=tuple(_call_text(text, names) for text in problem.calls),
        canonical_solution=_solution(problem, names),
    )


def _parsed(program: str) -> ast.Module:
    try:
        return syntax.parse_module(program)
    except SyntaxError as error:
        raise NotRenamableError(f"it does not parse: {error}") from None


def _expression(text: str) -> ast.expr:
    try:
        return syntax.parse_expression(text, len(text))
    except SyntaxError as error:
        raise NotRenamableError(f"a test is no dict of literals: {error}") from None


def _function(tree: ast.Module, name: str) -> _Function:
    found = [node for node in tree.body if isinstance(node, _Function) and node.name == name]
    if len(found) != 1:
        raise NotRenamableError(f"{name} is not defined once at the top of the prompt")
    return found[0]


def _check(problem: Problem, header: ast.Module, function: _Function) -> None:
    """Check that the prompt is imports and one function, whose header does not use one of the names for anything
    else."""
    if any(not isinstance(node, ast.Import | ast.ImportFrom) for node in header.body if node is not function):
        raise NotRenamableError("the prompt has more than imports beside its function")
    own = {problem.entry_point, *_arguments(function)}
    imported = {alias.asname or alias.name for node in header.body if node is not function for alias in _aliases(node)}
    used = [node.id for part in (function.args, function.returns) if part for node in ast.walk(part) if _is_name(node)]
    if own & {*imported, *used} or not all(name.isascii() for name in own):
        raise NotRenamableError("a name of the function is used for something else in its header")


def _aliases(node: ast.stmt) -> list[ast.alias]:
    return node.names if isinstance(node, ast.Import | ast.ImportFrom) else []


def _is_name(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def _arguments(function: _Function) -> list[str]:
    given = function.args
    several = [each for each in (given.vararg, given.kwarg) if each is not None]
    return [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs, *several)]


def _names(problem: Problem, function: _Function) -> dict[str, str]:
    """Old name -> new name; new names occur nowhere in the problem."""
    taken = set(_WORD.findall(problem.prompt + (problem.canonical_solution or "") + "".join(problem.calls)))
    wanted = {problem.entry_point: ENTRY}
    wanted.update({old: f"{ARGUMENT}{place}" for place, old in enumerate(_arguments(function), 1)})
    names = {}
    for old, new in wanted.items():
        while new in taken or keyword.iskeyword(new):
            new += "_"
        taken.add(new)
        names[old] = new
    return names


def _call(text: str) -> dict[str, object]:
    try:
        found = literal(_expression(text))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise NotRenamableError(f"a test is no dict of literals: {error}") from None
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise NotRenamableError("a test is no dict of arguments")
    return found


def _call_text(text: str, names: Mapping[str, str]) -> str:
    """The dict with renamed keys; the values keep their spelling."""
    tree = _expression(text)
    assert isinstance(tree, ast.Dict)
    raw, starts = text.encode(), _starts(text)
    shown = []
    for key, value in zip(tree.keys, tree.values, strict=True):
        assert isinstance(key, ast.Constant)
        start, end = _place(value, starts)
        shown.append(f"{names[str(key.value)]!r}: {raw[start:end].decode()}")
    return "{" + ", ".join(shown) + "}"


def _starts(text: str) -> list[int]:
    """The offset of each line in bytes, as ast counts them."""
    return [0, *accumulate(map(len, text.encode().splitlines(keepends=True)))]


def _place(node: ast.expr | ast.stmt, starts: list[int]) -> tuple[int, int]:
    """Start and end of a node in bytes."""
    last = node.end_lineno or node.lineno
    return starts[node.lineno - 1] + node.col_offset, starts[last - 1] + (node.end_col_offset or 0)


class _Renamer(ast.NodeTransformer):
    """Names, arguments, definitions, and the keywords of calls of the entry point itself."""

    def __init__(self, names: Mapping[str, str], entry_point: str) -> None:
        self.names, self.entry_point = names, entry_point

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if node.id in _BY_TEXT:
            raise NotRenamableError(f"its code calls {node.id}, which finds names by their text")
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg = self.names.get(node.arg, node.arg)
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        if node.name != self.entry_point and set(_arguments(node)) & self.names.keys():
            raise NotRenamableError(f"another function, {node.name}, has an argument of the same name")
        node.name = self.names.get(node.name, node.name)
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        if isinstance(node.func, ast.Name) and node.func.id == self.entry_point:
            for each in node.keywords:
                each.arg = self.names.get(each.arg, each.arg) if each.arg else None
        self.generic_visit(node)
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Other nodes that bind or refer to a name by text (import, except … as, global, match) must not use a renamed
        one."""
        if not isinstance(node, ast.Attribute | ast.keyword | ast.Constant | ast.arg | ast.FunctionDef):
            for _, value in ast.iter_fields(node):
                texts = value if isinstance(value, list) else [value]
                if any(isinstance(text, str) and text in self.names for text in texts):
                    raise NotRenamableError(f"its code binds one of the names by {type(node).__name__}")
        if isinstance(node, ast.ClassDef):
            raise NotRenamableError("its code has a class, whose attributes are names too")
        return super().generic_visit(node)


def _solution(problem: Problem, names: Mapping[str, str]) -> str | None:
    """The reference solution as a continuation of the renamed prompt."""
    if problem.canonical_solution is None:
        return None
    tree = _parsed(problem.prompt + problem.canonical_solution)
    function = _function(tree, problem.entry_point)
    after = tree.body[tree.body.index(function) + 1 :]
    for node in (function, *after):
        _Renamer(names, problem.entry_point).visit(node)
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        raise NotRenamableError("the reference solution is empty")
    rest = [ast.unparse(node) for node in after]
    inside = textwrap.indent("\n".join(map(ast.unparse, body)), "    ")
    return "\n" + "\n\n\n".join([inside, *rest]) + "\n"


def _prompt(prompt: str, function: _Function, names: Mapping[str, str]) -> str:
    """The text with its names replaced in place and everything else unchanged."""
    starts = _starts(prompt)
    edits: list[tuple[int, int, bytes]] = []  # (start, end, new text) in bytes, as ast counts
    head = starts[function.lineno - 1] + function.col_offset
    match = re.compile(rb"(?:async\s+)?def\s+").match(prompt.encode(), head)
    assert match is not None  # the tree has a function there
    edits.append((match.end(), match.end() + len(function.name), names[function.name].encode()))
    given = function.args
    several = [each for each in (given.vararg, given.kwarg) if each is not None]
    for each in (*given.posonlyargs, *given.args, *given.kwonlyargs, *several):
        start = starts[each.lineno - 1] + each.col_offset
        edits.append((start, start + len(each.arg), names[each.arg].encode()))
    if ast.get_docstring(function) is not None:
        start, end = _place(function.body[0], starts)
        edits.append((start, end, _docstring(prompt.encode()[start:end].decode(), function.name, names).encode()))
    raw, at, parts = prompt.encode(), 0, []
    for start, end, new in sorted(edits):
        parts += [raw[at:start], new]
        at = end
    return b"".join([*parts, raw[at:]]).decode()


def _docstring(text: str, entry_point: str, names: Mapping[str, str]) -> str:
    """Rename within a docstring. Examples (a call of the function, or what follows >>>) contain values that look like
    names, so only the entry point is renamed there."""
    if glued := next((found for found in _GLUED.finditer(text) if found[1] in names), None):
        raise NotRenamableError(f"its description has {glued[0]!r}, a number and a name in one word")
    shown = []
    for line in text.split("\n"):
        example = ">>>" in line or re.search(rf"\b{entry_point}\s*\(", line) is not None
        shown.append(_words(line, {entry_point: names[entry_point]} if example else names))
    return "\n".join(shown)


def _words(line: str, names: Mapping[str, str]) -> str:
    return _QUOTED_OR_WORD.sub(lambda found: names.get(found[0], found[0]), line)
