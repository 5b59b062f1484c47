"""Exceptions of the program that would end tests without failing them, because Python and its library take them for a signal:
StopIteration ends `all(map(test, cases))`, SkipTest a test of unittest, CancelledError a task of a group.

A program that raises one in place of an answer would pass in one process. Here the sample fails, unless the text of the tests
mentions something by which they may expect it.
"""

from __future__ import annotations

import dis
import itertools
import sys
from collections.abc import Iterable
from types import CodeType

from sandbox.guest import questions
from sandbox.guest.code_objects import codes_in

#: What tests mention if they expect such an exception, or pass it on: what catches it, and what else may raise it.
_OF_STOP = frozenset(("StopIteration", "Exception", "BaseException", "RuntimeError", "__next__", "send", "throw"))
_OF_SKIP = frozenset(("SkipTest", "skipTest", "Exception", "BaseException"))
_OF_CANCEL = frozenset(("CancelledError", "cancel", "cancelled", "BaseException"))


class Swallowed:
    """What is swallowed in one sample. `codes` are the tests, which are read only if there is such an exception."""

    def __init__(self, codes: Iterable[CodeType] = ()) -> None:
        self._codes = tuple(codes)

    def ends(self, operation: int, error: BaseException) -> bool:
        """Whether this exception, which the program has raised, ends the sample."""
        if isinstance(error, StopIteration):
            return operation not in (questions.NEXT, questions.STEP) and not self._expects(_OF_STOP)
        if isinstance(error, _kinds("unittest.case", "SkipTest")):
            return not self._expects(_OF_SKIP)
        if isinstance(error, _kinds("asyncio.exceptions", "CancelledError")):
            return not _is_being_cancelled() and not self._expects(_OF_CANCEL)
        return False

    def _expects(self, names: frozenset[str]) -> bool:
        codes = codes_in(*self._codes)
        return any(not names.isdisjoint(one.co_names) or _catches_all(one) for one in codes)


def _kinds(module: str, name: str) -> tuple[type, ...]:
    """The class of that name; nothing if no one has imported it."""
    found = getattr(sys.modules.get(module), name, None)
    return (found,) if isinstance(found, type) else ()


def _is_being_cancelled() -> bool:
    """Whether the tests have cancelled the task in which they are."""
    tasks = sys.modules.get("asyncio.tasks")
    try:
        task = tasks.current_task() if tasks is not None else None
    except RuntimeError:  # no loop
        return False
    return task is not None and task.cancelling() > 0


def _catches_all(code: CodeType) -> bool:
    """Whether there is an `except:` without a class: what it has caught is dropped at once."""
    steps = list(dis.get_instructions(code))
    dropping = {step.offset for step in steps if step.opname == "POP_TOP"}
    for before, step in itertools.pairwise(steps):
        if before.opname == "PUSH_EXC_INFO" and step.offset in dropping:
            return True
        if before.opname == "CHECK_EXC_MATCH" and step.argval in dropping:  # where it goes on if the class is another
            return True
    return False
