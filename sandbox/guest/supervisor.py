"""PID 1 of a worker: takes one job at a time, forks the candidate, ends it, cleans up, reports.

Theory of operation. The supervisor never parses what a candidate wrote, and its heap never holds any of it: a job's
body is received into an anonymous mapping that the forked child decodes, the child's reply is in a shared mapping, its
output is read into mappings, and all of it is sent on from there and zeroed. So a later sample, which is a fork of this
process, finds neither the program nor the results of an earlier one.

Per job: receive · ACCEPT · fork · wait for the child's exit or a limit · kill(-1) · reap all · wipe · verify · RESULT.
A reset that can't be verified is reported as DIRTY, and the host destroys the worker. End of file on the channel ends
everything, even during a sample: nothing outlives the host.

An assert-style sample also has a judge (`judge_session.py`): it exists before the candidate is forked, and its ruling
ends the sample and is sent with RESULT beside the candidate's reply.

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
import select
import signal
import sys
import time

from sandbox import wire
from sandbox.guest import charges, child, meters, processes, processor_waits, worker_setup
from sandbox.guest.capture import CAPACITY, Capture
from sandbox.guest.host_channel import HostChannel, HostGone, JobLimits
from sandbox.guest.judge_session import Trial
from sandbox.guest.scratch_folders import Folders

_MIN_TICK_S = 0.005
_MEMORY_TICK_S = 0.02
_RDHUP = getattr(select, "POLLRDHUP", 0x2000) | select.POLLHUP | select.POLLERR
_Usage = tuple[str, int, resource.struct_rusage]  # how the sample ended, the candidate's wait status and what it used


class Supervisor:
    """One worker's loop. `uid` is the candidates' user id (the judges' is the next), or None if this process can't
    change it."""

    def __init__(self, fds: tuple[int, int], uid: int | None, memory_mb: int) -> None:
        self._host = HostChannel(fds)
        self._uid = uid
        self._memory_kb = memory_mb * 1024
        self._meter = meters.best(memory_mb)
        self._waits = processor_waits.Waits(self._meter)
        self._number = self._told = 0
        self._fork = processes.plain_fork()
        child.warm_up()
        self._body = mmap.mmap(-1, wire.MAX_JOB_BYTES, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._reply = mmap.mmap(-1, 4096)
        self._runner = child.Runner(self._reply)
        self._trial = Trial(None if uid is None else uid + 1)
        self._cpus = os.sysconf("SC_NPROCESSORS_ONLN")  # unaffected by a patched `os.cpu_count`
        self._poll = select.poll()
        self._poll.register(self._host.read_end, _RDHUP)
        self._streams = (Capture(1, self._poll), Capture(2, self._poll))
        self._victim = processes.OomVictim()
        self._folders = Folders(uid)
        self._weight = processes.session_weight()
        self._own_weight = self._weight()
        self._sockets = processes.socket_counter()
        self._own_sockets = 0
        self._charge = charges.Charge(isinstance(self._meter, meters.CgroupMeter))

    def serve(self) -> None:
        """Work until the host goes away."""
        self._host.send(wire.READY, json.dumps(_about(self._uid, self._meter)).encode())
        while True:
            number, limits, size = self._host.receive(self._body, self._trial)
            self._number, self._told = number, 0
            self._host.send(wire.ACCEPT, wire.ACCEPT_HEADER.pack(number))
            try:
                self._work(number, limits, size)
            except processes.NoProcess:  # no candidate has run, so none may be blamed
                self._host.send(wire.DECLINE, wire.ACCEPT_HEADER.pack(number))
                raise HostGone from None

    # --- one sample ----------------------------------------------------------------------------------------------

    def _work(self, number: int, limits: JobLimits, size: int) -> None:
        meter, streams = self._meter, self._streams
        if len(self._reply) != limits[3]:
            self._reply = mmap.mmap(-1, limits[3])
            self._runner = child.Runner(self._reply)
        processes.fresh_input()
        for stream in streams:
            stream.open(limits[2])
        judged = self._trial.size > 0
        if judged:
            self._trial.open(self._fork)
        else:
            self._trial.end()
        self._own_sockets = self._sockets()
        gc.freeze()  # a collection in the fork would touch, and so copy, every page
        self._victim.arm()
        cpu_before, oom_before, start = meter.cpu_ms(), meter.oom_kills(), time.monotonic()
        pid = processes.start(self._fork)
        if not pid:
            self._become_candidate(size, limits[0], judged)
        self._victim.disarm()
        self._waits.begin(pid, cpu_before)
        end, status, usage = (self._try if judged else self._supervise)(pid, limits, cpu_before)
        wall_ms = int((time.monotonic() - start) * 1000)
        clean = self._reset(limits, size)
        flags = wire.FLAG_OOM if meter.oom_kills() > oom_before else 0
        flags |= wire.FLAG_TRUNCATED if streams[0].truncated or streams[1].truncated else 0
        flags |= 0 if clean else wire.FLAG_DIRTY
        reply_size = min(int.from_bytes(self._reply[:8], "big"), limits[3] - 8)  # bounds a forged size
        ruling = self._trial.ruling() if judged else memoryview(b"")
        header = wire.RESULT_HEADER.pack(
            number,
            wire.ENDS.index(end),
            os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
            os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            min(max(0, int(meter.cpu_ms() - cpu_before)), 0xFFFFFFFF),
            wall_ms,
            int(self._waits.seconds * 1000),
            usage.ru_maxrss & 0xFFFFFFFF,
            flags,
            reply_size,
            len(ruling),
            streams[0].size,
            streams[1].size,
        )
        with memoryview(self._reply) as reply:
            self._host.send(
                wire.RESULT, header, reply[8 : 8 + reply_size], ruling, streams[0].view(), streams[1].view()
            )
        self._forget(size)

    def _forget(self, size: int) -> None:
        """Release the pages that held the sample's data; they read as zeros from now on."""
        self._body.madvise(mmap.MADV_DONTNEED, 0, size)
        self._reply.madvise(mmap.MADV_REMOVE)
        self._trial.forget()
        for stream in self._streams:
            stream.forget()

    def _become_candidate(self, size: int, cpu_limit_ms: int, judged: bool) -> None:
        try:
            child.confine(self._uid, cpu_limit_ms // 1000 + 2, *(self._trial.candidates_line() if judged else ()))
            self._runner.run(self._body, size, self._trial.line() if judged else None)
        finally:
            os._exit(70)

    def _supervise(self, pid: int, limits: JobLimits, cpu_before: float) -> _Usage:
        """Wait until the child has exited or a limit is reached, then end every process of the sample."""
        end = self._watch(pid, limits, cpu_before)
        processes.kill_all()
        _, status, usage = os.wait4(pid, 0)
        self._drain_rest()
        return end or ("signalled" if os.WIFSIGNALED(status) else "exited"), status, usage

    def _try(self, pid: int, limits: JobLimits, cpu_before: float) -> _Usage:
        """The same for a sample that ends with its judge's exit. The candidate's status counts if it had ended by
        itself."""
        self._trial.begin(pid, limits[0] // 1000 + 2, limits[3])
        end = self._wait_for(self._trial.control, limits, cpu_before)
        by_itself = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        os.kill(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        if end or not self._trial.spare():
            processes.kill_all()
            self._trial.lost()
        self._drain_rest()
        status = status if by_itself else 0
        return end or ("signalled" if os.WIFSIGNALED(status) else "exited"), status, usage

    def _watch(self, pid: int, limits: JobLimits, cpu_before: float) -> str:
        handle = os.pidfd_open(pid)
        end = self._wait_for(handle, limits, cpu_before)
        os.close(handle)
        return end

    def _wait_for(self, handle: int, limits: JobLimits, cpu_before: float) -> str:
        self._poll.register(handle, select.POLLIN)
        end = self._wait(handle, limits, cpu_before)
        self._poll.unregister(handle)
        return end

    def _drain_rest(self) -> None:
        """Read what the pipes still hold. Bounded: no process is left to write."""
        for _ in range(64):
            ready = self._poll.poll(0)
            if not ready:
                break
            self._drain(ready)
        for stream in self._streams:
            stream.close()

    def _drain(self, ready: list[tuple[int, int]]) -> None:
        for fd, _ in ready:
            if fd == self._host.read_end:
                raise HostGone
            for stream in self._streams:
                if fd == stream.read_end and stream.drain() >= CAPACITY:
                    self._waits.output_stood = True

    def _wait(self, handle: int, limits: JobLimits, cpu_before: float) -> str:
        now = start = time.monotonic()
        check, look = now + self._tick(limits[0]), now + processor_waits.LOOK_S
        while True:
            deadline = start + limits[1] / 1000 + self._waits.seconds
            ready = self._poll.poll(max(0.0, min(check, look, deadline) - now) * 1000 + 1)
            if any(fd == handle for fd, _ in ready):
                return self._at_exit(start, limits[0], cpu_before)
            self._drain(ready)
            now = time.monotonic()
            if now >= min(look, deadline):
                self._waits.look()
                look = now + processor_waits.LOOK_S
                if end := self._by_the_clock(now - start, limits[1] / 1000):
                    return end
            if now >= check:
                left_ms = limits[0] - (self._meter.cpu_ms() - cpu_before)
                if left_ms <= 0:
                    return "cpu_limit"
                if self._meter.watches_memory and self._meter.resident_kb() > self._memory_kb:
                    return "memory"
                check = now + self._tick(left_ms)

    def _by_the_clock(self, passed_s: float, limit_s: float) -> str:
        """Why a sample that has run for this long must end; "" if it may continue, of which the host is notified."""
        waited = self._waits.seconds
        if passed_s - waited >= limit_s:
            return "wall_limit"
        if waited >= wire.MOST_WAITS * limit_s:
            return "starved"
        if passed_s >= (self._told + 1) * limit_s and self._told < wire.MOST_WAITS:
            self._told += 1
            self._host.send(wire.WAIT, wire.ACCEPT_HEADER.pack(self._number))
        return ""

    def _at_exit(self, start: float, cpu_limit_ms: int, cpu_before: float) -> str:
        """A sample that ended just before the limit would have been noticed has exceeded it all the same, on any
        machine."""
        passed_s = time.monotonic() - start
        if passed_s > processor_waits.LOOK_S:
            self._waits.look()
        if passed_s * 1000 * self._cpus < cpu_limit_ms:
            return ""  # it can't have used that much
        return "cpu_limit" if self._meter.cpu_ms() - cpu_before > cpu_limit_ms else ""

    def _tick(self, left_ms: float) -> float:
        """Seconds until the limit could be reached at the earliest, if the sample used every processor."""
        tick = max(_MIN_TICK_S, left_ms / 1000 / self._cpus)
        return min(tick, _MEMORY_TICK_S) if self._meter.watches_memory else tick

    def _reset(self, limits: JobLimits, size: int) -> bool:
        """Whether no process, socket, file, memory or priority of the sample is left; False if that can't be
        verified."""
        if not self._trial.alive and not processes.reap_all():
            return False
        if not processes.collect_sockets(self._sockets, self._own_sockets):
            return False
        if not self._folders.put_back() or self._weight() != self._own_weight:
            return False
        held = size + self._trial.size + wire.RULING_BYTES + 2 * limits[2] + limits[3]
        if self._charge.is_back(held):
            return True
        self._trial.end()  # a judge that waits for the next tests may hold some of it
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
