"""The reader: every step in the order of docs/reading.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from codeeval import syntax
from codeeval.reading import blocks, end_tokens, prompt_parts, tags, thoughts
from codeeval.reading.code import scan
from codeeval.reading.pieces import Piece
from codeeval.reading.program import Choice, Part, choose, parses
from codeeval.reading.statements import Kind, Statement, is_prose
from codeeval.types import Cut, Extraction, Problem

#: The rule in the trace of a thought that has no end: there is no answer then.
UNCLOSED = "reader: thought, never closed"
#: A function of the prompt that the answer repeats without giving it a body.
STUB = "the prompt's own stub"
#: Longer texts are not parsed to find out whether their fences and marks are inside of strings.
_MAX_PARSED = 100_000
_SUSPICIOUS = re.compile(r"```|~~~|<[|/｜\w]|\[/?[A-Z]|◁|^assistant|^analysis|boxed|SOLUTION")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is left of a completion without thought, end tokens and tags around it; `left`: what went, and why."""

    piece: Piece
    left: tuple[Cut, ...] = ()


def read(problem: Problem, completion: str, *, is_program: bool = False, own_tokens: Sequence[str] = ()) -> Extraction:
    """The program of a completion, with the trace. `is_program`: it is a program, never a continuation of the prompt."""
    text = Piece.of(completion)
    if _SUSPICIOUS.search(text.text) and _stands(problem, text.text, is_program):
        return _of_text(problem, Answer(text), is_program)
    answer = answer_of(completion, own_tokens)
    found = _of_answer(problem, answer, is_program)
    kept = _with_tokens_in_strings(completion, own_tokens)
    if kept is not None:
        other = _of_answer(problem, kept, is_program)
        if _parses(other.program):
            return other
    return found


def answer_of(completion: str, own_tokens: Sequence[str] = ()) -> Answer:
    """Steps 1 to 3: a template's header, what follows an end token, the thought, tags around the answer."""
    return _answer(Piece.of(completion), own_tokens, in_strings=True)


def _with_tokens_in_strings(completion: str, own_tokens: Sequence[str]) -> Answer | None:
    """The answer if end tokens within strings don't end it; None where there are none."""
    piece = Piece.of(completion)
    if next(end_tokens.tokens(piece.text, own_tokens), None) is None:
        return None
    code = scan(piece.text)
    places = list(end_tokens.tokens(piece.text, own_tokens))
    if not any(code.bare[place] != code.text[place] for place in places):
        return None
    return _answer(piece, own_tokens, in_strings=False)


def _answer(piece: Piece, own: Sequence[str], *, in_strings: bool) -> Answer:
    left: list[Cut] = []
    start, end = end_tokens.header_end(piece.text), len(piece.text)
    if start:
        left.append(_left("header", piece, 0, start))
    if "<|message|>" not in piece.text:
        end = _end(piece.text, start, own, in_strings=in_strings)
    if end < len(piece.text):
        left.append(_left("end token", piece, end, len(piece.text)))
    rest = piece.cut(start, end)
    said = thoughts.spoken(rest.text)
    if said.thought is not None:
        left.append(_left("thought" if said.closed else UNCLOSED.removeprefix("reader: "), rest, *said.thought))
    rest = rest.cut(said.start, said.end)
    again = _end(rest.text, 0, own, in_strings=in_strings)
    if again < len(rest.text):
        left.append(_left("end token", rest, again, len(rest.text)))
        rest = rest.cut(0, again)
    inside = tags.inside(rest.text)
    if inside is not None:
        left += [_left("outside of the answer's tags", rest, 0, inside[0])]
        left += [_left("outside of the answer's tags", rest, inside[1], len(rest.text))]
        rest = rest.cut(*inside)
    return Answer(rest, tuple(cut for cut in left if cut.start < cut.end))


def _end(text: str, start: int, own: Sequence[str], *, in_strings: bool) -> int:
    """Where the first end token stands that is not spoken of within a thought."""
    masked = marks = None
    for place in end_tokens.tokens(text, own):
        if place < start:
            continue
        if not in_strings:
            masked = masked or scan(text).bare
            if masked[place] != text[place]:
                continue
        marks = marks or thoughts.Marks.of(text)
        if place < marks.last_closing and (marks.is_open(place) or _is_mention(text, place)):
            continue
        return place
    return len(text)


