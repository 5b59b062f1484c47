"""Tell a new version of the function from one that only repeats the beginning of an earlier version: to explain it, or because
the model repeats itself until it is cut off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set

from codeeval.reading.needs import BUILTINS
from codeeval.reading.statements import RETURNS, Statement, StatementKind, Statements, header_end

_END = re.compile(r"[ \t]*(?:return|raise)\b")
_YIELDS = re.compile(r"\byield\b")
#: What a line begins with that belongs to the statement above it.
_BRANCH = re.compile(r"(?:else|elif|except|finally)\b|[)\]}]")
_DEFINITION = re.compile(r"^(?:async[ \t]++)?def\b", re.MULTILINE)
_DOTS = re.compile(r"^([ \t]++)(\.{3}|#[ \t]*+(?:\.{3}|…)(?:[ \t][^\n]*+)?+)[ \t]*+$", re.MULTILINE)
_INDENTED = re.compile(r"^([ \t]++)\S", re.MULTILINE)
#: A name that is read as a value. Helpers, constants and modules may be the prompt's, so they are not looked at.
_VALUE = re.compile(r"(?<![\w.])[a-zа-яё_][\da-zа-яё_]*+(?![\w.(])(?![ \t]*+[.(])")
_DOCSTRING = re.compile(r"\s*+\"++[ \t]*+(?:\n|\Z)")


def ends(body: str) -> bool:
    """Whether the last statement of a body, or its last branch, is a return."""
    lines = [line for line in body.split("\n") if line.strip()]
    if not lines or _END.match(lines[-1]) is None:
        return False
    margin = _width(lines[0])
    last = next(line for line in reversed(lines) if _width(line) <= margin)
    return last is lines[-1] or last.lstrip().startswith("else")


def returns(lines: Sequence[str]) -> bool:
    """Whether the last line of a body returns, at any level."""
    return bool(lines) and _END.match(lines[-1]) is not None


def _may_end(lines: Sequence[str]) -> bool:
    """Whether the last statement of a body returns at any level, or the body is a generator's."""
    margin = min(map(_width, lines), default=0)
    for line in reversed(lines):
        if RETURNS.search(line) is not None:
            return True
        if _width(line) <= margin and _BRANCH.match(line.lstrip()) is None:
            break
    return any(_YIELDS.search(line) is not None for line in lines)


def _width(line: str) -> int:
    return len(line) - len(line.lstrip())


def code_lines(found: Statements, item: Statement) -> list[str]:
    """The logical lines of a function's body, without its docstring, comments and blank lines."""
    bare, text, start = found.bare(item), found.text(item), 0
    if item.kind is StatementKind.DEF and (head := _DEFINITION.search(bare)) is not None:
        start = head.end() + header_end(bare[head.end() :])
    docstring = _DOCSTRING.match(bare, start)
    start = docstring.end() if docstring is not None else start
    lines: list[str] = []
    for line in bare[start:].split("\n"):
        code = line.rstrip()
        if code.strip():
            lines.append(text[start : start + len(code)])
        start += len(line) + 1
    return lines


def versions(bodies: Sequence[Sequence[str] | None], is_cut: bool = False, is_new: bool = False) -> Iterator[bool]:
    """For each body, in order, whether it is a version of its own, and not the beginning of an earlier one, line for line,
    of which the last statement returns at no level. `is_cut`: the last one may have been cut off, also in a line, and
    behind a `return` if the model had repeated itself before; `is_new`: if it had not, the last one is a new version."""
    earlier = ""
    repeated = False
    for number, lines in enumerate(bodies):
        may_be_cut = is_cut and number == len(bodies) - 1
        body = "\n".join(lines or ())
        if body and body != earlier and earlier.startswith(body if may_be_cut else body + "\n"):
            is_explained = not _may_end(lines or ()) and not (may_be_cut and is_new)
            if is_explained or (may_be_cut and repeated):
                yield False
                continue
        repeated = body != "" and body == earlier
        earlier = body if lines and returns(lines) else ""
        yield True


def has_dots(found: Statements, item: Statement) -> bool:
    """Whether dots at the level of its body, or a comment of dots and words, may stand for lines of a function."""
    text = found.text(item)
    if (dots := _DOTS.search(text)) is None:
        return False
    bare = found.bare(item)
    first = _INDENTED.search(bare)
    while dots is not None:
        if not bare[dots.start(2) : dots.end()].strip():  # a comment
            return True
        if bare[dots.start(2)] == "." and first is not None and first[1] == dots[1]:
            return True
        dots = _DOTS.search(text, dots.end())
    return False


def is_elided(found: Statements, item: Statement, whole: Set[str]) -> bool:
    """Whether dots stand for lines without which a function is incomplete: it has no others, those of a `whole` version,
    or ones that read a value that nothing binds."""
    if not has_dots(found, item):
        return False
    lines = {line for line in code_lines(found, item) if line.strip() != "..."}
    return lines <= whole or reads_unbound(found, item)


def reads_unbound(found: Statements, item: Statement) -> bool:
    """Whether a function or body reads a value that it does not bind, and neither do the statements beside it."""
    bare = found.bare(item)
    head = _DEFINITION.search(bare) if item.kind is StatementKind.DEF else None
    start = head.end() + header_end(bare[head.end() :]) if head is not None else 0
    values = set(_VALUE.findall(bare, start)) & found.reads(item) - BUILTINS
    return bool(values) and not values <= {name for each in found.items for name in each.names}


def whole_lines(functions: Iterable[tuple[Statements, Statement]]) -> set[str]:
    """The lines of all versions of a function that have no dots, if others have any."""
    known = [(has_dots(found, item), found, item) for found, item in functions]
    if not any(dots for dots, _, _ in known):
        return set()
    return {line for dots, found, item in known if not dots for line in code_lines(found, item)}
