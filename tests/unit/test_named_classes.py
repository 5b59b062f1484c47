"""What a class statement adds to named tuples is sent with them, and nothing that the judge would evaluate."""

from __future__ import annotations

from collections import namedtuple
from typing import Any, NamedTuple

import pytest

from sandbox.guest import library_types, named_classes
from sandbox.guest.value_codec import Encoder
from sandbox.guest.value_decoder import Decoder

_ADDED = named_classes.Additions


def _class(annotations: dict[str, Any], defaults: dict[str, Any]) -> Any:
    """A class as a statement makes it."""
    made = NamedTuple("Made", list(annotations.items()))  # type: ignore[misc]
    kind: Any = namedtuple("Made", list(annotations), defaults=list(defaults.values()))  # type: ignore[misc]
    kind.__annotations__ = made.__annotations__
    return kind


def _told(kind: Any) -> _ADDED | None:
    return named_classes.additions_of(kind, kind._fields, library_types.is_sent)


def test_types_and_plain_defaults_are_told() -> None:
    """Not text, and nothing that can change."""
    kind = _class({"x": int, "y": list[int | None], "z": None}, {"z": 5})
    assert _told(kind) == ((("x", int), ("y", list[int | None]), ("z", type(None))), (5,))
    assert _told(_class({"x": int, "y": list["int"]}, {"y": "b"})) == ((), ("b",))
    assert _told(_class({"x": type, "y": int}, {"x": 1, "y": []})) is None
    assert _told(_class({"x": pytest.Cache}, {})) is None
    assert _told(namedtuple("Plain", "x y")) is None


@pytest.mark.parametrize(
    "told",
    [
        ((("x", "int"),), ()),
        ((("x", list["int"]),), ()),
        ((("x", type),), ()),
        ((("x", type[int]),), ()),
        ((("y", int),), ()),
        ((), ([],)),
        ((), (1, 2)),
        (((1, int),), ()),
        ("x", ()),
        (5,),
    ],
)
def test_anything_else_is_refused(told: Any) -> None:
    """Whatever a candidate sends."""
    library_types.forget_named()
    with pytest.raises((ValueError, TypeError)):
        library_types.make_named(["Made", (("x",), b"told"), 1], lambda data: told)


def test_many_of_a_class_have_one_class_with_its_additions() -> None:
    """Also in a list, and where one is in another."""
    library_types.forget_named()
    kind = _class({"x": int, "y": object}, {"y": "b"})
    sent = [kind(1, kind(2)), kind(3)]
    encoder = Encoder(lambda _: (0, None), 1 << 20)
    root, contents = encoder.root(sent), encoder.contents(0)
    decoder = Decoder(encoder.head() + contents + root, lambda number, told, bare: None)
    decoder.head()
    decoder.fill(0)
    back = decoder.value()
    assert back == sent
    assert type(back[0]) is type(back[1]) is type(back[0].y)
    assert (type(back[0]).__annotations__, type(back[0])(7).y) == ({"x": int, "y": object}, "b")
    library_types.forget_named()
