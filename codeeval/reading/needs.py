"""What a function needs: the names that it reads, directly or through the statements that bind them."""

from __future__ import annotations

import builtins
import keyword
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from functools import cached_property

from codeeval.reading.names import modules
from codeeval.reading.prompt_parts import PromptNames
from codeeval.reading.statements import Statement, StatementKind, Statements, is_future

DEFINITIONS = (StatementKind.DEF, StatementKind.CLASS)
BUILTINS = frozenset([*dir(builtins), *keyword.kwlist, "__file__", "__annotations__", "__builtins__"])
_AVAILABLE = sys.stdlib_module_names | {"numpy"}
_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*+(?![ \t]*+=[^=])")
_DEFINITION = re.compile(r"^(?:async[ \t]++)?(?:def|class)\b", re.MULTILINE)
_ROOT = re.compile(r"\*?\(?[ \t]*([^\W\d]\w*)[ \t]*[.\[(]")


def head_names(found: Statements, item: Statement) -> frozenset[str]:
    """The names in a definition's decorators, and in a class's bases."""
    bare = found.bare(item)
    place = _DEFINITION.search(bare)
    if place is None:
        return frozenset()
    end = bare.find("\n", place.end()) if item.kind is StatementKind.CLASS else place.start()
    return frozenset(_NAME.findall(bare, 0, end if end >= 0 else len(bare))) - item.names


def is_from_elsewhere(item: Statement) -> bool:
    """Whether a statement imports from packages that need not be there."""
    return item.kind is StatementKind.IMPORT and modules(item.head).isdisjoint(_AVAILABLE)


class Needs:
    """What the function named `entry_point` needs of `parts`, in one of which, `home`, it is defined or continued."""

    def __init__(self, parts: Sequence[Statements], home: int, entry_point: str, prompt: PromptNames) -> None:
        self._parts, self._home, self._entry_point, self._prompt = parts, home, entry_point, prompt

    @cached_property
    def names(self) -> frozenset[str]:
        """The function's name, and every name that it reads, also through what binds these names."""
        binding = defaultdict[str, list[tuple[Statements, Statement]]](list)
        for found, item in self._items():
            for name in item.names - {self._entry_point}:
                binding[name].append((found, item))
        home = self._parts[self._home]
        waiting = [self._entry_point]
        binding[self._entry_point] = [(home, item) for item in home.items if self._entry_point in item.names]
        binding[self._entry_point] += [(home, item) for item in home.items if item.kind is StatementKind.BODY]
        seen = {self._entry_point}
        while waiting:
            for found, item in binding.pop(waiting.pop(), ()):
                if item.kind is not StatementKind.IMPORT:
                    fresh = found.reads(item) - seen
                    if item.kind is StatementKind.BODY:
                        fresh -= self._prompt.parameters
                    seen |= fresh
                    waiting += fresh
        return frozenset(seen)

    @cached_property
    def defined(self) -> frozenset[str]:
        """The functions and classes of all parts."""
        return frozenset(name for _, item in self._items() if item.kind in DEFINITIONS for name in item.names)

    @cached_property
    def imported(self) -> frozenset[str]:
        """What the imports of all parts bind."""
        return frozenset(name for _, item in self._items() if item.kind is StatementKind.IMPORT for name in item.names)

    @cached_property
    def has_lazy_annotations(self) -> bool:
        """Whether annotations are not evaluated (`from __future__ import annotations`)."""
        return any(is_future(item) and "annotations" in item.names for _, item in self._items())

    @cached_property
    def _bindings(self) -> Counter[str]:
        """How many statements bind a name; those of the prompt, and Python itself, are one."""
        home, lasting = self._parts[self._home], (*DEFINITIONS, StatementKind.IMPORT)
        kept = (item for found, item in self._items() if found is home or item.kind in lasting or self.is_needed(item))
        count = Counter(name for item in kept for name in item.names)
        count.update(BUILTINS)
        count.update(self._prompt.bound)
        # a value of an earlier part is kept for what reads it, unless it is a fragment itself
        for found in self._parts[: self._home]:
            for item in found.items:
                fresh = item.kind is StatementKind.ASSIGN and not self.is_needed(item)
                if fresh and all(count[name] for name in found.reads(item) - item.names):
                    count.update(item.names)
        return count

    @property
    def given(self) -> frozenset[str]:
        """The functions that the prompt defines above its own."""
        return self._prompt.helpers

    @property
    def missing(self) -> frozenset[str]:
        """The names that the function needs and nothing binds."""
        count = self._bindings
        return frozenset() if count["*"] else frozenset(name for name in self.names if not count[name])

    def has_unbound(self, names: Set[str], item: Statement) -> bool:
        """Whether any of the names that a statement reads is bound by nothing: also not by itself, unless it is a compound
        statement."""
        count = self._bindings
        own = frozenset[str]() if item.kind is StatementKind.COMPOUND else item.names
        return not count["*"] and any(count[name] <= (name in own) for name in names)

    @cached_property
    def working(self) -> frozenset[str]:
        """Values that the function needs, and functions that work on such values."""
        kinds = (StatementKind.ASSIGN, StatementKind.COMPOUND)
        values = {name for _, item in self._items() if item.kind in kinds for name in item.names}
        found = (values & self.names) - self.defined - {self._entry_point}
        users = defaultdict[str, set[str]](set)
        for part, item in self._items():
            if item.kind is StatementKind.DEF and self._entry_point not in item.names:
                for name in part.reads(item):
                    users[name] |= item.names
        waiting = list(found)
        while waiting:
            fresh = users.pop(waiting.pop(), set()) - found
            found |= fresh
            waiting += fresh
        return frozenset(found)

    def is_needed(self, item: Statement) -> bool:
        """Whether the function needs a name that the statement binds."""
        return self._entry_point in item.names or not self.names.isdisjoint(item.names)

    def is_foreign(self, item: Statement) -> bool:
        """Whether a statement imports what the function does not need, or the answer defines itself, from packages that
        need not be there."""
        return is_from_elsewhere(item) and (not self.is_needed(item) or item.names <= self.defined)

    def works_on(self, found: Statements, item: Statement) -> bool:
        """Whether a statement may change a value that the function needs: `table[0] = 1`, `table.sort()`, `build()`, or a
        loop that mentions such a value."""
        if item.kind is StatementKind.COMPOUND:
            return not self.working.isdisjoint(found.uses(item))
        return self.root(item) in self.working

    def root(self, item: Statement) -> str:
        """The name that a call, or an assignment to an attribute or an item, begins with."""
        found = _ROOT.match(item.head)
        return found[1] if found else ""

    def _items(self) -> Iterator[tuple[Statements, Statement]]:
        for found in self._parts:
            for item in found.items:
                yield found, item
