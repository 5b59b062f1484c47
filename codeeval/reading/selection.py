"""Choose what of an answer's parts is its program: what defines the function, what it needs, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from codeeval.reading import prompt_parts
from codeeval.reading.failing import failing, fails, is_of_function
from codeeval.reading.needs import BUILTINS, DEFINITIONS, Needs
from codeeval.reading.program import CodePart, is_outline, is_python, is_stub, parses
from codeeval.reading.statements import Statement, StatementKind, Statements
from codeeval.reading.uses import only_uses
from codeeval.types import Problem

_ROOT = re.compile(r"([^\W\d]\w*)[ \t]*(?=[.(])(\.)?")
#: Why a statement is left out, in the trace's words.
PROSE, EXAMPLE, DRAFT, UNUSED, CUT = "prose", "example", "earlier version", "not needed", "cut off"


@dataclass(slots=True)
class ChosenStatements:
    """Which statements of which part are kept, and why the others are not."""

    kept: list[set[int]]
    left: list[dict[int, str]]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The function's name, the statement that is its body if it has no header, what it needs, where the completion ends, and
    the outlines of helpers in each part."""

    entry_point: str
    body: int | None
    needs: Needs
    end: int
    outlines: Sequence[set[int]]


def choose(parts: Sequence[CodePart], home: int, body: int | None, problem: Problem, end: int = -1) -> ChosenStatements:
    """Choose what to keep if part `home` has the function's definition (or `body`, the statement that is its body): of
    the parts before it definitions and imports, of those after it only what is needed. `end`: where the completion ends,
    and may have been cut off."""
    entry_point = problem.entry_point
    choice = ChosenStatements([set() for _ in parts], [{} for _ in parts])
    needs = Needs([part.found for part in parts], home, entry_point, prompt_parts.names(problem.prompt, entry_point))
    wanted = _Wanted(entry_point, body, needs, end, _outlines(parts, entry_point, needs))
    _of_home(parts[home], home, wanted, choice)
    if len(parts) == 1:
        return choice
    names = _definitions(parts[home], choice.kept[home])
    needed: set[str] = set()
    if home or any(item.names for part in parts[home + 1 :] for item in part.found.items):
        needed = _needed(parts[home], choice.kept[home])
        needed |= needs.names - {name for part in parts[: home + 1] for item in part.found.items for name in item.names}
    later = _later(parts, home, wanted, (needed, names), choice)
    for number in range(home - 1, -1, -1):
        _of_earlier(parts[number], number, wanted, (needed, names | later), choice)
    return choice


def _of_home(part: CodePart, number: int, wanted: _Wanted, choice: ChosenStatements) -> None:
    entry_point, items = wanted.entry_point, part.found.items
    uses = only_uses(part.found, entry_point, wanted.needs)
    defining = part.defining(entry_point)
    last = max((place for place in (defining, wanted.body) if place is not None), default=len(items))
    is_open = part.piece.origin(len(part.piece.text)) == wanted.end
    gone: set[str] = set()
    for place, item in enumerate(items):
        why = None
        if item.kind is StatementKind.PROSE or (item.kind is StatementKind.BODY and place != wanted.body):
            why = PROSE
        elif item.kind is StatementKind.BARE or place in uses or _imports_it(item, entry_point, place == defining):
            why = EXAMPLE
        elif item.kind is StatementKind.DEF and entry_point in item.names and place > last:
            why = DRAFT  # only its head, or its beginning again
        elif place in wanted.outlines[number]:
            why = DRAFT
        elif is_open and place == len(items) - 1 and _is_cut_off(part.found, item, wanted.needs):
            why = CUT
        elif fails(part.found, item, wanted.needs, gone):
            why = UNUSED
            gone |= item.names
        if why is None:
            choice.kept[number].add(place)
            gone -= item.names
        else:
            choice.left[number][place] = why


def _is_cut_off(found: Statements, item: Statement, needs: Needs) -> bool:
    """Whether a statement that the function does not need, the last one of the completion, has no end."""
    if item.kind is StatementKind.BODY or needs.is_needed(item):
        return False
    if item.kind is StatementKind.IMPORT:
        return not found.text(item).endswith("\n")
    return not is_of_function(found, item) and not is_python(found.text(item))


def _outlines(parts: Sequence[CodePart], entry_point: str, needs: Needs) -> list[set[int]]:
    """The helpers in each part of which only the head is there, and another part or the prompt has the body."""
    found: list[set[int]] = [set() for _ in parts]
    whole: set[str] = set()
    for number, part in enumerate(parts):
        own = part.defining(entry_point) is not None or part.body is not None
        for place, item in enumerate(part.found.items):
            if item.kind is StatementKind.DEF and entry_point not in item.names:
                if _is_head(part.found, item, own and item.names.isdisjoint(needs.given)):
                    found[number].add(place)
                else:
                    whole |= item.names
    if any(found):
        whole |= needs.given
        for part, places in zip(parts, found, strict=True):
            places -= {place for place in places if not part.found.items[place].names <= whole}
    return found


