"""Split a text into the statements at its margin and classify each: definition, import, prose, use of the function …"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from codeeval.reading.code import Code, scan
from codeeval.reading.names import KEYWORDS, assigned, bound_in, defined, imported, used


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
    _uses: dict[int, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    def uses(self, item: Statement) -> frozenset[str]:
        """The names that a statement mentions."""
        if item.start not in self._uses:
            self._uses[item.start] = used(self.code, item.start, item.end)
        return self._uses[item.start]

    def bare(self, item: Statement) -> str:
        return self.code.bare[item.start : item.end]

    def text(self, item: Statement) -> str:
        return self.code.text[item.start : item.end]


_CONTINUES = re.compile(r"(?:else|elif|except|finally|case)\b")
_COMPOUND = re.compile(r"(?:async[ \t]++)?(?:if|for|while|try|with|match)\b")
_GUARD = re.compile(r"if\b.*\b__name__\b")
_PLAIN = re.compile(r"(?:return|raise|del|global|nonlocal|pass|break|continue|yield|await|type|exec)\b")


def split(text: str) -> Statements:
    """The statements at the margin of `text`."""
    code = scan(text)
    heads: list[tuple[int, str]] = []
    at = 0
    body: int | None = None  # the first indented line that belongs to no statement at the margin
    for line in code.bare.split("\n"):
        if line.strip():
            if line[0].isspace():
                if body is None and (not heads or is_prose(heads[-1][1])):
                    body = at
                    heads.append((at, ""))
            elif not _goes_on(heads, line):
                heads.append((at, line))
                body = None
        at += len(line) + 1
    if not heads:
        return Statements(code, (Statement(StatementKind.BLANK, 0, len(text), ""),))
    starts = [0, *(start for start, _ in heads[1:]), len(text)]
    items = (_statement(code, starts[i], starts[i + 1], head) for i, (_, head) in enumerate(heads))
    return Statements(code, tuple(items))


def _goes_on(heads: list[tuple[int, str]], line: str) -> bool:
    """Whether a line at the margin belongs to the statement above it: `else`, or the function below a decorator."""
    if not heads:
        return False
    above = heads[-1][1]
    if above.startswith("@"):
        heads[-1] = (heads[-1][0], line if not line.startswith("@") else above)
        return True
    return bool(_CONTINUES.match(line)) and bool(_COMPOUND.match(above)) and not is_prose(line)


def _statement(code: Code, start: int, end: int, head: str) -> Statement:
    if not head:
        return Statement(StatementKind.BODY, start, end, "")
    kind, names = _kind(head, code.bare[start:end])
    return Statement(kind, start, end, head, names)


def _kind(head: str, bare: str) -> tuple[StatementKind, frozenset[str]]:
    if is_prose(head):
        return StatementKind.PROSE, frozenset()
    if (definition := defined(head)) is not None:
        return StatementKind(definition[0]), frozenset({definition[1]})
    if head.startswith(("import", "from")) and (names := imported(head)):
        return StatementKind.IMPORT, names
    if _GUARD.match(head):
        return StatementKind.GUARD, frozenset()
    if _COMPOUND.match(head):
        return StatementKind.COMPOUND, bound_in(iter(bare.split("\n")))
    if head.startswith("assert"):
        return StatementKind.ASSERT, frozenset()
    if _PLAIN.match(head) or head.startswith("@"):
        return StatementKind.OTHER, frozenset()
    if (binding := assigned(head)) is not None:
        return StatementKind.ASSIGN, binding[0]
    if ":=" in head:
        return StatementKind.ASSIGN, bound_in(iter([head]))
    return (StatementKind.CALL if "(" in head else StatementKind.BARE), frozenset()


_OUTSIDE = re.compile(r"[^\w\s\"'()\[\]{}.,:;+\-*/%@&|^~<>=!\\]|!(?!=)|->")
_TWO_OPERANDS = re.compile(
    rf"(?<!\w)(?!(?:{KEYWORDS})(?!\w))\w++[ \t]++(?!(?:{KEYWORDS})(?!\w))[\w\"]"
    rf"|[)\]}}][ \t]*+(?!(?:{KEYWORDS})(?!\w))[\w\"]"
    rf"|\"[ \t]*+(?!(?:{KEYWORDS})(?!\w)|[rbfutRBFUT]{{1,2}}\")\w"
    rf"|(?<!\w)(?!(?:{KEYWORDS}|[rbfutRBFUT]{{1,2}})(?!\w))\w++\""
)
_SOFT = re.compile(r"(?:match|case|type)[ \t]++(?=[^=\s])")
_NEEDS_COLON = re.compile(r"(?:async[ \t]++)?(?:if|for|while|with|try|class|def|match|else|elif|except|finally)\b")
_LIST_ITEM = re.compile(
    r"(?:[-*+]|\d{1,9}[.)])[ \t]|[|<>%!~]|\.\.(?!\.)|[OΘ]\([^()\n]*+(?:\([^()\n]*+\)[^()\n]*+)?\)[.,]?$|[^\w\"'(\[{@.]*+$"
)
_SENTENCE_END = re.compile(r"(?<!\w)[^\W\d]\w*+[ \t]*+\.$|(?<!\w)\w++:$")


def is_future(item: Statement) -> bool:
    """Whether it is a `__future__` import, which has to stand above all other code."""
    return item.kind is StatementKind.IMPORT and _FUTURE.match(item.head) is not None


def is_prose(line: str) -> bool:
    """Whether a masked line at the margin can't be Python: two adjacent words, a list marker, the end of a sentence."""
    line = line.rstrip()
    if _LIST_ITEM.match(line):
        return True
    if line.startswith("@"):
        return _TWO_OPERANDS.search(line) is not None
    text = _SOFT.sub("", line, count=1) if line[:1] in "mct" else line
    is_function = defined(line) is not None
    if not is_function and _OUTSIDE.search(line):
        return True
    if is_function:
        return "(" not in line and ":" not in line
    if _NEEDS_COLON.match(line) and not (line.startswith(("match", "try")) and assigned(line)):
        return ":" not in line or _TWO_OPERANDS.search(text) is not None
    if line.startswith("from ") and not re.match(r"from[ \t]++[\w.]++[ \t]++import\b", line):
        return True
    if _TWO_OPERANDS.search(text) or _SENTENCE_END.search(line):
        return True
    colon = re.match(r"[^\W\d][\w.]*+[ \t]*+:(?!=)", line)  # an annotation without a value has no effect
    return colon is not None and "=" not in line and not line.startswith("lambda")
