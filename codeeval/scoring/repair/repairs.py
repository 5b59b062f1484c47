"""Construct what a completion would be if only its format were right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from codeeval.reading import UNCLOSED, answer_of
from codeeval.reading.extract import extract
from codeeval.scoring.repair import text as forms
from codeeval.scoring.repair.programs import as_continuation, as_program, is_sound
from codeeval.types import Problem, Sample

FENCE_REMOVED, WHOLE_USED = "fence removed", "whole function used"
PROSE_DROPPED, REINDENTED = "prose dropped", "body re-indented"
NEWLINE_ADDED, CUT_UNDONE = "newline added", "stop sequence undone"
SPACES_REPLACED, TABS_REPLACED = "plain spaces instead of others", "spaces instead of tabs"

#: A problem and a text -> sound programs, each with the steps that made it, the most literal first.
_Reading = Callable[[Problem, str], Iterator[tuple[str, tuple[str, ...]]]]


@dataclass(frozen=True, slots=True)
class Repair:
    """`program` replaces what `strict` would execute; `steps` say how the text was changed."""

    program: str
    steps: tuple[str, ...]


def repair(problem: Problem, sample: Sample) -> Repair | None:
    """The repair of a sample; None if its format is already right, or if nothing sound can be made of it.

    The first sound program wins: of the completion, otherwise of the text before the cut of a stop sequence, otherwise
    of these with plain white space. What `strict` reads without fault is not repaired: another program would be another
    answer.
    """
    if forms.is_too_long(sample):
        return None
    strict = extract(problem, sample.completion, "strict", is_program=sample.is_program).program
    sample = heard(sample)[0]
    if is_sound(strict, problem.entry_point) and not _was_cut_amid_code(problem, sample):
        return None
    if not is_sound(strict, problem.entry_point) and _is_no_plain_body(problem, sample.completion):
        reading = partial(_as_strict_reads, is_program=sample.is_program)
        if (plain := _with_plain_white_space(problem, sample, reading)) is not None:
            return plain
    for program, steps in _candidates(problem, sample):
        return None if program == strict else Repair(program, steps)
    return _with_plain_white_space(problem, sample, _of_text)


def heard(sample: Sample) -> tuple[Sample, bool]:
    """The sample without what `strict` does not consider part of the answer (a thought, anything after an end token),
    and whether the thought ended."""
    answer = answer_of(sample.completion)
    closed = not any(cut.rule == UNCLOSED for cut in answer.left)
    raw = None if sample.raw is None else answer_of(sample.raw).piece.text
    if raw is not None and not closed:
        closed = bool(raw.strip())
    return replace(sample, completion=answer.piece.text, raw=raw), closed


def _was_cut_amid_code(problem: Problem, sample: Sample) -> bool:
    raw = sample.raw
    if raw is None or raw == sample.completion or not continues(problem, sample.completion):
        return False
    return forms.body_goes_on(raw, len(sample.completion))


def _is_no_plain_body(problem: Problem, text: str) -> bool:
    """Whether a text has unusual spaces, or more than a body; such a text is reindented rather than read again."""
    return forms.plain_spaces(text) != text or forms.has_structure(text, problem.entry_point)


def _with_plain_white_space(problem: Problem, sample: Sample, reading: _Reading) -> Repair | None:
    """Replace unusual spaces, invisible characters and tabs, then apply `reading`."""
    ways = _in_plain_white_space(sample.completion)
    if sample.raw is not None and sample.raw != sample.completion:
        ways += [(text, (*done, CUT_UNDONE)) for text, done in _in_plain_white_space(sample.raw)]
    for plain, done in ways:
        for program, more in reading(problem, plain):
            return Repair(program, (*more, *done))
    return None


def _as_strict_reads(problem: Problem, text: str, *, is_program: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    program = extract(problem, text, "strict", is_program=is_program).program
    if is_sound(program, problem.entry_point):
        yield program, ()


def _in_plain_white_space(written: str) -> list[tuple[str, tuple[str, ...]]]:
    text = forms.plain_spaces(written)
    steps = (SPACES_REPLACED,) if text != written else ()
    ways: list[tuple[str, tuple[str, ...]]] = [(text, steps)] if steps else []
    if "\t" in text:
        ways += [(text.expandtabs(width), (*steps, TABS_REPLACED)) for width in (4, 8)]
    return ways


def _candidates(problem: Problem, sample: Sample) -> Iterator[tuple[str, tuple[str, ...]]]:
    raw = sample.raw if sample.raw is not None and sample.raw != sample.completion else None
    if raw is not None and continues(problem, sample.completion):
        if forms.body_goes_on(raw, len(sample.completion)):
            yield from _with_step(_as_body(problem, forms.body_of(raw)), CUT_UNDONE)
        raw = None
    yield from _of_text(problem, sample.completion)
    if raw is not None:
        for found in _of_text(problem, raw):
            yield from _with_step(found, CUT_UNDONE)


def continues(problem: Problem, completion: str) -> bool:
    """Whether prompt + completion is a sound program, that is, the completion is a continuation as requested."""
    return not forms.has_fence(completion) and is_sound(problem.prompt + completion, problem.entry_point)


def _with_step(found: tuple[str, tuple[str, ...]] | None, step: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if found is not None:
        yield found[0], (*found[1], step)


def _of_text(problem: Problem, text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Sound programs of one text, the most literal reading first."""
    if is_sound(problem.prompt + text, problem.entry_point) and not forms.has_fence(text):
        yield problem.prompt + text, ()
    elif forms.has_fence(text):
        yield from _of_fenced(problem, text)
    else:
        yield from filter(None, (_as_whole(problem, text), _as_body(problem, text), _after_prose(problem, text)))


