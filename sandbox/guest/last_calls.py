"""The calls made just before a test failed, and their results: for the reader of the failure, never for the verdict.

Values are kept by reference and converted to text only once a test has failed. Large values are converted immediately, so
that they are not kept alive; so are arguments that the candidate may change, for the first calls.
"""

from __future__ import annotations

import json
import types
from dataclasses import dataclass
from typing import Any

from sandbox import wire
from sandbox.guest.shown_values import shown, shown_call

#: Characters of a call, and of its result.
_MAX_CALL, _MAX_VALUE = 600, 2_000
#: Values are kept if the call's question and answer have at most this many bytes together.
_MAX_KEPT = 262_144
#: The number of calls whose arguments are converted before the call: more would take too much of the sample's time.
_MAX_WRITTEN = 200
_quote = json.encoder.encode_basestring_ascii


@dataclass(slots=True)
class Call:
    """`place`: the id of the tests' frame, and the instruction in it."""

    line: int
    place: tuple[int, int]
    name: str
    args: tuple[Any, ...]
    keywords: dict[str, Any]
    text: str | None = None
    value: Any = None
    result: str | None = None
    raised: bool = False

    def returned(self, value: Any, size: int) -> None:
        """Records the result; `size`: bytes of the call's messages."""
        self.value = value
        if size > _MAX_KEPT:
            self.write()

    def failed(self, error: BaseException) -> None:
        """Records the exception that it raised."""
        self.result, self.raised = shown(error, _MAX_VALUE), True

    def write(self) -> None:
        """Converts to text and drops the references to the values."""
        if self.text is None:
            self.text = shown_call(self.name, self.args, self.keywords.items(), _MAX_CALL)
        if self.result is None:
            self.result = shown(self.value, _MAX_VALUE)
        self.args, self.keywords, self.value = (), {}, None


class LastCalls:
    """The recent calls of one sample: those of the statement being executed, as far as that is known."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._written = 0

    def begin(
        self, name: str, args: tuple[Any, ...], keywords: dict[str, Any], frame: types.FrameType | None, changes: bool
    ) -> Call:
        """Records a call about to be made from this frame of the tests. `changes`: the candidate may change its
        arguments."""
        place, line = ((id(frame), frame.f_lasti), frame.f_lineno) if frame is not None else ((0, 0), 0)
        calls = self._calls
        if calls and (calls[-1].place[0] != place[0] or calls[-1].place[1] >= place[1]):
            calls.clear()  # another function, or the next turn of a loop
        elif len(calls) == wire.MOST_LAST_CALLS:
            del calls[0]
        call = Call(line, place, name, args, keywords)
        if changes and self._written < _MAX_WRITTEN:
            self._written += 1
            call.text = shown_call(name, args, keywords.items(), _MAX_CALL)
        calls.append(call)
        return call

    def fields(self, line: int | None, room: int) -> str:
        """Fields of a record, `,"a0":"f(1)","r0":"2"` and so on, in at most `room` bytes: the calls on this line of the
        tests, or else the last ones; the most recent first."""
        calls = [one for one in self._calls if one.line == line] or self._calls
        found: list[str] = []
        for call in reversed(calls):
            call.write()
            number = len(found)
            kind = "e" if call.raised else "r"
            text = f',"a{number}":{_quote(call.text or "")},"{kind}{number}":{_quote(call.result or "")}'
            room -= len(text)
            if room < 0:
                break
            found.append(text)
        return "".join(found)
