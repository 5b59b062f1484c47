"""What an assert-style sample has in addition: the tests, a second process that executes them, two pipes, a ruling.

The tests and the ruling are in one shared mapping that only a judge's fork inherits: from its creation on it is marked
MADV_DONTFORK, except for the moment in which a judge is forked. No candidate ever has it.

A judge serves several samples as long as nothing unusual happens: it reached a ruling, it has its own user, and after
the candidate's process was killed no other process is left. Otherwise all processes are ended, as after any other
sample, and the next one gets a new judge.

Covered: judge and candidate share two pipes and nothing else that either can write; the judge is another user (if users
can be changed; otherwise it is undumpable, which only prevents its memory from being read). Not covered: with only one
user, a candidate can kill or stop the judge. That is a sample without a ruling, and never a pass.
"""

from __future__ import annotations

import gc
import mmap
import os
import random
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sandbox import wire
from sandbox.guest import confinement, judge, judge_host, processes
from sandbox.guest.candidate_answers import Witness
from sandbox.guest.frames import Line

_WARM_UP = wire.Tests(
    """
from typing import List
def check(candidate):
    for number in range(4):
        assert candidate(number, [1.5, "text"], {"key": (number, None)}) == [number, [1.5, "text"], {"key": (number, None)}, True]
    assert candidate("a", b=(1, 2)) == ["a", (1, 2), None, True]
    try:
        candidate()
        assert False
    except TypeError as error:
        assert str(error)
    assert sum(candidate) == 3
    values = [3, 1, 2]
    candidate(values)
    assert values == [3, 1, 2, 0]
check(f)
""",
    "def helper(text: str) -> str:\n    return text\n",
    ("f",),
)


class _Stand:
    """The object that the warm-up tests: callable, iterable, and changing its arguments."""

    def __call__(self, a: Any, b: Any = None, c: Any = None) -> Any:
        if type(a) is list:
            a.append(0)
        return [a, b, c, True]

    def __iter__(self) -> Iterator[int]:
        return iter((1, 2))


class _Loop(Line):
    """The judge's end of a connection with its other end in the same process."""

    witness: Witness

    def receive(self, most: int) -> tuple[int, bytes]:
        self.witness.answer_one()
        return super().receive(most)


def warm_up() -> None:
    """Run harmless tests through judge and witness in the supervisor, before its first fork; see `child.warm_up`."""
    tests = wire.encode_tests(_WARM_UP, "f", in_place=True)
    (questions, ask), (answers, answer) = os.pipe(), os.pipe()
    alive, drawn = os.pidfd_open(os.getpid()), random.getstate()
    with mmap.mmap(-1, judge.RULING_BYTES + len(tests)) as region:
        region[judge.RULING_BYTES :] = tests
        for _ in range(12):
            line = _Loop(answers, ask, alive)
            line.witness = Witness(Line(questions, answer), 65_536, lambda _: None, lambda: None, {"f": _Stand()})
            judge.Judge(region).carry_out(len(tests), line, 65_536)
            if b"passed" not in region[:64]:
                raise RuntimeError("the judge does not work here")
    random.setstate(drawn)
    _close((questions, ask, answers, answer, alive))
    del sys.modules["tests"]


def _close(fds: Iterable[int]) -> None:
    for fd in fds:
        os.close(fd)


