"""The candidate's own process: compile, run the definitions, make the calls, record the results.

Everything here runs beside hostile code, which may change it. That is fine: what this module writes is only evidence
about the candidate, the host holds the expected outputs, and a forged reply gains nothing over a correct answer.

The reply is a shared memory region: 8 bytes (how much of it is valid), then one JSON object per line. A record counts
as soon as it is written, without a system call, so that even a killed program shows how far it got.
"""

from __future__ import annotations

import gc
import json
import mmap
import os
import struct
import sys
import time
import types
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from sandbox import wire
from sandbox.guest import main_module, plain_data
from sandbox.guest.confinement import Steps
from sandbox.guest.main_module import FILENAME

if TYPE_CHECKING:
    from sandbox.guest.candidate_answers import Witness

    Testify = Callable[[int, Callable[[BaseException], int | None], Callable[[], None], dict[str, Any]], Witness]

MAX_MESSAGE = 2_000
_COMMIT = struct.Struct(">Q")
# Types are compared by identity: a metaclass may claim that its classes equal any other.
_PLAIN_LEAVES = frozenset(map(id, (type(None), bool, int, float, complex, str, bytes)))
_PLAIN_SEQUENCES = frozenset(map(id, (list, tuple, set, frozenset)))
_MAX_PLAIN_NODES, _MAX_PLAIN_DEPTH = 100_000, 50
# Bound once, before a candidate can rebind them by accident (monkeypatching, `del`, shadowing).
_quote = json.encoder.encode_basestring_ascii
_exit = os._exit
_cpu = time.process_time
_type_name = type.__dict__["__name__"].__get__
_traceback = BaseException.__dict__["__traceback__"].__get__


#: True in a process that the candidate has forked. One that returns from its function into this module ends there: the
#: reply is in memory that it shares, and only the first process may record the results.
_forked = False


def _after_fork() -> None:
    global _forked
    _forked = True


os.register_at_fork(after_in_child=_after_fork)


class ReplyFull(BaseException):
    """The record does not fit into the rest of the reply."""


class Reply:
    """Appends records to the shared region; 64 bytes are reserved for the record that reports an overflow."""

    def __init__(self, region: mmap.mmap) -> None:
        self._region, self._at, self._end = region, _COMMIT.size, len(region) - 64
        self.size = len(region)

    def write(self, record: str, reserve: int = 0) -> None:
        if _forked:
            main_module.end_fork(None)
        data = record.encode("ascii") + b"\n"
        if self._at + len(data) > self._end + reserve:
            raise ReplyFull
        self._region[self._at : self._at + len(data)] = data
        self._at += len(data)
        self._region[: _COMMIT.size] = _COMMIT.pack(self._at - _COMMIT.size)


class Runner:
    """Created by the supervisor before the fork, used by the child: what already exists need not be made on copied
    pages."""

    def __init__(self, region: mmap.mmap) -> None:
        self._reply = Reply(region)
        self._lines = main_module.SourceLines()
        self._module = main_module.make_module(self._lines)
        main_module.publish_on_demand(self._lines)
        self._streams = (sys.stdout, sys.stderr)
        self._testify: Testify | None = None

    def run(self, confine: Steps, body: mmap.mmap, size: int, testify: Testify | None = None) -> NoReturn:
        """Confine a fresh fork of the supervisor, execute one job and end the process. The first `size` bytes of `body`
        are the job as the host encoded it.

        `testify` makes the object that answers the judge of an assert-style job.
        """
        try:
            for step in confine:
                step()
            self._execute(body, size, testify)
            _exit(0)
        finally:
            _exit(70)

    def _execute(self, body: mmap.mmap, size: int, testify: Testify | None = None) -> None:
        global _forked
        if _forked:
            _forked = False  # the supervisor had to use Python's own fork
        reply, self._testify = self._reply, testify
        try:
            self._carry_out(*wire.decode_job_body(body[:size]))
            self._flush()
            reply.write('{"s":"end"}')
        except ReplyFull:
            reply.write('{"s":"overflow"}', reserve=64)

    def _flush(self) -> None:
        for stream in self._streams:
            _quietly(stream.flush)

    def _carry_out(self, mode: str, entry_point: str, source: str, calls: Iterator[dict[str, Any]]) -> None:
        reply = self._reply
        self._lines.source = source
        try:
            code = compile(source, FILENAME, "exec", dont_inherit=True)
        except BaseException as error:
            reply.write(_raised("syntax", error, 0.0))
            return
        gc.enable()
        start = _cpu()
        try:
            namespace = _define_mera(mode, code, source) if wire.is_mera(mode) else self._define(code)
        except BaseException as error:
            if _forked:
                main_module.end_fork(error)
            reply.write(_raised("definitions", error, _cpu() - start))
            return
        function = namespace.get(entry_point)
        if not callable(function):
            reply.write('{"s":"noentry"}')
            return
        reply.write('{"s":"defined","c":%.3f}' % ((_cpu() - start) * 1000))
        if self._testify is not None:
            if not self._testify(reply.size, _line, self._flush, namespace).serve():
                raise ReplyFull
            return
        caught = Exception if wire.is_mera(mode) and mode != "mera-1.1" else BaseException  # 1.1 has a bare `except`
        for arguments in calls:
            reply.write(_call(function, arguments, caught))

    def _define(self, code: types.CodeType) -> dict[str, Any]:
        namespace = self._module.__dict__
        exec(code, namespace)  # noqa: S102 - this is what the process is for
        return namespace


