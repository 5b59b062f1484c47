"""What of the prompt goes with an answer: imports and helpers above the function, or the function's head itself."""

from __future__ import annotations

import re
from functools import lru_cache

from codeeval.reading.statements import Kind, is_future, split

#: An import in the first level of a stub; one in another function of the prompt is that function's own.
_INNER_IMPORT = re.compile(r"^[ \t]++(?:import|from[ \t]++[\w.]++[ \t]++import)[ \t].*$", re.MULTILINE)
_QUOTES = ('"""', "'''")


@lru_cache(maxsize=512)
def parts(prompt: str, entry_point: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """(text, names that it binds) of each statement that the prompt has above the function's definition, and the imports that
    stand within its stub. The model was shown them and may rely on them."""
    found = split(prompt)
    above: list[tuple[str, frozenset[str]]] = []
    for item in found.items:
        if item.kind in (Kind.DEF, Kind.CLASS) and entry_point in item.names:
            above += [(line, frozenset()) for line in _inner(found.bare(item))]
            break
        names = item.names if item.kind in (Kind.DEF, Kind.CLASS) else frozenset()
        above.append((found.text(item), names))
    else:
        return ()  # it has no such function: nothing is above it
    return tuple((text, names) for text, names in above if text.strip())


def _inner(stub: str) -> list[str]:
    return [line.strip() + "\n" for line in _INNER_IMPORT.findall(stub)]


def inner_imports(prompt: str, entry_point: str) -> str:
    """The imports within the function's stub, for a function that takes its place."""
    found = split(prompt)
    stubs = [item for item in found.items if item.kind is Kind.DEF and entry_point in item.names]
    return "".join(line for item in stubs[:1] for line in _inner(found.bare(item)))


def with_imports(prompt: str, lines: str) -> str:
    """The prompt with these import lines as early as they may stand: below its own `__future__` imports."""
    place = max((item.end for item in split(prompt).items if is_future(item)), default=0)
    return prompt[:place] + lines + prompt[place:]


def preamble(prompt: str, entry_point: str, own: frozenset[str] = frozenset()) -> str:
    """The imports and helpers above the function, without the helpers that the answer defines itself (`own`)."""
    return "".join(text for text, names in parts(prompt, entry_point) if not (names and names <= own))


def ends_with_docstring(prompt: str) -> bool:
    """Whether the last line of the prompt is closed by a docstring's quotation marks, so that code must go on a new one."""
    return prompt.rstrip(" \t").endswith(_QUOTES)


def is_indented(prompt: str) -> bool:
    """Whether the prompt ends within a line that has nothing but indentation."""
    last = prompt.rpartition("\n")[2]
    return bool(last) and not last.strip()
