"""Assemble the pieces that the reader chose into one program, with its trace."""

from __future__ import annotations

import re
from collections.abc import Sequence

from codeeval.reading import prompt_parts
from codeeval.reading.program import CodePart
from codeeval.reading.selection import ChosenStatements
from codeeval.reading.statements import StatementKind, is_future
from codeeval.types import Cut, Extraction, Problem


def assembled(
    problem: Problem, parts: Sequence[CodePart], choice: ChosenStatements, body_part: int | None, left: Sequence[Cut]
) -> Extraction:
    """The program: future imports, what the prompt contributes, the kept parts of the answer. `body_part` continues the
    prompt."""
    future: list[str] = []
    body: list[str] = []
    rest: list[str] = []
    trace: list[Cut] = list(left)
    for number, part in enumerate(parts):
        is_body = number == body_part
        texts: list[str] = []
        for place, item in enumerate(part.found.items):
            text = part.found.text(item)
            start, end = (item.start, item.end) if text.isascii() else _without_blank(text, item.start)
            cut = (part.piece.origin(start), part.piece.origin(end))
            if place not in choice.kept[number]:
                trace.append(Cut(f"reader: {choice.left[number].get(place, 'prose')}", *cut, kept=False))
                continue
            trace.append(Cut("reader: body" if is_body else "reader: program", *cut))
            text = text[start - item.start : end - item.start]
            (future if is_future(item) else texts).append(text)
        (body if is_body else rest).append(line_ended("".join(texts), number < len(parts) - 1))
    return _put_together(problem, parts, choice, ("".join(future), body, "".join(rest)), trace)


def _without_blank(text: str, at: int) -> tuple[int, int]:
    """Where a statement at `at` begins and ends without blank lines above and below it, if there is a blank in these that
    Python does not know: a no-break space, most often."""
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    above, below = text.rfind("\n", 0, start) + 1, text.find("\n", end) + 1 or len(text)
    return (
        at if text[:above].isascii() else at + above,
        at + len(text) if text[end:].isascii() else at + (below if text[end:below].isascii() else end),
    )


def line_ended(text: str, more: bool) -> str:
    return text + "\n" if more and text and not text.endswith("\n") else text


def _put_together(
    problem: Problem,
    parts: Sequence[CodePart],
    choice: ChosenStatements,
    texts: tuple[str, list[str], str],
    trace: list[Cut],
) -> Extraction:
    future, body, rest = texts
    future = line_ended(future, True)
    taken = "".join([future, *body, rest])
    made = merged(trace)
    own = frozenset(
        name
        for part, kept in zip(parts, choice.kept, strict=True)
        for n in kept
        if part.found.items[n].kind in (StatementKind.DEF, StatementKind.CLASS)
        for name in part.found.items[n].names
    )
    if body and "".join(body).strip():
        prompt, bodies = problem.prompt, "".join(body)
        if prompt_parts.is_indented(prompt) and bodies[0] in " \t":  # the body has its own indentation
            prompt = prompt.rstrip(" \t")
        glue = "\n" if prompt_parts.ends_with_docstring(prompt) and not bodies.startswith("\n") else ""
        bodies = line_ended(bodies, bool(rest))
        if problem.entry_point in own:  # the answer redefines the function, without its stub's imports
            prompt = prompt_parts.with_imports(prompt, prompt_parts.inner_imports(problem.prompt, problem.entry_point))
        return Extraction(future + prompt + glue + bodies + rest, taken, made, added=("prompt",))
    above = prompt_parts.preamble(problem.prompt, problem.entry_point, own)
    if not above.strip():
        return Extraction(future + rest, taken, made, found=_found(parts, choice, problem.entry_point))
    program = future + above.rstrip("\n") + "\n" + rest
    return Extraction(
        program, taken, made, added=("imports and helpers",), found=_found(parts, choice, problem.entry_point)
    )


def _found(parts: Sequence[CodePart], choice: ChosenStatements, entry_point: str) -> tuple[str, ...]:
    """What is defined at the margin; used in the message about a missing function."""
    names = []
    for part, kept in zip(parts, choice.kept, strict=True):
        for number in sorted(kept):
            item = part.found.items[number]
            if item.kind is StatementKind.CLASS:
                method = re.search(
                    rf"^[ \t]+(?:async[ \t]+)?def[ \t]+{re.escape(entry_point)}(?!\w)", part.found.bare(item), re.M
                )
                names.append(f"class {next(iter(item.names))}" + (f" with the method {entry_point}" if method else ""))
            elif item.kind is StatementKind.DEF:
                names.append(next(iter(item.names)))
    return tuple(dict.fromkeys(names))


def merged(trace: Sequence[Cut]) -> tuple[Cut, ...]:
    """Sort by position and merge neighbours with the same rule."""
    made: list[Cut] = []
    for cut in sorted(trace, key=_place) if len(trace) > 1 else trace:
        last = made[-1] if made else None
        if last is not None and last.rule == cut.rule and last.kept == cut.kept and last.end == cut.start:
            made[-1] = Cut(cut.rule, last.start, cut.end, cut.kept)
        elif cut.start < cut.end:
            made.append(cut)
    return tuple(made)


def _place(cut: Cut) -> tuple[int, int]:
    return cut.start, cut.end
