"""Split a text into the statements at its margin and classify each: definition, import, prose, use of the function …"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from codeeval.reading.code import Code, scan
from codeeval.reading.names import KEYWORDS, assigned, bound_in, defined, imported, local_to, used


class StatementKind(StrEnum):
    """The kind of a statement at the margin."""

    IMPORT = "import"
    DEF = "def"
    CLASS = "class"
    ASSIGN = "assign"
    COMPOUND = "compound"
    GUARD = "guard"  # if __name__ == "__main__"
    ASSERT = "assert"
    CALL = "call"
    BARE = "bare"  # an expression without effect: a name, a number, a literal
    OTHER = "other"  # any other code: return, raise, del …
    PROSE = "prose"
    BODY = "body"  # indented lines that belong to no statement at the margin
    BLANK = "blank"


_FUTURE = re.compile(r"from[ \t]++__future__\b")


@dataclass(frozen=True, slots=True)
class Statement:
    """[start, end) in the text; `names` are the names it binds in the module."""

    kind: StatementKind
    start: int
    end: int
    head: str
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Statements:
    """All statements of a text, in order and without gaps."""

    code: Code
    items: tuple[Statement, ...]
    #: Whether what has a name makes functions, by the name.
    makers: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)
    _uses: dict[int, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)
    _reads: dict[int, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)
    _bodies: dict[int, str] = field(default_factory=dict, repr=False, compare=False)

    def uses(self, item: Statement) -> frozenset[str]:
        """The names that a statement mentions."""
        if item.start not in self._uses:
            self._uses[item.start] = used(self.code, item.start, item.end)
        return self._uses[item.start]

    def reads(self, item: Statement) -> frozenset[str]:
        """The names that a statement takes from outside of it."""
        if item.kind not in (StatementKind.DEF, StatementKind.CLASS, StatementKind.BODY):
            return self.uses(item)
        if item.start not in self._reads:
            bare = self.bare(item)
            local = local_to(bare if item.kind is not StatementKind.BODY else f"def _():\n{bare}")
            self._reads[item.start] = self.uses(item) - local
        return self._reads[item.start]

    def values(self, item: Statement) -> frozenset[str]:
        """The names in the value of an assignment."""
        found = assigned(self.bare(item))
        return frozenset() if found is None else used(self.code, item.start + found[1], item.end)

    def body(self, item: Statement) -> str:
        """What follows a function's header, without strings."""
        if item.start not in self._bodies:
            rest = self.bare(item).partition("def")[2]
            self._bodies[item.start] = rest[header_end(rest) :].replace('"', "").strip()
        return self._bodies[item.start]

    def bare(self, item: Statement) -> str:
        return self.code.bare[item.start : item.end]

    def text(self, item: Statement) -> str:
        return self.code.text[item.start : item.end]


def header_end(function: str) -> int:
    """The offset behind the colon that ends a function's header."""
    depth = 0
    for found in _HEADER_MARK.finditer(function):
        mark = found[0]
        if mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
        elif depth == 0:
            return found.end()
    return len(function)


_AT_MARGIN = re.compile(r"\n(\S[^\n]*+)")
_NOT_BLANK = re.compile(r"\S")
_HEADER_MARK = re.compile(r"[(\[{)\]}:]")
_CONTINUES = re.compile(r"(?:else|elif|except|finally|case)\b")
_COMPOUND = re.compile(r"(?:async[ \t]++)?(?:if|for|while|try|with|match)\b")
_GUARD = re.compile(r"if\b.*\b__name__\b")
_PLAIN = re.compile(r"(?:return|raise|del|global|nonlocal|pass|break|continue|yield|await|type|exec)\b")
_DEFINITIONS = {"def": StatementKind.DEF, "class": StatementKind.CLASS}


@dataclass(slots=True)
class _Head:
    """The first line of a statement, empty for a body; below prose an indented line is a body."""

    start: int
    line: str
    is_prose: bool


def split(text: str) -> Statements:
    """The statements at the margin of `text`."""
    code = scan(text)
    heads = _heads(code.bare)
    if not heads:
        return Statements(code, (Statement(StatementKind.BLANK, 0, len(text), ""),))
    starts = [0, *(head.start for head in heads[1:]), len(text)]
    items: list[Statement] = []
    for i, head in enumerate(heads):
        item = _statement(code, starts[i], starts[i + 1], head)
        items += _words_apart(code, item) if item.kind in (StatementKind.DEF, StatementKind.BODY) else (item,)
    return Statements(code, tuple(items))


