"""What judge and candidate can say to each other: the operations that the judge may request on the candidate's objects, the
kinds of answers, and their flags."""

from __future__ import annotations

import copy
import inspect
import operator
import sys
from collections.abc import Callable
from typing import Any, NoReturn, Protocol

from sandbox.guest import candidate_loop, replaced_objects
from sandbox.guest.class_attributes import mro_of


def _parameters(function: Any) -> tuple[Any, ...]:
    """(name, kind, default if any) of each parameter."""
    return tuple(
        (one.name, int(one.kind), () if one.default is one.empty else (one.default,))
        for one in inspect.signature(function).parameters.values()
    )


def _source(value: Any) -> tuple[str, int]:
    """(text, number of its first line)."""
    lines, first = inspect.getsourcelines(value)
    return "".join(lines), first


#: The operations that the judge may request on an object; sent as indices into this table.
OPERATIONS: tuple[Callable[..., Any], ...] = (
    lambda function, /, *args, **kwargs: function(*args, **kwargs),
    lambda namespace, *names: tuple((namespace[name],) if name in namespace else () for name in names),
    iter,
    next,
    len,
    bool,
    operator.getitem,
    getattr,
    str,
    repr,
    operator.setitem,
    operator.delitem,
    reversed,
    lambda manager: type(manager).__enter__(manager),
    lambda manager: type(manager).__exit__(manager, None, None, None),
    format,
    setattr,
    delattr,
    lambda value: list(dir(value)),
    copy.copy,
    copy.deepcopy,
    lambda kind, value: any(one is kind for one in mro_of(type(value))) or isinstance(value, kind),
    _parameters,
    type,
    lambda namespace, *told: None,  # see `Witness`
    replaced_objects.replace,
    replaced_objects.seed,
    lambda value, *items: None,  # likewise
    lambda kind, derived: issubclass(derived, kind),
    candidate_loop.step,
    candidate_loop.awaited,
    lambda value: type(value).__aiter__(value),
    candidate_loop.following,
    candidate_loop.entered,
    candidate_loop.left,
    candidate_loop.go_on,
    lambda descriptor, special, *args: getattr(type(descriptor), special)(descriptor, *args),
    _source,
)
CALL, FIND, ITER, NEXT, LEN, BOOL, ITEM, ATTRIBUTE, STR, REPR, *_MORE = range(len(OPERATIONS))
(
    SET_ITEM,
    DELETE_ITEM,
    REVERSED,
    ENTER,
    EXIT,
    FORMAT,
    SET_ATTRIBUTE,
    DELETE_ATTRIBUTE,
    DIR,
    COPY,
    DEEP_COPY,
    IS_INSTANCE,
    SIGNATURE,
    TYPE,
    DECLARE,
    REPLACE,
    SEED,
    PUT,
    IS_SUBCLASS,
    STEP,
    AWAITED,
    ASYNC_ITER,
    ASYNC_NEXT,
    ASYNC_ENTERED,
    ASYNC_LEFT,
    GO_ON,
    OF_DESCRIPTOR,
    SOURCE,
) = _MORE
#: What is said with each question: the judge's containers change with the program's; the tests run in a loop of `asyncio`.
IN_PLACE, IN_LOOP = 1, 2
RETURNED, RAISED = b"r", b"e"
#: Flags of an answer: whether containers that the judge has were changed; and whether the program keeps some of the
#: containers sent with this answer, and may change them later.
SAME, CHANGED, SAME_KEPT, CHANGED_KEPT = b"=", b"~", b"#", b"*"
FLAGS = {SAME: (False, False), CHANGED: (True, False), SAME_KEPT: (False, True), CHANGED_KEPT: (True, True)}
#: In place of these: the program has used objects of the tests, so that the answer is one of `common_containers`.
CALLED = b"%"
#: Messages in place of an answer: the program uses an object of the tests; it does so in a way that can't be sent.
REQUEST, STOP = b"c", b"n"
#: In place of a class's number: the program has used an instance of a class of the tests.
OF_TESTS = -2
#: In the number of containers that both sides have: identities of immutable values are told; a byte for each of the containers
#: follows, which says whether both sides still have it.
IDENTITIES, FORGOTTEN = 1 << 31, 1 << 30


def running_loop() -> Any:
    """The loop of `asyncio` that is running in the tests, or None."""
    events = sys.modules.get("asyncio.events")
    return events._get_running_loop() if events is not None else None


def how(operation: int, in_place: bool) -> int:
    """What is said with this question."""
    in_loop = operation not in (STEP, GO_ON, PUT) and running_loop() is not None
    return IN_PLACE * in_place + IN_LOOP * in_loop


class Asked:
    """A question that waits for its answer. `operation`: what it asks for; `passed`: the containers that it has passed."""

    def __init__(self, number: int, operation: int, passed: list[Any]) -> None:
        self.number, self.operation, self.passed = number, operation, passed
        self.first = -1  # the place of the first of them among the common ones, since the first request


class Host(Protocol):
    """The judge, as seen by proxies."""

    def ask(self, operation: int, target: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> Any:
        """The candidate's answer."""

    def not_carried(self, what: str, kind: int = -1) -> NoReturn:
        """End the sample, which has not passed. `kind` is the candidate's number for the object's class."""

    #: The special names that the tests' text mentions.
    special_names: frozenset[str]