class Trial:
    """Used by the supervisor for one sample after the other. `uid` is the judges' user, None if it can't be changed."""

    def __init__(self, uid: int | None) -> None:
        self._uid = uid
        warm_up()
        self._region = mmap.mmap(-1, judge.RULING_BYTES + wire.MAX_JOB_BYTES)
        self._region.madvise(mmap.MADV_DONTFORK)
        self._null = os.open("/dev/null", os.O_RDWR | os.O_CLOEXEC)
        #: (questions read, questions write, answers read, answers write) of the samples that the judge may still get,
        #: the last one being the next; and those of the current sample.
        self._spare: list[tuple[int, int, int, int]] = []
        self._pipes: tuple[int, ...] = ()
        self._where, self._cpu, self._cpus = processes.which_cpu(), -1, os.sched_getaffinity(0)
        self._pid = 0
        self.control = -1
        self.size = 0

    @property
    def alive(self) -> bool:
        """Whether a judge waits for the next tests."""
        return self._pid > 0

    @property
    def judge(self) -> int:
        """The judge's process, 0 if there is none."""
        return self._pid

    def tests(self, size: int) -> memoryview:
        """Where to put the next sample's tests."""
        self.size = size
        return memoryview(self._region)[judge.RULING_BYTES : judge.RULING_BYTES + size]

    def open(self, fork: Callable[[], int]) -> None:
        """Start a judge, unless one is waiting, and open the next sample's pipes. Raises NoProcess if the machine has
        no room."""
        if self.alive and os.waitpid(self._pid, os.WNOHANG)[0]:
            self.lost()
        if self.alive and not self._spare:
            self.end()
        if not self.alive:
            self._start(fork)
        self._pipes = self._spare.pop()
        self._cpu = self._where()

    def candidates_line(self) -> tuple[int, int]:
        """(read, write): descriptors that the candidate keeps."""
        return self._pipes[0], self._pipes[3]

    def testify(self, *about: Any) -> Witness:
        """The candidate's end; call in its process. `about`: the further arguments of `Witness`."""
        line = Line(*self.candidates_line(), meet=() if self._cpu < 0 else (self._cpu,), work=self._cpus)
        return Witness(line, *about)

    def begin(self, candidate: int, cpu_s: int, most: int) -> None:
        """Tell the judge to begin. `candidate` is a process that has not been reaped. Raises NoProcess if it can't be
        told."""
        _close(self._pipes)
        self._pipes = ()
        try:
            judge_host.send(self.control, (self.size, cpu_s, most, self._cpu, candidate))
        except OSError:
            raise processes.NoProcess from None

    def spare(self) -> bool:
        """Whether the judge has finished and is all that is left of the sample. If not, everything has to be ended.

        Always False if it shares its user with the candidate, which may have stopped it by a signal.
        """
        return judge_host.done(self.control) and self._uid is not None and processes.alone_but(self._pid)

    def end(self) -> None:
        """End the judge, so that other samples find none beside them."""
        if self.alive:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self.lost()

    def lost(self) -> None:
        """The judge is gone, and is or will be reaped."""
        if self.alive:
            os.close(self.control)
        for pipes in self._spare:
            _close(pipes)
        self._spare.clear()
        self._pid, self.control = 0, -1

    def _start(self, fork: Callable[[], int]) -> None:
        """Raises NoProcess."""
        try:
            self.control, theirs = judge_host.pair()
            for _ in range(1 if self._uid is None else judge_host.SAMPLES):
                self._spare.append((*os.pipe(), *os.pipe()))
        except OSError:  # descriptors are limited, and others of this user may hold them
            raise processes.NoProcess from None
        gc.freeze()
        self._region.madvise(mmap.MADV_DOFORK)
        try:
            self._pid = processes.start(fork)
        finally:
            self._region.madvise(mmap.MADV_DONTFORK)
        if not self._pid:
            try:
                self._become_judge(theirs)
            finally:
                os._exit(70)
        os.close(theirs)

    def _become_judge(self, control: int) -> None:
        os.dup2(self._null, 0)
        os.dup2(self._null, 1)
        os.dup2(self._null, 2)
        pipes = [(answers, questions) for _, questions, answers, _ in reversed(self._spare)]
        confinement.keep_descriptors(control, *(fd for ends in pipes for fd in ends))
        os.chdir("/")
        if self._uid is not None:
            os.setresuid(self._uid, self._uid, self._uid)
        judge_host.serve(control, self._region, pipes)

    def ruling(self) -> memoryview:
        """The judge's ruling, after its end: a HEAD, then a record."""
        size = judge.HEAD.unpack_from(self._region)[0]
        return memoryview(self._region)[: judge.HEAD.size + min(size, judge.RULING_BYTES - judge.HEAD.size)]

    def forget(self) -> None:
        """Release the pages that held the tests and the ruling."""
        if self.size:
            self._region.madvise(mmap.MADV_REMOVE, 0, judge.RULING_BYTES + self.size)
        self.size = 0
