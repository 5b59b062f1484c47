"""Find the statements that only use the function (examples, tests, a dialogue) and are not part of the answer."""

from __future__ import annotations

import re

from codeeval.reading.names import local_to
from codeeval.reading.statements import Statement, StatementKind, Statements

_DIALOGUE = re.compile(r"(?<![\w.])input[ \t]*\(|\bsys[ \t]*\.[ \t]*stdin\b|(?<![\w.])open[ \t]*\([ \t]*0[ \t]*\)")
_RUNNER = re.compile(
    r"(?:await[ \t]+)?(?:unittest[ \t]*\.[ \t]*main|pytest[ \t]*\.[ \t]*main|doctest[ \t]*\.[ \t]*\w+)[ \t]*\("
)
_ATTRIBUTE = re.compile(r"\w++[ \t]*+=(?!=)")
_DROPPABLE = (StatementKind.CALL, StatementKind.ASSERT, StatementKind.COMPOUND, StatementKind.ASSIGN)
_DEFINITIONS = (StatementKind.DEF, StatementKind.CLASS)


def only_uses(found: Statements, entry_point: str) -> frozenset[int]:
    """The indices of statements that only use `entry_point`, prompt a user, or start tests, and of those that need
    these."""
    if not any(item.kind is StatementKind.GUARD or item.kind in _DROPPABLE for item in found.items):
        return frozenset()
    uses = [found.uses(item) for item in found.items]
    users = _users(found, uses, entry_point)
    dropped: set[int] = set()
    gone: set[str] = set()
    for number, item in enumerate(found.items):
        if item.kind is StatementKind.GUARD or (
            item.kind in _DROPPABLE
            and entry_point not in item.names
            and not _sets_attribute(item, entry_point)
            and (_is_use(found, item, uses[number], users) or uses[number] & gone)
        ):
            dropped.add(number)
            gone |= item.names
        else:
            gone -= item.names
    return frozenset(_without_needed(found, uses, dropped))


def _sets_attribute(item: Statement, entry_point: str) -> bool:
    """Whether an assignment sets an attribute of the function, which the function may read."""
    return (
        item.kind is StatementKind.ASSIGN
        and item.head.startswith(f"{entry_point}.")
        and _ATTRIBUTE.match(item.head, len(entry_point) + 1) is not None
    )


def _users(found: Statements, uses: list[frozenset[str]], entry_point: str) -> frozenset[str]:
    """The function and the functions that call it without being called by it: tests, `main`."""
    bodies = [
        (item, uses[number])
        for number, item in enumerate(found.items)
        if item.kind in (*_DEFINITIONS, StatementKind.COMPOUND)
    ]
    needed: set[str] = set()
    for item, names in bodies:
        if entry_point in item.names:
            needed |= names
    users = {entry_point}
    for item, names in bodies:
        if item.kind in _DEFINITIONS and entry_point in names and not item.names & needed:
            users |= item.names
    return frozenset(users)


def _is_use(found: Statements, item: Statement, uses: frozenset[str], users: frozenset[str]) -> bool:
    if uses & users:
        return True
    bare = found.bare(item)
    return _DIALOGUE.search(bare) is not None or (item.kind is StatementKind.CALL and _RUNNER.match(bare) is not None)


def _without_needed(found: Statements, uses: list[frozenset[str]], dropped: set[int]) -> set[int]:
    """Keep values that a definition reads, and what they are made of."""
    by_name: dict[str, list[int]] = {}
    for number in dropped:
        if found.items[number].kind is StatementKind.ASSIGN:
            for name in found.items[number].names:
                by_name.setdefault(name, []).append(number)
    if not by_name:
        return dropped
    waiting: list[str] = []
    for number, item in enumerate(found.items):
        if number not in dropped and item.kind in _DEFINITIONS:
            waiting += (uses[number] & by_name.keys()) - local_to(found.bare(item))
    while waiting:
        for number in by_name.pop(waiting.pop(), ()):
            if number in dropped:
                dropped.discard(number)
                waiting += uses[number] & by_name.keys()
    return dropped
