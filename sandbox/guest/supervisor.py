"""PID 1 of a worker: takes one job at a time, forks the candidate, ends it, cleans up, reports.

Theory of operation. The supervisor never parses what a candidate wrote, and its heap never holds any of it: a job's
body is received into an anonymous mapping that the forked child decodes, the child's reply is in a shared mapping, its
output is read into mappings, and all of it is sent on from there and zeroed. So a later sample, which is a fork of this
process, finds neither the program nor the results of an earlier one.

Per job: receive · ACCEPT · fork · wait for the child's exit or a limit · kill and reap all that is left · wipe · verify · RESULT.
A reset that can't be verified is reported as DIRTY, and the host destroys the worker. End of file on the channel ends
everything, even during a sample: nothing outlives the host.

An assert-style sample also has a judge (`judge_session.py`, imported by the first one): it exists before the candidate
is forked, and its ruling ends the sample and is sent with RESULT beside the candidate's reply.

What is the same for all samples (file size and process limits, group, working directory) is set once here and
inherited: every system call and every page that a fork does not touch makes samples faster.

Covered: whatever the child does with its own process, descendants, descriptors, files and output. Not covered: bugs of
the kernel. Runs as root with SETUID, SETGID and KILL only (docker, local as root), or as one unprivileged user (local).
"""

from __future__ import annotations

import gc
import json
import mmap
import os
import platform
import resource
import signal
import sys
import time
from typing import TYPE_CHECKING

from sandbox import wire
from sandbox.guest import charges, child, confinement, memory_gaps, meters, processes, worker_setup
from sandbox.guest.host_channel import HostChannel, HostGone, JobLimits
from sandbox.guest.own_builtins import guest_modules
from sandbox.guest.sample_watch import Watch
from sandbox.guest.scratch_folders import Folders

if TYPE_CHECKING:
    from sandbox.guest.judge_session import Trial

_Usage = tuple[str, int, resource.struct_rusage]  # how the sample ended, the candidate's wait status and what it used


