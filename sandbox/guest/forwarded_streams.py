"""Files in memory that the tests pass to the program, and the streams that they put in place of `sys.stdout` and the like.

A stream stays with the judge. The candidate gets a stand-in of a class derived from the same one, of which these methods
ask the judge, and the others are made of them.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

_METHODS = ("close", "getvalue", "read", "readline", "seek", "tell", "truncate", "write")


class Output:
    """What the tests put in the place of an output stream: the program can only write to it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: object) -> None:
        """Raises TypeError for anything but a string."""
        if type(text) is not str:
            raise TypeError(f"string argument expected, got {type(text).__name__!r}")
        self._stream.write(text)

    def flush(self) -> None:
        """Pass on to the stream of bytes below what has been written."""
        self._stream.flush()

    def buffer(self) -> None:
        """Raises AttributeError if there is no stream of bytes below."""
        _ = self._stream.buffer

    def write_bytes(self, data: object) -> None:
        """To the stream of bytes below. Raises TypeError for anything but bytes."""
        if type(data) is not bytes:
            raise TypeError(f"a bytes-like object is required, not {type(data).__name__!r}")
        self._stream.buffer.write(data)


class Input:
    """What the tests put in the place of standard input: the program can only read it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, *size: int) -> Any:
        """As a stream's."""
        return self._stream.read(*size)

    def readline(self, *size: int) -> Any:
        """As a stream's."""
        return self._stream.readline(*size)

    def buffer(self) -> None:
        """Raises AttributeError if there is no stream of bytes below."""
        _ = self._stream.buffer

    def read_bytes(self, *size: int) -> Any:
        """From the stream of bytes below."""
        return self._stream.buffer.read(*size)

    def readline_of_bytes(self, *size: int) -> Any:
        """Likewise."""
        return self._stream.buffer.readline(*size)


#: What a candidate may call of a stream, by its exact type. A closed table: no name in a message is looked up elsewhere.
FORWARDED: dict[type, dict[str, Callable[..., Any]]] = {
    io.StringIO: {name: getattr(io.StringIO, name) for name in _METHODS},
    io.BytesIO: {name: getattr(io.BytesIO, name) for name in _METHODS},
    Output: {
        "write": Output.write,
        "flush": Output.flush,
        "buffer": Output.buffer,
        "buffer.write": Output.write_bytes,
    },
    Input: {
        "read": Input.read,
        "readline": Input.readline,
        "buffer": Input.buffer,
        "buffer.read": Input.read_bytes,
        "buffer.readline": Input.readline_of_bytes,
    },
}
_OF_BYTES = "buffer."
_BASES: dict[str, Any] = {kind.__name__: kind if kind.__module__ == "_io" else io.TextIOBase for kind in FORWARDED}


def forward(stream: Any, name: str, /, *args: Any) -> Any:
    """Call a method of a stream of the tests. Raises KeyError for any other object or method."""
    return FORWARDED[type(stream)][name](stream, *args)


class Streams:
    """The files in memory that the candidate of one sample has, by number. Unless the tests check what becomes of their
    arguments (`in_place`), the candidate uses a copy: what is expected may be computed from the tests' own one."""

    def __init__(self) -> None:
        self.in_place, self.were_copied = True, False
        self._copies: dict[int, tuple[Any, Any]] = {}  # with the state of the tests' own

    def pass_on(self, number: int, stream: Any) -> None:
        """The tests pass this one."""
        if not self.in_place and type(stream) in (io.StringIO, io.BytesIO):
            state = _state(stream)
            if number not in self._copies or self._copies[number][1] != state:
                self._copies[number] = (_copy(stream, state), state)

    def used(self, number: int, value: Any) -> Any:
        """What the candidate uses of that number."""
        if number not in self._copies:
            return value
        self.were_copied = True
        return self._copies[number][0]

    def returned(self, number: int, value: Any) -> Any:
        """What the tests get if the candidate returns it: their own, unless it was used."""
        copy, state = self._copies.get(number, (value, None))
        return value if copy is value or _state(copy) == state else copy


_getstate: Callable[[Any], Any] = io.StringIO.__getstate__


def _state(stream: Any) -> Any:
    return None if stream.closed else (stream.getvalue(), stream.tell())


def _copy(stream: Any, state: Any) -> Any:
    made: Any = io.StringIO() if type(stream) is io.StringIO else io.BytesIO()
    if state is None:
        made.close()
        return made
    if type(stream) is io.StringIO:
        made.__setstate__((*_getstate(stream)[:3], None))
    else:
        made.write(state[0])
        made.seek(state[1])
    return made


def stand_in(name: str, call: Callable[..., Any]) -> Any:
    """The candidate's stand-in for a stream; `call` has the judge carry out a method of it."""
    base = _BASES[name]
    forwarded = FORWARDED.get(base) or FORWARDED[Output if name == "Output" else Input]
    members: dict[str, Any] = {one: _forwarding(call, one) for one in forwarded if not one.startswith(_OF_BYTES)}
    members |= {
        "__module__": "_io",
        "__del__": lambda self: None,  # the base's would close it
        "__iter__": lambda self: self,
        "__next__": _next_line,
        "readlines": lambda self, hint=-1: list(self),
        "writelines": _write_lines,
        "readable": lambda self: name != "Output",
        "writable": lambda self: name != "Input",
    }
    if name == "Output":
        members["write"] = lambda self, text: call("write", str.__str__(text)) or len(text)
    if "buffer" in members:
        members["buffer"] = property(lambda self: call("buffer") or _bytes_below(name, call))
    if base is io.BytesIO:
        members |= {"read1": members["read"], "readinto": _read_into}
    if "close" in forwarded:
        members["close"] = lambda self: call("close") or base.close(self)
    return type(name, (base,), members)()


def _bytes_below(name: str, call: Callable[..., Any]) -> Any:
    """The stream of bytes below a stand-in for a standard stream."""
    if name == "Output":
        members: dict[str, Any] = {
            "write": lambda self, data: call("buffer.write", bytes(memoryview(data))) or len(data)
        }
    else:
        members = {one: _forwarding(call, _OF_BYTES + one) for one in ("read", "readline")}
        members |= {"read1": members["read"], "readinto": _read_into, "__next__": _next_line}
    members |= {
        "__module__": "_io",
        "__iter__": lambda self: self,
        "readlines": lambda self, hint=-1: list(self),
        "readable": lambda self: name != "Output",
        "writable": lambda self: name != "Input",
    }
    return type(name, (io.BufferedIOBase,), members)()


def _forwarding(call: Callable[..., Any], name: str) -> Callable[..., Any]:
    return lambda self, *args: call(name, *args)


def _next_line(stream: Any) -> Any:
    line = stream.readline()
    if not line:
        raise StopIteration
    return line


def _write_lines(stream: Any, lines: Any) -> None:
    for line in lines:
        stream.write(line)


def _read_into(stream: Any, buffer: Any) -> int:
    data = stream.read(len(buffer))
    buffer[: len(data)] = data
    return len(data)
