"""Start, end and clean up after the processes of one sample. The caller is PID 1 of its namespace."""

from __future__ import annotations

import gc
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator

RESET_DEADLINE_S = 5.0
_WALL = 0x40000000  # for waitpid(2): also children with another exit signal than SIGCHLD
#: The most processes reaped before anything is killed: programs that fork and exit in turn leave ever more of them.
_MOST_REAPED = 256
#: On a loaded machine `looks` takes up to this many times as long.
_MOST_OVERTIME = 2


def plain_fork() -> Callable[[], int]:
    """fork(2) without Python's at-fork handlers, which touch some 150 pages and cost as much as the fork itself.

    The handlers reseed `random` and reset locks of threads that don't exist here: this process has one thread. The GIL
    stays held across the call (PyDLL), so the child continues exactly where the parent was.
    """
    try:
        import ctypes

        function: Callable[[], int] = ctypes.PyDLL(None).fork
    except (ImportError, AttributeError, OSError):
        return os.fork
    return function


def give_back_memory() -> None:
    """Return the memory that startup has freed to the kernel: every page of a process makes its forks slower."""
    gc.collect()
    try:
        import ctypes

        ctypes.CDLL(None).malloc_trim(0)
    except (ImportError, AttributeError, OSError):
        return


class NoProcess(Exception):
    """The machine, or the worker's share of it, has no room for another process."""


def start(fork: Callable[[], int]) -> int:
    """Call `fork` and return its result. Raises NoProcess."""
    try:
        pid = fork()
    except OSError:
        pid = -1
    if pid < 0:
        raise NoProcess
    return pid


def which_cpu() -> Callable[[], int]:
    """A function that returns the processor on which this process runs; -1 if unknown, or if there is only one."""
    try:
        import ctypes

        function: Callable[[], int] = ctypes.PyDLL(None).sched_getcpu
    except (ImportError, AttributeError, OSError):
        return lambda: -1
    return function if len(os.sched_getaffinity(0)) > 1 else lambda: -1


class OomVictim:
    """Makes a fork the first to be killed when memory runs out, without a system call of its own: the score is raised
    before the fork and restored after it. If it can't be restored it is never raised."""

    def __init__(self) -> None:
        self._fd = -1
        try:
            fd = os.open("/proc/self/oom_score_adj", os.O_RDWR | os.O_CLOEXEC)
            self._own = os.pread(fd, 16, 0).strip()
            os.pwrite(fd, b"%d" % min(1000, int(self._own) + 1), 0)  # a harmless test of whether it can be undone
            os.pwrite(fd, self._own, 0)
            self._fd = fd
        except OSError:
            return  # undumpable (one user only): there the memory watch decides

    def arm(self) -> None:
        if self._fd >= 0:
            os.pwrite(self._fd, b"1000", 0)

    def disarm(self) -> None:
        if self._fd >= 0:
            os.pwrite(self._fd, self._own, 0)


def kill_all() -> None:
    """Kill everything in this pid namespace except PID 1."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass


def looks(seconds: float, pause_s: float = 0.02) -> Iterator[None]:
    """Yield, with pauses of up to `pause_s` in between, until the time is over: for what the kernel does a little
    later.

    If other work has the processors, pauses last longer than intended, and what is waited for takes longer as well. So
    the time is extended until half of the iterations were made that an idle machine has time for.
    """
    start, pause, made = time.monotonic(), 0.0002, 0
    while True:
        yield
        made += 1
        passed = time.monotonic() - start
        if passed > seconds and (2 * made * pause_s >= seconds or passed > _MOST_OVERTIME * seconds):
            return
        time.sleep(pause)
        pause = min(pause * 2, pause_s)


def alone() -> bool:
    """Reap what has ended, within limits; True if no other process is left in this namespace.

    If any is left, one is a child of PID 1: an orphan becomes that before its parent can be reaped.
    """
    try:
        _reap(_WALL)
    except ChildProcessError:
        return True
    return False


def _reap(which: int) -> None:
    """Reap children that have ended. Raises ChildProcessError if there are no others."""
    for _ in range(_MOST_REAPED):
        if not os.waitpid(-1, os.WNOHANG | which)[0]:
            return


def reap_all() -> bool:
    """Kill and reap until there is no child left; False if some remain."""
    if alone():
        return True
    for _ in looks(RESET_DEADLINE_S):
        kill_all()
        if alone():
            return True
    return False


def alone_but(pid: int) -> bool:
    """Reap what has ended; True if this child is then the only other process.

    An orphan becomes a child of the supervisor before its parent can be reaped, so no process can hide behind another.
    """
    try:
        _reap(0)
        fd = os.open(f"/proc/self/task/{os.getpid()}/children", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # no child at all, or the kernel does not report it
        return False
    try:
        return os.read(fd, 64).split() == [b"%d" % pid]
    finally:
        os.close(fd)


def fresh_input() -> None:
    """Reopen /dev/null as descriptor 0: flags, locks, owner and signal belong to the open file description, and every
    process that has it can set them."""
    null = os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC)
    os.dup2(null, 0)
    os.close(null)


def session_weight() -> Callable[[], bytes]:
    """A function that returns the priority of this session relative to others (sched(7): autogroup). It belongs to the
    session, and candidates, which are in it, can lower it for all that follow."""
    try:
        fd = os.open("/proc/self/autogroup", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return lambda: b""
    return lambda: os.pread(fd, 64, 0)


def socket_counter() -> Callable[[], int]:
    """A function that counts the sockets of this network namespace, including those that no process has. Sockets that
    were sent through one another in a cycle and then closed persist, with the memory and the unlinked files that they
    hold, until the kernel collects such cycles."""
    try:
        fd = os.open("/proc/net/sockstat", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return lambda: 0
    return lambda: int(os.pread(fd, 64, 0).split(None, 3)[2])


def collect_sockets(count: Callable[[], int], most: int) -> bool:
    """Make the kernel collect such cycles, which it does when any socket is closed; False if more than `most` remain."""
    if count() <= most:
        return True
    for _ in looks(RESET_DEADLINE_S):
        for end in socket.socketpair():
            end.close()
        if count() <= most:
            return True
    return False
