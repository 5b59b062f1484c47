"""No error that a submitter can meet is left in English: every sentence of their modules is a message."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, Field, ValidationError
from test_i18n import PACKAGE, literal_of

from codeeval.errors import UsageError, first_fault
from codeeval.evaluation.choice import choose
from codeeval.i18n import language, message

#: From the first flag to the zip.
FOLDERS = ("tasks", "samples", "mera", "store", "generators", "evaluation")
FILES = (
    *(f"cli/{name}.py" for name in ("audit", "console", "ending", "export", "instructions", "prompt", "report")),
    *(f"cli/{name}.py" for name in ("run", "score", "submission")),
    *(f"report/{name}.py" for name in ("warnings", "intervals_on_request", "results", "plot_style")),
    *(f"stats/{name}.py" for name in ("audit", "compare", "sanity")),
    *("prompts/templates.py", "prompts/template_file.py", "scoring/protocols.py", "sample_rows.py", "exports/files.py"),
    *(f"gate/{name}.py" for name in ("baseline", "candidate", "judge", "warnings")),
)
MODULES = tuple(
    sorted({*FILES, *(f"{name}/{path.name}" for name in FOLDERS for path in (PACKAGE / name).glob("*.py"))})
)
ERRORS = {
    "UsageError",
    "DataError",
    "NothingToEvaluate",
    "StoreError",
    "Interrupted",
    "IncompleteRun",
    "UnusableRowError",
    "GenerationError",
}
SAYERS = {"note", "complain", "BadRow", "SubmissionFinding", "Finding"}
#: Of the English sets, of reward models and of completions in Python, of damaged files, and what is no sentence.
LEFT = re.compile(
    r"evaluation/completions|store/damage|evalplus|human_eval|mbpp|fields|tasks/schema|bundled|reference|ranking|reward|rerank"
    r"|--beside|gzip|unpacked|Split the set\.$|no .* in it$|^compare: need|turns must|template none|^-- |CODEEVAL_DEBUG"
    r"|instructions: not a list|^more than .* in it"
)


def sentences(path: Path) -> Iterator[str]:
    """What a module raises or notes as bare English, line by line, with {} for every value."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in ERRORS | SAYERS:
            for text in filter(None, map(bare, node.args)):
                yield from (line.strip() for line in text.split("\n"))


def bare(node: ast.AST) -> str | None:
    """The text of an argument, also of `"a" + b` and of either side of a condition; none where a message is made of it."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (bare(node.left) or "{}") + (bare(node.right) or "{}")
    if isinstance(node, ast.IfExp):
        return "\n".join(filter(None, (bare(node.body), bare(node.orelse))))
    return literal_of(node)


@pytest.mark.parametrize("module", MODULES)
def test_every_sentence_is_a_message(module: str) -> None:
    """So that the catalogue's test sees it; a new error needs its Russian."""
    if LEFT.search(module):
        return
    left = {
        line for line in sentences(PACKAGE / module) if re.search(r"[a-z']{2,} [a-z]", line) and not LEFT.search(line)
    }
    assert left == set()


def test_an_error_is_said_line_by_line() -> None:
    """The near name and the known ones are put into the sentence as they are."""
    with pytest.raises(UsageError) as caught:
        choose("--protocol", "mera", ("mera-1.2", "a"))
    with language("ru"):
        assert message(str(caught.value)) == (
            "--protocol: 'mera' не существует. Может быть, mera-1.2?\n  Есть: mera-1.2, a"
        )
    with pytest.raises(UsageError, match=r"Did you mean mera-1\.[12] or mera-1\.[12]\?") as caught_of_two:
        choose("--protocol", "mera", ("mera-1.2", "mera-1.1"))
    with language("ru"):
        assert " или mera-1." in message(str(caught_of_two.value))
    assert str(caught.value) == "--protocol 'mera' is unknown. Did you mean mera-1.2?\n  Known: mera-1.2, a"


@pytest.mark.parametrize(
    ("value", "english", "russian"),
    [
        ({}, "Field required", "поле обязательно"),
        ({"n": "x"}, "Input should be a valid integer, unable to parse string as an integer", "нужно целое число"),
        ({"n": 1, "m": 2}, "Extra inputs are not permitted", "такого поля нет"),
        ({"n": 0}, "Input should be greater than or equal to 1", "должно быть не меньше 1"),
        ({"n": []}, "Input should be a valid integer", "нужно целое число"),
    ],
)
def test_what_pydantic_says_is_said_in_russian(value: dict[str, object], english: str, russian: str) -> None:
    class Model(BaseModel, extra="forbid"):
        n: int = Field(ge=1)

    with pytest.raises(ValidationError) as caught:
        Model.model_validate(value)
    found = first_fault(caught.value)
    assert found.said == english
    with language("ru"):
        assert message(found.said) == russian
