"""The judge's own process: execute trusted tests against a candidate in another process, under another user.

Theory of operation. The tests see a proxy of the entry point (`proxy_classes.py`). A call is sent as plain data
(`value_codec.py`) over two pipes, the only thing that both processes share; results come back as built-in types and
proxies, exceptions as the built-in classes that theirs derive from (`made_exceptions.py`). The tests only see values of the
candidate; the verdict is computed from them in here, and reaches the supervisor through a mapping that the candidate
never had.

Covered: nothing that the candidate sends is executed, looked up as code, or allowed to decide: `==`, order and
arithmetic of an object that is not plain are those of a bare object, or end the sample without a pass. A candidate that
ends, or replies with anything but an answer, ends the judge at once without a verdict, so that no `except` in a test
can swallow it. Not covered: tests that execute what they receive (`eval`), or that compute an expected value from an
argument that the candidate could change.
"""

from __future__ import annotations

import builtins
import json
import mmap
import operator
import os
import random
import sys
import types
import zlib
from collections.abc import Callable
from typing import Any, NoReturn

from sandbox import wire
from sandbox.guest import library_types, program_sources, questions
from sandbox.guest.background_tasks import BackgroundTasks
from sandbox.guest.declared_classes import Declared, declared_in
from sandbox.guest.exception_members import Used
from sandbox.guest.exchange import Exchange
from sandbox.guest.failures import failure
from sandbox.guest.frames import Line, Lost
from sandbox.guest.identities import Identities, compares_identities
from sandbox.guest.last_calls import LastCalls
from sandbox.guest.lasting_effects import may_last
from sandbox.guest.lent_objects import LENT, Lender
from sandbox.guest.made_exceptions import Makers, put_attribute
from sandbox.guest.proxies import Proxies
from sandbox.guest.remote_objects import attribute_of, is_remote, number_of, shown_type
from sandbox.guest.replaced_names import put_own_built_ins
from sandbox.guest.replaced_objects import Replaced, Seeds
from sandbox.guest.shown_types import type_of_the_tests, uses_type
from sandbox.guest.special_names import mentioned_in
from sandbox.guest.swallowed_exceptions import Swallowed
from sandbox.guest.tests_frames import calling_frame, line_of
from sandbox.guest.value_writer import NOTHING
from sandbox.guest.written_defaults import Written

TESTS, HEAD, RULING_BYTES = wire.TESTS, wire.RULING_HEAD, wire.RULING_BYTES
_MAX_TEXT = 2_000
_quote = json.encoder.encode_basestring_ascii
#: Tests may put something else in their place.
_getpid, _exit = os.getpid, os._exit


