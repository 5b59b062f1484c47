"""The parts of an answer that are code, and which of them has the function."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from codeeval import syntax
from codeeval.reading.names import assigned, local_to
from codeeval.reading.needs import DEFINITIONS
from codeeval.reading.pieces import Piece, first_line
from codeeval.reading.statements import Statement, StatementKind, Statements, is_prose, split
from codeeval.reading.versions import code_lines, ends, is_elided, returns, versions, whole_lines

_MAX_PARSED = 20_000
#: Longer texts are not parsed to find out whether their fences and marks are inside strings.
_MAX_ASKED = 100_000
#: The last bodies that are looked at, if sentences are between them.
_MAX_VERSIONS = 8
_MAX_NAMES = 100
_OUTLINE = re.compile(r"\.{3}|pass|raise NotImplementedError(?:\([ \t\n]*\))?")
#: What a second body begins with that is no version of the first: a helper, a test, the function itself.
_NO_VERSION = re.compile(r"[ \t]*+(?:(?:async[ \t]++)?def\b|class\b|@)")
#: Words by which a model takes back what it wrote above, and those by which it speaks of what it did not mean.
_RETRACTS = re.compile(
    r"\b(?:wait|oops|actually|wrong|mistake\w*|fix(?:ed|ing)?|(?<!is )(?<!be )correct(?:ed|ion|ing)?|"
    r"подожд\w*|исправ\w*|ошиб\w*|неверн\w*|неправильн\w*)\b",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(r"\b(?:would|could|might|naive|instead of|not like|бы|наивн\w*|вместо)\b", re.IGNORECASE)
_RETURNED = re.compile(r"^[ \t]++return[ \t]++(lambda(?!\w)|\w++[ \t]*+$|)", re.MULTILINE)
_IMPORTS = re.compile(r"(?:(?:import|from)[ \t][^\n;]*+\s*+)++")


@dataclass(frozen=True, slots=True)
class CodePart:
    """One stretch of code: a block, or text outside blocks. `labelled`: its fence says that it is Python."""

    piece: Piece
    found: Statements
    labelled: bool = True
    #: What the methods found, by their arguments: the reader asks for it at many places.
    _known: dict[str | None, int | None] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, piece: Piece, labelled: bool = True) -> CodePart:
        return cls(piece, split(piece.text), labelled)

    @property
    def body(self) -> int | None:
        """The index of the statement that is an indented body, if the part begins with one."""
        if None not in self._known:
            self._known[None] = self._body()
        return self._known[None]

    def _body(self) -> int | None:
        bodies: list[int] = []
        for number, item in enumerate(self.found.items):
            if item.kind is StatementKind.BODY and not is_prose(first_line(self.found.bare(item)).strip()):
                bodies.append(number)
            elif item.kind not in (StatementKind.PROSE, StatementKind.BLANK, StatementKind.BODY):
                break
        return self._last_version(bodies) if len(bodies) > 1 else next(iter(bodies), None)

    def _last_version(self, bodies: Sequence[int]) -> int:
        """Of bodies with sentences between them the last one, if the sentences retract the first and it is a version of it:
        no part of it, example or function of its own."""
        items = self.found.items
        first = code_lines(self.found, items[bodies[0]])
        if returns(first):
            known = set(first)
            for before, number in reversed(list(pairwise(bodies))[-_MAX_VERSIONS:]):
                between = self.found.code.text[items[before].end : items[number].start]
                if (
                    _RETRACTS.search(between) is not None
                    and _SUPPOSES.search(between) is None
                    and self._is_version(items[number], known)
                    and not self._continues(items[bodies[0]], items[number])
                ):
                    return number
        return bodies[0]

    def _is_version(self, item: Statement, known: set[str]) -> bool:
        """Whether a second body may replace a first one that has the lines `known`."""
        lines = code_lines(self.found, item)
        if not returns(lines) or lines[-1].lstrip().startswith("raise"):
            return False
        if _NO_VERSION.match(lines[0]) and not ends("\n".join(lines)):
            return False
        return not known.issuperset(lines) and is_body(self.found.text(item))

    def _continues(self, first: Statement, later: Statement) -> bool:
        """Whether a body reads a name that only an earlier one binds: its first line with the name binds it, and does not
        read it."""
        head, bare = "def _():\n", self.found.bare(first)
        names = self.found.reads(later) & local_to(head + bare)
        if len(names) > _MAX_VERSIONS and len(bare) > _MAX_PARSED:  # hostile: each name takes a pass
            return True
        for name in list(names)[:_MAX_NAMES]:
            line = re.search(rf"^.*(?<![\w.]){re.escape(name)}(?!\w).*$", bare, re.MULTILINE)
            if line is None or len(re.findall(rf"(?<![\w.]){re.escape(name)}(?!\w)", line[0])) > 1:
                continue
            if name in local_to(head + line[0]):
                return True
        return False

    def defining(self, entry_point: str) -> int | None:
        """The index of the last statement that defines the function; the prompt's own stub does not count."""
        if entry_point not in self._known:
            self._known[entry_point] = self._defining(entry_point)
        return self._known[entry_point]

    def _defining(self, entry_point: str) -> int | None:
        items = self.found.items
        numbers = [n for n in range(len(items) - 1, -1, -1) if entry_point in items[n].names]
        if not numbers:
            return None
        kinds = (*DEFINITIONS, StatementKind.ASSIGN, StatementKind.COMPOUND)
        real = [n for n in numbers if items[n].kind in kinds and not is_stub(self.found, items[n])]
        real = [n for n in real if not is_result(self.found, items[n], entry_point)]
        if len(real) > 1 or self.body is not None:
            real = self._versions(real)
        if real or self.body is not None:  # beside a body, an import of the function belongs to a test
            places = real if self.body is None else [*real, self.body]
            whole = whole_lines([(self.found, items[n]) for n in places])
            return next((n for n in real if not is_outline(self.found, items[n], whole)), next(iter(real), None))
        return next((n for n in numbers if items[n].kind is StatementKind.IMPORT), None)

    def _versions(self, numbers: Sequence[int]) -> list[int]:
        """Those of the statements, last first, that are no beginning of an earlier version."""
        places = [*([] if self.body is None else [self.body]), *reversed(numbers)]
        wanted = frozenset(numbers)
        bodies = [body_lines(self, place) for place in places]
        own = versions(bodies, is_cut=not self.piece.text.endswith("\n"))
        return [place for place, is_own in zip(places, own, strict=True) if is_own and place in wanted][::-1]

    @property
    def is_code(self) -> bool:
        """Whether it contains any code that could be part of an answer."""
        kinds = (
            StatementKind.IMPORT,
            StatementKind.DEF,
            StatementKind.CLASS,
            StatementKind.ASSIGN,
            StatementKind.COMPOUND,
        )
        return any(item.kind in kinds for item in self.found.items) or self.body is not None


