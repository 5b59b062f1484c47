"""Combine the parts of an answer into one program: what defines the function, what it needs, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from codeeval import syntax
from codeeval.reading.names import local_to
from codeeval.reading.pieces import Piece, first_line
from codeeval.reading.statements import Statement, StatementKind, Statements, is_prose, split
from codeeval.reading.uses import only_uses

_DEFINITIONS = (StatementKind.DEF, StatementKind.CLASS)
_MAX_PARSED = 20_000
#: Longer texts are not parsed to find out whether their fences and marks are inside strings.
_MAX_ASKED = 100_000
_OUTLINE = re.compile(r"\.{3}|pass|raise NotImplementedError(?:\([ \t\n]*\))?")
_ROOT = re.compile(r"([^\W\d]\w*)[ \t]*(?=[.(])(\.)?")
#: Why a statement is left out, in the trace's words.
PROSE, EXAMPLE, DRAFT, UNUSED = "prose", "example", "earlier version", "not needed"


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
        for number, item in enumerate(self.found.items):
            if item.kind is StatementKind.BODY and not is_prose(first_line(self.found.bare(item)).strip()):
                return number
            if item.kind not in (StatementKind.PROSE, StatementKind.BLANK, StatementKind.BODY):
                return None
        return None

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
        kinds = (*_DEFINITIONS, StatementKind.ASSIGN, StatementKind.COMPOUND)
        real = [n for n in numbers if items[n].kind in kinds and not is_stub(self.found, items[n])]
        if real or self.body is not None:  # beside a body, an import of the function belongs to a test
            return next((n for n in real if not is_outline(self.found, items[n])), next(iter(real), None))
        return next((n for n in numbers if items[n].kind is StatementKind.IMPORT), None)

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


def is_stub(found: Statements, item: Statement) -> bool:
    """Whether a function's body is a docstring and nothing else."""
    return item.kind is StatementKind.DEF and not found.body(item)


def is_outline(found: Statements, item: Statement) -> bool:
    """Whether a function does nothing: its body is still to be written, or was left out to show the signature."""
    return item.kind is StatementKind.DEF and _OUTLINE.fullmatch(found.body(item)) is not None


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


def home_of(parts: Sequence[CodePart], entry_point: str) -> int | None:
    """The last part that defines the function. An unlabelled part may be only an outline, so it counts if it is
    Python."""
    defining = [number for number, part in enumerate(parts) if _defines(part, entry_point)]
    if len(defining) > 1:
        defining = [number for number in defining if not outlines(parts[number], entry_point)] or defining
    if len(defining) > 1:
        python = (number for number in reversed(defining) if parts[number].labelled or parses(parts[number].piece.text))
        return next(python, defining[-1])
    if defining:
        return defining[0]
    imports = [number for number, part in enumerate(parts) if part.defining(entry_point) is not None]
    return imports[-1] if imports else None


def outlines(part: CodePart, entry_point: str) -> bool:
    """Whether a part has only the header of the function."""
    place = part.defining(entry_point)
    return place is not None and is_outline(part.found, part.found.items[place])


def _defines(part: CodePart, entry_point: str) -> bool:
    place = part.defining(entry_point)
    return place is not None and part.found.items[place].kind is not StatementKind.IMPORT


def body_part_of(parts: Sequence[CodePart], first: int) -> int | None:
    """The last part from `first` on that is a body."""
    bodies = [number for number in range(first, len(parts)) if parts[number].body is not None]
    labelled = [number for number in bodies if parts[number].labelled]
    return next(reversed(labelled or bodies), None)


@dataclass(slots=True)
class ChosenStatements:
    """Which statements of which part are kept, and why the others are not."""

    kept: list[set[int]]
    left: list[dict[int, str]]


def choose(parts: Sequence[CodePart], home: int, entry_point: str, body: int | None) -> ChosenStatements:
    """Choose what to keep if part `home` has the function's definition (or `body`, the statement that is its body): of
    the parts before it definitions and imports, of those after it only what is needed."""
    choice = ChosenStatements([set() for _ in parts], [{} for _ in parts])
    _of_home(parts[home], home, (entry_point, body), choice)
    if len(parts) == 1:
        return choice
    needed = _needed(parts[home], choice.kept[home])
    names = _definitions(parts[home], choice.kept[home])
    later = _later(parts, home, entry_point, needed, names, choice)
    for number in range(home - 1, -1, -1):
        _of_earlier(parts[number], number, entry_point, (needed, names | later), choice)
    return choice


