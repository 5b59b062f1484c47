"""What `dataclasses` asks of an object of a program's data class: its fields, of which the names are told."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

#: Attributes that a proxy has for itself.
_NOT_FIELDS = ("__", "_Remote__")


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
    for name in names:
        if type(name) is str and name.isidentifier() and not name.startswith(_NOT_FIELDS):
            found[name] = one = dataclasses.field()
            one.name, one._field_type = name, dataclasses._FIELD
    return found


def fields_of_class(told: Any) -> dict[str, Any]:
    """The same of a class, from the fields that the program's class has."""
    return fields_of([name for name, one in dict(told).items() if repr(one._field_type) == "_FIELD"])