def body_lines(part: CodePart, place: int) -> list[str] | None:
    """The lines of a function's body; None for a statement of another kind."""
    item = part.found.items[place]
    return code_lines(part.found, item) if item.kind in (StatementKind.DEF, StatementKind.BODY) else None


def is_result(found: Statements, item: Statement, entry_point: str) -> bool:
    """Whether an assignment keeps a result of the function by the function's own name: `f = f(3)`, `f = round(f(3))`. If
    what has the name makes functions, this is how the function is made."""
    if item.kind is not StatementKind.ASSIGN or entry_point not in item.names:
        return False
    bare = found.bare(item)
    binding = assigned(bare)
    call = re.compile(rf"(?<![\w.]){re.escape(entry_point)}[ \t]*+\([ \t]*+[^) \t]").search(
        bare, binding[1] if binding else 0
    )
    if call is None or "lambda" in bare[: call.start()]:
        return False
    if entry_point not in found.makers:
        found.makers[entry_point] = any(
            entry_point in each.names and _makes_functions(found, each) for each in found.items
        )
    return not found.makers[entry_point]


def _makes_functions(found: Statements, item: Statement) -> bool:
    """Whether a class's instances can be called, or a function's last `return` has a lambda or a function inside of it."""
    bare = found.bare(item)
    if item.kind is StatementKind.CLASS:
        return "__call__" in bare
    last = _RETURNED.findall(bare)[-1:] if item.kind is StatementKind.DEF else []
    return any(last) and (
        last[0] == "lambda" or re.search(rf"\n[ \t]++(?:async[ \t]++)?def[ \t]++{last[0]}\b", bare) is not None
    )


