"""Where a judge sits: the line between it and the supervisor, and what must be the same before every sample.

A judge is forked with the pipes of all samples that it may come to judge: descriptors that are sent over a socket count against
a limit of the whole user while they are on their way, and others could use it up. The supervisor sends the numbers of a sample,
the process of its candidate among them; the judge answers with one byte when its ruling is written. The end of this line is the
end of the judge, and the other way round.
"""

from __future__ import annotations

import builtins
import decimal
import gc
import mmap
import os
import random
import resource
import signal
import socket
import struct
import sys
import threading
import types
from collections.abc import Sequence
from typing import NoReturn

from sandbox.guest.frames import Line, pin
from sandbox.guest.judge import Judge

#: bytes of the tests, CPU seconds, bytes of an answer, processor (or -1), the candidate's process
_ORDER = struct.Struct(">IIIii")
_DONE = b"."
#: How many samples one judge may judge: it holds two descriptors for each, and its supervisor four.
SAMPLES = 24
#: A judge that has grown by more than this is replaced: what it keeps, the next candidate can't have.
_GROWTH_KB = 8_192


def pair() -> tuple[int, int]:
    """(the supervisor's end, the judge's end)."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    return ours.detach(), theirs.detach()


def send(control: int, numbers: tuple[int, int, int, int, int]) -> None:
    """Tells the judge to begin. Where it has ended in between, nothing: the line's end says so. Raises OSError if the kernel
    has no room for the message."""
    try:
        os.write(control, _ORDER.pack(*numbers))
    except (BrokenPipeError, ConnectionError):
        return


def done(control: int) -> bool:
    """Whether the judge said that its ruling is written, and lives. To be asked when there is something to read."""
    return os.read(control, 16) == _DONE


def serve(control: int, region: mmap.mmap, pipes: Sequence[tuple[int, int]]) -> NoReturn:
    """Carries out one sample's tests after the other, until the supervisor is gone or something is not as it was.

    `pipes`: the judge's ends (read, write) of each sample's, in their order.
    """
    gc.enable()
    sys.modules["tests"] = types.ModuleType("tests")  # it will be another one for every sample
    before, drawn, most_kb = _state(), random.getstate(), _resident_kb() + _GROWTH_KB
    for ends in pipes:
        data = os.read(control, _ORDER.size)
        if not data:
            os._exit(0)
        size, cpu_s, most, cpu, candidate = _ORDER.unpack(data)
        pin(() if cpu < 0 else (cpu,))
        fds = (*ends, os.pidfd_open(candidate))  # it has not been reaped, so the number is still its own
        limit = int(sum(os.times()[:2])) + 1 + cpu_s
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        Judge(region).carry_out(size, Line(*fds), most)
        for fd in fds:
            os.close(fd)
        random.setstate(drawn)
        if _state() != before or _resident_kb() > most_kb:
            os._exit(0)
        os.write(control, _DONE)
    os._exit(0)


def _resident_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _state() -> tuple[object, ...]:
    """What tests, which are trusted but not perfect, could leave behind for others. Modules that one of them has imported are
    among it: a library may have settings of its own."""
    try:
        childless = os.waitpid(-1, os.WNOHANG) is None
    except ChildProcessError:
        childless = True
    return (
        *(len(sys.modules), dict(vars(builtins)), dict(os.environ), os.getcwd(), threading.active_count(), childless),
        *(sys.getrecursionlimit(), sys.get_int_max_str_digits(), signal.getsignal(signal.SIGALRM), sys.gettrace()),
        *(decimal.getcontext().prec, decimal.getcontext().rounding),
    )
