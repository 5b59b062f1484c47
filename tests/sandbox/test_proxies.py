"""Whatever a candidate says of its objects and exceptions, the judge makes a proxy or an exception of it, or refuses it."""

from __future__ import annotations

import numbers
from collections.abc import Sequence, Set
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.guest import descriptions, made_exceptions, raised
from sandbox.guest.awaited import ASYNCHRONOUS
from sandbox.guest.proxies import Proxies
from sandbox.guest.remote_objects import is_proxy
from sandbox.guest.value_writer import NOTHING


class Asked(Exception):
    """The candidate would have been asked."""


class Stopped(Exception):
    """The sample would have ended."""


class Host:
    """In the judge's place."""

    special_names: frozenset[str] = frozenset()

    def ask(self, operation: int, target: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> Any:
        raise Asked(operation)

    def not_carried(self, what: str, kind: int = -1) -> NoReturn:
        raise Stopped(what)


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 400) | st.text(max_size=5) | st.binary(max_size=5) | st.floats(),
    lambda inner: st.lists(inner, max_size=6).map(tuple) | st.lists(inner, max_size=3),
    max_leaves=12,
)
described = st.tuples(
    st.integers(-2, 9),
    st.text(max_size=8),
    st.integers(0, 1 << len(descriptions.SPECIALS)),
    st.integers(-2, len(descriptions.SHOWN)),
    st.integers(-2, len(descriptions.BASES)),
    st.lists(st.sampled_from(["index", "append", "mro", "__eq__", "x"]), max_size=3).map(tuple),
)
told_items = st.tuples(st.booleans(), st.integers(-1, 2), *[anything] * 3).map(
    lambda told: told[: 2 + len(str(told)) % 4]
)
told_class = st.sampled_from(["ValueError", "SystemExit", "Nothing"]) | st.tuples(
    st.integers(0, 3),
    st.text(max_size=5),
    st.booleans(),
    st.lists(st.sampled_from(["ValueError", "KeyError", "OSError"])).map(tuple),
    st.lists(
        st.sampled_from(["args", "errno", "__eq__", "__class__", "mro", "x", "я", "", ()])
        | st.tuples(st.sampled_from(["args", "errno", "__eq__", "x", "mro", 3]), anything),
        max_size=3,
    ).map(tuple),
)
told_exception = st.tuples(
    told_class,
    st.lists(anything, max_size=3).map(tuple),
    st.none() | st.text(),
    st.lists(
        st.tuples(st.sampled_from(["errno", "args", "__class__", "__traceback__", "code", "x"]), anything), max_size=3
    ).map(tuple),
    st.none(),
    st.none(),
)


def makers() -> made_exceptions.Makers:
    return made_exceptions.Makers({}, Host().not_carried)


def proxies() -> Proxies:
    return Proxies(Host(), makers())


@given(described | anything, st.just(NOTHING) | anything | told_items)
def test_any_description_is_a_proxy_or_refused(told: Any, bare: Any) -> None:
    """Comparing it never asks the candidate: it is Python's default, the base's own, or the end of the sample."""
    try:
        made = proxies().make(5, told, bare)
    except Exception:
        return
    assert is_proxy(made) or isinstance(made, BaseException | type)
    for compare in (lambda: made == 5, lambda: made != [], lambda: made < 5, lambda: made + 1, lambda: hash(made)):
        try:
            compare()
        except (TypeError, Stopped):
            continue


@given(told_exception | anything)
def test_any_exception_is_one_or_refused(told: Any) -> None:
    """Of a built-in class, or one that derives from what it says."""
    try:
        error = makers().exception(told)
    except Exception:
        return
    assert isinstance(error, BaseException)
    assert type(error).__mro__[-1] is object
    assert error.__traceback__ is None


def test_a_name_alone_is_no_class() -> None:
    """A class that is called ValueError derives from what it derives from."""
    error = makers().exception(((4, "ValueError", True, ("BaseException",), ()), ("x",), None, (), None, None))
    assert type(error).__name__ == "ValueError"
    assert not isinstance(error, Exception)
    own = type("ValueError", (BaseException,), {})
    told = (4, "ValueError", True, ("BaseException",), ())
    assert raised.describe_class(own, lambda one: 4, {"ValueError": own}) == told


@pytest.mark.parametrize("special", [one for one in descriptions.KEPT if one not in ASYNCHRONOUS])
def test_what_decides_is_not_handed_on(special: str) -> None:
    """Each special method that could say whether a value is right ends the sample."""
    bits = 1 << descriptions.SPECIALS.index(special) | 1 << descriptions.SPECIALS.index("__eq__")
    made = proxies().make(5, (7, "A", bits, -1, -1, ()), NOTHING)
    method = getattr(type(made), special)
    with pytest.raises(Stopped):
        method(made, None, None, None) if special == "__exit__" and method(made, ValueError, None, None) else method(
            made, 5
        )


@pytest.mark.parametrize("special", ["__exit__", "__aexit__"])
def test_no_context_manager_decides_about_an_exception(special: str) -> None:
    """It learns only that it is left without one."""
    made = proxies().make(5, (7, "A", 1 << descriptions.SPECIALS.index(special), -1, -1, ()), NOTHING)
    with pytest.raises(Stopped):
        getattr(made, special)(ValueError, ValueError(), None)
    with pytest.raises(Asked):
        getattr(made, special)(None, None, None)


@pytest.mark.parametrize("name", ["abc.Set", "abc.MutableSet", "abc.KeysView", "numbers.Rational", "numbers.Complex"])
def test_no_claim_makes_a_value_of_the_tests_ask(name: str) -> None:
    """A Fraction or a set of the tests' own class compares with such objects by asking them."""
    made = proxies().make(5, (7, "A", 0, -1, -1, (f"is {name}", "is abc.Sequence")), NOTHING)
    assert isinstance(made, Sequence)
    assert not isinstance(made, Set | numbers.Number)
