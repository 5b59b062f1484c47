"""Find the thought that a reasoning model wrote before its answer."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

_NAMES = (
    r"(?:[a-z]+:)?(?:think(?:ing)?|thoughts?|thought_process|reason(?:ing)?|reflection|scratchpad|analysis|"
    r"inner_monologue|internal_monologue|internal_thoughts?|internal_reasoning|thinking_process|reasoning_process|"
    r"reasoning_content|chain_of_thought|cot|longcat_think|размышлени[ея]|рассуждени[ея]|мысли)"
)
#: Elements in which a model prepares its answer. They count only in pairs: an answer may follow in one that is never closed.
_SOFT = r"(?:plan(?:ning)?|brainstorm(?:ing)?|draft|problem_analysis|step_by_step)"
_THOUGHT = r"(?:think(?:ing)?|thought|reasoning)"
#: The marks, and whether one ends a thought: then it has a group.
_ANGLE = (
    rf"<(?:{_NAMES}>|{_SOFT}>|\|(?:(?:(?:begin|start)_(?:of_)?)?{_THOUGHT}(?:_start)?|inner_prefix)\|>|\|channel>|"
    r"unused94>|ctrl94>|\|im_start\|>think\n|"
    rf"(?P<angle>/{_NAMES}>|/{_SOFT}>|\|(?:end_(?:of_)?{_THOUGHT}|{_THOUGHT}_end|/{_THOUGHT}|inner_suffix)\|>|channel\|>|"
    r"unused95>|ctrl95>|\|im_start\|>answer\n))"
)
_SQUARE = r"\[(?:THINK(?:ING)?|REASONING|(?P<square>/(?:THINK(?:ING)?|REASONING)))\]"
_MARK = re.compile(rf"{_ANGLE}|◁(?:think|(?P<triangle>/think))▷|{_SQUARE}", re.IGNORECASE)
_SOFT_MARK = re.compile(rf"<(?P<closing>/)?{_SOFT}>", re.IGNORECASE)
#: The same by the first character: a search for one is much faster than a search for any of several.
_ANGLE_MARK, _SQUARE_MARK = re.compile(_ANGLE, re.IGNORECASE), re.compile(_SQUARE, re.IGNORECASE)
#: How a thought begins and ends in words: Granite's, and as Ollama prints it.
_SPOKEN = re.compile(r"\s*+(?:Here(?:'s| is) my thought process:|(?P<ollama>Thinking\.\.\.\n))")
_SPOKEN_END = re.compile(r"Here(?:'s| is) my response:[ \t]*\n?")
_OLLAMA_END = re.compile(r"^\.\.\.done thinking\.[ \t]*$", re.MULTILINE)
#: As Open WebUI stores it.
_DETAILS, _DETAILS_END = '<details type="reasoning"', "</details>"
#: An answer in its tags, at the end of the text, ends a thought that has no mark of its own for that.
_ANSWER, _ANSWER_END = "\n<answer>", "</answer>"
#: The answer of a model that thinks without marks.
_FINAL, _FINAL_END = "[BEGIN FINAL RESPONSE]", "[END FINAL RESPONSE]"
#: OpenAI's harmony format, with its special tokens and without them.
_MESSAGE = re.compile(
    r"(?:<\|start\|>[ \t]*(?P<role>[\w.]+)[^<\n]{0,80})?(?:<\|channel\|>[ \t]*(?P<channel>\w+)[^<\n]{0,80})?"
    r"(?:<\|constrain\|>[^<\n]{0,80})?<\|message\|>"
)
_MESSAGE_END = re.compile(r"<\|(?:end|return|call|start|channel)\|>")
_BARE_CHANNEL = re.compile(
    r"\s*(?:assistant)?(?:analysis|commentary)(?=[^\w\s=.(\[,:+-]|[A-ZА-ЯЁ\d])|\s*(?:assistant)?(?:analysis|commentary)\n"
)
_BARE_FINAL = re.compile(r"assistant[ \t\n]?final")
_ONLY_FINAL = re.compile(r"\s*(?:assistant)?final(?=[A-ZА-ЯЁ`])")
_LITERAL = re.compile(r"(?<!\w)[rbfuRBFU]{0,2}(?:\"[^\"\n]*\"|'[^'\n]*'|(?<!`)`[^`\n]+`(?!`))")
#: What follows a mark that a sentence mentions.
_SAID_BEHIND = re.compile(r"[ \t]++[a-zа-яё]|[ \t]*+[.,;)]|</")
_MAX_LINE = 2_000
_WRITTEN = r"(?:async[ \t]+)?def[ \t]|class[ \t]|return\b|import[ \t]|from[ \t]+\w+[ \t]+import"
_CODE = re.compile(rf"^[ \t]*(?:`{{3}}|~{{3}}|{_WRITTEN})", re.MULTILINE)
#: The same, also in the middle of a line, quoted, or any indented line, a decorator or an assignment.
_ANY_CODE = re.compile(
    rf"`{{3}}|~{{3}}|^[ \t>]*+(?:{_WRITTEN})|^[ \t]++\S|^@\w|^[^\W\d]\w*+[ \t]*+(?::[^=\n]++)?=[^=]", re.MULTILINE
)
_FUNCTION = re.compile(r"^[ \t>]*+(?:async[ \t]++)?def[ \t]++(\w+)", re.MULTILINE)
_FIRST = re.compile(rf"^(?:[ \t]++\S|>|{_WRITTEN}|@|\w++[ \t]*+[=(:])", re.MULTILINE)
#: What a body or a function without a definition has.
_RETURNS = re.compile(r"^[ \t>]*+(?:return|yield)\b|=[ \t]*+lambda\b", re.MULTILINE)
#: Thoughts that may also explain an answer above them.
_EXPLAINS = re.compile(r"\[/(?:THINKING|REASONING)\]\Z")


@dataclass(frozen=True, slots=True)
class Spoken:
    """The answer is [start, end). `thought`: the range of the thought, if there is one; `closed`: whether it ended."""

    start: int
    end: int
    thought: tuple[int, int] | None = None
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Marks:
    """The offsets at which thoughts begin and end, ascending."""

    openings: tuple[int, ...]
    closings: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Marks:
        openings, closings = _marks(text)
        return cls(tuple(mark.start() for mark in openings), tuple(mark.start() for mark in closings))

    @property
    def last_closing(self) -> int:
        return self.closings[-1] if self.closings else -1

    def is_open(self, place: int) -> bool:
        """Whether a thought is open at this offset."""
        opened, closed = bisect_left(self.openings, place), bisect_left(self.closings, place)
        return opened > 0 and (closed == 0 or self.closings[closed - 1] < self.openings[opened - 1])

    def has(self, place: int) -> bool:
        """Whether a mark is at this offset."""
        return any(
            (at := bisect_left(marks, place)) < len(marks) and marks[at] == place
            for marks in (self.openings, self.closings)
        )


def begins(text: str) -> bool:
    """Whether a text begins with a thought that it opens itself."""
    start = text[:400].lstrip()
    if start.startswith("<|channel|>analysis") or _BARE_CHANNEL.match(start):
        return True
    return any(mark.start() == 0 for mark in _marks(start)[0])


def may_begin(text: str) -> bool:
    """Whether a text may have a thought; decided without looking for one."""
    if text.lstrip()[:1] in ("a", "c", "f", "H", "T") or "<|message|>" in text:
        return True
    return has_mark(text) or _FINAL in text or _DETAILS in text


def has_mark(text: str) -> bool:
    """Whether a text has what may be a thought mark anywhere."""
    return _ANGLE_MARK.search(text) is not None or "◁" in text or _SQUARE_MARK.search(text) is not None


def spoken(text: str, in_code: Callable[[int], bool] = lambda place: False) -> Spoken:
    """The part of `text` that is not thought. `in_code`: whether an offset is inside a program's string or comment."""
    for of_form in (_harmony, _bare_harmony, _by_words, _final_response, _folded):
        found = of_form(text)
        if found is not None:
            return found
    begun, ended = _marks(text)
    openings = [mark for mark in begun if not in_code(mark.start())]
    closings = _closings(text, openings, [mark for mark in ended if not in_code(mark.start())])
    closing = closings[-1] if closings else 0
    behind = (mark for mark in openings if mark.start() >= closing and not _is_said(text, mark))
    opening = next((mark.start() - closing for mark in behind), None)
    if opening is None:
        if (
            closing
            and (_ANY_CODE.search(text, closing) is None or _explains(text, closing))
            and (earlier := _before_last(text, closings)) is not None
        ):
            return earlier
        return Spoken(closing, len(text), (0, closing) if closing else None)
    before = text[closing : closing + opening]
    if closing and before.strip():  # it answered, then continued thinking
        return Spoken(closing, closing + opening, (0, closing))
    if _CODE.search(before) or re.match(r"\n*+[ \t]++\S", before):
        return Spoken(closing, closing + opening, (closing + opening, len(text)))
    answer = _answer_in_tags(text, closing)
    return Spoken(len(text), len(text), (0, len(text)), closed=False) if answer is None else answer


