"""A completion that continues the last line of its prompt, to the character."""

from __future__ import annotations

import re

from codeeval.reading import prompt_parts
from codeeval.reading.answer import Answer, left_out
from codeeval.reading.assemble import merged
from codeeval.reading.program import CodePart, is_python
from codeeval.reading.statements import StatementKind, is_prose
from codeeval.types import Cut, Extraction, Problem

#: What may precede a text that continues the prompt's last line.
_BEFORE_ANSWER = ("reader: thought", "reader: header")
_STARTS_ANEW = re.compile(r"(?:async +)?def |import |from |class |@")


def goes_on(prompt: str, answer: Answer) -> bool:
    """Whether the text continues the prompt's last line, which is neither empty nor the end of a docstring."""
    piece = answer.piece
    first = piece.text.split("\n", 1)[0]
    if prompt_parts.ends_with_docstring(prompt):
        return first.lstrip().startswith(";")
    if prompt.endswith("\n") or not prompt or not first.strip():
        return False
    if prompt_parts.is_indented(prompt) and (first[0].isspace() or is_prose(first)):
        return False
    before = (cut for cut in answer.left if cut.start < piece.origin(0))
    return all(cut.rule in _BEFORE_ANSWER for cut in before) and _STARTS_ANEW.match(first) is None


def going_on(problem: Problem, answer: Answer) -> Extraction:
    """The exact text; without the sentences after it if it is a program only then."""
    piece = answer.piece
    if not is_python(problem.prompt + piece.text):
        items = CodePart.of(piece).found.items
        end = next((item.start for item in items[1:] if item.kind is StatementKind.PROSE), len(piece.text))
        if is_python(problem.prompt + piece.text[:end]):
            left = left_out("prose", piece, end, len(piece.text))
            piece, answer = piece.cut(0, end), Answer(piece, (*answer.left, left))
    cut = Cut("reader: body", piece.origin(0), piece.origin(len(piece.text)))
    return Extraction(problem.prompt + piece.text, piece.text, merged([*answer.left, cut]))