def _is_head(found: Statements, item: Statement, is_new: bool) -> bool:
    """Whether a helper has only its head, or is shown in part. `is_new`: it is no repetition of a helper of the prompt and
    stands beside a version of the function, so an empty one may be meant."""
    if is_new and (is_stub(found, item) or found.body(item) == "pass"):
        return False
    is_head = is_stub(found, item) or is_outline(found, item)
    return is_head and not found.bare(item).lstrip().startswith("@")


def _imports_it(item: Statement, entry_point: str, is_definition: bool) -> bool:
    """Whether a test imports the function that the answer itself defines."""
    return item.kind is StatementKind.IMPORT and item.names == {entry_point} and not is_definition


def _needed(part: CodePart, kept: set[int]) -> set[str]:
    """Names that the kept statements use but don't bind."""
    found: set[str] = set()
    bound: set[str] = set()
    for place in kept:
        item = part.found.items[place]
        found |= part.found.reads(item)
        bound |= item.names
    return found - bound


def _definitions(part: CodePart, kept: set[int]) -> set[str]:
    items = part.found.items
    return {name for place in kept if items[place].kind in DEFINITIONS for name in items[place].names}


def _later(
    parts: Sequence[CodePart], home: int, wanted: _Wanted, inner: tuple[set[str], set[str]], choice: ChosenStatements
) -> set[str]:
    """Keep what the kept code needs, directly or indirectly, from the parts after the function; return the names they
    define. `inner`: names needed, names that the function's part defines."""
    entry_point, (needed, names) = wanted.entry_point, inner
    by_name: dict[str, list[tuple[int, int]]] = {}
    for number in range(home + 1, len(parts)):
        part = parts[number]
        for place, item in enumerate(part.found.items):
            choice.left[number][place] = PROSE if item.kind is StatementKind.PROSE else EXAMPLE
            binds = item.kind in (*DEFINITIONS, StatementKind.IMPORT, StatementKind.ASSIGN)
            binds = binds and place not in wanted.outlines[number]
            is_use = entry_point in part.found.uses(item)
            if not binds or (is_use and not (item.kind in DEFINITIONS and wanted.needs.is_needed(item))):
                continue
            for name in item.names - {entry_point}:
                by_name.setdefault(name, []).append((number, place))
    defined: set[str] = set()
    waiting = [name for name in by_name if name in needed or name in names]
    while waiting:
        name = waiting.pop()
        for number, place in by_name.pop(name, ()):
            item, found = parts[number].found.items[place], parts[number].found
            if name not in needed and item.kind not in DEFINITIONS:
                continue  # an example's variable has the same name as a helper
            choice.kept[number].add(place)
            choice.left[number].pop(place, None)
            fresh = found.reads(item) - item.names
            needed |= fresh
            waiting += fresh & by_name.keys()
            defined |= item.names - {entry_point} if item.kind in DEFINITIONS else set()
    return defined


def _of_earlier(
    part: CodePart, number: int, wanted: _Wanted, outer: tuple[set[str], set[str]], choice: ChosenStatements
) -> None:
    """Keep definitions and imports, and the last definition of each name. `outer`: names needed, names defined
    later."""
    entry_point, needs = wanted.entry_point, wanted.needs
    needed, later = outer[0], outer[1] | {entry_point}
    imported = {name for each in part.found.items if each.kind is StatementKind.IMPORT for name in each.names}
    uses, broken = only_uses(part.found, entry_point, needs), failing(part.found, needs)
    for place in range(len(part.found.items) - 1, -1, -1):
        item = part.found.items[place]
        is_use = place in uses and not (item.kind in DEFINITIONS and item.names & needed)
        why = _why_left(item, is_use, later, (imported, imported | needed))
        if place in wanted.outlines[number]:
            why = DRAFT
        if why is not None and item.kind in (StatementKind.CALL, StatementKind.COMPOUND) and place not in uses:
            why = None if needs.works_on(part.found, item) else why
        if why is None and (place in broken or (not item.names & needed and _is_fragment(part.found, item, needs))):
            why = UNUSED
        if why is not None:
            choice.left[number][place] = why
            continue
        choice.kept[number].add(place)
        needed |= part.found.reads(item)
        if item.kind in DEFINITIONS:
            later |= item.names


def _is_fragment(found: Statements, item: Statement, needs: Needs) -> bool:
    """Whether a statement of an earlier block has nothing that the function needs: it shows a line of its body, or how
    something is written."""
    if item.kind in (StatementKind.OTHER, StatementKind.IMPORT):
        return item.kind is StatementKind.OTHER or not parses(found.text(item))
    if needs.is_needed(item) or needs.works_on(found, item) or "*" in item.names:
        return False
    if item.kind in (StatementKind.ASSIGN, StatementKind.COMPOUND) and item.names:
        return True
    if item.kind is StatementKind.ASSIGN:  # to an attribute or an item of something
        return needs.root(item) not in needs.names | needs.imported | BUILTINS
    return not parses(found.text(item))


def _why_left(item: Statement, is_use: bool, later: set[str], roots: tuple[set[str], set[str]]) -> str | None:
    """`roots`: the names that a kept call may begin with, of a function and of a method."""
    if item.kind in (StatementKind.PROSE, StatementKind.BODY):
        return PROSE
    if item.kind in DEFINITIONS and item.names <= later:
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
