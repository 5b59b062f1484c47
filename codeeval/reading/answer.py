"""Steps 1 to 3 of the reader: strip the header, end tokens, the thought, and tags around the answer."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codeeval.reading import blocks, end_tokens, tags, thoughts
from codeeval.reading.code import scan
from codeeval.reading.pieces import Piece
from codeeval.reading.program import is_body, is_python
from codeeval.types import Cut

#: The trace's rule for a thought without an end: there is no answer then.
UNCLOSED = "reader: thought, never closed"
#: The trace's rule for what an end token cuts off.
END_TOKEN = "reader: end token"
#: How many characters of an answer are split into statements, each of which takes memory; real answers are shorter.
MAX_READ = 500_000


@dataclass(frozen=True, slots=True)
class Answer:
    """A completion without thought, end tokens and surrounding tags. `left`: what was removed, and why; `end`: where the
    completion ends."""

    piece: Piece
    left: tuple[Cut, ...] = ()
    end: int = -1


def answer_of(completion: str, own_tokens: Sequence[str] = ()) -> Answer:
    """Steps 1 to 3: a template's header, what follows an end token, the thought, tags around the answer."""
    return answer_in(Piece.of(completion), own_tokens)


def answer_in(piece: Piece, own_tokens: Sequence[str] = ()) -> Answer:
    """The same of a piece."""
    return _answer(piece, own_tokens, in_strings=True)


def with_tokens_in_strings(piece: Piece, own_tokens: Sequence[str]) -> Answer | None:
    """The answer if end tokens inside strings don't end it; None if there are no such tokens."""
    if len(piece.text) > MAX_READ:
        return None
    text = piece.text
    places = [*end_tokens.tokens(text, own_tokens), *end_tokens.behind_code(text), *end_tokens.turns(text)]
    if not places:
        return None
    code = scan(piece.text)
    if not any(code.bare[place] != code.text[place] != "#" for place in places):
        return None
    return _answer(piece, own_tokens, in_strings=False)


def _answer(piece: Piece, own: Sequence[str], *, in_strings: bool) -> Answer:
    left: list[Cut] = []
    start, end = end_tokens.header_end(piece.text), len(piece.text)
    if start:
        left.append(left_out("header", piece, 0, start))
    is_harmony = "<|message|>" in piece.text
    if not is_harmony:
        end = _end(piece.text, start, own, in_strings=in_strings)
    if end < len(piece.text):
        left.append(left_out(END_TOKEN.removeprefix("reader: "), piece, end, len(piece.text)))
    rest = piece.cut(start, end)
    if thoughts.may_begin(rest.text):
        said = thoughts.spoken(rest.text, _within_code(rest.text))
        if said.thought is not None:
            left.append(left_out("thought" if said.closed else UNCLOSED.removeprefix("reader: "), rest, *said.thought))
        rest = rest.cut(said.start, said.end)
    again = _end_behind_code(rest.text, in_strings=in_strings)
    if is_harmony or rest is not piece:  # otherwise there was no end token in the same text
        again = min(again, _end(rest.text, 0, own, in_strings=in_strings))
    if again < len(rest.text):
        left.append(left_out(END_TOKEN.removeprefix("reader: "), rest, again, len(rest.text)))
        rest = rest.cut(0, again)
    inside = tags.inside(rest.text)
    if inside is not None:
        left += [left_out("outside of the answer's tags", rest, 0, inside[0])]
        left += [left_out("outside of the answer's tags", rest, inside[1], len(rest.text))]
        rest = rest.cut(*inside)
    return Answer(rest, tuple(cut for cut in left if cut.start < cut.end), piece.origin(len(piece.text)))


def _within_code(text: str) -> Callable[[int], bool]:
    """A test whether an offset is inside a string or comment of a fenced Python block: marks there belong to the
    code."""
    spans: list[tuple[int, str]] = []
    for block in blocks.find(Piece(text)).blocks if len(text) <= MAX_READ and thoughts.has_mark(text) else ():
        content = block.piece
        if len(content.marks) > 1 or not thoughts.has_mark(content.text):
            continue
        if is_python(content.text) or is_body(content.text):
            spans.append((content.origin(0), scan(content.text).bare))

    def within(place: int) -> bool:
        number = bisect_right(spans, place, key=lambda span: span[0]) - 1
        if number < 0:
            return False
        start, bare = spans[number]
        return place - start < len(bare) and bare[place - start] != text[place]

    return within


def _end(text: str, start: int, own: Sequence[str], *, in_strings: bool) -> int:
    """The offset of the first end token that is not merely mentioned in a thought."""
    masked = marks = None
    for place in end_tokens.tokens(text, own):
        if place < start:
            continue
        if not in_strings:
            masked = masked or scan(text).bare
            if masked[place] != text[place]:
                continue
        marks = marks or thoughts.Marks.of(text)
        if place <= marks.last_closing and (marks.has(place) or marks.is_open(place) or _is_mention(text, place)):
            continue
        return place
    return len(text)


def _end_behind_code(text: str, *, in_strings: bool) -> int:
    masked = None
    for place in sorted([*end_tokens.behind_code(text), *end_tokens.turns(text)]):
        masked = masked or scan(text).bare
        if in_strings or masked[place] == text[place] or text[place] == "#":  # a heading is a comment to Python
            return place
    return len(text)


def _is_mention(text: str, place: int) -> bool:
    """Whether a token stands in the middle of a sentence, where a thought or text mentions it."""
    before = text[max(0, place - 200) : place].rpartition("\n")[2]
    behind = re.compile(r"[>\]][^\n<]").search(text, place, place + 60)
    return bool(before.strip()) and behind is not None


def left_out(rule: str, piece: Piece, start: int, end: int) -> Cut:
    return Cut(f"reader: {rule}", piece.origin(start), piece.origin(end), kept=False)