class Supervisor:
    """One worker's loop. `uid` is the candidates' user id (the judges' is the next), or None if this process can't
    change it."""

    def __init__(self, fds: tuple[int, int], uid: int | None, memory_mb: int) -> None:
        self._host = HostChannel(fds)
        self._uid = uid
        self._meter = meters.best(memory_mb)
        self._fork = processes.plain_fork()
        child.warm_up()
        self._body = mmap.mmap(-1, wire.MAX_JOB_BYTES, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._reply = mmap.mmap(-1, 4096)
        self._runner = child.Runner(self._reply)
        self._confined: tuple[int, tuple[int, ...]] | None = None
        self._confine: confinement.Steps = ()
        self._trial: Trial | None = None
        self._watch = Watch(self._host, self._meter, memory_mb)
        self._streams = self._watch.streams
        self._victim = processes.OomVictim()
        self._folders = Folders(uid)
        self._weight = processes.session_weight()
        self._own_weight = self._weight()
        self._sockets = processes.socket_counter()
        self._own_sockets = 0
        self._charge = charges.Charge(isinstance(self._meter, meters.CgroupMeter))

    def serve(self) -> None:
        """Work until the host goes away."""
        self._tidy_memory()
        self._host.send(wire.READY, json.dumps(_about(self._uid, self._meter)).encode())
        while True:
            number, limits, size = self._host.receive(self._body, self._room_for_tests)
            self._import_mera()  # a failure is not the program's
            self._host.send(wire.ACCEPT, wire.ACCEPT_HEADER.pack(number))
            try:
                self._work(number, limits, size)
            except processes.NoProcess:  # no candidate has run, so none may be blamed
                self._host.send(wire.DECLINE, wire.ACCEPT_HEADER.pack(number))
                raise HostGone from None

    def _room_for_tests(self, size: int) -> memoryview:
        if self._trial is None:  # most workers need none, and its modules would make every fork slower
            with guest_modules():
                from sandbox.guest.judge_session import Trial
            self._trial = Trial(None if self._uid is None else self._uid + 1)
            self._tidy_memory()
        return self._trial.tests(size)

    def _tidy_memory(self) -> None:
        """After an import."""
        memory_gaps.close()
        processes.give_back_memory()

    def _import_mera(self) -> None:
        """MERA's executor needs modules that make every fork slower."""
        if "sandbox.guest.mera" not in sys.modules and wire.is_mera(wire.mode_of(self._body[0])):
            with guest_modules():
                from sandbox.guest import mera  # noqa: F401
            self._tidy_memory()

    # --- one sample ----------------------------------------------------------------------------------------------

    def _work(self, number: int, limits: JobLimits, size: int) -> None:
        meter = self._meter
        try:
            trial = self._make_ready(limits)
        except OSError:  # others may have all files, or all memory, that the machine can give
            raise processes.NoProcess from None
        confine = self._confinement(limits[0], trial)
        gc.freeze()  # a collection in the fork would touch, and so copy, every page
        self._victim.arm()
        cpu_before, oom_before, start = meter.cpu_ms(), meter.oom_events(), time.monotonic()
        self._watch.begin(number, limits, cpu_before)
        pid = processes.start(self._fork)
        if not pid:
            self._runner.run(confine, self._body, size, None if trial is None else trial.testify)
        self._victim.disarm()  # from here to the candidate's end every page written is copied: do little
        self._watch.waits.candidate = pid
        ended = self._supervise(pid) if trial is None else self._try(trial, pid, limits)
        wall_ms = int((time.monotonic() - start) * 1000)
        flags = 0 if self._reset(limits, size) else wire.FLAG_DIRTY
        flags |= wire.FLAG_OOM if meters.has_killed(oom_before, meter.oom_events()) else 0
        cpu_ms = min(max(0, int(meter.cpu_ms() - cpu_before)), 0xFFFFFFFF)
        self._report(number, ended, (cpu_ms, wall_ms), flags, trial)
        self._forget(size)

    def _make_ready(self, limits: JobLimits) -> Trial | None:
        """Make room for what the sample will write, and start its judge, if it has one."""
        if len(self._reply) != limits[3]:
            self._reply = mmap.mmap(-1, limits[3])
            self._runner = child.Runner(self._reply)
        processes.fresh_input()
        for stream in self._streams:
            stream.open(limits[2])
        trial = self._trial
        if trial is not None and not trial.size:
            trial.end()
            trial = None
        if trial is not None:
            trial.open(self._fork)
        self._watch.waits.judge = 0 if trial is None else trial.judge
        self._own_sockets = self._sockets()
        return trial

    def _confinement(self, cpu_limit_ms: int, trial: Trial | None) -> confinement.Steps:
        """What the candidate does first. Made only if it differs from the last sample's."""
        cpu_s, line = cpu_limit_ms // 1000 + 2, () if trial is None else trial.candidates_line()
        if self._confined != (cpu_s, line):
            self._confined, self._confine = (cpu_s, line), confinement.steps(self._uid, cpu_s, *line)
        return self._confine

    def _report(self, number: int, ended: _Usage, spent_ms: tuple[int, int], flags: int, trial: Trial | None) -> None:
        """Send RESULT. `spent_ms`: processor and wall time."""
        end, status, usage = ended
        out, err = self._streams
        flags |= wire.FLAG_TRUNCATED if out.truncated or err.truncated else 0
        reply_size = min(int.from_bytes(self._reply[:8], "big"), len(self._reply) - 8)  # bounds a forged size
        ruling = memoryview(b"") if trial is None else trial.ruling()
        header = wire.RESULT_HEADER.pack(
            number,
            wire.ENDS.index(end),
            os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
            os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            *spent_ms,
            int(self._watch.waits.seconds * 1000),
            usage.ru_maxrss & 0xFFFFFFFF,
            flags,
            reply_size,
            len(ruling),
            out.size,
            err.size,
        )
        with memoryview(self._reply) as reply:
            self._host.send(wire.RESULT, header, reply[8 : 8 + reply_size], ruling, out.view(), err.view())

    def _forget(self, size: int) -> None:
        """Release the pages that held the sample's data; they read as zeros from now on."""
        self._body.madvise(mmap.MADV_DONTNEED, 0, size)
        self._reply.madvise(mmap.MADV_REMOVE)
        if self._trial is not None:
            self._trial.forget()
        for stream in self._streams:
            stream.forget()

    def _supervise(self, pid: int) -> _Usage:
        """Wait until the child has exited or a limit is reached, then end every process of the sample."""
        handle = os.pidfd_open(pid)
        end = self._watch.wait(handle)
        os.close(handle)
        if end:
            processes.kill_all()
        _, status, usage = os.wait4(pid, 0)
        if not processes.alone():
            processes.kill_all()
        self._watch.drain_rest()
        return end or ("signalled" if os.WIFSIGNALED(status) else "exited"), status, usage

    def _try(self, trial: Trial, pid: int, limits: JobLimits) -> _Usage:
        """The same for a sample that ends with its judge's exit. The candidate's status counts if it had ended by
        itself."""
        trial.begin(pid, limits[0] // 1000 + 2, limits[3])
        end = self._watch.wait(trial.control)
        by_itself = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        os.kill(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        if end or not trial.spare():
            processes.kill_all()
            trial.lost()
        self._watch.drain_rest()
        status = status if by_itself else 0
        return end or ("signalled" if os.WIFSIGNALED(status) else "exited"), status, usage

    def _reset(self, limits: JobLimits, size: int) -> bool:
        """Whether no process, socket, file, memory or priority of the sample is left; False if that can't be
        verified."""
        trial = self._trial
        if (trial is None or not trial.alive) and not processes.reap_all():
            return False
        if not processes.collect_sockets(self._sockets, self._own_sockets):
            return False
        if not self._folders.put_back() or self._weight() != self._own_weight:
            return False
        held = size + 2 * limits[2] + limits[3] + (0 if trial is None else trial.size + wire.RULING_BYTES)
        if self._charge.is_back(held):
            return True
        if trial is None:
            return False
        trial.end()  # a judge that waits for the next tests may hold some of it
        return self._charge.is_back(held)


def _about(uid: int | None, meter: meters.Meter) -> dict[str, object]:
    return {
        "wire": wire.WIRE_VERSION,
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "uid": uid,
        "meter": type(meter).__name__,
    }


def main(arguments: list[str]) -> None:
    """`arguments`: the channel (`fd:IN,OUT` or `unix:PATH`), the candidates' uid or `-`, then memory_mb and pids.

    The judges' uid is the next one.
    """
    where, user, memory_mb, pids = arguments
    uid = None if user == "-" else worker_setup.existing(int(user))
    fds = worker_setup.connect(where)
    worker_setup.prepare(uid, int(memory_mb), int(pids))
    gc.disable()
    try:
        Supervisor(fds, uid, int(memory_mb)).serve()
    except (HostGone, BrokenPipeError, ConnectionError):
        processes.kill_all()
        sys.exit(0)
