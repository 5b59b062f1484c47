"""What `dataclasses` asks of an object of a program's data class: its fields, of which the names are told."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

#: Attributes that a proxy has for itself.
_NOT_FIELDS = ("__", "_Remote__")
#: Before the name of a field that the constructor does not take.
NOT_TAKEN = "not taken: "


class Fields:
    """The attribute `__dataclass_fields__` of a class."""

    def __init__(self, names: Iterable[Any]) -> None:
        self._names = tuple(names)

    def __get__(self, instance: object, owner: object = None) -> dict[str, Any]:
        return fields_of(self._names)


def fields_of(names: Iterable[Any]) -> dict[str, Any]:
    """A field for each of these names."""
    dataclasses: Any = importlib.import_module("dataclasses")
    found: dict[str, Any] = {}
    for told in names:
        name = told.removeprefix(NOT_TAKEN) if type(told) is str else ""
        if name.isidentifier() and not name.startswith(_NOT_FIELDS):
            found[name] = one = dataclasses.field(init=name == told)
            one.name, one._field_type = name, dataclasses._FIELD
    return found


def fields_of_class(told: Any) -> dict[str, Any]:
    """The same of a class, from the fields that the program's class has."""
    fields = [(name, one) for name, one in dict(told).items() if repr(one._field_type) == "_FIELD"]
    return fields_of([name if one.init else f"{NOT_TAKEN}{name}" for name, one in fields])