def _words_apart(code: Code, item: Statement) -> tuple[Statement, ...]:
    """A function or body, and the indented sentences above a body and below both, which are no part of it."""
    bare, start, cut, end = code.bare, item.start, item.end, item.end
    while item.kind is StatementKind.BODY and (found := _FIRST_LINE.match(bare, start, end)) is not None:
        if not (_WORDS.match(found[1]) and _is_said(found[1])) or _NOT_BLANK.search(bare, found.end(), end) is None:
            break
        start = found.end()
    while (blank := bare.rfind("\n\n", start, end)) >= 0:
        lines = [line.strip() for line in bare[blank + 2 : end].split("\n") if line.strip()]
        if lines and not (_WORDS.match(lines[0]) and _is_said(lines[0]) and all(is_prose(line) for line in lines)):
            break
        cut, end = blank + 2 if lines else cut, blank + 1
    if cut < item.end and RETURNS.search(bare, start, cut) is None:
        cut = item.end  # it may be the missing statement, misspelt
    if (start, cut) == (item.start, item.end):
        return (item,)
    above = Statement(StatementKind.PROSE, item.start, start, "")
    below = Statement(StatementKind.PROSE, cut, item.end, "")
    return tuple(each for each in (above, replace(item, start=start, end=cut), below) if each.start < each.end)


def _is_said(line: str) -> bool:
    """Whether a line is a sentence, also if its first letter were small: `Return x` is a misspelt statement."""
    return is_prose(line) and is_prose(line[:1].lower() + line[1:])


def _heads(bare: str) -> list[_Head]:
    """Where the statements of a masked text begin."""
    heads: list[_Head] = []
    below = 0  # the end of the last line at the margin
    for found in _AT_MARGIN.finditer("\n" + bare):
        at, line = found.start(), found[1]
        _begin_body(heads, bare, below, at)
        if not _goes_on(heads, line):
            heads.append(_Head(at, line, is_prose(line)))
        below = found.end() - 1
    _begin_body(heads, bare, below, len(bare))
    return heads


def _begin_body(heads: list[_Head], bare: str, start: int, end: int) -> None:
    """Begin a body if the lines in [start, end) belong to no statement above them."""
    if (not heads or heads[-1].is_prose) and (found := _NOT_BLANK.search(bare, start, end)) is not None:
        heads.append(_Head(bare.rfind("\n", start, found.start()) + 1, "", False))


def _goes_on(heads: list[_Head], line: str) -> bool:
    """Whether a line at the margin belongs to the statement above it: `else`, or the function below a decorator."""
    if not heads:
        return False
    above = heads[-1]
    if above.line.startswith("@"):
        if not line.startswith("@"):
            above.line, above.is_prose = line, is_prose(line)
        return True
    return bool(_CONTINUES.match(line)) and bool(_COMPOUND.match(above.line)) and not is_prose(line)


def _statement(code: Code, start: int, end: int, head: _Head) -> Statement:
    if not head.line:
        return Statement(StatementKind.BODY, start, end, "")
    if head.is_prose:
        return Statement(StatementKind.PROSE, start, end, head.line)
    kind, names = _kind(head.line, code.bare[start:end])
    return Statement(kind, start, end, head.line, names)


def _kind(head: str, bare: str) -> tuple[StatementKind, frozenset[str]]:
    if (definition := defined(head)) is not None:
        return _DEFINITIONS[definition[0]], frozenset({definition[1]})
    if head.startswith(("import", "from")) and (names := imported(head)):
        return StatementKind.IMPORT, names
    if _GUARD.match(head):
        return StatementKind.GUARD, frozenset()
    if _COMPOUND.match(head):
        return StatementKind.COMPOUND, bound_in(iter(bare.split("\n")))
    if head.startswith("assert"):
        return StatementKind.ASSERT, frozenset()
    if _PLAIN.match(head) or head.startswith("@") or _CONTINUES.match(head):
        return StatementKind.OTHER, frozenset()
    if (binding := assigned(head)) is not None:
        return StatementKind.ASSIGN, binding[0]
    if ":=" in head:
        return StatementKind.ASSIGN, bound_in(iter([head]))
    return (StatementKind.CALL if "(" in head else StatementKind.BARE), frozenset()


