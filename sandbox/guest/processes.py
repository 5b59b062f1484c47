"""Starting, ending and cleaning up after the processes of one sample. The caller is PID 1 of its namespace."""

from __future__ import annotations

import gc
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator

RESET_DEADLINE_S = 5.0
_WALL = 0x40000000  # of waitpid(2): children as well that tell of their end in another way than by SIGCHLD
#: On a loaded machine `looks` takes up to so many times as long.
_MOST_OVERTIME = 2


def plain_fork() -> Callable[[], int]:
    """fork(2) without Python's at-fork handlers, which touch some 150 pages and cost as much as the fork itself.

    They reseed `random` and reset locks of threads that don't exist here: this process has one thread. The GIL stays held
    across the call (PyDLL), so the child goes on exactly where the parent was.
    """
    try:
        import ctypes

        function: Callable[[], int] = ctypes.PyDLL(None).fork
    except (ImportError, AttributeError, OSError):
        return os.fork
    return function


def give_back_memory() -> None:
    """Returns what starting has freed to the kernel: every page that a process has makes its forks slower."""
    gc.collect()
    try:
        import ctypes

        ctypes.CDLL(None).malloc_trim(0)
    except (ImportError, AttributeError, OSError):
        return


class NoProcess(Exception):
    """The machine, or the worker's share of it, has no room for another process."""


def start(fork: Callable[[], int]) -> int:
    """What `fork` returns. Raises NoProcess."""
    try:
        pid = fork()
    except OSError:
        pid = -1
    if pid < 0:
        raise NoProcess
    return pid


def which_cpu() -> Callable[[], int]:
    """What tells the processor that this process is running on; -1 where nothing does, or there is only one."""
    try:
        import ctypes

        function: Callable[[], int] = ctypes.PyDLL(None).sched_getcpu
    except (ImportError, AttributeError, OSError):
        return lambda: -1
    return function if len(os.sched_getaffinity(0)) > 1 else lambda: -1


class OomVictim:
    """Makes a fork inherit the wish to be killed first when memory runs out, without a system call of its own: the score is
    raised before the fork and put back after it. Where the score can't be put back it is never raised."""

    def __init__(self) -> None:
        self._fd = -1
        try:
            fd = os.open("/proc/self/oom_score_adj", os.O_RDWR | os.O_CLOEXEC)
            self._own = os.pread(fd, 16, 0).strip()
            os.pwrite(fd, b"%d" % min(1000, int(self._own) + 1), 0)  # a try that does no harm if it can't be undone
            os.pwrite(fd, self._own, 0)
            self._fd = fd
        except OSError:
            return  # undumpable (one user only): there the memory watch is what decides

    def arm(self) -> None:
        if self._fd >= 0:
            os.pwrite(self._fd, b"1000", 0)

    def disarm(self) -> None:
        if self._fd >= 0:
            os.pwrite(self._fd, self._own, 0)


def kill_all() -> None:
    """Everything in this pid namespace but PID 1 itself."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass


def looks(seconds: float, pause_s: float = 0.02) -> Iterator[None]:
    """Yields, with pauses of up to `pause_s` between, until the time is over: for what the kernel does a little later.

    Where other work has the processors, pauses last longer than they should, and what is waited for takes longer as well. So
    the time is not over before half of the looks were made that an idle machine has time for.
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
    """Reaps what has ended; True if no other process is left in this namespace.

    None can be there without one that is a child of the supervisor: an orphan becomes that before its parent can be reaped.
    """
    try:
        while os.waitpid(-1, os.WNOHANG | _WALL)[0]:
            pass
    except ChildProcessError:
        return True
    return False


def reap_all() -> bool:
    """Ends and reaps processes until none is left; False where some stay."""
    if alone():
        return True
    for _ in looks(RESET_DEADLINE_S):
        kill_all()
        if alone():
            return True
    return False


def alone_but(pid: int) -> bool:
    """Reaps what has ended; True if this child is then the only process beside ourselves.

    An orphan becomes a child of the supervisor before its parent can be reaped, so no process can hide behind another.
    """
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
        fd = os.open(f"/proc/self/task/{os.getpid()}/children", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # no child at all, or a kernel that does not tell
        return False
    try:
        return os.read(fd, 64).split() == [b"%d" % pid]
    finally:
        os.close(fd)


def fresh_input() -> None:
    """Descriptor 0 becomes another opening of /dev/null: flags, locks, owner and signal belong to the opening, and every process
    that has it can set them."""
    null = os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC)
    os.dup2(null, 0)
    os.close(null)


def session_weight() -> Callable[[], bytes]:
    """What tells the priority of this session against others (sched(7): autogroup). It belongs to the session, and candidates,
    who are of ours, can lower it for all that come after them."""
    try:
        fd = os.open("/proc/self/autogroup", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return lambda: b""
    return lambda: os.pread(fd, 64, 0)


def socket_counter() -> Callable[[], int]:
    """What counts the sockets of this network namespace, also those that no process has. Such are sent through one another in a
    ring and then closed: they stay, with the memory and the unlinked files that they hold, until the kernel looks for rings."""
    try:
        fd = os.open("/proc/net/sockstat", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return lambda: 0
    return lambda: int(os.pread(fd, 64, 0).split(None, 3)[2])


def collect_sockets(count: Callable[[], int], most: int) -> bool:
    """Has the kernel look for such rings, which it does when any socket ends; False where more than `most` stay."""
    if count() <= most:
        return True
    for _ in looks(RESET_DEADLINE_S):
        for end in socket.socketpair():
            end.close()
        if count() <= most:
            return True
    return False
