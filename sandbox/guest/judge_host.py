"""The judge's environment: the connection between it and the supervisor, and what must be the same before every sample.

A judge is forked with the pipes of all samples that it may judge: descriptors sent over a socket count against a
per-user limit while they are in flight, and others could use it up. The supervisor sends the numbers of a sample,
including its candidate's pid; the judge answers with one byte when its ruling is written. If this connection ends, the
judge ends, and vice versa.
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

#: bytes of the tests, CPU seconds, bytes of an answer, processor (or -1), the candidate's pid
_ORDER = struct.Struct(">IIIii")
_DONE = b"."
#: How many samples one judge may judge: it holds two descriptors for each, and its supervisor four.
SAMPLES = 24
#: A judge that has grown by more than this is replaced, because its memory is not available to the next candidate.
_GROWTH_KB = 8_192


def pair() -> tuple[int, int]:
    """(the supervisor's end, the judge's end)."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    return ours.detach(), theirs.detach()


def send(control: int, numbers: tuple[int, int, int, int, int]) -> None:
    """Tell the judge to begin. Does nothing if it has ended meanwhile, which the connection's end reports. Raises
    OSError if the kernel has no room for the message."""
    try:
        os.write(control, _ORDER.pack(*numbers))
    except (BrokenPipeError, ConnectionError):
        return


def done(control: int) -> bool:
    """Whether the judge has reported that its ruling is written, and is running. Call when there is something to
    read."""
    return os.read(control, 16) == _DONE


def serve(control: int, region: mmap.mmap, pipes: Sequence[tuple[int, int]]) -> NoReturn:
    """Execute the tests of one sample after the other, until the supervisor is gone or something has changed.

    `pipes`: the judge's ends (read, write) for each sample, in order.
    """
    gc.enable()
    sys.modules["tests"] = types.ModuleType("tests")  # it is a different one for every sample
    before, drawn, most_kb = _state(), random.getstate(), _resident_kb() + _GROWTH_KB
    for ends in pipes:
        data = os.read(control, _ORDER.size)
        if not data:
            os._exit(0)
        size, cpu_s, most, cpu, candidate = _ORDER.unpack(data)
        pin(() if cpu < 0 else (cpu,))
        fds = (*ends, os.pidfd_open(candidate))  # not reaped yet, so the pid is still its own
        limit = int(sum(os.times()[:2])) + 1 + cpu_s
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        judge = Judge(region)
        judge.carry_out(size, Line(*fds), most)
        for fd in fds:
            os.close(fd)
        random.setstate(drawn)
        if not judge.leaves_nothing() or _state() != before or _resident_kb() > most_kb:
            os._exit(0)
        os.write(control, _DONE)
    os._exit(0)


def _resident_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _state() -> tuple[object, ...]:
    """What `lasting_effects` does not know of: what others than the tests' own code could have left. Includes modules
    that have been imported, because a library may have settings."""
    try:
        childless = os.waitpid(-1, os.WNOHANG) is None
    except ChildProcessError:
        childless = True
    return (
        *(len(sys.modules), dict(vars(builtins)), dict(os.environ), os.getcwd(), threading.active_count(), childless),
        *(sys.getrecursionlimit(), sys.get_int_max_str_digits(), signal.getsignal(signal.SIGALRM), sys.gettrace()),
        *(decimal.getcontext().prec, decimal.getcontext().rounding),
    )
