"""Flags for settings, built from their declaration in codeeval/evaluation/settings.py."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from codeeval.evaluation.settings import Setting, of_verb, table

_TEXT: Any = str | None
#: The parser's type of a repeatable flag.
_WORDS: Any = list[str] | None
#: What the parser checks; everything else is checked with the settings.
_CHECKED: tuple[Any, ...] = (bool | None, int | None, float | None, Path | None)


def option(name: str) -> Any:
    """The flag of a setting, for a verb that takes it as a separate parameter."""
    found = table()[name]
    return typer.Option(*found.names, help=found.flag.help, metavar=found.flag.metavar)


def taking(verb: str, function: Callable[..., int]) -> Callable[..., int]:
    """Wrap `function` as a command with the flags of the verb's settings. It receives them as its first argument, a
    mapping with None for flags that were not given; its other parameters are unchanged."""
    settings = of_verb(verb)
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    required = [each for each in own if each.default is each.empty]
    optional = [each for each in own if each.default is not each.empty]
    ordered = [*required, *map(_parameter, settings), *optional]
    parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in ordered]

    @wraps(function)
    def command(**given: Any) -> int:
        flags: Mapping[str, object] = {each.name: given.pop(each.name) for each in settings}
        return function(flags, **given)

    described: Any = command
    described.__signature__ = inspect.Signature(parameters)
    described.__annotations__ = {each.name: each.annotation for each in parameters}
    del described.__wrapped__
    return command


def _parameter(setting: Setting) -> inspect.Parameter:
    annotated: Any = Annotated
    annotation = annotated[_flag_type(setting), option(setting.name)]
    return inspect.Parameter(setting.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _flag_type(setting: Setting) -> Any:
    """The parser's type for the setting."""
    kind = setting.type
    if kind == dict[str, str] or setting.flag.repeated:
        return _WORDS
    return next((known for known in _CHECKED if kind in (known, get_args(known)[0])), _TEXT)
