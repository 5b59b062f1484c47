"""Turn completion text into the program that is executed, with a trace of what was kept. Pure; nothing is executed.

| rule       | what is taken from the completion                                                                     |
|------------|-------------------------------------------------------------------------------------------------------|
| `none`     | all of it (MERA 1.1.0)                                                                                |
| `mera-1.2` | what is between `XXXpython` at the start and `XXX` at the end, where X is the first character;        |
|            | all of it if the text starts with a space, newline or tab, or if either mark is missing               |
| `mera-code`| the blocks labelled `python` between fences of three backticks, joined by newlines after a leading one |
| `evalplus` | a complete fenced Python block, otherwise all of it                                                   |
| `strict`   | what a careful reader takes for the answer: `codeeval/reading/`                                       |

A completion that is a self-contained program (EvalPlus' `solution`) is never appended to the prompt, whatever the rule;
the rules then choose which part of it is the program.

The three MERA rules reproduce MERA's public scorers (1.1.0, 1.2.0, MERA Code 1.0) on every text, including odd ones:
the program of any other completion is always the prompt followed by what was taken. Offsets in a trace count characters
of the completion.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from codeeval import syntax
from codeeval.reading import read
from codeeval.types import Cut, Extraction, ExtractionRule, Problem

#: An opening fence in MERA Code: at the start of a line, a label of word characters and hyphens, then a newline.
_MERA_OPENING = re.compile(r"^```([\w-]+)\n", re.MULTILINE)
#: In Markdown: up to three spaces, three or more backticks, an info string that begins with the language. Possessive
#: throughout: what follows a run can't begin with its characters, and backtracking would take quadratic time.
_OPENING = re.compile(r"^( {0,3})(`{3,}+)[ \t]*+(\w*+)[^\n`]*+\n", re.MULTILINE)
_PYTHON_LABELS = frozenset({"", "python", "python3", "py", "py3"})
#: A longer program is not parsed to find out whether its fences are inside a string.
_MAX_PARSED = syntax.MAX_CHARS


def extract(
    problem: Problem,
    completion: str,
    rule: ExtractionRule,
    *,
    is_program: bool = False,
    end_tokens: Sequence[str] = (),
) -> Extraction:
    """The program that `rule` makes of a completion. Every completion gives one; if nothing was left, `body` is blank.
    `is_program`: the completion is a self-contained program; `end_tokens`: those of the model's own tokenizer."""
    if rule == "strict":
        return read(problem, completion, is_program=is_program, own_tokens=end_tokens)
    if rule == "evalplus":
        return _evalplus_program(problem, completion) if is_program else _evalplus(problem, completion)
    if rule == "mera-code":
        body, trace = _mera_code(completion)
    elif rule == "mera-1.2":
        body, trace = _mera_1_2(completion)
    else:
        body, trace = completion, (Cut("all", 0, len(completion)),)
    return Extraction(body if is_program else problem.prompt + body, body, trace)


def _mera_1_2(text: str) -> tuple[str, tuple[Cut, ...]]:
    if text and text[0] not in " \n\t":
        mark = text[0] * 3
        opening = mark + "python"
        if text.startswith(opening) and text.endswith(mark):
            start, end = len(opening), len(text) - len(mark)
            return text[start:end], (Cut("mera-1.2: inside the marks", start, end),)
    return text, (Cut("mera-1.2: all", 0, len(text)),)


def _mera_code(text: str) -> tuple[str, tuple[Cut, ...]]:
    has_fence = "```" in text
    blocks = _mera_closed_blocks(text) if has_fence else []
    if not blocks:  # a truncated answer: the first opening fence and everything after it
        opening = _MERA_OPENING.search(text) if has_fence else None
        if opening is None:
            return text, (Cut("mera-code: no block, all", 0, len(text)),)
        blocks = [(opening[1], opening.end(), len(text))]
    kept = [(start, end) for label, start, end in blocks if label == "python"]
    body = "\n" + "\n".join(text[start:end] for start, end in kept)
    return body, tuple(Cut("mera-code: python block", start, end) for start, end in kept)


def _mera_closed_blocks(text: str) -> list[tuple[str, int, int]]:
    """(label, start, end) of each closed block. A block ends at the first newline followed by three backticks, whatever
    comes after them, and its code includes that newline."""
    blocks = []
    opening = _MERA_OPENING.search(text)
    while opening is not None:
        newline = text.find("\n```", opening.end())
        if newline < 0:
            break
        blocks.append((opening[1], opening.end(), newline + 1))
        opening = _MERA_OPENING.search(text, newline + 4)
    return blocks


