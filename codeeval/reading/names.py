"""The names that a statement binds and uses, found from its masked text (see `code.py`)."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from codeeval.reading.code import Code

#: Words that stand between or before operands.
KEYWORDS = (
    "and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|"
    "lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield"
)
_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*+")
_WORD = re.compile(r"[^\W\d]\w*+")
_DEFINITION = re.compile(r"[ \t]*+(?:async[ \t]++)?(def|class)[ \t]++(\w++)")
_IMPORT = re.compile(r"[ \t]*+(?:from[ \t]++[\w.]++[ \t]++import|import)\b(.*)")
_MODULES = re.compile(r"[ \t]*+(?:from[ \t]++([\w.]++)[ \t]++import\b|import[ \t]++([^\n;#]++))")
_MARK = re.compile(r"[(\[{]|[)\]}]|(?<![=!<>:])=(?!=)")
_WALRUS = re.compile(r"(?<!\w)(\w++)[ \t]*+:=")
_AS = re.compile(r"\bas[ \t]++\(?(\w++)")
_FOR = re.compile(r"[ \t]*+(?:async[ \t]++)?for\b(.*?)\bin\b")
_TARGET = re.compile(r"(?<![\w.])([^\W\d]\w*+)(?![ \t]*+[\w.(\[])")
_ON_ONE_LINE = re.compile(r"[ \t]*(?:if|else|try|with|for|while|elif|finally|except)\b")
_PARAMETER = re.compile(r"[(,*][ \t]*+([^\W\d]\w*+)[ \t]*+(?=[:,=)])")
_DEFAULT = re.compile(r"=[ \t]*+([^\W\d]\w*+)")
_HEADER = re.compile(r"^[ \t]*+(?:async[ \t]++)?def[ \t][^\n]*+", re.MULTILINE)
_INNER = re.compile(r"^[ \t]++(?:async[ \t]++)?(?:def|class)[ \t]++(\w++)", re.MULTILINE)
#: Lines of a body that may assign or import.
_MAY_BIND = re.compile(r"^[ \t]++(?:[^\n=]++=(?!=)|import\b|from\b)[^\n]*+", re.MULTILINE)
#: The lookbehind stands behind the word, so that the word itself is searched for.
_LOOP = re.compile(r"for(?<!\wfor)[ \t(]++((?:(?!in\b|for\b)\w++[ \t,()]*+)++)")
_LAMBDA = re.compile(r"lambda(?<!\wlambda)[ \t]++([^:\n]*+)")
_GLOBAL = re.compile(r"^[ \t]*+global[ \t]++([^\n#]*+)", re.MULTILINE)
_SUBSCRIPT = re.compile(r"(?<=[\w)\]])[ \t]*+\[[^\[\]]*+\]")


def normal(name: str) -> str:
    """A name as Python compares it: NFKC."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def _normal(names: Iterable[str]) -> frozenset[str]:
    """The different names among these, as Python compares them."""
    found = frozenset(names)
    return found if "".join(found).isascii() else frozenset(map(normal, found))


def used(code: Code, start: int, end: int) -> frozenset[str]:
    """Names mentioned by the code in [start, end), including those in the fields of f-strings."""
    found = set(_NAME.findall(code.bare, start, end))
    formatted = code.formatted
    for number in range(bisect_left(formatted, (start, 0)), len(formatted)):
        first, last = formatted[number]
        if first >= end:
            break
        found.update(_WORD.findall(code.text, first, last))
    return _normal(found)


def defined(line: str) -> tuple[str, str] | None:
    """("def" or "class", name) if a line begins a definition."""
    found = _DEFINITION.match(line)
    return (found[1], normal(found[2])) if found else None


def imported(line: str) -> frozenset[str]:
    """The names that an import binds; `*` stands for all of a module."""
    found = _IMPORT.match(line)
    if found is None:
        return frozenset()
    names = set()
    for part in found[1].strip(" \t()").split(","):
        words = part.split()
        if words:
            names.add(normal(words[-1] if len(words) > 2 else words[0].split(".")[0]))
    return frozenset(names)


def assigned(line: str) -> tuple[frozenset[str], int] | None:
    """(names bound, offset of the value) of an assignment; None if the logical line is not one, or its target can't be
    assigned to."""
    depth, ends = 0, []
    for mark in _MARK.finditer(line):
        if mark[0] == "=":
            if depth == 0:
                ends.append(mark.start())
        else:
            depth = max(0, depth + (1 if mark[0] in "([{" else -1))
    if not ends:
        return None
    names: set[str] = set()
    begin = 0
    for end in ends:
        target = line[begin:end].rstrip(" \t+-*/%&|^@<>")
        if target.endswith(")") and not target.lstrip(" \t*").startswith("("):
            return None
        target = target.partition(":")[0]
        if "[" in target:
            target = _SUBSCRIPT.sub("[", target)
        names |= {normal(name) for name in _TARGET.findall(target)}
        begin = end + 1
    return frozenset(names), begin


def bound_in(lines: Iterator[str]) -> frozenset[str]:
    """What the lines of a compound statement bind in its own scope; inner functions and classes are skipped."""
    found: set[str] = set()
    inner = -1
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if not line.strip() or (0 <= inner < depth):
            continue
        inner = depth if defined(line) is not None else -1
        found |= _bound_by(line)
    return frozenset(found)


def _bound_by(line: str) -> set[str]:
    """What one logical line binds."""
    if (definition := defined(line)) is not None:
        return {definition[1]}
    found = {*imported(line), *map(normal, _WALRUS.findall(line)), *map(normal, _AS.findall(line))}
    if (loop := _FOR.match(line)) is not None:
        found |= set(map(normal, _WORD.findall(loop[1])))
    head, colon, rest = line.partition(":")
    one_line = rest if colon and _ON_ONE_LINE.match(head) else line
    if (names := assigned(one_line)) is not None:
        found |= names[0]
    return found


def local_to(bare: str) -> frozenset[str]:
    """Names local to the function in this text, and to the functions in it: parameters, and what it binds."""
    headers = _HEADER.findall(bare)
    found = {name for header in headers for name in _PARAMETER.findall(header)}
    found.update(_INNER.findall(bare))
    if ":=" in bare:
        found.update(_WALRUS.findall(bare))
    if " as" in bare or "\tas" in bare:
        found.update(_AS.findall(bare))
    for loop in _LOOP.findall(bare):
        found.update(_WORD.findall(loop))
    for parameters in _LAMBDA.findall(bare):
        found.update(part.partition("=")[0].strip(" \t*") for part in parameters.split(","))
    for line in _MAY_BIND.findall(bare):
        found |= _bound_by(line)
    for header in headers:  # a default value is read outside, also where it has the parameter's name
        found.difference_update(_DEFAULT.findall(header))
    for names in _GLOBAL.findall(bare):
        found.difference_update(_WORD.findall(names))
    return _normal(found)


def modules(line: str) -> frozenset[str]:
    """The top-level packages of the modules that an import names; empty for one relative to the answer's own."""
    found = _MODULES.match(line)
    if found is None:
        return frozenset()
    if found[1]:
        return frozenset({found[1].partition(".")[0]})
    return frozenset(part.split()[0].partition(".")[0] for part in found[2].split(",") if part.strip())