class Judge:
    """The judge of one sample. `region` is shared only by judge and supervisor: the ruling, then the tests."""

    def __init__(self, region: mmap.mmap) -> None:
        self._region, self._own = region, _getpid()
        self._forks = mmap.mmap(-1, 1)  # not zero if a fork of the tests has used the program
        self._module = types.ModuleType("tests")
        self._module.__dict__["__builtins__"] = builtins
        sys.modules["tests"] = self._module
        self._lender = Lender()
        self._makers = Makers(self._module.__dict__, self.not_carried, self._lent, self._construct, self._attribute)
        self._proxies = Proxies(self, self._makers)
        self._lender.number_of_class = lambda kind: self._makers.numbers.get(id(kind))
        self._exchange = Exchange(self, self._proxies, self._makers, self._lender)
        library_types.forget_named()
        self._classes_asked_for: set[int] = set()  # the candidate's numbers for them
        self._calls = 0
        self._in_place = True
        self._replaced, self._seeds = Replaced(), Seeds(self._seed)
        self._crossed: BaseException | None = None
        self._crossed_line: int | None = None
        self._last_calls = LastCalls()
        self._names: dict[int, str] = {}  # of what is bound, by the candidate's number
        self._executed: tuple[types.CodeType, ...] = ()
        self._swallowed, self._background = Swallowed(), BackgroundTasks(self)
        self.special_names: frozenset[str] = frozenset()
        self._used = Used(
            lambda error: self._answer((questions.ATTRIBUTE, error, ("__dict__",), (), ())), put_attribute
        )
        self._over = False  # whether it has ruled: what ends later (a `finally`, a `__del__`) may run in another sample

    def carry_out(self, size: int, line: Line, most: int) -> None:
        """Execute the tests, which are the `size` bytes after the ruling's in the region, and write the ruling. Changes the state
        of `random`."""
        code, prelude, source, names, how = wire.decode_tests(self._region[RULING_BYTES : RULING_BYTES + size])
        self._in_place = how[0]
        # Otherwise the program's generator is in the same state, and draws what the tests draw.
        random.seed(zlib.crc32(f"{prelude}\n{source}".encode("utf-8", "surrogatepass")))
        self._exchange.open(line, most, *how)
        try:
            self._execute(lambda: code or _compile(prelude, source), names)
        except BaseException as error:
            self._fail(*failure(error, error is self._crossed, self._crossed_line))
        else:
            self._rule(wire.PASSED_WITH_OWN if self._exchange.has_own else wire.PASSED)
        finally:
            self._seeds.end()
            self._lender.coroutines.end()

    def leaves_nothing(self) -> bool:
        """Whether the tests can't have changed anything that later ones would notice."""
        return not any(map(may_last, self._executed))

    def _execute(self, compiled: Callable[[], tuple[types.CodeType, types.CodeType]], names: tuple[str, ...]) -> None:
        """Execute the tests. A failure here while the candidate is still executing its definitions waits for it."""
        namespace = self._module.__dict__
        error: BaseException | None = None
        try:
            prelude, tests = self._executed = compiled()
            self._lender.written, self._swallowed = Written(self._executed), Swallowed(self._executed)
            self.special_names = mentioned_in(prelude) | mentioned_in(tests)
            if compares_identities(prelude) or compares_identities(tests):
                self._exchange.agree(same=Identities())
            if uses_type(prelude) or uses_type(tests):
                self._show_types(namespace)
            program_sources.watch(self._executed, self.ask)
            exec(prelude, namespace)  # noqa: S102 - trusted
            self._lender.prelude = self._makers.prelude = dict(namespace)
        except BaseException as raised:
            error = raised
        program = self._program = self._background.program = self._proxies.make(0, None, NOTHING)
        if error is None:
            self._agree(program, names)
        found = self.ask(questions.FIND, program, names)
        if error is not None:
            raise error
        self._bind(found, names, namespace)
        self._seeds.watch(tests)
        self._replaced.watch(tests)
        exec(tests, namespace)  # noqa: S102 - trusted

    def _agree(self, program: Any, names: tuple[str, ...]) -> None:
        """Agree on the prelude's classes of which instances are sent as their attributes. The tests always use the
        prelude's: what they make of the program's would be what the program wants."""
        declared = {name: told for name, told in declared_in(self._module.__dict__).items() if name not in names}
        if not declared:
            return
        found = self.ask(questions.DECLARE, program, tuple((name, *told) for name, told in declared.items()))
        if type(found) is not tuple or len(found) != len(declared):
            self.abandon("lost", "the candidate did not say what it declares")
        both = [self._module.__dict__[name] for name, fits in zip(declared, found, strict=True) if fits is True]
        self._exchange.agree(declared=Declared(both))
        for kind in both:
            library_types.agree(kind)

    def _show_types(self, namespace: dict[str, Any]) -> None:
        own = namespace["type"] = self._exchange.obeying.type = type_of_the_tests(self._type_of)
        self._exchange.agree(
            names=library_types.TYPE_NAMES | {id(own): "type"}, types=library_types.TYPES | {"type": own}
        )

    def _type_of(self, proxy: Any) -> Any:
        shown = shown_type(proxy)
        return self.ask(questions.TYPE, proxy) if shown is None or shown is type else shown

    def _bind(self, found: Any, names: tuple[str, ...], namespace: dict[str, Any]) -> None:
        if type(found) is not tuple or len(found) != len(names):
            self.abandon("lost", "the candidate did not say what it defines")
        for name, values in zip(names, found, strict=True):
            if type(values) is tuple and len(values) == 1:
                if is_remote(values[0]):
                    self._names.setdefault(number_of(values[0]), name)
                    if isinstance(namespace.get(name), type):
                        self._classes_asked_for.add(number_of(values[0]))
                namespace[name] = values[0]

    # --- questions -----------------------------------------------------------------------------------------------

    def ask(
        self, operation: int, target: object, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """The candidate's answer; raises what it raised."""
        self._check_that_it_is_on()
        self._seeds.news()
        if news := self._replaced.news():
            theirs = put_own_built_ins()
            try:
                self._answer((questions.REPLACE, self._program, news, (), ()))
            finally:
                vars(builtins).update(theirs)
        keywords, frame = kwargs or {}, calling_frame()
        self._calls += operation == questions.CALL
        HEAD.pack_into(self._region, 0, 0, min(self._calls, 0xFFFFFFFF), line_of(frame))
        question = (operation, target, args, tuple(keywords), tuple(keywords.values()))
        self._background.may_exist()
        if operation != questions.CALL:
            return self._answer(question)
        name = self._names.get(number_of(target), "…") if is_remote(target) else "…"
        given = self._exchange.as_passed((*args, *keywords.values()))
        changes = self._in_place or any(map(operator.is_not, given, (*args, *keywords.values())))
        named = dict(zip(keywords, given[len(args) :], strict=True))
        call = self._last_calls.begin(name, given[: len(args)], named, frame, changes)
        try:
            value = self._answer(question)
        except BaseException as error:
            call.failed(error)
            raise
        finally:
            self._used.refresh()
        call.returned(value, self._exchange.bytes)
        return value

    def _answer(self, question: tuple[Any, ...]) -> Any:
        kind, value = self._exchange.ask(question)
        if kind == questions.RAISED:
            self._raise(value, question[0])
        return value

    def _seed(self, place: int, *args: Any) -> None:
        """The tests have seeded a generator of random numbers."""
        self.ask(questions.SEED, self._program, (place, *args))

    def _lent(self, number: int) -> Any:
        return self._lender.get(number) if number & LENT else None

    def _construct(self, kind: type, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        return self.ask(questions.CALL, kind, args, keywords)

    def _attribute(self, error: BaseException, name: str) -> Any:
        if self._proxies.number(error) is None:  # one that caused another, or that the tests have copied
            self.not_carried(f"{name} of an exception of the program's class {type(error).__name__}")
        self._used.add(error)
        return attribute_of(self, error, name)

    def _raise(self, told: Any, operation: int) -> NoReturn:
        try:
            *described, number, line = told
            own = len(described) == 1 and isinstance(described[0], BaseException)
            error = described[0] if own else self._makers.exception(described)
            if not own and type(number) is int:
                self._proxies.know(error, number)
        except BaseException:
            self.abandon("lost", "an exception that is none")
        if not own:  # otherwise the tests' own, that the program let through
            self._crossed = error
            self._crossed_line = line if type(line) is int and 0 < line < 10**9 else None
        if self._swallowed.ends(operation, error):
            name, message, _, more = failure(error, not own, self._crossed_line)
            self._fail(name, message, line_of(calling_frame()) or None, more)
            _exit(0)
        raise error

    def not_carried(self, what: str, kind: int = -1) -> NoReturn:
        """The tests did something with a candidate's object that can't be sent: exits, because no `except` may hide it.

        Whoever chose the class is to blame: the tests if the prelude has it as a class, otherwise the candidate.
        """
        self._check_that_it_is_on()
        if kind == questions.OF_TESTS and self._lender.has_instances:
            self.abandon("unsupported", "the program uses an object of a class of the tests")
        if kind in self._classes_asked_for:
            self.abandon("unsupported", f"{what} does not cross to the tests")
        line = line_of(calling_frame()) or None
        self._fail("TypeError", f"{what} does not cross to the tests", line, ',"n":true')
        _exit(0)

    def _check_that_it_is_on(self) -> None:
        if _getpid() != self._own:  # the judge would rule without the answer
            self._forks[0] = 1
            _exit(1)
        if self._over:
            raise Lost("the sample is over")

    # --- the ruling ----------------------------------------------------------------------------------------------

    def abandon(self, why: str, text: str) -> NoReturn:
        """End the sample without a ruling."""
        self._rule('{"s":"%s","m":%s}' % (why, _quote(text[:_MAX_TEXT])))
        _exit(0)

    def _fail(self, name: str, message: str, line: int | None, more: str) -> None:
        where = "null" if line is None else line
        told = '{"s":"failed","y":%s,"m":%s,"l":%s%s' % (_quote(name[:200]), _quote(message[:_MAX_TEXT]), where, more)
        self._rule(told + self._last_calls.fields(line, RULING_BYTES - HEAD.size - len(told) - 1) + "}")

    def _rule(self, record: str) -> None:
        self._over = True
        if self._forks[0]:
            record = '{"s":"unsupported","m":"the tests use the program in another process"}'
        data = record.encode("ascii")[: RULING_BYTES - HEAD.size]
        self._region[HEAD.size : HEAD.size + len(data)] = data
        _, calls, line = HEAD.unpack_from(self._region)
        HEAD.pack_into(self._region, 0, len(data), calls, line)


def _compile(prelude: str, source: str) -> tuple[types.CodeType, types.CodeType]:
    return wire.compile_tests(prelude, wire.PRELUDE), wire.compile_tests(source, TESTS)
