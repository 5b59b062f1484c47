"""The border of a sandbox: the frames that cross it, and the jobs in them. Standard library only; the guest has a copy.

Theory of operation. A channel is a duplex stream of bytes. Every frame is

    length (4 bytes, big endian, of what follows) · kind (1 byte) · payload

The host sends JOB frames; the guest answers READY once, then ACCEPT and RESULT for each job, in order; or ACCEPT and
DECLINE, and exits, if it could not start the candidate's process. Between ACCEPT and RESULT it sends WAIT, at most
`MOST_WAITS` times: each time another wall limit has passed for a sample that other work keeps from running. Fixed-size
headers are packed structs, so that the supervisor never parses anything that a candidate could have written, and so
that the host can reject a malformed frame by its size alone. Bodies are opaque to the supervisor: the job's body is
decoded in the candidate's own process, and the reply that the candidate's process writes is decoded, strictly, on the
host (`replies.py`) into the values of `outcomes.py`.

Sizes are bytes, times are seconds unless a name ends in `_ms` (milliseconds), memory is MiB.
"""

from __future__ import annotations

import ast
import functools
import itertools
import marshal
import re
import struct
import types
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import MAGIC_NUMBER
from typing import Any, Literal

WIRE_VERSION = 3

JOB, READY, ACCEPT, RESULT, DECLINE, WAIT = b"J", b"R", b"A", b"E", b"D", b"W"

LENGTH = struct.Struct(">I")
#: job number, cpu limit (ms), wall limit (ms), bytes of stdout and stderr to keep each, reply bytes, bytes of the
#: tests; then the body, and the tests, which only the judge of an assert-style job reads
JOB_HEADER = struct.Struct(">QIIIII")
#: job number; for ACCEPT, DECLINE and WAIT
ACCEPT_HEADER = struct.Struct(">Q")
#: job number, end (index into ENDS), exit code, signal, cpu ms, wall ms, waited ms, max rss (KiB), flags, lengths of reply,
#: ruling, stdout, stderr
RESULT_HEADER = struct.Struct(">QBBBIIIIBIIII")
#: A ruling: bytes of the record, number of calls made, the tests' line of the last call; then the record
RULING_HEAD = struct.Struct(">III")
RULING_BYTES = 32_768
#: The record of tests that have passed, and of those that have passed although the program has changed arguments of theirs,
#: because they were executed with their own.
PASSED, PASSED_WITH_OWN = '{"s":"passed"}', '{"s":"passed","o":true}'
#: The most calls that a ruling lists.
MOST_LAST_CALLS = 3

#: How the candidate's process ended, as observed by the supervisor.
ENDS = ("exited", "signalled", "cpu_limit", "wall_limit", "memory", "starved")
#: A sample that was ready to run without a processor for this many times its wall limit says nothing about its program.
MOST_WAITS = 20
FLAG_OOM, FLAG_TRUNCATED, FLAG_DIRTY = 1, 2, 4

#: Bounds that the host enforces, whatever a guest claims.
MAX_READY_BYTES = 16_384
MAX_JOB_BYTES = 64 * 1024 * 1024
#: Limit for a text that the host parses as Python: each character may become some 500 bytes of syntax tree.
MAX_TOKENS = 262_144

#: MERA's modes are the executors of its versions; "mera" is MERA Code's.
Mode = Literal["module", "mera", "assert", "mera-1.2", "mera-1.1"]


def is_mera(mode: str) -> bool:
    """Whether a mode is one of MERA's executors."""
    return mode.startswith("mera")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one sample may use. `memory_mb`, `pids` and `tmp_mb` belong to the worker and must equal the pool's."""

    cpu_s: float = 5.0
    wall_s: float = 20.0
    memory_mb: int = 512
    pids: int = 64
    stdout_bytes: int = 65_536
    reply_bytes: int = 4 * 1024 * 1024
    tmp_mb: int = 64

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not getattr(self, name) > 0:
                raise ValueError(f"Limits.{name} must be positive, got {getattr(self, name)!r}")
        if self.cpu_s > 86_400 or self.wall_s > 86_400:
            raise ValueError("Limits: more than a day for one sample")
        if self.reply_bytes > 1 << 30 or self.stdout_bytes > 1 << 30:
            raise ValueError("Limits: reply_bytes and stdout_bytes stay below 1 GiB")


