"""A worker that has no room for the candidate's process, or no files for it, says so, and no candidate is blamed for it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from sandbox import Job, Tests, wire

#: Without a PID namespace of its own: nothing is started, so nothing has to be ended.
GUEST = """
import mmap, os, sys
from sandbox.guest import processes, supervisor
def fails(*_, **__):
    {failure}
{place} = fails
channel = int(sys.argv[1])
try:
    supervisor.Supervisor((channel, channel), None, 512).serve()
except supervisor.HostGone:
    sys.exit(5)
"""
JOBS = {
    "calls": Job("def f(): return 1\n", "f", ("{}",)),
    "asserts": Job("def f(): return 1\n", "f", (), mode="assert", tests=Tests("assert f() == 1\n")),
}


def frame(job: Job, number: int) -> bytes:
    """The job as a lane sends it."""
    body = wire.encode_job_body(job)
    tests = b"" if job.tests is None else wire.encode_tests(job.tests, job.entry_point, in_place=False)
    return wire.frame(wire.JOB, wire.JOB_HEADER.pack(number, 5000, 20000, 65536, 4096, len(tests)), body, tests)


@pytest.mark.parametrize("kind", JOBS)
@pytest.mark.parametrize(
    ("place", "failure"),
    [
        ("processes.plain_fork = lambda: fails; _", "return -1"),
        ("processes.plain_fork = lambda: fails; _", "raise BlockingIOError(11, 'Resource temporarily unavailable')"),
        ("os.pipe2", "raise OSError(23, 'Too many open files in system')"),
        ("processes.fresh_input", "raise OSError(23, 'Too many open files in system')"),
        ("supervisor.Supervisor._make_ready", "mmap.mmap(-1, 1 << 60)"),
    ],
)
def test_a_worker_without_room_declines_and_ends(kind: str, place: str, failure: str) -> None:
    """After ACCEPT comes DECLINE with the job's number, then the end of the channel."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, "-c", GUEST.format(place=place, failure=failure), str(theirs.fileno())]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        with subprocess.Popen(command, pass_fds=[theirs.fileno()], env=environment) as guest:
            theirs.close()
            ours.settimeout(60)
            ours.sendall(frame(JOBS[kind], 7))
            said = b"".join(iter(lambda: ours.recv(65536), b""))
            assert guest.wait(timeout=60) == 5
    after = said[4 + int.from_bytes(said[:4], "big") :]
    number = wire.ACCEPT_HEADER.pack(7)
    assert after == wire.frame(wire.ACCEPT, number) + wire.frame(wire.DECLINE, number)