def _answer_in_tags(text: str, start: int) -> Spoken | None:
    """The answer in tags that end the text, behind a thought that was not closed."""
    place = text.rfind(_ANSWER, start)
    if place < 0 or not text.rstrip().endswith(_ANSWER_END) or _CODE.search(text, place + len(_ANSWER)) is None:
        return None
    return Spoken(place + 1, len(text), (0, place + 1))


def _closings(text: str, openings: list[re.Match[str]], found: list[re.Match[str]]) -> list[int]:
    """The offsets where closing marks end, except the last ones if a sentence after the answer mentions them."""
    said = {_line_start(text, mark.start()) for mark in openings if _is_said(text, mark)}
    end = len(text)
    while found and _is_said(text, found[-1]) and _CODE.search(text, found[-1].end(), end) is None:
        if len(found) == 1 and _line_start(text, found[-1].start()) not in said:
            break
        end = found.pop().start()
    return [mark.end() for mark in found]


def _is_said(text: str, mark: re.Match[str]) -> bool:
    """Whether a sentence mentions a mark: at least two words before it on its line, and words or a comma after it."""
    first = _line_start(text, mark.start())
    before = "" if first is None else text[first : mark.start()].rstrip(" \t(")
    spoken_of = len(before.split()) > 1 and (before[-1].isalnum() or before[-1] in ",>")
    return spoken_of and _SAID_BEHIND.match(text, mark.end()) is not None