def is_stub(found: Statements, item: Statement) -> bool:
    """Whether a function's body is a docstring, and perhaps imports as in the prompt's own stub, and nothing else."""
    if item.kind is not StatementKind.DEF:
        return False
    body = found.body(item)
    return not body or (_IMPORTS.fullmatch(body) is not None and '"' in found.bare(item))


def is_outline(found: Statements, item: Statement, whole: Set[str] = frozenset()) -> bool:
    """Whether a function is incomplete: its body is still to be written, or was left out, all of it or a part, to show the
    rest. `whole`: the lines of its other versions."""
    if item.kind is not StatementKind.DEF:
        return False
    return _OUTLINE.fullmatch(found.body(item)) is not None or is_elided(found, item, whole)


def parses(text: str) -> bool:
    """Whether a text is Python; one too long to parse counts as Python."""
    try:
        syntax.parse_module(text[:_MAX_PARSED] if len(text) > _MAX_PARSED else text)
    except SyntaxError:
        return len(text) > _MAX_PARSED
    return True


def is_python(text: str) -> bool:
    """Whether a text is Python; one too long to parse does not count."""
    try:
        syntax.parse_module(text, _MAX_ASKED)
    except SyntaxError:
        return False
    return True


def is_body(text: str) -> bool:
    """Whether an indented text is the body of a function."""
    return is_python(f"def _():\n{text}")


def home_of(parts: Sequence[CodePart], entry_point: str, end: int = -1) -> int | None:
    """The last part that defines the function. An unlabelled part may be only an outline, so it counts if it is
    Python. `end`: where the completion ends."""
    defining = [number for number, part in enumerate(parts) if _defines(part, entry_point)]
    if len(defining) > 1:
        last = parts[defining[-1]].piece
        own = versions(
            [body_lines(parts[number], parts[number].defining(entry_point) or 0) for number in defining],
            is_cut=last.origin(len(last.text)) == end,
            is_new=True,
        )
        defining = [number for number, is_own in zip(defining, own, strict=True) if is_own]
    if len(defining) > 1:
        whole = whole_lines([_definition(parts[number], entry_point) for number in defining])
        defining = [number for number in defining if not outlines(parts[number], entry_point, whole)] or defining
    if len(defining) > 1:
        python = (number for number in reversed(defining) if parts[number].labelled or parses(parts[number].piece.text))
        return next(python, defining[-1])
    if defining:
        return defining[0]
    imports = [number for number, part in enumerate(parts) if part.defining(entry_point) is not None]
    return imports[-1] if imports else None


def outlines(part: CodePart, entry_point: str, whole: Set[str] = frozenset()) -> bool:
    """Whether a part has only the header of the function. `whole`: the lines of its other versions."""
    place = part.defining(entry_point)
    return place is not None and is_outline(part.found, part.found.items[place], whole)


def _definition(part: CodePart, entry_point: str) -> tuple[Statements, Statement]:
    return part.found, part.found.items[part.defining(entry_point) or 0]


def _defines(part: CodePart, entry_point: str) -> bool:
    place = part.defining(entry_point)
    return place is not None and part.found.items[place].kind is not StatementKind.IMPORT


def body_part_of(parts: Sequence[CodePart], first: int) -> int | None:
    """The last part from `first` on that is a body."""
    bodies = [number for number in range(first, len(parts)) if parts[number].body is not None]
    labelled = [number for number in bodies if parts[number].labelled]
    return next(reversed(labelled or bodies), None)