def _is_mention(text: str, place: int) -> bool:
    """Whether a token stands amid a sentence, where a thought or a text speaks of it."""
    before = text[max(0, place - 200) : place].rpartition("\n")[2]
    behind = re.compile(r"[>\]][^\n<]").search(text, place, place + 60)
    return bool(before.strip()) and behind is not None


def _left(rule: str, piece: Piece, start: int, end: int) -> Cut:
    return Cut(f"reader: {rule}", piece.origin(start), piece.origin(end), kept=False)


def _stands(problem: Problem, text: str, is_program: bool) -> bool:
    """Whether the text as it stands is code: then marks and fences are inside of its strings."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    if (not first[:1].isspace() and is_prose(first)) or first.lstrip().startswith(("```", "~~~", "<", "[")):
        return False
    if end_tokens.is_no_index(text):
        return False
    return _parses(text) or (not is_program and _parses(problem.prompt + text))


def _parses(program: str) -> bool:
    try:
        syntax.parse_module(program, _MAX_PARSED)
    except SyntaxError:
        return False
    return True


def _of_answer(problem: Problem, answer: Answer, is_program: bool) -> Extraction:
    """Steps 4 and 5: blocks, else the text itself."""
    found = blocks.find(answer.piece)
    if found.closing is not None and not _has_answer(problem, found.blocks):
        text = answer.piece.cut(0, found.closing)
        left = _left("fence", answer.piece, found.closing, len(answer.piece.text))
        return _of_text(problem, Answer(text, (*answer.left, left)), is_program)
    if not found.blocks:
        return _of_text(problem, answer, is_program)
    return _of_blocks(problem, answer, found.blocks, is_program)


def _has_answer(problem: Problem, found: Sequence[blocks.Block]) -> bool:
    return any(part.defining(problem.entry_point) is not None for part, _ in _parts(problem, found))


def _parts(problem: Problem, found: Sequence[blocks.Block]) -> Iterator[tuple[Part, blocks.Block]]:
    """The blocks that may hold code, each in the reading that fits best."""
    for block in found:
        if block.label not in ("python", "") or block.is_transcript:
            continue
        part = _best(problem, block)
        if part.is_code or block.label == "python":
            yield part, block


def _best(problem: Problem, block: blocks.Block) -> Part:
    """As the block stands, or moved to the margin with its fence or by its first line."""
    readings = [Part.of(piece, block.label == "python") for piece in block.readings()]
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


def _moved(part: Part, entry_point: str) -> Part | None:
    """A program that is indented as a whole, or whose first line is: moved to the margin."""
    if part.body is None or not _defines_inside(part, entry_point):
        return None
    width = _indent(part.piece.text)
    other = Part.of(part.piece.lines_without(re.compile(rf"[ \t]{{0,{width}}}")), part.labelled)
    place = other.defining(entry_point)
    items = other.found.items
    if place is None or other.body is not None or any(_returns(item) for item in items):
        return None
    return other


def _defines_inside(part: Part, entry_point: str) -> bool:
    return (
        re.search(rf"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+{re.escape(entry_point)}\b", part.piece.text, re.M)
        is not None
    )


def _returns(item: Statement) -> bool:
    return item.kind is Kind.OTHER and re.match(r"(?:return|yield)\b", item.head) is not None


def _indent(text: str) -> int:
    line = next((line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")), "")
    return len(line) - len(line.lstrip(" \t"))


def _body_width(prompt: str) -> int:
    line = next((line for line in reversed(prompt.split("\n")) if line.strip()), "")
    return len(line) - len(line.lstrip())


def _of_blocks(problem: Problem, answer: Answer, found: Sequence[blocks.Block], is_program: bool) -> Extraction:
    pairs = list(_parts(problem, found))
    used = {block.start for _, block in pairs}
    left = [
        _left("transcript" if block.is_transcript else "block of another kind", answer.piece, block.start, block.end)
        for block in found
        if block.start not in used
    ]
    parts = [part for part, _ in pairs]
    above = Part.of(answer.piece.cut(0, found[0].start))
    home = _home(parts, problem.entry_point)
    if (home is None and not is_program and above.body is not None) or (
        home is None and above.defining(problem.entry_point) is not None
    ):
        parts, home = [above, *parts], 0
    elif home is None and not is_program:
        home = _body_part(parts)
    if not parts:
        return _of_text(problem, answer, is_program)
    answer = Answer(answer.piece, (*answer.left, *left))
    if home is None:
        return _without_function(problem, parts, answer)
    if parts[home].defining(problem.entry_point) is None and parts[home] is not above:
        parts, home = _joined_bodies(parts, home)
    return _assembled(problem, parts, choose(parts, home, problem.entry_point), home, answer.left)


def _home(parts: Sequence[Part], entry_point: str) -> int | None:
    """The last part that defines the function; one without a label may be an outline of it, so it counts if it is Python."""
    defining = [number for number, part in enumerate(parts) if _defines(part, entry_point)]
    for number in reversed(defining):
        if parts[number].labelled or parses(parts[number].piece.text):
            return number
    if defining:
        return defining[-1]
    imports = [number for number, part in enumerate(parts) if part.defining(entry_point) is not None]
    return imports[-1] if imports else None


def _defines(part: Part, entry_point: str) -> bool:
    place = part.defining(entry_point)
    return place is not None and part.found.items[place].kind is not Kind.IMPORT


def _body_part(parts: Sequence[Part]) -> int | None:
    bodies = [number for number, part in enumerate(parts) if part.body is not None]
    labelled = [number for number in bodies if parts[number].labelled]
    return next(reversed(labelled or bodies), None)


def _joined_bodies(parts: list[Part], home: int) -> tuple[list[Part], int]:
    """A body in several blocks is one body, unless an earlier block has ended it already: that was a draft."""
    first = home
    while first > 0 and parts[first - 1].body is not None and not _ended(parts[first - 1]):
        first -= 1
    if first == home:
        return parts, home
    pieces = [part.piece for part in parts[first : home + 1]]
    texts: list[str] = []
    marks: list[tuple[int, int]] = []
    at = 0
    for piece in pieces:
        marks += [(at + new, old) for new, old in piece.marks]
        texts.append(_line_ended(piece.text, True))
        at += len(texts[-1])
    return [*parts[:first], Part.of(Piece("".join(texts), tuple(marks))), *parts[home + 1 :]], first


def _ended(part: Part) -> bool:
    """Whether the last line of a body, at its own margin, is a return."""
    lines = [line for line in part.found.code.bare.split("\n") if line.strip()]
    return bool(lines) and re.match(r"(?:return|raise)\b", lines[-1].strip()) is not None


def _of_text(problem: Problem, answer: Answer, is_program: bool) -> Extraction:
    """No blocks: a body, a program with text around it, or no answer at all."""
    if not answer.piece.text.strip():
        return Extraction("", "", answer.left)
    if not is_program and _goes_on(problem.prompt, answer.piece):
        return _verbatim(problem, answer)
    part = Part.of(answer.piece)
    part = _moved(part, problem.entry_point) or part
    if (part.body is not None and not is_program) or part.defining(problem.entry_point) is not None:
        return _assembled(problem, [part], choose([part], 0, problem.entry_point), 0, answer.left)
    return _without_function(problem, [part], answer)


def _goes_on(prompt: str, piece: Piece) -> bool:
    """Whether the text goes on within the prompt's last line, which is neither empty nor the end of a docstring."""
    if prompt.endswith("\n") or not prompt or prompt_parts.ends_with_docstring(prompt):
        return False
    first = piece.text.split("\n", 1)[0]
    return (
        bool(first.strip())
        and piece.origin(0) == 0
        and re.match(r"(?:async +)?def |import |from |class |@", first) is None
    )


