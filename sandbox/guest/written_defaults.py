"""Which defaults of the tests' functions are constants in the tests' text. Others have been computed: in `lambda x, n=n: x < n`
the default may be what the tests expect, so the program is not told.
"""

from __future__ import annotations

import dis
import functools
import inspect
from collections.abc import Iterable
from types import CodeType
from typing import Any

from sandbox.guest.built_in_values import LEAVES
from sandbox.guest.code_objects import codes_in

#: Types of which a default is always told: it has no content.
_TOLD = (type(None), bool)


class Written:
    """Those in the code of one sample's tests."""

    def __init__(self, codes: Iterable[CodeType] = ()) -> None:
        self._codes = tuple(codes)

    def parameters(self, function: Any) -> tuple[Any, ...] | None:
        """(name, kind, its default, `()` for none, `None` for one that is not told) of each parameter; None if they can't be
        told."""
        told: list[Any] = []
        for one in inspect.signature(function, follow_wrapped=False).parameters.values():
            if not one.name.isidentifier():
                return None
            default: Any = () if one.default is one.empty else None
            kind = type(one.default)
            if default is None and kind in LEAVES and (kind in _TOLD or self._is_written(function, one)):
                default = (one.default,)
            told.append((one.name, int(one.kind), default))
        return tuple(told)

    def _is_written(self, function: Any, one: inspect.Parameter) -> bool:
        if one.kind is one.KEYWORD_ONLY:
            return id(getattr(function, "__code__", None)) in self._with_keywords
        return id(getattr(function, "__defaults__", None)) in self._tuples

    @functools.cached_property
    def _tuples(self) -> frozenset[int]:
        """The ids of constants: the defaults of a function are one if all are constants."""
        return frozenset(id(one) for code in codes_in(*self._codes) for one in code.co_consts if type(one) is tuple)

    @functools.cached_property
    def _with_keywords(self) -> frozenset[int]:
        """The ids of the code of functions of which all keyword-only defaults are constants."""
        found = set()
        for code in codes_in(*self._codes):
            is_written, constants = False, 0
            for step in dis.get_instructions(code):
                if step.opname == "BUILD_CONST_KEY_MAP":
                    is_written, constants = constants > (step.arg or 0), 0
                elif step.opname == "LOAD_CONST":
                    constants += 1
                    if is_written and type(step.argval) is CodeType:
                        found.add(id(step.argval))
                else:
                    constants = 0
                    is_written = is_written and step.opname in ("LOAD_CLOSURE", "BUILD_TUPLE", "LOAD_FAST", "LOAD_NAME")
        return frozenset(found)