@dataclass(frozen=True, slots=True)
class _Block:
    label: str
    start: int
    end: int
    indent: int

    def readings(self, text: str) -> tuple[str, ...]:
        """The content unchanged; behind an indented fence (in a list, for example) also as Markdown shows it: each line
        loses up to as many spaces as precede the fence."""
        content = text[self.start : self.end]
        if not self.indent:
            return (content,)
        return content, re.sub(rf"^ {{1,{self.indent}}}", "", content, flags=re.MULTILINE)


def _evalplus(problem: Problem, completion: str) -> Extraction:
    whole = Extraction(problem.prompt + completion, completion, (Cut("evalplus: all", 0, len(completion)),))
    blocks = _python_blocks(completion)
    if not blocks or syntax.parses(whole.program, _MAX_PARSED):  # if the program parses, its fences are inside strings
        return whole
    for block in blocks:
        for code in block.readings(completion):
            if defines(code, problem.entry_point):
                trace = (Cut("evalplus: fenced program", block.start, block.end),)
                return Extraction(with_preamble(problem, code), code, trace)
    first = blocks[0]
    code = completion[first.start : first.end]
    glue = "" if problem.prompt.endswith("\n") else "\n"  # the fence's own line break ended the docstring's line
    return Extraction(
        problem.prompt + glue + code, code, (Cut("evalplus: fenced continuation", first.start, first.end),)
    )


def _evalplus_program(problem: Problem, text: str) -> Extraction:
    """A self-contained program: all of it, or the fenced block with the answer if a chat model's text was left
    unprocessed."""
    whole = Extraction(text, text, (Cut("evalplus: program of its own", 0, len(text)),))
    blocks = _python_blocks(text)
    if not blocks or syntax.parses(text, _MAX_PARSED):
        return whole
    defining = [block for block in blocks if defines(text[block.start : block.end], problem.entry_point)]
    block = (defining or blocks)[0]
    code = next(
        (code for code in block.readings(text) if syntax.parses(code, _MAX_PARSED)), text[block.start : block.end]
    )
    return Extraction(code, code, (Cut("evalplus: fenced program", block.start, block.end),))


def _python_blocks(text: str) -> list[_Block]:
    """The Python blocks. An unlabelled block beside labelled ones is more likely output or a shell line than the
    answer."""
    if "```" not in text:
        return []
    blocks = [block for block in _fenced_blocks(text) if block.label in _PYTHON_LABELS]
    return [block for block in blocks if block.label] or blocks


def _fenced_blocks(text: str) -> list[_Block]:
    """Complete fenced blocks as in Markdown: the closing fence is at least as long as the opening one."""
    blocks = []
    opening = _OPENING.search(text)
    while opening is not None:
        closing = re.compile(rf"^ {{0,3}}`{{{len(opening[2])},}}[ \t\r]*$", re.MULTILINE).search(text, opening.end())
        if closing is None:
            break
        blocks.append(_Block(opening[3].lower(), opening.end(), closing.start(), len(opening[1])))
        opening = _OPENING.search(text, closing.end())
    return blocks


def defines(code: str, name: str) -> bool:
    """Whether `code` binds `name` at its top level; decided line by line if it does not parse."""
    try:
        tree = syntax.parse_module(code, _MAX_PARSED)
    except SyntaxError:
        return (
            re.search(rf"^(?:async[ \t]+)?(?:def|class)[ \t]+{re.escape(name)}(?!\w)", code, re.MULTILINE) is not None
        )
    return any(_binds(node, name) for node in tree.body)


def _binds(node: ast.stmt, name: str) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name == name
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def with_preamble(problem: Problem, code: str) -> str:
    """`code` below the prompt's imports and helpers. The model was shown them and may rely on them; what the code
    redefines is left out."""
    preamble = _preamble(problem.prompt, problem.entry_point)
    if not preamble.strip():
        return code
    head, tail = _split_after_future_imports(code)
    return head + preamble.rstrip("\n") + "\n" + tail


@lru_cache(maxsize=512)
def _preamble(prompt: str, entry_point: str) -> str:
    definition = re.compile(rf"^(?:async[ \t]+)?(?:def|class)[ \t]+{re.escape(entry_point)}(?!\w)", re.MULTILINE)
    found = definition.search(prompt)
    lines = prompt[: found.start() if found else 0].splitlines(keepends=True)
    while lines and lines[-1].startswith("@"):  # a decorator belongs to the function
        lines.pop()
    return "".join(lines)


def _split_after_future_imports(code: str) -> tuple[str, str]:
    """`from __future__` must stay in front of everything but the module's docstring."""
    if "__future__" not in code and code.isascii():  # Python reads some other letters as these
        return "", code
    try:
        tree = syntax.parse_module(code, _MAX_PARSED)
    except SyntaxError:
        return "", code
    ends = [
        node.end_lineno or 0 for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    ]
    lines = code.split("\n")
    head = "".join(line + "\n" for line in lines[: max(ends, default=0)])
    return head, "\n".join(lines[max(ends, default=0) :])