def _verbatim(problem: Problem, answer: Answer) -> Extraction:
    piece = answer.piece
    cut = Cut("reader: body", piece.origin(0), piece.origin(len(piece.text)))
    return Extraction(problem.prompt + piece.text, piece.text, (*answer.left, cut))


def _without_function(problem: Problem, parts: Sequence[Part], answer: Answer) -> Extraction:
    """The function is missing: the code below the prompt's imports and helpers, never the prompt's own stub."""
    kept = [{n for n, item in enumerate(part.found.items) if item.kind is not Kind.PROSE} for part in parts]
    if not any(_is_anything(part, numbers) for part, numbers in zip(parts, kept, strict=True)):
        kept = [set(range(len(part.found.items))) for part in parts]
    stubs = [
        {n for n in numbers if _is_prompts_stub(problem, part, n)} for part, numbers in zip(parts, kept, strict=True)
    ]
    kept = [numbers - stub for numbers, stub in zip(kept, stubs, strict=True)]
    left = [
        {n: STUB if n in stub else "prose" for n in range(len(part.found.items)) if n not in numbers}
        for part, numbers, stub in zip(parts, kept, stubs, strict=True)
    ]
    made = _assembled(problem, parts, Choice(kept, left), None, answer.left)
    if not any(stubs):
        return made
    # The model did write something, so the sample is executed, and the function is found to be missing.
    return replace(made, body=made.body if made.body.strip() else answer.piece.text, found=(*made.found, STUB))


