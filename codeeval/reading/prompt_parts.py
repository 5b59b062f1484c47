"""What the prompt contributes to an answer: imports and helpers above the function, or the function's header itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from codeeval.reading.names import local_to
from codeeval.reading.statements import StatementKind, is_future, split

#: An import at the first level of a stub; an import inside another function of the prompt is not used.
_INNER_IMPORT = re.compile(r"^[ \t]++(?:import|from[ \t]++[\w.]++[ \t]++import)[ \t].*$", re.MULTILINE)
_QUOTES = ('"""', "'''")


@lru_cache(maxsize=512)
def parts(prompt: str, entry_point: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """(text, bound names) of each statement above the function's definition in the prompt, and the imports inside its
    stub. The model was shown them and may rely on them."""
    found = split(prompt)
    above: list[tuple[str, frozenset[str]]] = []
    for item in found.items:
        if item.kind in (StatementKind.DEF, StatementKind.CLASS) and entry_point in item.names:
            above += [(line, frozenset()) for line in _inner(found.bare(item))]
            break
        names = item.names if item.kind in (StatementKind.DEF, StatementKind.CLASS) else frozenset()
        above.append((found.text(item), names))
    else:
        return ()  # the prompt has no such function, so nothing is above it
    return tuple((text, names) for text, names in above if text.strip())


def _inner(stub: str) -> list[str]:
    return [line.strip() + "\n" for line in _INNER_IMPORT.findall(stub)]


def inner_imports(prompt: str, entry_point: str) -> str:
    """The imports inside the function's stub, for a function that replaces it."""
    found = split(prompt)
    stubs = [item for item in found.items if item.kind is StatementKind.DEF and entry_point in item.names]
    return "".join(line for item in stubs[:1] for line in _inner(found.bare(item)))


@dataclass(frozen=True, slots=True)
class PromptNames:
    """The names that the prompt binds, the parameters of its function, and the functions above it."""

    bound: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    helpers: frozenset[str] = frozenset()


@lru_cache(maxsize=512)
def names(prompt: str, entry_point: str) -> PromptNames:
    """What an answer may read without binding it."""
    found = split(prompt)
    stubs = [item for item in found.items if item.kind is StatementKind.DEF and entry_point in item.names]
    return PromptNames(
        frozenset(name for item in found.items for name in item.names),
        frozenset(name for item in stubs for name in local_to(found.bare(item))),
        frozenset(name for _, bound in parts(prompt, entry_point) for name in bound),
    )


def with_imports(prompt: str, lines: str) -> str:
    """The prompt with these import lines as early as they may stand: below its own `__future__` imports."""
    place = max((item.end for item in split(prompt).items if is_future(item)), default=0)
    return prompt[:place] + lines + prompt[place:]


def preamble(prompt: str, entry_point: str, own: frozenset[str] = frozenset()) -> str:
    """The imports and helpers above the function, except helpers that the answer defines itself (`own`)."""
    return "".join(text for text, names in parts(prompt, entry_point) if not (names and names <= own))


def ends_with_docstring(prompt: str) -> bool:
    """Whether the prompt's last line ends with a docstring's closing quotes, so that code must start on a new line."""
    return prompt.rstrip(" \t").endswith(_QUOTES)


def is_indented(prompt: str) -> bool:
    """Whether the prompt ends in a line of indentation only."""
    last = prompt.rpartition("\n")[2]
    return bool(last) and not last.strip()