def _line_start(text: str, place: int) -> int | None:
    """The offset where a line starts; None if the line is longer than any sentence."""
    found = text.rfind("\n", max(0, place - _MAX_LINE), place) + 1
    return found if found or place <= _MAX_LINE else None


def _before_last(text: str, closings: list[int]) -> Spoken | None:
    """The answer before the last thought, if no code follows that."""
    before = text[: closings[-1]]
    openings = (mark for mark in reversed(_written(before)) if mark.lastgroup is None)
    opening = next((mark.start() for mark in openings if not _quoted(before, mark.start(), mark.end())), 0)
    start = max((end for end in closings if end <= opening), default=0)
    if not text[start:opening].strip() or (text[closings[-1] :].strip() and _CODE.search(text, start, opening) is None):
        return None
    return Spoken(start, opening, (opening, closings[-1]))


def _marks(text: str) -> tuple[list[re.Match[str]], list[re.Match[str]]]:
    """The marks that begin a thought and those that end one, without those that are only mentioned."""
    found = [mark for mark in _written(text) if not _quoted(text, mark.start(), mark.end())]
    soft = {mark.start(): bool(kind["closing"]) for mark in found if (kind := _SOFT_MARK.fullmatch(mark[0]))}
    if soft and not _prepares(text, soft):
        found = [mark for mark in found if mark.start() not in soft]
    return [mark for mark in found if mark.lastgroup is None], [mark for mark in found if mark.lastgroup is not None]