def _is_anything(part: Part, numbers: set[int]) -> bool:
    return any(part.found.items[n].kind not in (Kind.BODY, Kind.BLANK, Kind.BARE) for n in numbers)


def _is_prompts_stub(problem: Problem, part: Part, number: int) -> bool:
    item = part.found.items[number]
    return problem.entry_point in item.names and item.kind is Kind.DEF and part.defining(problem.entry_point) is None


def _assembled(
    problem: Problem, parts: Sequence[Part], choice: Choice, home: int | None, left: Sequence[Cut]
) -> Extraction:
    """The program: future imports, what the prompt gives, what is kept of the answer."""
    future: list[str] = []
    body: list[str] = []
    rest: list[str] = []
    trace: list[Cut] = list(left)
    for number, part in enumerate(parts):
        is_body = number == home and part.defining(problem.entry_point) is None and part.body is not None
        texts: list[str] = []
        for place, item in enumerate(part.found.items):
            cut = (part.piece.origin(item.start), part.piece.origin(item.end))
            if place not in choice.kept[number]:
                trace.append(Cut(f"reader: {choice.left[number].get(place, 'prose')}", *cut, kept=False))
                continue
            trace.append(Cut("reader: body" if is_body else "reader: program", *cut))
            text = part.found.text(item)
            (future if re.match(r"from[ \t]+__future__\b", item.head) else texts).append(text)
        (body if is_body else rest).append(_line_ended("".join(texts), number < len(parts) - 1))
    return _put_together(problem, parts, choice, ("".join(future), body, "".join(rest)), trace)


def _line_ended(text: str, more: bool) -> str:
    return text + "\n" if more and text and not text.endswith("\n") else text


def _put_together(
    problem: Problem,
    parts: Sequence[Part],
    choice: Choice,
    texts: tuple[str, list[str], str],
    trace: list[Cut],
) -> Extraction:
    future, body, rest = texts
    future = _line_ended(future, True)
    taken = "".join([future, *body, rest])
    merged = _merged(trace)
    if body and "".join(body).strip():
        prompt, bodies = problem.prompt, "".join(body)
        glue = "\n" if prompt_parts.ends_with_docstring(prompt) and not bodies.startswith("\n") else ""
        bodies = _line_ended(bodies, bool(rest))
        return Extraction(future + prompt + glue + bodies + rest, taken, merged, added=("prompt",))
    own = frozenset(
        name
        for part, kept in zip(parts, choice.kept, strict=True)
        for n in kept
        if part.found.items[n].kind in (Kind.DEF, Kind.CLASS)
        for name in part.found.items[n].names
    )
    above = prompt_parts.preamble(problem.prompt, problem.entry_point, own)
    if not above.strip():
        return Extraction(future + rest, taken, merged, found=_found(parts, choice, problem.entry_point))
    program = future + above.rstrip("\n") + "\n" + rest
    return Extraction(
        program, taken, merged, added=("imports and helpers",), found=_found(parts, choice, problem.entry_point)
    )


def _found(parts: Sequence[Part], choice: Choice, entry_point: str) -> tuple[str, ...]:
    """What is defined at the margin, for a message about a function that is missing."""
    names = []
    for part, kept in zip(parts, choice.kept, strict=True):
        for number in sorted(kept):
            item = part.found.items[number]
            if item.kind is Kind.CLASS:
                method = re.search(
                    rf"^[ \t]+(?:async[ \t]+)?def[ \t]+{re.escape(entry_point)}\b", part.found.bare(item), re.M
                )
                names.append(f"class {next(iter(item.names))}" + (f" with the method {entry_point}" if method else ""))
            elif item.kind is Kind.DEF:
                names.append(next(iter(item.names)))
    return tuple(dict.fromkeys(names))


def _merged(trace: Sequence[Cut]) -> tuple[Cut, ...]:
    """In the order of the text, neighbours of one rule as one."""
    made: list[Cut] = []
    for cut in sorted(trace, key=lambda cut: (cut.start, cut.end)):
        last = made[-1] if made else None
        if last is not None and last.rule == cut.rule and last.kept == cut.kept and last.end == cut.start:
            made[-1] = Cut(cut.rule, last.start, cut.end, cut.kept)
        elif cut.start < cut.end:
            made.append(cut)
    return tuple(made)