_OUTSIDE = re.compile(r"[^\w\s\"'()\[\]{}.,:;+\-*/%@&|^~<>=!\\]")
_LONE_BANG = re.compile(r"!(?!=)")
_TWO_OPERANDS = re.compile(
    r"(?<!\w)(?=\w++(?:[ \t]++[\w\"]|\"))(?:"  # the words that may precede an operand are looked up only here
    rf"(?!(?:{KEYWORDS})(?!\w))\w++[ \t]++(?!(?:{KEYWORDS})(?!\w))[\w\"]"
    rf"|(?!(?:{KEYWORDS}|[rbfutRBFUT]{{1,2}})(?!\w))\w++\")"
    rf"|[)\]}}][ \t]*+(?!(?:{KEYWORDS})(?!\w))[\w\"]"
    rf"|\"[ \t]*+(?!(?:{KEYWORDS})(?!\w)|[rbfutRBFUT]{{1,2}}\")\w"
)
_SOFT = re.compile(r"(?:match|case|type)[ \t]++(?=[^=\s])")
_NEEDS_COLON = re.compile(r"(?:async[ \t]++)?(?:if|for|while|with|try|class|def|match|else|elif|except|finally)\b")
_LIST_ITEM = re.compile(
    r"(?:[-*+]|\d{1,9}[.)])[ \t]|[|<>%!~=\\]|\*\*|\.\.(?!\.)|\.{3}$|"
    r"[OΘ]\([^()\n]*+(?:\([^()\n]*+\)[^()\n]*+)?\)[.,]?$|[^\w\"'(\[{@.]*+$"
)
_SENTENCE_END = re.compile(r"(?<!\w)[^\W\d]\w*+[ \t]*+\.$|(?<!\w)\w++:$")
#: A word alone on a line, or before a comma, is an expression without effect, or a heading.
_LONE_WORD = re.compile(r"(?!(?:break|continue|global|nonlocal|pass|raise|return|yield)$)[^\W\d]\w*+,?$")
#: A sentence or a heading that begins with a word that is a statement's keyword: `del is not used`, `return value: bool`.
_WORDED = re.compile(
    r"(?:return|yield|del|global|nonlocal|raise|pass|break|continue)[ \t]++"
    r"(?:(?:is|in|as|and|or)(?!\w)|(?:(?!lambda(?!\w))[^()\[\]{}\":])*+:(?!=))"
)
_FIRST_LINE = re.compile(r"(?:[ \t]*+\n)*+[ \t]++([^\n]++)\n")
RETURNS = re.compile(r"\b(?:return|yield)\b")
#: How a sentence or a heading begins: a capital, and another word or a colon.
_WORDS = re.compile(r"[A-ZА-ЯЁ][^\W\d_]*+(?::|,?[ \t]++[^\W\d])")
_FROM_IMPORT = re.compile(r"from[ \t]++[\w.]++[ \t]++import\b")
_ANNOTATION = re.compile(r"[^\W\d][\w.]*+[ \t]*+:(?!=)")


def is_future(item: Statement) -> bool:
    """Whether it is a `__future__` import, which has to stand above all other code."""
    return item.kind is StatementKind.IMPORT and _FUTURE.match(item.head) is not None


def is_prose(line: str) -> bool:
    """Whether a masked line at the margin can't be Python: two adjacent words, a list marker, the end of a sentence."""
    line = line.rstrip()
    first = line[:1]
    if (not first.isalpha() or first in "OΘ") and _LIST_ITEM.match(line):
        return True
    if first == "@":
        return _TWO_OPERANDS.search(line) is not None
    if first in "acd \t" and defined(line) is not None:
        return "(" not in line and ":" not in line
    if _OUTSIDE.search(line) or "->" in line or ("!" in line and _LONE_BANG.search(line)):
        return True
    text = _SOFT.sub("", line, count=1) if first in "mct" else line
    if _NEEDS_COLON.match(line) and not (line.startswith(("match", "try")) and assigned(line)):
        return ":" not in line or _TWO_OPERANDS.search(text) is not None
    if (line.startswith("from ") and not _FROM_IMPORT.match(line)) or (first in "rydgnpbc" and _WORDED.match(line)):
        return True
    if _TWO_OPERANDS.search(text) or (line.endswith((".", ":")) and _SENTENCE_END.search(line)):
        return True
    if _LONE_WORD.match(line):
        return True
    if ":" not in line or "=" in line or line.startswith("lambda"):
        return False
    return _ANNOTATION.match(line) is not None  # an annotation without a value has no effect
