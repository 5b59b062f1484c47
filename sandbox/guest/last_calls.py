"""What the candidate answered to the calls before a test failed: for the reader of the failure, never for the verdict.

Values are kept as they are and become text when a test has failed. What is large becomes text at once, so that nothing is
held that would be gone without this; so do arguments that the candidate may change, of the first calls.
"""

from __future__ import annotations

import json
import types
from dataclasses import dataclass
from typing import Any

from sandbox import wire
from sandbox.guest.shown_values import shown, shown_call

#: Characters of a call, and of what came of it.
_MAX_CALL, _MAX_VALUE = 600, 2_000
#: Bytes that both messages of a call have together, if its values are kept.
_MAX_KEPT = 262_144
#: Calls whose arguments become text before they are made: with more of them it would take time that the tests need.
_MAX_WRITTEN = 200
_quote = json.encoder.encode_basestring_ascii


@dataclass(slots=True)
class Call:
    """One of them. `place`: the frame of the tests and the instruction in it."""

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
        """What came of it; `size`: bytes of its messages."""
        self.value = value
        if size > _MAX_KEPT:
            self.write()

    def failed(self, error: BaseException) -> None:
        """It raised this."""
        self.result, self.raised = shown(error, _MAX_VALUE), True

    def write(self) -> None:
        """Makes it text, and lets go of the values."""
        if self.text is None:
            self.text = shown_call(self.name, self.args, self.keywords.items(), _MAX_CALL)
        if self.result is None:
            self.result = shown(self.value, _MAX_VALUE)
        self.args, self.keywords, self.value = (), {}, None


class LastCalls:
    """Of one sample: the calls of the statement that is being executed, as far as can be told, or those before it."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._written = 0

    def begin(
        self, name: str, args: tuple[Any, ...], keywords: dict[str, Any], frame: types.FrameType | None, changes: bool
    ) -> Call:
        """A call is about to be made from this frame of the tests. `changes`: the candidate may change its arguments."""
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
        """`,"a0":"f(1)","r0":"2"` and so on, of at most `room` bytes: the calls in this line of the tests, else the last
        ones; the latest first."""
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
