"""The classes of stand-ins for instances of a program's subclasses of built-in types: subclasses with the base's value.

The same rule as for other proxies holds (`proxy_classes.py`): methods that could decide a test are not used. Attributes, other
than those of the base, are the candidate's, and so are methods in the place of the base's that the tests call by name. Other
methods of the base are executed here: if the base is mutable, each side learns what the other one has changed.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from sandbox.guest import questions as asks
from sandbox.guest.abstract_classes import names_of_members, shown_class
from sandbox.guest.descriptions import ASKED, OPERANDS, READ
from sandbox.guest.proxy_classes import FORWARDED, names_of
from sandbox.guest.questions import Host
from sandbox.guest.remote_objects import CLASS_NUMBER, IS_DERIVED, Remote, an_object_of, attribute_of, is_remote
from sandbox.guest.sent_subclasses import CHANGING
from sandbox.guest.special_names import hiding

_SHOWING = ("__str__", "__repr__", "__format__")
#: Special methods that are requested from the candidate. Nothing that compares an instance of a subclass of list or dict uses
#: them: the base's own comparison reads what the object holds. Others, such as a set's, compare by length or item.
_REQUESTED: dict[type, tuple[str, ...]] = dict.fromkeys(
    (list, dict, OrderedDict, defaultdict), (*ASKED[:2], *ASKED[3:], "__missing__")
)
#: Methods of sets that compare.
_OF_SETS = ("issubset", "issuperset", "isdisjoint", "union", "intersection", "difference", "symmetric_difference")
#: Methods that call the class.
_MAKERS: dict[type, tuple[str, ...]] = {
    **dict.fromkeys((OrderedDict, Counter, defaultdict), ("copy", "fromkeys")),
    dict: ("fromkeys",),
    deque: ("copy",),
}


def derived_class(
    host: Host, called: tuple[int, str], specials: int, base: type, replaced: Any, follows: Callable[[Any], bool]
) -> type:
    """A subclass of a built-in type. `follows`: whether the candidate tells what becomes of an instance."""
    number, name = called
    members: dict[str, Any] = {IS_DERIVED: True, CLASS_NUMBER: number, "__module__": "candidate"}

    def kept(what: str) -> Callable[..., Any]:
        return lambda self, *args, **kwargs: host.not_carried(f"{what} of {an_object_of(name)}", number)

    def attribute(self: Any, wanted: str) -> Any:
        found = attribute_of(host, self, wanted)
        if base in CHANGING and is_remote(found) and not follows(self):  # a method, which may change the candidate's
            host.not_carried(f"the attribute {wanted} of {an_object_of(name)}", number)
        return found

    def requested(special: str) -> Callable[..., Any]:
        def method(self: Any, /, *args: Any, **keywords: Any) -> Any:
            if base in CHANGING and special not in _SHOWING and not follows(self):
                host.not_carried(f"{special} of {an_object_of(name)}", number)
            return host.ask(FORWARDED.get(special, asks.ITEM), self, args, keywords)  # `__missing__`: an item

        return method

    for special in names_of(specials):
        members[special] = requested(special) if special in (*_SHOWING, *_REQUESTED.get(base, ())) else kept(special)
    for other in (*names_of_members(replaced), *_MAKERS.get(base, ())):
        if other == "__new__" or other == "__init__":
            members["__new__"] = kept("constructing")
        elif not other.startswith("_"):
            keeps = other in READ if base in OPERANDS else base in (set, frozenset) and other in _OF_SETS
            get = kept(other) if keeps else (lambda self, other=other: attribute(self, other))
            members[other] = property(get)
    shown = shown_class(name, replaced, Remote(host, number), host.ask)
    if shown is not None:
        members["__class__"] = shown
    members["__getattr__"] = attribute
    return type(name, (base,), members | _with_attributes(host, base) | hiding(host.special_names, base))


def _with_attributes(host: Host, base: type) -> dict[str, Any]:
    """The members of a class of which the instances have the candidate's attributes, and are copied there."""

    def set_attribute(self: Any, wanted: str, value: object) -> None:
        if base is Fraction and wanted in Fraction.__slots__:  # it is being made
            object.__setattr__(self, wanted, value)
        else:
            host.ask(asks.SET_ATTRIBUTE, self, (wanted, value))

    return {
        "__slots__": (),
        "__dict__": property(lambda self: attribute_of(host, self, "__dict__")),
        "__setattr__": set_attribute,
        "__delattr__": lambda self, *told: host.ask(asks.DELETE_ATTRIBUTE, self, told),
        "__copy__": lambda self: host.ask(asks.COPY, self),
        "__deepcopy__": lambda self, _: host.ask(asks.DEEP_COPY, self),
    }
