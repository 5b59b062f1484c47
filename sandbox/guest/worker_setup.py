"""Set up a worker once, before its first sample: user ids, limits that every candidate inherits, and the channel."""

from __future__ import annotations

import os
import resource
import signal

from sandbox.guest import meters

#: For an engine that gives its containers few user ids (rootless, `--userns-remap`), which no one else has: use these.
_FEW_FIRST, _FEW = 10_000, 50_000


def existing(uid: int, uid_map: str = "/proc/self/uid_map") -> int:
    """This user id, or one that exists in this user namespace; so does the next one."""
    with open(uid_map, encoding="ascii") as file:
        ranges = [tuple(map(int, line.split())) for line in file]
    if any(first <= uid and uid + 1 < first + count for first, _, count in ranges):
        return uid
    return _FEW_FIRST + uid % (_FEW // 2) * 2


def prepare(uid: int | None, memory_mb: int, pids: int) -> None:
    """Set once what every candidate inherits. The process limit does not apply to root, so that root can always act."""
    if uid is None:
        _hide()
        # Signals without a handler can't reach PID 1; Python's own SIGINT handler would be one.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    else:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
    os.umask(0o022)
    os.chdir("/tmp")
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: pids,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        # pending signals and timers are counted per user, and the user who started the local sandbox needs some
        resource.RLIMIT_SIGPENDING: _lowered(resource.RLIMIT_SIGPENDING, 8_192),
    }
    if isinstance(meters.best(memory_mb), meters.ProcMeter):
        limits[resource.RLIMIT_AS] = memory_mb * 4 << 20  # a safeguard for the watch, which only looks every 20 ms
    for name, value in limits.items():
        resource.setrlimit(name, (value, value))
    # programs that recurse deeply raise this limit, and would fail if that were refused; the memory limit still applies
    most = resource.getrlimit(resource.RLIMIT_STACK)[1]
    resource.setrlimit(resource.RLIMIT_STACK, (_lowered(resource.RLIMIT_STACK, 64 << 20), most))


def _lowered(name: int, wished: int) -> int:
    """The wanted limit, lowered to what is allowed here."""
    most = resource.getrlimit(name)[1]
    return wished if most < 0 else min(wished, most)


def _hide() -> None:
    """Make this process undumpable: candidates of the same user can't trace it or open its /proc entries."""
    import ctypes

    if ctypes.CDLL(None).prctl(4, 0, 0, 0, 0) != 0:
        raise OSError("prctl(PR_SET_DUMPABLE) failed")


def connect(where: str) -> tuple[int, int]:
    """The channel's descriptors to read from and to write to; `where` is `fd:IN,OUT` or `unix:PATH`."""
    kind, _, rest = where.partition(":")
    if kind == "unix":
        import socket

        channel = socket.socket(socket.AF_UNIX)
        channel.connect(rest)
        fd = channel.detach()
        os.dup2(os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC), 0)  # candidates read the end of file from it
        return fd, fd
    first, second = map(int, rest.split(","))
    # Moved out of 0-2, which become /dev/null here: stray output of this process must never look like a frame.
    moved = os.dup(first), os.dup(second)
    os.dup2(os.open("/dev/null", os.O_RDWR | os.O_CLOEXEC), 0)
    os.dup2(0, 1)
    if first > 2:
        os.close(first)
        if second != first:
            os.close(second)
    return moved