def _quietly(action: Callable[[], object]) -> None:
    try:
        action()
    except BaseException:
        return


def _define_mera(mode: str, code: types.CodeType, source: str) -> dict[str, Any]:
    from sandbox.guest import mera  # which the supervisor has imported

    names: dict[str, Any] = {}
    scorer = mera.scorer_globals(mode, code, source)
    with mera.no_streams(), mera.definitions_limit():
        exec(code, scorer, names)  # noqa: S102 - no globals of its own: MERA's way
    return {name: value for name, value in names.items() if name not in mera.EXECUTOR_LOCALS}


def _call(function: Callable[..., object], arguments: dict[str, Any], caught: type[BaseException]) -> str:
    """One record. MERA catches only `Exception` (except in 1.1): anything else ends the process there, and with it the
    whole sample."""
    start = _cpu()
    try:
        value = function(*arguments["*"]) if "*" in arguments else function(**arguments)
        text = str(value)
        if type(text) is not str:  # `__str__` may return a subclass that lies about itself
            text = str.__str__(text)
    except ReplyFull:
        raise
    except caught as error:
        if _forked:
            main_module.end_fork(error)
        return _raised("raised", error, _cpu() - start)
    cpu_ms, is_plain = (_cpu() - start) * 1000, _is_plain(value)
    data = None if is_plain or caught is Exception else plain_data.literal(value)  # MERA compares texts only
    return '{"s":"returned","t":%s,"y":%s,"p":%s,"c":%.3f%s}' % (
        _quote(text),
        _quote(_type_name(type(value))),
        "true" if is_plain else "false",
        cpu_ms,
        "" if data is None else ',"d":' + _quote(data),
    )


def _raised(status: str, error: BaseException, cpu_s: float) -> str:
    try:
        message = str(error)
        if type(message) is not str:
            message = str.__str__(message)
    except BaseException:
        message = "<the exception's text could not be made>"
    line = _line(error)
    return '{"s":"%s","y":%s,"m":%s,"l":%s,"c":%.3f}' % (
        status,
        _quote(_type_name(type(error))),
        _quote(message[:MAX_MESSAGE]),
        "null" if line is None else line,
        cpu_s * 1000,
    )


def _line(error: BaseException) -> int | None:
    """The program's line that raised, or that does not compile. Exceptions may be made so that reading them raises."""
    try:
        if issubclass(type(error), SyntaxError):
            number = error.lineno  # type: ignore[attr-defined]
            return number if type(number) is int else None
        line, traceback = None, _traceback(error)
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == FILENAME:
                line = traceback.tb_lineno
            traceback = traceback.tb_next
        return line
    except BaseException:
        return None


def _is_plain(value: object) -> bool:
    """Whether the value consists only of exact built-in types (bounded: a huge value counts as not plain)."""
    if id(type(value)) in _PLAIN_LEAVES:
        return True
    level: list[object] = [value]
    seen = 0
    for _ in range(_MAX_PLAIN_DEPTH):
        deeper: list[object] = []
        for item in level:
            kind = type(item)
            if id(kind) in _PLAIN_LEAVES:
                continue
            if id(kind) in _PLAIN_SEQUENCES:
                deeper.extend(item)  # type: ignore[arg-type]
            elif kind is dict:
                deeper.extend(item.keys())  # type: ignore[attr-defined]
                deeper.extend(item.values())  # type: ignore[attr-defined]
            else:
                return False
        seen += len(deeper)
        if not deeper:
            return True
        if seen > _MAX_PLAIN_NODES:
            return False
        level = deeper
    return False


_WARM_UP = wire.Job(
    source="import math\nclass C: pass\ndef f(n):\n    if n: raise ValueError(n)\n    return [C(), {'a': (n, 'b')}, f'{n}']\n",
    entry_point="f",
    calls=('{"n": 0}',) * 12 + ('{"n": 1}',) * 4,
)


def warm_up() -> None:
    """Run a harmless job through all of the above in the supervisor, before its first fork: the interpreter's caches
    and specialised code are then written once here and not in every child on copied pages."""
    body = wire.encode_job_body(_WARM_UP)
    with mmap.mmap(-1, len(body)) as job, mmap.mmap(-1, 65_536) as region:
        job[:] = body
        for _ in range(12):
            Runner(region)._execute(job, len(body))
    gc.disable()  # executing a job has enabled it
    gc.collect()