def _prepares(text: str, soft: dict[int, bool]) -> bool:
    """Whether elements end before the answer: no code precedes them, and the function or a body follows, not only an
    example. `soft`: the places of their marks, and whether one closes."""
    if all(soft.values()) or not any(soft.values()):
        return False
    first, last = next(place for place, closes in soft.items() if not closes), max(soft)
    if _CODE.search(text, 0, first) is not None:
        return False
    fresh, drafts = set(_FUNCTION.findall(text, last)), set(_FUNCTION.findall(text, 0, last))
    if fresh and (not drafts or not fresh.isdisjoint(drafts)):
        return True
    begun = _FIRST.search(text, last)  # a test begins with its definition, a body with any indented line
    return begun is not None and (not fresh or begun[0][0] in " \t") and _RETURNS.search(text, last) is not None


def _explains(text: str, closing: int) -> bool:
    """Whether a thought that ends at `closing` may explain the answer above it: what follows is an example at most."""
    if _EXPLAINS.search(text, max(0, closing - 12), closing) is None:
        return False
    return _FUNCTION.search(text, closing) is None and _RETURNS.search(text, closing) is None


def _written(text: str) -> list[re.Match[str]]:
    """All marks in a text."""
    if "◁" not in text and not _SQUARE_MARK.search(text):
        return list(_ANGLE_MARK.finditer(text))
    return [mark for mark in _MARK.finditer(text) if mark[0][0] != "[" or mark[0].isupper()]


def _quoted(text: str, start: int, end: int) -> bool:
    """Whether a mark is mentioned: it is within quotes or backticks on its line."""
    first = _line_start(text, start)
    if first is None or not text[first:start].strip():
        return False
    last = text.find("\n", end, end + _MAX_LINE)
    line = text[first : last if last >= 0 else end + _MAX_LINE]
    return any(found.start() < start - first and found.end() > end - first for found in _LITERAL.finditer(line))


def _harmony(text: str) -> Spoken | None:
    if "<|message|>" not in text:
        return None
    answer = None
    for found in _MESSAGE.finditer(text):
        if found["channel"] in (None, "final") and found["role"] in (None, "assistant"):
            answer = found
    if answer is None:
        return Spoken(len(text), len(text), (0, len(text)), closed=False)
    end = _MESSAGE_END.search(text, answer.end())
    return Spoken(answer.end(), end.start() if end else len(text), (0, answer.start()) if answer.start() else None)


def _bare_harmony(text: str) -> Spoken | None:
    if (only := _ONLY_FINAL.match(text)) is not None:
        return Spoken(only.end(), len(text))
    if _BARE_CHANNEL.match(text) is None:
        return None
    ends = [found.end() for found in _BARE_FINAL.finditer(text)]
    if not ends:
        return Spoken(len(text), len(text), (0, len(text)), closed=False)
    return Spoken(ends[-1], len(text), (0, ends[-1]))


def _by_words(text: str) -> Spoken | None:
    begun = _SPOKEN.match(text)
    if begun is None:
        return None
    ends = [found.end() for found in (_OLLAMA_END if begun["ollama"] else _SPOKEN_END).finditer(text)]
    return Spoken(ends[-1], len(text), (0, ends[-1])) if ends else None


def _final_response(text: str) -> Spoken | None:
    """Apriel's form; its thought needs no opening mark."""
    begun = text.rfind(_FINAL)
    if begun < 0 or _quoted(text, begun, begun + len(_FINAL)):
        return None
    start = begun + len(_FINAL)
    end = text.find(_FINAL_END, start)
    return Spoken(start, end if end >= 0 else len(text), (0, start))


def _folded(text: str) -> Spoken | None:
    """A thought in an element that a page folds, at the beginning."""
    if not text[:400].lstrip().startswith(_DETAILS):
        return None
    end = text.find(_DETAILS_END)
    return Spoken(end + len(_DETAILS_END), len(text), (0, end + len(_DETAILS_END))) if end >= 0 else None
