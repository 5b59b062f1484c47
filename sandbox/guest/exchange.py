"""The judge's end of the connection: questions and their answers, the containers that both sides have, and what the program
asks of the tests' objects meanwhile (`lent_objects.py`)."""

from __future__ import annotations

import gc
import threading
from typing import Any

from sandbox.guest import questions, value_writer
from sandbox.guest.common_containers import Reading, states
from sandbox.guest.container_contents import put
from sandbox.guest.frames import Line, Lost
from sandbox.guest.judge_side import JudgeSide, Stops, Unsupported
from sandbox.guest.lent_objects import Lender
from sandbox.guest.made_exceptions import Makers
from sandbox.guest.proxies import Proxies
from sandbox.guest.tests_frames import Spans, is_on

#: How deeply requests may be nested in questions and these in requests.
_MAX_NESTED = 40


class Exchange(JudgeSide):
    """One sample's."""

    def __init__(self, stops: Stops, proxies: Proxies, makers: Makers, lender: Lender) -> None:
        super().__init__(stops, proxies, makers, lender)
        self._turn = threading.RLock()  # a question and its answer belong to one thread of the tests
        self._number = self._nested = 0
        self._is_busy = False  # a message is read or written
        self._collects = True  # whether the tests have the collector enabled
        self._floor = 0  # so many common containers are in use by questions that wait for an answer
        self.bytes = 0  # of the last question and its answer

    def open(self, line: Line, most: int, in_place: bool, expecting: Spans = ()) -> None:
        """Use this connection. `most`: bytes by which an answer may be longer than its question; `in_place`: the tests
        check what the candidate does to its arguments, except on the lines `expecting`."""
        self._line, self._room, self._expecting = line, most, expecting
        self._common.in_place = self._lender.streams.in_place = in_place

    @property
    def has_own(self) -> bool:
        """Whether the program has changed arguments of the tests, and they did not see it."""
        return self._common.copies.were_made or self._lender.streams.were_copied

    def as_passed(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """These arguments, with the program's copies in place of those that it has changed in an earlier call."""
        with self._turn:
            self._common.begin()
            return tuple(map(self._common.copies.instead_of, values))

    def ask(self, question: tuple[Any, ...]) -> tuple[bytes, Any]:
        """The answer. If there is none, the process ends: an exception could be caught by the tests. Raises Lost if what a
        message holds asks (a `__hash__` of the prelude), because the answer could change the common containers meanwhile."""
        with self._turn:
            if self._is_busy:
                raise Lost("a question while a message is read or written")
            if self._expecting and not self._nested:
                self._common.in_place = self._lender.streams.in_place = not is_on(self._expecting)
            return self._asked(question)

    def _asked(self, question: tuple[Any, ...]) -> tuple[bytes, Any]:
        try:
            self._is_busy, self._collects = True, gc.isenabled()
            gc.disable()  # a `__del__` of the tests may ask
            self._tell_changes()
            answer = self._answer_to(question)
            if self._collects:
                gc.enable()
            self._is_busy = False
            return answer
        except Unsupported as error:
            self._stops.abandon("unsupported", str(error))
        except Lost as error:
            self._stops.abandon("lost", str(error))
        except BaseException as error:  # whatever the candidate's bytes have caused
            self._stops.abandon("lost", f"not understood: {type(error).__name__}")

    def _tell_changes(self) -> None:
        """Tell the candidate what the tests have changed in its objects, of which one may hold another."""
        for number, told in [(one, self._proxies.tell(one)) for one in self._proxies.changed_by_tests()]:
            try:
                kind, _ = self._answer_to(told)
            except (Unsupported, value_writer.TooLarge):
                kind = questions.RAISED
            if kind == questions.RAISED:
                self._proxies.not_told(number)

    def _answer_to(self, question: tuple[Any, ...]) -> tuple[bytes, Any]:
        self._common.begin()
        changed = self._changed()
        before, flags = len(self._common), questions.IDENTITIES if self._agreed.same is not None else 0
        kept = b"" if self._nested or self._floor else self._common.forget_unheld(changed)
        encoder, count = self._message(), len(self._common)
        root = encoder.question((*question, questions.how(question[0], self._common.in_place)))
        again = encoder.contents(0, count) if changed else b""
        contents = encoder.contents(count)
        head = encoder.head()
        self._number += 1
        encoder.sent()
        flag = questions.CHANGED if again else questions.SAME
        shared = value_writer.COUNT.pack(before | flags | (questions.FORGOTTEN if kept else 0))
        parts = (shared + flag, kept, head, again, contents, root)
        self._line.send(self._number, *parts)
        self._lender.sent()
        if changed:
            self._common.replace(self._common.containers)
        asked = questions.Asked(self._number, question[0], encoder.table[count:])
        self.bytes = size = sum(map(len, parts))
        self._room += size
        answer = self._wait(asked)
        self._room -= size
        return answer

    def _wait(self, asked: questions.Asked) -> tuple[bytes, Any]:
        """(kind, value) of the answer, after the requests that come first."""
        floor = self._floor
        while True:
            number, data = self._line.receive(self._room)
            if data[:1] == questions.STOP:
                self._stops.not_carried(data[2:].decode(), questions.OF_TESTS if data[1:2] == questions.CHANGED else -1)
            if number != asked.number:
                raise Lost("an answer to another question")
            self.bytes += len(data)
            if data[:1] != questions.REQUEST:
                break
            self._begin_request(asked)
            self.obeying.begin(answers=False, allowed=False)
            self._serve(asked, self._read(data))
        self.obeying.begin(answers=not self._nested, allowed=asked.operation == questions.TYPE)
        kind, value = self._end(asked, data, floor)
        self.obeying.end(value)
        return kind, value

    def _end(self, asked: questions.Asked, data: bytes, floor: int) -> tuple[bytes, Any]:
        if asked.first < 0:
            return self._understand(data, asked.passed)
        if data[:1] not in _ENDS or data[1:2] != questions.CALLED:
            raise value_writer.Malformed("no answer")
        value = self._read(data)
        self._floor = floor
        self._common.share(self._common.containers, floor)
        return data[:1], value

    # --- requests ------------------------------------------------------------------------------------------------

    def _begin_request(self, asked: questions.Asked) -> None:
        if asked.first < 0:
            asked.first = len(self._common)
            self._common.extend([*self._common.containers, *asked.passed])
            self._common.keep_unchanged(asked.first)

    def _read(self, data: bytes) -> Any:
        """The root of a message that tells which containers have changed."""
        common = self._common
        reading = Reading(self._decoder(data[2:], common.containers), len(common))
        if reading.has_changes(common.own):
            common.separate()
            reading.replace(common.containers)
        value = reading.value()
        common.received(reading)
        return value

    def _serve(self, asked: questions.Asked, request: Any) -> None:
        """Carry out a request and send its result."""
        operation, number, args, names, values = request
        keywords = dict(zip(names, values, strict=True))
        perform = self._lender.use(operation, number)
        self.obeying.check(operation)
        if self._nested >= _MAX_NESTED:
            self._stops.not_carried(f"a call of the tests' function in more than {_MAX_NESTED} others")
        outer, self._floor = self._floor, len(self._common)
        self._nested += 1
        kind = questions.RETURNED
        if self._collects:
            gc.enable()
        self._is_busy = False
        try:
            result = perform(*args, **keywords)
        except BaseException as error:
            kind, result = questions.RAISED, error
        self._is_busy, self._collects = True, gc.isenabled()
        gc.disable()
        self._tell_changes()
        self._nested -= 1
        self._floor = outer
        count = len(self._common)
        self._common.begin()
        parts = self._common.written(self._message, result)
        self._line.send(asked.number, value_writer.COUNT.pack(count), kind, *parts)
        self._lender.sent()
        self._common.sent()
        self._common.keep_unchanged(count)

    # --- common containers ---------------------------------------------------------------------------------------

    def _changed(self) -> list[int]:
        """The places of the containers that the tests have changed; there are none any more once they have put something into
        them that can't be sent."""
        try:
            return self._common.changed()
        except (Unsupported, value_writer.TooLarge):
            if self._floor:
                raise Unsupported("the tests put something into a container that is not plain data") from None
            self._common.forget()
            return []

    def _understand(self, data: bytes, passed: list[Any]) -> tuple[bytes, Any]:
        """(kind, value), after restoring in what was passed the contents that the candidate left in it."""
        kind, flag = data[:1], data[1:2]
        if kind not in _ENDS or flag not in questions.FLAGS:
            raise value_writer.Malformed("no answer")
        changed, kept = questions.FLAGS[flag]
        common = self._common
        if changed:
            common.separate()
        own = common.begun(passed) if changed else passed
        seen = [*common.containers, *own]
        decoder = self._decoder(data[2:], seen)
        decoder.head()
        known = states(self._encoder_of_contents(seen), len(seen)) if changed else []
        contents = decoder.contents(seen if changed else (), [one.known for one in known])
        decoder.fill(len(seen))
        value = decoder.value()
        decoder.end()
        for container, content in contents:
            put(container, content)
        common.copies.add(passed, own)
        new = [*(own if common.in_place else ()), *decoder.table[len(seen) :]] if kept else []
        count = len(common) + len(new)
        common.share([*common.containers, *new], self._floor, changed)
        if kept and not common.in_place and len(common) == count:
            common.share_own(own)
        return kind, value


_ENDS = (questions.RETURNED, questions.RAISED)
