"""MBPP: a sentence, and asserts that call the function by name (Austin et al. 2021, arXiv:2108.07732).

    mbpp.jsonl, config `full`                    task_id, text, code, test_list, test_setup_code, challenge_test_list
    sanitized-mbpp.json, config `sanitized`      task_id, prompt, code, test_list, test_imports
    evalplus/mbppplus (of the hub)               as sanitized, with `test`: code that replaces test_list

The challenge tests are not used: no published score has them. The prompt is a docstring with the sentence and the first
assert, which names the function (Fried et al. 2022, InCoder, arXiv:2204.05999; BigCode's harness does the same).
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence

from codeeval import syntax
from codeeval.prompts.templates import FIELD
from codeeval.tasks.fields import MAX_PROGRAM_CHARS, Fields, parses
from codeeval.tasks.rows import SourceRow
from codeeval.types import Problem, ProblemTests

_BUILTINS = frozenset(dir(builtins))


def problem_of(row: SourceRow) -> Problem:
    """One row, checked. Raises DataError, naming the row and the field."""
    fields = Fields(row)
    asserts = fields.texts("test_list")
    if not asserts:
        fields.fail("test_list", "there is no test in it")
    for number, test in enumerate(asserts):
        if not parses(test):
            fields.fail("test_list", f"test {number} does not parse as Python")
    source = fields.optional("test") or "\n".join(asserts) + "\n"
    if not parses(source):
        fields.fail("test", "does not parse as Python")
    prelude = _prelude(fields)
    code = fields.optional("code")
    defined = _defined(code) - _defined(prelude)
    if _used(prelude) & defined:  # as problem 367's, which makes trees of the program's own class
        source, prelude = prelude.rstrip("\n") + "\n" + source, ""
    prelude = _borrowed_imports(source, prelude, code) + prelude
    entry_point = _entry_point(asserts, defined)
    if entry_point is None:
        fields.fail("test_list", "no test calls a function that field code defines")
    prompt = docstring(fields.text("text" if "text" in fields else "prompt"), asserts[0])
    return Problem(
        id=fields.id(),
        instruction=FIELD,
        prompt=prompt,
        entry_point=entry_point,
        calls=(),
        expected=(),
        canonical_solution=code or None,
        tests=ProblemTests(source, prelude, _names(source, entry_point, defined)),
    )


def docstring(sentence: str, test: str) -> str:
    """The prompt. Anything that would end or break the docstring is escaped, so that prompt + completion parses."""
    text = f'"""\n{sentence.strip()}\n{test.strip()}\n"""\n'
    if not parses(text):
        body = f"{sentence.strip()}\n{test.strip()}".replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        text = f'"""\n{body}\n"""\n'
    return text


def _prelude(fields: Fields) -> str:
    if "test_imports" in fields:
        prelude = "".join(line + "\n" for line in fields.texts("test_imports"))
    else:
        prelude = fields.optional("test_setup_code")
    if not parses(prelude):
        fields.fail("test_imports" if "test_imports" in fields else "test_setup_code", "does not parse as Python")
    return prelude


def _borrowed_imports(source: str, prelude: str, code: str) -> str:
    """The reference's imports that the tests use without their own, as problem 596 uses `sys`. In one process the program's
    import serves both."""
    texts = source, prelude
    own = _defined(code).union(*map(_defined, texts), *({name for name, _ in _imports(text)} for text in texts))
    used = _used(source) | _used(prelude)
    found = (statement for name, statement in _imports(code) if name in used - own - _BUILTINS)
    return "".join(statement + "\n" for statement in dict.fromkeys(found))


def _imports(code: str) -> list[tuple[str, str]]:
    """Each name that an import at the top level of a program binds, with the statement; none if it does not parse."""
    try:
        tree = syntax.parse_module(code, MAX_PROGRAM_CHARS)
    except SyntaxError:
        return []
    return [
        (alias.asname or alias.name.partition(".")[0], ast.unparse(node))
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]


def _used(source: str) -> set[str]:
    tree = syntax.parse_module(source, MAX_PROGRAM_CHARS)
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _defined(code: str) -> set[str]:
    """What a program binds at its top level, imports excluded; empty if it does not parse."""
    try:
        tree = syntax.parse_module(code, MAX_PROGRAM_CHARS)
    except SyntaxError:
        return set()
    found = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return found


def _entry_point(asserts: Sequence[str], defined: set[str]) -> str | None:
    """The function that the first assert calls. If no reference shows which functions are the candidate's, the first
    called name that is not a built-in."""
    for test in asserts:
        for name in _called(test):
            if name in defined or (not defined and name not in _BUILTINS):
                return name
    return None


def _called(test: str) -> Iterator[str]:
    for node in ast.walk(syntax.parse_module(test, MAX_PROGRAM_CHARS)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def _names(source: str, entry_point: str, defined: set[str]) -> tuple[str, ...]:
    """The entry point, then whatever else of the candidate's the tests use."""
    used = _used(source) - _defined(source)
    return (entry_point, *sorted(used & defined - {entry_point}))
