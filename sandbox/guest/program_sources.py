"""`inspect.getsource` and `getsourcelines` of the program's functions and classes, for tests that look at how it is written
("calls itself", "has no loop"). The candidate tells the text, which is a value like any other: it is not compiled here.
"""

from __future__ import annotations

import dis
import importlib
from collections.abc import Callable
from types import CodeType
from typing import Any

from sandbox.guest import questions as asks
from sandbox.guest.code_objects import codes_in, named_by
from sandbox.guest.remote_objects import is_remote

_FUNCTIONS = ("getsource", "getsourcelines")
_IMPORT = dis.opmap["IMPORT_NAME"]


def watch(codes: tuple[CodeType, ...], ask: Callable[..., Any]) -> None:
    """Replace the functions that the tests mention, before their prelude is executed. Only if they import `inspect`: the judge
    serves no other sample then."""
    every = codes_in(*codes)
    if not any(name == "inspect" for one in every for name in named_by(_IMPORT, one, one.co_code[::2])):
        return
    names = {name for one in every for name in one.co_names}
    inspect = importlib.import_module("inspect")
    for name in _FUNCTIONS:
        if name in names:
            setattr(inspect, name, _asking(name, getattr(inspect, name), ask))


def _asking(name: str, own: Callable[[Any], Any], ask: Callable[..., Any]) -> Callable[[Any], Any]:
    def source(object: Any) -> Any:
        if not is_remote(object):
            return own(object)
        text, line = ask(asks.SOURCE, object)
        if type(text) is not str or type(line) is not int:
            raise OSError("could not get source code")
        return text if name == "getsource" else (text.splitlines(keepends=True), line)

    return source
