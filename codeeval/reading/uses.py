"""Find the statements that only use the function (examples, tests, a dialogue) and are not part of the answer."""

from __future__ import annotations

import re

from codeeval.reading.needs import DEFINITIONS, Needs, head_names, is_from_elsewhere
from codeeval.reading.program import is_result
from codeeval.reading.statements import Statement, StatementKind, Statements

#: Input of a program that is executed by itself: what a user types, its arguments, files.
_DIALOGUE = re.compile(
    r"(?<![\w.])input[ \t]*\(|\bsys[ \t]*\.[ \t]*(?:stdin|argv)\b|\.[ \t]*parse_args[ \t]*\(|\btimeit[ \t]*\.[ \t]*\w+[ \t]*\("
)
_OPENS_FILE = re.compile(r"(?<![\w.])open[ \t]*\(")
_RUNNER = re.compile(
    r"(?:await[ \t]+)?(?:(?:unittest[ \t]*\.[ \t]*main|pytest[ \t]*\.[ \t]*main|doctest[ \t]*\.[ \t]*\w+)[ \t]*\("
    r"|(?:sys[ \t]*\.[ \t]*)?exit[ \t]*\(|quit[ \t]*\()"
)
_ATTRIBUTE = re.compile(r"\w++[ \t]*+=(?!=)")
#: Statements of other kinds that an example may end with.
_ENDS_EXAMPLE = re.compile(r"(?:del|raise)\b")
#: One that deletes the function is no example.
_DELETES = re.compile(r"del\b")
_BINDING = (*DEFINITIONS, StatementKind.IMPORT, StatementKind.ASSIGN)
_DROPPABLE = (StatementKind.CALL, StatementKind.ASSERT, StatementKind.COMPOUND, StatementKind.ASSIGN)


def only_uses(found: Statements, entry_point: str, needs: Needs) -> frozenset[int]:
    """The indices of statements that only use `entry_point`, prompt a user, or are tests, and of those that need
    these."""
    if not _has_candidates(found):
        return frozenset()
    uses = [found.uses(item) for item in found.items]
    dropped = {number for number, item in enumerate(found.items) if needs.is_foreign(item)}
    gone = {name for number in dropped for name in found.items[number].names} - needs.defined
    users = _users(found, uses, {entry_point, *gone}, needs)
    for number, item in enumerate(found.items):
        if number in dropped or (entry_point in item.names and not is_result(found, item, entry_point)):
            continue
        is_use = item.kind in DEFINITIONS and not item.names.isdisjoint(users)
        if _is_droppable(item, entry_point) and not (entry_point in uses[number] and _DELETES.match(item.head)):
            is_use = bool(uses[number] & gone) or _is_use(found, item, uses[number], users, needs)
        if is_use:
            dropped.add(number)
            gone |= item.names
        else:
            gone -= item.names
    return frozenset(_without_needed(found, dropped, needs, entry_point))


def _has_candidates(found: Statements) -> bool:
    """Whether there is anything beside one definition and what Python brings itself."""
    count = 0
    for item in found.items:
        if (
            item.kind is StatementKind.GUARD
            or item.kind in _DROPPABLE
            or is_from_elsewhere(item)
            or _ends_example(item)
        ):
            return True
        count += item.kind in DEFINITIONS or item.kind is StatementKind.BODY
    return count > 1


def _is_droppable(item: Statement, entry_point: str) -> bool:
    if item.kind is StatementKind.GUARD:
        return True
    if _ends_example(item):
        return True
    return item.kind in _DROPPABLE and not _sets_attribute(item, entry_point)


def _ends_example(item: Statement) -> bool:
    return item.kind is StatementKind.OTHER and _ENDS_EXAMPLE.match(item.head) is not None


def _sets_attribute(item: Statement, entry_point: str) -> bool:
    """Whether an assignment sets an attribute of the function, which the function may read."""
    return (
        item.kind is StatementKind.ASSIGN
        and item.head.startswith(f"{entry_point}.")
        and _ATTRIBUTE.match(item.head, len(entry_point) + 1) is not None
    )


def _users(found: Statements, uses: list[frozenset[str]], names: set[str], needs: Needs) -> frozenset[str]:
    """The `names` (the function, and what no longer is there), and the definitions that use these, directly or indirectly,
    without being needed: tests, `main`. One that the answer's own code decorates, or that is based on a class of it, may
    be used from there."""
    own = frozenset(name for item in found.items if item.kind in DEFINITIONS for name in item.names)
    known = own | names
    using: dict[str, list[Statement]] = {}
    for number, item in enumerate(found.items):
        if item.kind in DEFINITIONS:
            for name in (uses[number] & known) - item.names:
                using.setdefault(name, []).append(item)
    users, waiting = set(names), list(names)
    while waiting:
        name = waiting.pop()
        for item in using.pop(name, ()):
            is_test = name in found.reads(item) and not needs.is_needed(item)
            if is_test and head_names(found, item).isdisjoint(own):
                fresh = item.names - users
                users |= fresh
                waiting += fresh
    return frozenset(users)


def _is_use(found: Statements, item: Statement, uses: frozenset[str], users: frozenset[str], needs: Needs) -> bool:
    if item.kind is StatementKind.GUARD or uses & users:
        return True
    bare = found.bare(item)
    if item.kind is StatementKind.OTHER or (item.kind is StatementKind.COMPOUND and needs.is_needed(item)):
        return False
    if _DIALOGUE.search(bare) or (item.kind is StatementKind.CALL and _RUNNER.match(bare)):
        return True
    return _OPENS_FILE.search(item.head) is not None


def _without_needed(found: Statements, dropped: set[int], needs: Needs, entry_point: str) -> set[int]:
    """Keep the definitions and imports that a kept statement uses, the values that a kept definition reads, and what
    these are made of."""
    by_name: dict[str, list[int]] = {}
    for number in dropped:
        item = found.items[number]
        if is_result(found, item, entry_point):
            continue
        if item.kind in _BINDING and not (item.kind is StatementKind.IMPORT and item.names <= needs.defined):
            for name in item.names:
                by_name.setdefault(name, []).append(number)
    waiting = [number for number in range(len(found.items)) if number not in dropped] if by_name else []
    while waiting:
        item = found.items[waiting.pop()]
        for name in found.reads(item) & by_name.keys():
            for number in by_name[name]:
                is_value = found.items[number].kind is StatementKind.ASSIGN
                if number in dropped and (not is_value or item.kind in (*DEFINITIONS, StatementKind.ASSIGN)):
                    dropped.discard(number)
                    waiting.append(number)
    return dropped
