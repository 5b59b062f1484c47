"""What `dataclasses` asks of an object of a program's data class: its fields, of which the names are told."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

#: Attributes that a proxy has for itself.
_NOT_FIELDS = ("__", "_Remote__")
#: Before the name of a field that the constructor does not take.
_NOT_TAKEN = "not taken: "


class Fields:
    """The attribute `__dataclass_fields__` of a class."""

    def __init__(self, names: Iterable[Any]) -> None:
        self._names = tuple(names)

    def __get__(self, instance: object, owner: object = None) -> dict[str, Any]:
        return fields_of(self._names)


def names_of_fields(fields: Any) -> tuple[str, ...]:
    """What is told of a class's `__dataclass_fields__`, to be read by `fields_of`: the names of those that `dataclasses.fields`
    returns, with a mark if the constructor does not take them."""
    found = [(name, one) for name, one in dict(fields).items() if repr(getattr(one, "_field_type", None)) == "_FIELD"]
    return tuple(name if getattr(one, "init", True) else f"{_NOT_TAKEN}{name}" for name, one in found)


def fields_of(told: Iterable[Any]) -> dict[str, Any]:
    """A field for each of these names."""
    dataclasses: Any = importlib.import_module("dataclasses")
    found: dict[str, Any] = {}
    for marked in told:
        name = marked.removeprefix(_NOT_TAKEN) if type(marked) is str else ""
        if name.isidentifier() and not name.startswith(_NOT_FIELDS):
            found[name] = one = dataclasses.field(init=name == marked)
            one.name, one._field_type = name, dataclasses._FIELD
    return found


def fields_of_class(fields: Any) -> dict[str, Any]:
    """The same of a class, from the fields that the program's class has."""
    return fields_of(names_of_fields(fields))
