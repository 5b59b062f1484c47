"""Programs as HTML lines: tokenized by Pygments, marked up by codeeval.

Work is bounded: Pygments needs quadratic time for some texts (long runs of white space), and a program of a million
characters needs no colours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from markupsafe import Markup
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType

from codeeval.explorer.text import MAX_BLOCK, MAX_LINE, visible

_MAX_COLOURED = 12_000
_LONG_SPACE = re.compile(r"\s{160}")
_LEXER = PythonLexer()
#: the first that fits
_CLASSES: tuple[tuple[_TokenType, str], ...] = (
    (Comment, "hc"),
    (String, "hs"),
    (Number, "hm"),
    (Keyword, "hk"),
    (Operator.Word, "hk"),
    (Name.Function, "hf"),
    (Name.Class, "hf"),
    (Name.Builtin, "hb"),
    (Name.Exception, "hb"),
    (Name.Decorator, "hf"),
)


@lru_cache(maxsize=256)
def _class(kind: _TokenType) -> str:
    return next((name for parent, name in _CLASSES if kind is parent or parent in kind.split()), "")


@lru_cache(maxsize=256)
def code_lines(program: str, prefix: str = "") -> tuple[Markup, ...]:
    """The lines of a program. If it begins with `prefix` (the prompt), that part is tokenized once for all samples."""
    shown = program[:MAX_BLOCK]
    if prefix and shown.startswith(prefix):
        head, tail = list(_prefix(prefix)), _lines(shown[len(prefix) :])
        lines = [*head[:-1], head[-1] + tail[0], *tail[1:]]
    else:
        lines = _lines(shown)
    if len(lines) > 1 and not lines[-1]:  # a final newline does not begin a line
        lines.pop()
    if len(program) > MAX_BLOCK:
        lines.append(Markup('<i class="odd">… +{}</i>').format(len(program) - MAX_BLOCK))
    return tuple(lines)


@lru_cache(maxsize=512)
def _prefix(text: str) -> tuple[Markup, ...]:
    return tuple(_lines(text))


def _lines(text: str) -> list[Markup]:
    lines: list[list[str]] = [[]]
    widths = [0]
    for name, value in _tokens(text):
        for number, part in enumerate(value.split("\n")):
            if number:
                lines.append([])
                widths.append(0)
            room = MAX_LINE - widths[-1]
            widths[-1] += len(part)
            if part and room > 0:
                shown = str(visible(part[:room]))
                lines[-1].append(f'<span class="{name}">{shown}</span>' if name and part.strip() else shown)
    for line, width in zip(lines, widths, strict=True):
        if width > MAX_LINE:
            line.append(f'<i class="odd">… +{width - MAX_LINE}</i>')
    return [Markup("".join(line)) for line in lines]


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    if len(text) > _MAX_COLOURED or _LONG_SPACE.search(text):
        yield "", text
        return
    waiting: list[str] = []
    name = ""
    for _, kind, value in _LEXER.get_tokens_unprocessed(text):
        found = _class(kind)
        if found != name and waiting:
            yield name, "".join(waiting)
            waiting = []
        name = found
        waiting.append(value)
    yield name, "".join(waiting)