@dataclass(frozen=True, slots=True)
class Tests:
    """Trusted code that judges a program, in a separate process.

    The judge executes `prelude` (a problem's prompt with the helpers that its tests use, imports), binds each of
    `names` (by default only the entry point) to a proxy of the candidate's object of that name, and executes `source`.
    A name that the candidate does not define keeps its value from the prelude. The tests see what the candidate does to
    their arguments only if their text checks an argument after the statement that passed it.
    """

    __test__ = False  # not a test class, although pytest would conclude so from its name

    source: str
    prelude: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One program and the calls to make. `calls` are Python literals, each a dict of keyword arguments, or `{'*':
    [...]}` with positional ones.

    Mode "assert" has `tests` instead of `calls`: its outcome has a `ruling` and no observations.
    """

    source: str
    entry_point: str
    calls: tuple[str, ...]
    limits: Limits | None = None  # None: the pool's
    mode: Mode = "module"
    tests: Tests | None = None  # only in mode "assert", which has no `calls`


#: mode, bytes of the entry point's name, bytes of the source, number of calls
_BODY = struct.Struct(">BIII")
_CALL = struct.Struct(">BI")
_LITERAL, _MARSHALLED = 0, 1
#: Bound once: the program may replace things in these modules, which must not affect its arguments.
_loads, _literal_eval = marshal.loads, ast.literal_eval
_MODES: tuple[Mode, ...] = ("module", "mera", "assert", "mera-1.2", "mera-1.1")


def encode_job_body(job: Job) -> bytes:
    """The part of a job that only the candidate's process reads. Lone surrogates and NULs survive.

    Raises ValueError (including SyntaxError) for a call that is not a literal dict with string keys.
    """
    if (job.mode == "assert") != (job.tests is not None) or (job.tests is not None and job.calls):
        raise ValueError('mode "assert" needs tests and no calls, and no other mode takes tests')
    entry_point = job.entry_point.encode("utf-8", "surrogatepass")
    source = job.source.encode("utf-8", "surrogatepass")
    header = _BODY.pack(_MODES.index(job.mode), len(entry_point), len(source), len(job.calls))
    return b"".join((header, entry_point, source, _encode_calls(job.calls)))


_WORD_OR_SIGN = re.compile(r"\w+|[^\w\s]")


def has_more_tokens(source: str, most: int) -> bool:
    """Whether a text has more than `most` words, numbers and signs. A string counts by its content."""
    if len(source) <= most:
        return False
    return sum(1 for _ in itertools.islice(_WORD_OR_SIGN.finditer(source), most + 1)) > most


#: `co_filename` of the tests, and of what is executed before them.
TESTS, PRELUDE = "<tests>", "<prelude>"


@functools.lru_cache(maxsize=512)
def encode_tests(tests: Tests, entry_point: str, in_place: bool, expecting: tuple[tuple[int, int], ...] = ()) -> bytes:
    """The part of a job that only the judge reads. `in_place`: whether the tests see changes of their arguments, `expecting`:
    except on these lines.

    The compiled code is sent with the text: many samples have the same tests, and a judge with the same Python need not
    compile them.
    """
    names = tests.names or (entry_point,)
    how = in_place, expecting
    return marshal.dumps((tests.source, tests.prelude, names, how, MAGIC_NUMBER, _compiled(tests)), 4)


#: The compiler repeats the body of a `finally` at every exit of its `try`, and prefixes every private name in a class
#: with the class's name: fifty kilobytes of either may become five gigabytes of code.
_MULTIPLIED = ("finally", "class")


def _compiled(tests: Tests) -> bytes:
    """Marshalled code for a guest with the same byte code; empty if the text does not compile (the judge will report
    why) or its code may be far longer than its text (the judge compiles within its own limits)."""
    if any(word in text for text in (tests.prelude, tests.source) for word in _MULTIPLIED):
        return b""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return marshal.dumps((compile_tests(tests.prelude, PRELUDE), compile_tests(tests.source, TESTS)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return b""


def compile_tests(source: str, name: str) -> types.CodeType:
    """Asserts are kept, whatever optimisation this interpreter uses. Raises what `compile` raises."""
    return compile(source, name, "exec", dont_inherit=True, optimize=0)


def decode_tests(data: bytes) -> tuple[tuple[types.CodeType, types.CodeType] | None, str, str, tuple[str, ...], Any]:
    """(code of prelude and tests if compiled by this Python, prelude, source, names, (in_place, expecting)). Guest side; the host
    is trusted."""
    source, prelude, names, how, magic, code = marshal.loads(data)
    return marshal.loads(code) if code and magic == MAGIC_NUMBER else None, prelude, source, names, how


#: Dicts and sets of no more keys are made without a check: no more than `MAX_COLLISIONS` of `colliding_keys.py`.
_FEW_KEYS = 16


def literal(source: str | ast.expr) -> Any:
    """Like `ast.literal_eval`, in linear time: raises ValueError also for a dict or set with many keys that collide
    (multiples of 2**61 - 1, for example), which would take quadratic time to make."""
    if isinstance(source, str):
        if source.count(",") < _FEW_KEYS:
            return ast.literal_eval(source)
        tree = ast.parse(source.lstrip(" \t"), mode="eval").body
        usual = source.count("{") < 2 and isinstance(tree, ast.Dict) and len(tree.keys) <= _FEW_KEYS
    else:
        tree, usual = source, False
    for node in () if usual else ast.walk(tree):
        keys = node.keys if isinstance(node, ast.Dict) else node.elts if isinstance(node, ast.Set) else ()
        if len(keys) > _FEW_KEYS:
            refuse_collisions({repr(key): key for key in (ast.literal_eval(one) for one in keys if one)}.values())
    return ast.literal_eval(tree)


def refuse_collisions(keys: Iterable[object]) -> None:
    """Raise ValueError for keys of which a set can't be made in linear time, TypeError for some that it can't hold."""
    from sandbox import colliding_keys  # not in the guest's copy of this package, where nothing is refused

    colliding_keys.refuse(keys)


@functools.lru_cache(maxsize=512)
def _encode_calls(calls: tuple[str, ...]) -> bytes:
    """Arguments are marshalled (format 4, readable since Python 3.4), which saves the candidate's process a parse per
    call. A call that contains a set is sent as its literal: marshal would change the order in which the set is
    filled."""
    parts = []
    for call in calls:
        if has_more_tokens(call, MAX_TOKENS):
            raise ValueError(f"a call of more than {MAX_TOKENS} words, numbers and signs")
        value = literal(call)
        if type(value) is not dict or not all(type(key) is str for key in value):
            raise ValueError(f"not a dict of keyword arguments: {call[:200]}")
        kind, data = (
            (_LITERAL, call.encode()) if "set(" in call or _has_set(value) else (_MARSHALLED, marshal.dumps(value, 4))
        )
        parts += [_CALL.pack(kind, len(data)), data]
    return b"".join(parts)


def _has_set(value: object) -> bool:
    if isinstance(value, dict):
        return any(_has_set(item) for pair in value.items() for item in pair)
    if isinstance(value, list | tuple):
        return any(map(_has_set, value))
    return isinstance(value, set)


def mode_of(first: int) -> Mode:
    """The mode of a job, by the first byte of its body. Guest side; the host is trusted."""
    return _MODES[first]


def decode_job_body(body: bytes) -> tuple[str, str, str, Iterator[dict[str, Any]]]:
    """(mode, entry point, source, arguments of each call, made lazily). Guest side; the host is trusted."""
    mode, n_entry, n_source, n_calls = _BODY.unpack_from(body)
    start = _BODY.size + n_entry
    entry_point = body[_BODY.size : start].decode("utf-8", "surrogatepass")
    source = body[start : start + n_source].decode("utf-8", "surrogatepass")
    return _MODES[mode], entry_point, source, _arguments(body, start + n_source, n_calls)


def _arguments(body: bytes, at: int, count: int) -> Iterator[dict[str, Any]]:
    for _ in range(count):
        kind, size = _CALL.unpack_from(body, at)
        at += _CALL.size
        data = body[at : at + size]
        at += size
        yield _loads(data) if kind == _MARSHALLED else _literal(data.decode())


def _literal(text: str) -> dict[str, Any]:
    """Guest side. The host has parsed this literal before: it can fail only if the program has changed ast or
    builtins."""
    try:
        value: dict[str, Any] = _literal_eval(text)
    except Exception:
        value = eval(text, {"__builtins__": {"set": set}})  # noqa: S307 - a literal, and this is the candidate's own process
    return value


def frame(kind: bytes, *parts: bytes) -> bytes:
    """One whole frame."""
    return LENGTH.pack(1 + sum(map(len, parts))) + kind + b"".join(parts)
