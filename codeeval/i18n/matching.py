"""Templates of messages read backwards: a finished message -> the values that were put into it, in linear time.

A regular expression with ten gaps in it takes the tenth power of the length of a text that almost fits, and what is between the
gaps may come from somebody's file. Here every part of a template walks over the text once.
"""

from __future__ import annotations

import string
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """Some text (`options`, one of which stands there), or a value: a number, a text without `;` and line breaks, or (`any`)
    any text."""

    options: tuple[str, ...] = ()
    name: str = ""
    kind: str = ""


Template = tuple[Part, ...]


def template(text: str, said: str) -> Template:
    """A format string as parts. Values whose names end with `said`, and reasons, may be any text; those of one letter are
    numbers; a format specification `one|many` without a name stands for either word."""
    found: list[Part] = []
    for literal, field, spec, _ in string.Formatter().parse(text):
        if literal:
            found.append(Part((literal,)))
        if spec:
            found.append(Part(tuple(spec.split("|"))))
        elif field:
            kind = "number" if len(field) == 1 else "any" if field.endswith(said) or field == "reason" else "text"
            found.append(Part((), field, kind))
    return tuple(found)


def values(parts: Template, text: str) -> dict[str, str] | None:
    """What the values of a template are in `text`, each as short as can be (numbers: as long); None if it does not fit."""
    if not _may_fit(parts, text):
        return None
    fits = [bytearray(len(text) + 1)]
    fits[0][-1] = 1
    for part in reversed(parts):
        fits.append(_before(part, text, fits[-1]))
    fits.reverse()
    if not fits[0][0]:
        return None
    found: dict[str, str] = {}
    at = 0
    for part, after in zip(parts, fits[1:], strict=True):
        end = _end(part, text, at, after)
        if part.name and found.setdefault(part.name, text[at:end]) != text[at:end]:
            return None
        at = end
    return found


def _may_fit(parts: Template, text: str) -> bool:
    """Whether the texts of a template stand in `text`, in order: most templates don't, and this is quick."""
    if parts and parts[0].options and not text.startswith(parts[0].options):
        return False
    if parts and parts[-1].options and not text.endswith(parts[-1].options):
        return False
    at = 0
    for part in parts:
        if len(part.options) == 1:
            at = text.find(part.options[0], at)
            if at < 0:
                return False
            at += len(part.options[0])
    return True


def _before(part: Part, text: str, after: bytearray) -> bytearray:
    """Where the part may begin, if what follows it may begin where `after` says."""
    found = bytearray(len(text) + 1)
    for option in part.options:
        at = text.find(option)
        while at >= 0:
            found[at] |= after[at + len(option)]
            at = text.find(option, at + 1)
    if part.kind == "number":
        goes_on = 0
        for at in range(len(text) - 1, -1, -1):
            goes_on |= after[at + 1]
            found[at] = goes_on and text[at].isdecimal()
            goes_on = goes_on if text[at] == "." or text[at].isdecimal() else 0
    elif part.kind:
        for at in range(len(text) - 1, -1, -1):
            if part.kind == "any" or text[at] not in ";\n":
                found[at] = found[at + 1] | after[at + 1]
    return found


def _end(part: Part, text: str, at: int, after: bytearray) -> int:
    if part.options:
        return next(at + len(each) for each in part.options if text.startswith(each, at) and after[at + len(each)])
    if part.kind != "number":
        return after.index(1, at + 1)
    end = at + 1
    while end < len(text) and (text[end] == "." or text[end].isdecimal()):
        end += 1
    return after.rindex(1, at + 1, end + 1)
