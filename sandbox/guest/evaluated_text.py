"""Functions of the library that evaluate the text of an object's annotations or docstring: `typing.get_type_hints`,
`inspect.get_annotations`, `doctest`. Used on an object of the candidate, they would execute the candidate's text in the judge.
"""

from __future__ import annotations

import sys
from types import GenericAlias, MappingProxyType, UnionType
from typing import Any

_PROMPT = ">>>"


def is_evaluated(name: str, found: Any) -> bool:
    """Whether who asks for this attribute, outside the sandbox's own code, would evaluate a text in what it has been given."""
    asker = _asker()
    if asker == "doctest":
        return name == "__doc__" and found is not None and (type(found) is not str or _PROMPT in found)
    if asker != "annotations":
        return False
    if name == "__dict__":
        if type(found) is not dict and type(found) is not MappingProxyType:
            return True
        found = found.get("__annotations__")
    elif name == "__globals__":  # of what a function of the tests wraps, whose annotations that function has
        return True
    elif name != "__annotations__":
        return False
    return found is not None and (type(found) is not dict or any(map(_holds_text, found.values())))


def _asker() -> str:
    """What the innermost function outside the sandbox's code evaluates; empty if nothing."""
    frame = sys._getframe(2)
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).startswith("sandbox."):
        frame = frame.f_back
    module = frame.f_globals.get("__name__")
    if module == "doctest":
        return "doctest"
    reads = module in ("typing", "annotationlib") or (module == "inspect" and frame.f_code.co_name == "get_annotations")
    return "annotations" if reads else ""


def _holds_text(value: Any) -> bool:
    if type(value) is GenericAlias or type(value) is UnionType:
        return any(map(_holds_text, value.__args__))
    return isinstance(value, str)
