"""The reader: every step in the order of docs/reading.md."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from codeeval.reading import blocks, continuation, end_tokens, pieces_of_code, unfenced
from codeeval.reading.answer import END_TOKEN, MAX_READ, Answer, answer_in, left_out, with_tokens_in_strings
from codeeval.reading.assemble import assembled, merged
from codeeval.reading.pieces import Piece, first_line
from codeeval.reading.program import CodePart, body_part_of, home_of, is_body, is_python, outlines
from codeeval.reading.selection import ChosenStatements, choose
from codeeval.reading.statements import Statement, StatementKind, is_prose
from codeeval.types import Cut, Extraction, Problem

#: A function of the prompt that the answer repeats without a body.
STUB = "the prompt's own stub"
_ANGLE, _SQUARE = re.compile(r"<[|/｜\w]"), re.compile(r"\[/?[A-Z]")
_QUOTED_HEAD = re.compile(r">[ \t]?(?:async|def|class)[ \t]")
_QUOTED = re.compile(r"^[ \t]*+>[ \t]?(?:async[ \t]+)?(?:def|class)[ \t]", re.MULTILINE)

_RETURNS = re.compile(r"^[ \t]++return\b", re.MULTILINE)


def read(problem: Problem, completion: str, *, is_program: bool = False, own_tokens: Sequence[str] = ()) -> Extraction:
    """The program of a completion, with its trace. `is_program`: it is self-contained, never a continuation of the
    prompt."""
    piece = Piece.of(completion)
    if _is_suspicious(piece.text) and _stands(problem, piece.text, is_program):
        return _of_text(problem, Answer(piece, end=piece.origin(len(piece.text))), is_program)
    answer = answer_in(piece, own_tokens)
    found = _of_answer(problem, answer, is_program)
    if not any(cut.rule == END_TOKEN for cut in answer.left):
        return found
    kept = with_tokens_in_strings(piece, own_tokens)
    if kept is not None:
        other = _of_answer(problem, kept, is_program)
        if is_python(other.program):
            return other
    return found


def _is_suspicious(text: str) -> bool:
    """Whether a text has what could be a mark or a fence."""
    if "```" in text or "~~~" in text or "◁" in text or "boxed" in text or "SOLUTION" in text:
        return True
    is_mark = _ANGLE.search(text) or _SQUARE.search(text)
    return is_mark is not None or text.startswith(("assistant", "analysis"))


def _stands(problem: Problem, text: str, is_program: bool) -> bool:
    """Whether the unchanged text is code: then marks and fences are inside its strings."""
    first = first_line(text)
    if (not first[:1].isspace() and is_prose(first)) or first.lstrip().startswith(("```", "~~~", "<", "[")):
        return False
    if end_tokens.is_no_index(text):
        return False
    return is_python(text) or (not is_program and is_python(problem.prompt + text))


def _of_answer(problem: Problem, answer: Answer, is_program: bool) -> Extraction:
    """Steps 4 and 5: blocks, or the text itself if there are none."""
    if len(answer.piece.text) > MAX_READ:
        return _as_it_stands(problem, answer, is_program)
    found = blocks.find(answer.piece)
    if found.closing is not None and not _has_answer(problem, found.blocks):
        text = answer.piece.cut(0, found.closing)
        left = left_out("fence", answer.piece, found.closing, len(answer.piece.text))
        return _of_text(problem, Answer(text, (*answer.left, left)), is_program)
    if not found.blocks:
        return _of_text(problem, answer, is_program)
    return _of_blocks(problem, answer, found.blocks, is_program)


def _as_it_stands(problem: Problem, answer: Answer, is_program: bool) -> Extraction:
    piece = answer.piece
    cut = Cut("reader: too long to read, all", piece.origin(0), piece.origin(len(piece.text)))
    above = "" if is_program else problem.prompt
    return Extraction(above + piece.text, piece.text, merged([*answer.left, cut]))


def _has_answer(problem: Problem, found: Sequence[blocks.Block]) -> bool:
    return any(part.defining(problem.entry_point) is not None for part, _ in _parts(problem, found))


def _parts(problem: Problem, found: Sequence[blocks.Block]) -> list[tuple[CodePart, blocks.Block]]:
    """The blocks that may hold code, each in its best reading. If none of them has the function or a body, those whose labels
    name another language do if they are Python."""
    pairs: list[tuple[CodePart, blocks.Block]] = []
    others: list[blocks.Block] = []
    has_function = False
    for block in found:
        if block.label in ("python", "") and not block.is_transcript:
            part = _best(problem, block)
            has_function = has_function or part.defining(problem.entry_point) is not None or part.body is not None
            if part.is_code or block.label == "python":
                pairs.append((part, block))
        elif block.piece.text[:1].isspace() or problem.entry_point in block.piece.text:
            others.append(block)
    if has_function or not others:
        return pairs
    more = [(_best(problem, block), block) for block in others if not block.is_transcript]
    more = [(part, block) for part, block in more if _is_answer(problem, part)]
    return sorted([*pairs, *more], key=lambda pair: pair[1].start)


def _is_answer(problem: Problem, part: CodePart) -> bool:
    """Whether a part is Python, and has the function or a body that returns."""
    text = part.piece.text
    if part.defining(problem.entry_point) is not None:
        return is_python(text)
    return part.body is not None and _RETURNS.search(text) is not None and is_body(text)


def _best(problem: Problem, block: blocks.Block) -> CodePart:
    """The block unchanged, or moved to the margin together with its fence or by its first line."""
    readings = [CodePart.of(piece, block.label == "python") for piece in block.readings()]
    for part in readings:
        if part.defining(problem.entry_point) is not None:
            return part
    moved = _moved(readings[0], problem.entry_point)
    if moved is not None:
        return moved
    bodies = [part for part in readings if part.body is not None]
    width = _body_width(problem.prompt)
    for part in bodies:
        if _indent(part.piece.text) == width:
            return part
    if bodies:
        return bodies[0]
    return readings[-1]


def _moved(part: CodePart, entry_point: str) -> CodePart | None:
    """A program that is indented as a whole, or whose first line is, moved to the margin."""
    if part.body is None or not _defines_inside(part, entry_point):
        return None
    width = _indent(part.found.text(part.found.items[part.body]))
    other = CodePart.of(part.piece.lines_without(re.compile(rf"[ \t]{{0,{width}}}")), part.labelled)
    place = other.defining(entry_point)
    items = other.found.items
    if place is None or other.body is not None or any(_returns(item) for item in items):
        return None
    return other


def _unquoted(part: CodePart, entry_point: str) -> CodePart | None:
    """A program written as a quotation, without a fence."""
    text = part.piece.text
    if part.defining(entry_point) is not None or not _QUOTED_HEAD.search(text) or _QUOTED.search(text) is None:
        return None
    other = CodePart.of(part.piece.lines_without(re.compile(r"[ \t]*+(?:>(?!>)[ \t]?)")), part.labelled)
    return other if other.defining(entry_point) is not None else None


def _outside(piece: Piece, entry_point: str) -> CodePart:
    """A text outside of blocks, in its best reading."""
    part = CodePart.of(piece)
    return _moved(part, entry_point) or _unquoted(part, entry_point) or part


def _defines_inside(part: CodePart, entry_point: str) -> bool:
    return entry_point in part.piece.text and (
        re.search(rf"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+{re.escape(entry_point)}(?!\w)", part.piece.text, re.M)
        is not None
    )


def _returns(item: Statement) -> bool:
    return item.kind is StatementKind.OTHER and re.match(r"(?:return|yield)\b", item.head) is not None


def _indent(text: str) -> int:
    line = next((line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")), "")
    return len(line) - len(line.lstrip(" \t"))


def _body_width(prompt: str) -> int:
    line = next((line for line in reversed(prompt.split("\n")) if line.strip()), "")
    return len(line) - len(line.lstrip())


def _of_blocks(problem: Problem, answer: Answer, found: Sequence[blocks.Block], is_program: bool) -> Extraction:
    pairs = _parts(problem, found)
    used = {block.start for _, block in pairs}
    left = [
        left_out("transcript" if block.is_transcript else "block of another kind", answer.piece, block.start, block.end)
        for block in found
        if block.start not in used
    ]
    parts = unfenced.with_versions([part for part, _ in pairs], problem.entry_point, answer.piece, found)
    home = home_of(parts, problem.entry_point, answer.end)
    above = _outside(answer.piece.cut(0, found[0].start), problem.entry_point) if home is None else None
    if above is not None and (
        (not is_program and above.body is not None) or above.defining(problem.entry_point) is not None
    ):
        parts, home = [above, *parts], 0
    elif (home is None or outlines(parts[home], problem.entry_point)) and not is_program:
        body_part = body_part_of(parts, 0 if home is None else home + 1)
        home = home if body_part is None else body_part
    if not parts:
        return _of_text(problem, answer, is_program)
    answer = Answer(answer.piece, (*answer.left, *left), answer.end)
    if home is None:
        return _without_function(problem, parts, answer)
    parts, home = pieces_of_code.wrapped(parts, home, problem.entry_point)
    parts, home = unfenced.with_missing(parts, home, problem, answer.piece, found)
    if parts[home].defining(problem.entry_point) is not None and home < len(parts) - 1:
        parts = pieces_of_code.completed(parts, home, problem.entry_point)
    elif parts[home].defining(problem.entry_point) is None and parts[home] is not above:
        parts, home = pieces_of_code.joined_bodies(parts, home)
    body = _body_of(problem, parts[home], is_program)
    return _chosen(problem, parts, home, body, answer)


def _of_text(problem: Problem, answer: Answer, is_program: bool) -> Extraction:
    """If there are no blocks: a body, a program with text around it, or no answer."""
    if not answer.piece.text.strip():
        return Extraction("", "", merged(answer.left))
    if not is_program and continuation.goes_on(problem.prompt, answer):
        return continuation.going_on(problem, answer)
    part = _outside(answer.piece, problem.entry_point)
    body = _body_of(problem, part, is_program)
    if body is not None or part.defining(problem.entry_point) is not None:
        return _chosen(problem, [part], 0, body, answer)
    return _without_function(problem, [part], answer)


def _chosen(problem: Problem, parts: Sequence[CodePart], home: int, body: int | None, answer: Answer) -> Extraction:
    """The program, if part `home` defines the function or has its `body`."""
    choice = choose(parts, home, body, problem, answer.end)
    return assembled(problem, parts, choice, None if body is None else home, answer.left)


def _body_of(problem: Problem, part: CodePart, is_program: bool) -> int | None:
    """The statement of a part that continues the prompt. If the function is defined again below it, the later
    definition counts, as in Python, and a body that does not fit is left out."""
    place = None if is_program else part.body
    if place is None or part.defining(problem.entry_point) is None:
        return place
    return place if is_python(problem.prompt + "\n" + part.found.text(part.found.items[place])) else None


def _without_function(problem: Problem, parts: Sequence[CodePart], answer: Answer) -> Extraction:
    """The function is missing: the code below the prompt's imports and helpers, never the prompt's own stub."""
    kept = [{n for n, item in enumerate(part.found.items) if item.kind is not StatementKind.PROSE} for part in parts]
    if not any(_is_anything(part, numbers) for part, numbers in zip(parts, kept, strict=True)):
        kept = [set(range(len(part.found.items))) for part in parts]
    stubs = [_prompts_stubs(problem, part, numbers) for part, numbers in zip(parts, kept, strict=True)]
    kept = [numbers - stub for numbers, stub in zip(kept, stubs, strict=True)]
    left = [
        {n: STUB if n in stub else "prose" for n in range(len(part.found.items)) if n not in numbers}
        for part, numbers, stub in zip(parts, kept, stubs, strict=True)
    ]
    made = assembled(problem, parts, ChosenStatements(kept, left), None, answer.left)
    if not any(stubs):
        return made
    # The model wrote something, so the sample is executed and reported as missing the function.
    return replace(made, body=made.body if made.body.strip() else answer.piece.text, found=(*made.found, STUB))


def _is_anything(part: CodePart, numbers: set[int]) -> bool:
    return any(
        part.found.items[n].kind not in (StatementKind.BODY, StatementKind.BLANK, StatementKind.BARE) for n in numbers
    )


def _prompts_stubs(problem: Problem, part: CodePart, numbers: set[int]) -> set[int]:
    """Those of the statements that repeat the prompt's own stub; none if the part defines the function."""
    if part.defining(problem.entry_point) is not None:
        return set()
    items = part.found.items
    return {n for n in numbers if problem.entry_point in items[n].names and items[n].kind is StatementKind.DEF}