def _of_home(part: CodePart, number: int, wanted: tuple[str, int | None], choice: ChosenStatements) -> None:
    entry_point, body = wanted
    uses = only_uses(part.found, entry_point)
    defining = part.defining(entry_point)
    for place, item in enumerate(part.found.items):
        if item.kind is StatementKind.PROSE or (item.kind is StatementKind.BODY and place != body):
            choice.left[number][place] = PROSE
        elif item.kind is StatementKind.BARE or place in uses or _imports_it(item, entry_point, place == defining):
            choice.left[number][place] = EXAMPLE
        elif defining is not None and place > defining and entry_point in item.names and _is_head(part.found, item):
            choice.left[number][place] = DRAFT
        else:
            choice.kept[number].add(place)


def _is_head(found: Statements, item: Statement) -> bool:
    return is_stub(found, item) or is_outline(found, item)


def _imports_it(item: Statement, entry_point: str, is_definition: bool) -> bool:
    """Whether a test imports the function that the answer itself defines."""
    return item.kind is StatementKind.IMPORT and item.names == {entry_point} and not is_definition


def _needed(part: CodePart, kept: set[int]) -> set[str]:
    """Names that the kept statements use but don't bind."""
    found: set[str] = set()
    bound: set[str] = set()
    for place in kept:
        item = part.found.items[place]
        uses = part.found.uses(item)
        if item.kind is StatementKind.DEF:
            uses -= local_to(part.found.bare(item)) - item.names
        found |= uses
        bound |= item.names
    return found - bound


def _definitions(part: CodePart, kept: set[int]) -> set[str]:
    items = part.found.items
    return {name for place in kept if items[place].kind in _DEFINITIONS for name in items[place].names}


def _later(
    parts: Sequence[CodePart], home: int, entry_point: str, needed: set[str], names: set[str], choice: ChosenStatements
) -> set[str]:
    """Keep what the kept code needs, directly or indirectly, from the parts after the function; return the names they
    define."""
    by_name: dict[str, list[tuple[int, int]]] = {}
    for number in range(home + 1, len(parts)):
        part = parts[number]
        for place, item in enumerate(part.found.items):
            choice.left[number][place] = PROSE if item.kind is StatementKind.PROSE else EXAMPLE
            binds = item.kind in (*_DEFINITIONS, StatementKind.IMPORT, StatementKind.ASSIGN)
            if not binds or entry_point in part.found.uses(item):
                continue
            for name in item.names - {entry_point}:
                by_name.setdefault(name, []).append((number, place))
    defined: set[str] = set()
    waiting = [name for name in by_name if name in needed or name in names]
    while waiting:
        name = waiting.pop()
        for number, place in by_name.pop(name, ()):
            item, found = parts[number].found.items[place], parts[number].found
            if name not in needed and item.kind not in _DEFINITIONS:
                continue  # an example's variable has the same name as a helper
            choice.kept[number].add(place)
            choice.left[number].pop(place, None)
            fresh = found.uses(item) - item.names
            needed |= fresh
            waiting += fresh & by_name.keys()
            defined |= item.names - {entry_point} if item.kind in _DEFINITIONS else set()
    return defined


def _of_earlier(
    part: CodePart, number: int, entry_point: str, wanted: tuple[set[str], set[str]], choice: ChosenStatements
) -> None:
    """Keep definitions and imports, and the last definition of each name. `wanted`: names needed, names defined
    later."""
    needed, later = wanted[0], wanted[1] | {entry_point}
    imported = {name for each in part.found.items if each.kind is StatementKind.IMPORT for name in each.names}
    uses = only_uses(part.found, entry_point)
    for place in range(len(part.found.items) - 1, -1, -1):
        item = part.found.items[place]
        why = _why_left(item, place in uses, later, (imported, imported | needed))
        if why is None and not item.names & needed and not parses(part.found.text(item)):
            why = UNUSED
        if why is not None:
            choice.left[number][place] = why
            continue
        choice.kept[number].add(place)
        needed |= part.found.uses(item)
        if item.kind in _DEFINITIONS:
            later |= item.names


def _why_left(item: Statement, is_use: bool, later: set[str], roots: tuple[set[str], set[str]]) -> str | None:
    """`roots`: the names that a kept call may begin with, of a function and of a method."""
    if item.kind in (StatementKind.PROSE, StatementKind.BODY):
        return PROSE
    if item.kind in _DEFINITIONS and item.names <= later:
        return DRAFT
    if item.kind is StatementKind.IMPORT and item.names & later and not item.names - later:
        return EXAMPLE
    if is_use or item.kind in (StatementKind.BARE, StatementKind.GUARD, StatementKind.ASSERT):
        return EXAMPLE
    if item.kind is StatementKind.CALL:  # of a module's function, or of a method of a value that is needed
        root = _ROOT.match(item.head)
        return None if root and root[1] in roots[bool(root[2])] else EXAMPLE
    if item.kind is StatementKind.COMPOUND and not item.names:
        return EXAMPLE
    return None