def _of_fenced(problem: Problem, text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    blocks = [code for label, code in forms.blocks(text) if label in {"", "python", "python3", "py", "py3"}]
    drop = (FENCE_REMOVED,) if not forms.starts_with_prose(text) else (FENCE_REMOVED, PROSE_DROPPED)
    for code in blocks:
        program = as_program(problem, code)
        if program is not None:
            yield program, (*drop, WHOLE_USED)
    for code in (forms.before_fence(text), *blocks):  # a fence that only closes comes after the code
        found = _as_body(problem, code) if code.strip() else None
        if found is not None:
            yield found[0], (*drop, *(step for step in found[1] if step == REINDENTED))


def _as_whole(problem: Problem, text: str) -> tuple[str, tuple[str, ...]] | None:
    if not forms.defines_at_margin(text, problem.entry_point):
        return None
    lines = text.split("\n")
    start = forms.first_code(lines, at_margin=True) or 0
    program = as_program(problem, "\n".join(lines[start:]))
    if program is None:
        return None
    steps = (PROSE_DROPPED, WHOLE_USED) if "\n".join(lines[:start]).strip() else (WHOLE_USED,)
    return program, steps


def _as_body(problem: Problem, text: str) -> tuple[str, tuple[str, ...]] | None:
    program, dropped = as_continuation(problem, text), False
    if program is None and (code := forms.without_prose_behind(text)) != text:
        program, text, dropped = as_continuation(problem, code), code, True
    if program is None:
        return None
    on_own_line = problem.prompt.endswith("\n") or text.startswith(("\n", "\r\n"))
    opening = problem.prompt if problem.prompt.endswith("\n") else problem.prompt + "\n"
    moved = program[len(opening) :].rstrip() != text.strip("\n").rstrip()
    holds = ((PROSE_DROPPED, dropped), (NEWLINE_ADDED, not on_own_line), (REINDENTED, moved))
    return program, tuple(step for step, done in holds if done)


def _after_prose(problem: Problem, text: str) -> tuple[str, tuple[str, ...]] | None:
    """A body that follows sentences: everything from the first line that looks like code."""
    if not forms.starts_with_prose(text):
        return None
    lines = text.split("\n")
    start = forms.first_code(lines)
    found = _as_body(problem, "\n".join(lines[start:])) if start else None
    return (found[0], tuple(dict.fromkeys((PROSE_DROPPED, *found[1])))) if found else None
