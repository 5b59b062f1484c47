"""Programs made of a prompt and given code: test whether one is sound, and indent a body so that it is. Pure."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator

from codeeval import syntax
from codeeval.reading.extract import defines, with_preamble
from codeeval.syntax import MAX_CHARS
from codeeval.types import Problem

_INDENT = "    "


def is_sound(program: str, entry_point: str) -> bool:
    """Whether `program` parses and defines the entry point with a body of more than a docstring, imports and `pass`."""
    if len(program) > MAX_CHARS:
        return False
    try:
        tree = syntax.parse_module(program)
    except SyntaxError:
        return False
    defined = [node for node in tree.body if getattr(node, "name", None) == entry_point]
    return bool(defined) and _does_something(defined[-1])


def _does_something(node: ast.stmt) -> bool:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return True  # a class has no such body
    idle = (ast.Import, ast.ImportFrom, ast.Pass)
    return any(not isinstance(part, idle) and not _is_literal(part) for part in node.body)


def _is_literal(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def as_program(problem: Problem, code: str) -> str | None:
    """The program of a whole function, moved to the margin, below what the prompt has above its own function. Drops
    unindented text after it that is not code. None unless it is sound."""
    if len(code) > MAX_CHARS:
        return None
    code = textwrap.dedent(code.expandtabs(8) if "\t" in code and " \t" in code else code)
    for candidate in [code] if syntax.parses(code) else _without_tail(code):
        if defines(candidate, problem.entry_point):
            program = with_preamble(problem, candidate)
            if is_sound(program, problem.entry_point):
                return program
    return None


def _without_tail(code: str) -> Iterator[str]:
    """`code`, then `code` without its last unindented line and what follows it, and so on (bounded)."""
    yield code
    lines = code.split("\n")
    starts = [i for i, line in enumerate(lines) if line.strip() and not line[0].isspace()]
    for start in reversed(starts[-8:]):
        yield "\n".join(lines[:start])


def as_continuation(problem: Problem, code: str) -> str | None:
    """The program with `code` as the function's body, indented and starting on its own line. None unless it is
    sound."""
    opening = problem.prompt if problem.prompt.endswith("\n") else problem.prompt + "\n"
    if len(code) > MAX_CHARS:
        return None
    for body in _indentations(code):
        program = opening + body
        if is_sound(program, problem.entry_point):
            return program
    return None


def _indentations(code: str) -> Iterator[str]:
    """Ways to indent a body, closest to the text first."""
    code = code.strip("\n").rstrip() + "\n"
    yield code
    for text in dict.fromkeys((code, code.expandtabs(4))):
        first, _, rest = text.partition("\n")
        first = first.strip()
        yield textwrap.indent(textwrap.dedent(text), _INDENT)
        inner = textwrap.dedent(rest)
        if first.endswith(":"):
            yield _INDENT + first + "\n" + textwrap.indent(inner, 2 * _INDENT)
        yield _INDENT + first + "\n" + textwrap.indent(inner, _INDENT)
        yield _INDENT + first + "\n" + _snapped(rest)


def _snapped(text: str) -> str:
    """Every line's indentation rounded to a multiple of four: three spaces beside four are one level."""
    lines = []
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(" "))
        lines.append(" " * (4 * max(1, round(depth / 4))) + line.lstrip(" ") if line.strip() else "")
    return "\n".join(lines)
