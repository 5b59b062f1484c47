"""Functions of the library that must not have an attribute of a candidate's object.

`typing.get_type_hints`, `inspect.get_annotations` and `doctest` evaluate text of annotations and docstrings: in the judge they
would execute what the candidate has put there. `TestCase.assertSetEqual` compares by calling the method `difference`: the
candidate would be given the expected set, and decide; so do operators of `ChainMap`, with `update`. `contextlib.contextmanager`
throws what the tests raise into the candidate's generator, which would decide whether they go on.
"""

from __future__ import annotations

import sys
from types import FrameType, GenericAlias, MappingProxyType, UnionType
from typing import Any

_PROMPT = ">>>"


def is_kept(name: str, found: Any) -> bool:
    """Whether the function that asks for this attribute, outside the sandbox's own code, would evaluate text in what has been
    found, or compare by it."""
    asker = _asker()
    if asker == "unittest.case" or asker == "collections":
        return not name.startswith("__")
    if asker == "contextlib":
        return name == "throw" or name == "athrow"
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


def reads_hints_of(function: object) -> bool:
    """Whether the function that asks is `typing.get_type_hints`, of just this function of the program: it goes on without the
    names that the function uses, which only texts need."""
    frame = asking_frame()
    named = (frame.f_globals.get("__name__"), frame.f_code.co_name)
    return named == ("typing", "get_type_hints") and frame.f_locals.get("obj") is function


def asking_frame() -> FrameType:
    """That of the innermost function outside the sandbox's code."""
    frame = sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).startswith("sandbox."):
        frame = frame.f_back
    return frame


def _asker() -> str:
    """What the innermost function outside the sandbox's code is; empty if it is any other."""
    frame = asking_frame()
    module = frame.f_globals.get("__name__")
    if module in ("collections", "contextlib", "doctest", "unittest.case"):
        return str(module)
    reads = module in ("typing", "annotationlib") or (module == "inspect" and frame.f_code.co_name == "get_annotations")
    return "annotations" if reads else ""


def _holds_text(value: Any) -> bool:
    if type(value) is GenericAlias or type(value) is UnionType:
        return any(map(_holds_text, value.__args__))
    return isinstance(value, str)
