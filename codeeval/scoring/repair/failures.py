"""The failures of format of a completion. Members are in the order in which they are listed."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

from codeeval import syntax
from codeeval.i18n.messages import msg
from codeeval.reading.extract import extract
from codeeval.scoring.repair import text as forms
from codeeval.scoring.repair.programs import is_sound
from codeeval.scoring.repair.repairs import continues, heard
from codeeval.syntax import parses
from codeeval.types import Problem, Sample


class FormatFailure(StrEnum):
    """What keeps a completion from continuing its prompt; a completion can have several."""

    EMPTY = "empty"
    STOPPED_AT_ONCE = "stop sequence at the first character"
    FENCE = "Markdown fence"
    PROSE = "prose before code"
    WHOLE_FUNCTION = "whole function"
    CUT_BY_STOP = "cut by a stop sequence"
    GLUED = "glued to the docstring's line"
    LOST_INDENTATION = "lost indentation"
    WRONG_INDENTATION = "body indented wrongly"
    NO_BREAK_SPACES = "no-break spaces"
    UNSEEN = "characters without width"
    MIXED_TABS = "mixed tabs and spaces"
    THOUGHT = "thought never closed"
    LENGTH = "ended by length"
    TOO_LONG = "too long to look at"


def classify(problem: Problem, sample: Sample) -> tuple[FormatFailure, ...]:
    """The failures of format of one sample, in the order of the enum; empty if its format is right.

    Judged by the text, whether or not the sample passed: a rule may extract what a strict reader would call a failure.
    A text of more than `syntax.MAX_CHARS` characters is TOO_LONG and nothing else, and is not repaired.
    """
    if forms.is_too_long(sample):
        return (FormatFailure.TOO_LONG,)
    sample, closed = heard(sample)
    if not closed:
        return (FormatFailure.EMPTY, FormatFailure.THOUGHT)
    if not sample.completion.strip():
        stopped = sample.raw is not None and bool(sample.raw.strip())
        first = (FormatFailure.STOPPED_AT_ONCE,) if stopped else (FormatFailure.EMPTY,)
        return first + (_of_text(problem, sample) if stopped else ())
    return _of_text(problem, sample)


def names(problem: Problem, sample: Sample) -> tuple[str, ...]:
    """The failures of a sample as texts. A cut is named by the stop sequence that made it: `cut at \\ndef`. If
    generation ended there, a repair can't bring anything back, and the name says so."""
    found = classify(problem, sample)
    sample = heard(sample)[0]
    rest = (sample.raw or "")[len(sample.completion) :]
    stop = _STOP.match(rest)
    if stop is None:
        return tuple(failure.value for failure in found)
    word = repr(stop[0]).replace("'", "")
    cut = msg("cut at {stop}", stop=word)
    if not rest[stop.end() :].strip():
        cut = msg("cut at {stop}, the rest was never generated", stop=word)
    return tuple(cut if failure is FormatFailure.CUT_BY_STOP else failure.value for failure in found)


#: The stop sequences of the published protocol; any other is named by its first word.
_STOP = re.compile(r"\n(?:class|def|#|if|print)|\s?\S{1,12}")


def _of_text(problem: Problem, sample: Sample) -> tuple[FormatFailure, ...]:
    seen = _written(problem, sample)
    fenced, whole = forms.has_fence(seen), forms.defines_at_margin(seen, problem.entry_point)
    continuation = not fenced and not whole
    in_fence = _body_in_fence(seen) if fenced and not whole else ""

    def strict() -> str:
        return extract(problem, sample.completion, "strict", is_program=sample.is_program).program

    def broken() -> bool:
        if seen is not sample.completion:
            return True
        return not parses(strict())

    def unread() -> bool:
        return not is_sound(strict(), problem.entry_point)

    checks: tuple[tuple[FormatFailure, Callable[[], bool]], ...] = (
        (FormatFailure.FENCE, lambda: fenced),
        (FormatFailure.PROSE, lambda: forms.starts_with_prose(seen)),
        (FormatFailure.WHOLE_FUNCTION, lambda: whole),
        (FormatFailure.CUT_BY_STOP, lambda: _cut(problem, sample)),
        (FormatFailure.GLUED, lambda: continuation and _glued(problem, sample.completion)),
        (FormatFailure.LOST_INDENTATION, lambda: continuation and _lost_indentation(sample.completion)),
        (FormatFailure.LOST_INDENTATION, lambda: bool(in_fence) and unread() and _lost_indentation(in_fence)),
        (FormatFailure.WRONG_INDENTATION, lambda: continuation and _wrong_indentation(problem, sample.completion)),
        (
            FormatFailure.WRONG_INDENTATION,
            lambda: bool(in_fence) and unread() and _wrong_indentation(problem, "\n" + in_fence),
        ),
        (FormatFailure.NO_BREAK_SPACES, lambda: forms.has_no_break_spaces(seen) and broken()),
        (FormatFailure.UNSEEN, lambda: forms.has_unseen(seen) and broken()),
        (FormatFailure.MIXED_TABS, lambda: forms.mixes_tabs(seen) and broken()),
        (FormatFailure.LENGTH, lambda: sample.finish_reason == "length"),
    )
    found = tuple(name for name, holds in checks if holds())
    if FormatFailure.PROSE in found:  # prose is already reported; don't also report its indentation
        return tuple(name for name in found if "indent" not in name.value and name is not FormatFailure.GLUED)
    return found


_PROGRAM = re.compile(r"^(?:async[ \t]+def|def|class)[ \t]", re.MULTILINE)


def _body_in_fence(seen: str) -> str:
    """The last block; "" if it has functions of another name, and so needs no other indentation."""
    block = forms.blocks(seen)[-1][1]
    return "" if _PROGRAM.search(block) else block


def _written(problem: Problem, sample: Sample) -> str:
    """The text that shows how the model answers: what it wrote before the cut, if the cut destroyed that. A completion
    that continues its prompt is used unchanged; whatever the model wrote after it does not matter."""
    raw = sample.raw
    if raw is None or continues(problem, sample.completion) or not forms.has_structure(raw, problem.entry_point):
        return sample.completion
    return raw


def _cut(problem: Problem, sample: Sample) -> bool:
    """Whether the stop sequence removed code that belonged to the answer: a fenced block or a function that had only
    begun, or a body that goes on after an unindented comment."""
    if sample.raw is None or len(sample.raw) <= len(sample.completion):
        return False
    if _written(problem, sample) is sample.raw:
        return not forms.same_code(sample.raw, sample.completion, problem.entry_point)
    return forms.body_goes_on(sample.raw, len(sample.completion))


def _glued(problem: Problem, completion: str) -> bool:
    """The prompt ends with the docstring's closing quotes: without a line break the first line of code is glued to
    them."""
    first = completion.split("\n", 1)[0]
    return not problem.prompt.endswith("\n") and bool(first.strip()) and not first.lstrip().startswith(("#", ";"))


def _lost_indentation(completion: str) -> bool:
    first = forms.first_code_line(completion)
    return first is not None and not first[:1].isspace() and forms.looks_like_code(first)


_INDENTATION = re.compile(r"indent|unexpected indent|TabError|inconsistent use of tabs")


def _wrong_indentation(problem: Problem, completion: str) -> bool:
    """Whether Python rejects the indentation of prompt + completion, and at least the first line is indented."""
    first = forms.first_code_line(completion)
    if first is None or not first[:1].isspace() or _glued(problem, completion):
        return False
    try:
        syntax.parse_module(problem.prompt + completion)
    except IndentationError:
        return True
    except SyntaxError as error:
        return _INDENTATION.search(str(error)) is not None
    return False
