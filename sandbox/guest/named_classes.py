"""What a class statement adds to a class of named tuples, as far as it is sent: annotations that are types which both sides
have, and default values that are plain.

Text among the annotations is never sent: `typing.get_type_hints` would evaluate it in the judge.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from types import GenericAlias, UnionType
from typing import Any

from sandbox.guest.built_in_values import LEAVES
from sandbox.guest.class_attributes import members_of

#: Since Python 3.14 annotations are not in the class before they are read.
_LATER = ("__annotate__", "__annotate_func__", "__annotations_cache__")
_MOST_TEXT = 1_000
#: Pairs of a field and its annotation, and the default values of the last fields.
Additions = tuple[tuple[tuple[str, Any], ...], tuple[Any, ...]]


def additions_of(kind: Any, fields: tuple[str, ...], is_known: Callable[[Any], bool]) -> Additions | None:
    """Those of this class; None if there are none. `is_known`: whether it is a type that both sides have."""
    annotations, defaults = _annotations(kind), members_of(kind).get("_field_defaults")
    if not all(name in fields and _is_made_of_types(one, is_known) for name, one in annotations.items()):
        annotations = {}
    plain = type(defaults) is dict and all(type(one) in LEAVES for one in defaults.values())
    values = tuple(defaults.values()) if plain and tuple(defaults) == fields[len(fields) - len(defaults) :] else ()
    if sum(len(one) for one in values if type(one) in (str, bytes)) > _MOST_TEXT:
        values = ()
    return (tuple(annotations.items()), values) if annotations or values else None


def _annotations(kind: Any) -> dict[str, Any]:
    members = members_of(kind)
    found = members.get("__annotations__")
    if found is None and any(name in members for name in _LATER):
        try:
            found = kind.__annotations__
        except Exception:  # a name that is not defined yet
            return {}
    return found if type(found) is dict else {}


def _is_made_of_types(annotation: Any, is_known: Callable[[Any], bool]) -> bool:
    kind = type(annotation)
    if kind is GenericAlias or kind is UnionType:
        parts = annotation.__args__ if kind is UnionType else (annotation.__origin__, *annotation.__args__)
        return all(_is_made_of_types(one, is_known) for one in parts)
    return annotation is None or annotation is ... or is_known(annotation)


def new_class(name: str, fields: tuple[str, ...], additions: Additions | None, is_known: Callable[[Any], bool]) -> Any:
    """A class for the other side's. Raises an Exception for additions that are none."""
    annotations, defaults = additions or ((), ())
    if not all(type(one) in LEAVES for one in defaults):
        raise ValueError("default values that are not plain")
    if not all(field in fields and _is_made_of_types(one, is_known) for field, one in annotations):
        raise ValueError("annotations that are no types")
    kind: Any = namedtuple(name, fields, defaults=defaults, module="candidate")  # type: ignore[misc]
    if annotations:
        kind.__annotations__ = dict(annotations)
    return kind
