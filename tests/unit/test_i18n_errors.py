"""No error that a submitter can meet is left in English: every sentence of their modules is in the catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_i18n import PACKAGE, blank, literal

from codeeval.errors import DataError, UsageError
from codeeval.i18n import language, message
from codeeval.i18n.ru_explorer import EXPLORER
from codeeval.i18n.ru_messages import MESSAGES

#: From the first flag to the zip.
FOLDERS = ("tasks", "samples", "submission", "store", "generators", "evaluation")
FILES = (
    *(f"cli/{name}.py" for name in ("audit", "console", "ending", "export", "instructions", "prompt", "report")),
    *(f"cli/{name}.py" for name in ("run", "score", "submission")),
    *(
        "tasks/answers.py",
        "stats/audit.py",
        "stats/compare.py",
        "tasks/instructions.py",
        "prompts/templates.py",
        "scoring/protocols.py",
        "store/runcounts.py",
    ),
    *("sample_rows.py", "prompts/template_file.py", "exports/files.py", "gate/judge.py", "gate/baseline.py"),
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
SAYERS = {"note", "BadRow", "SubmissionFinding"}
#: Of the English sets, of reward models and of completions in Python, of damaged files, and what is no sentence.
LEFT = re.compile(
    r"evaluation/completions|"
    r"evalplus|human_eval|mbpp|fields|file_schema|bundled|reference|ranking|reward|rerank|--beside|gzip|unpacked|Split the set\.$"
    r"|no .* in it$|was killed|written by|`codeeval rescore RUN`|Upgrade|turns must|template none|^-- "
    r"|CODEEVAL_DEBUG|compare: need|results of every sample|instructions: not a list|reference solutions"
    r"|, field [\w.{}]+$|RUN -o \{\}$"
)


def said(node: ast.AST) -> str | None:
    """The text of an argument, also of `"a" + b`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (said(node.left) or "{}") + (said(node.right) or "{}")
    return literal(node)


def sentences(path: Path) -> Iterator[str]:
    """What a module raises or notes, line by line, with {} for every value."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        if getattr(node.func, "id", getattr(node.func, "attr", "")) in ERRORS | SAYERS:
            for text in filter(None, map(said, node.args)):
                yield from (blank(line).strip() for line in text.split("\n"))


def known(line: str, templates: set[str]) -> bool:
    """Whether `message` finds the line, or what stands behind one of its colons. Values that stand side by side are one."""
    tried = {line, re.sub(r"\{\}(: \{\}|\{\})+", "{}", line)}
    tried |= {each[found.end() :] for each in tried for found in re.finditer(": ", each)}
    return bool(tried & templates)


@pytest.mark.parametrize("module", MODULES)
def test_every_sentence_has_a_russian_one(module: str) -> None:
    """None is missing; a new error needs its Russian."""
    if LEFT.search(module):
        return
    templates = {blank(line).strip() for text in (*MESSAGES, *EXPLORER) for line in text.split("\n")}
    left = {
        line
        for line in sentences(PACKAGE / module)
        if re.search(r"[a-z']{2,} [a-z]", line) and not LEFT.search(line) and not known(line, templates)
    }
    assert left == set()


def test_places_and_lines() -> None:
    """The place in a file is put into Russian, the file's name is not; every line is translated for itself."""
    error = DataError("set row 3.jsonl, row 3, field outputs", "2 outputs for 3 tests", "See docs/tasks.md.")
    with language("ru"):
        assert message(str(error)) == (
            "set row 3.jsonl, запись 3, поле outputs: 2 результата на 3 теста\n  Схема описана в docs/tasks.md."
        )
        assert message("-M: must look like key=value, got 'x'") == "-M: нужен вид ключ=значение, получено 'x'"
        assert message(str(UsageError("--protocol 'mera' is unknown. Did you mean mera-1.2?\n  Known: a, b"))) == (
            "--protocol: 'mera' не существует. Может быть, mera-1.2?\n  Есть: a, b"
        )
        assert message("a: b\n  c: d") == "a: b\n  c: d"
