"""Descriptors on their way through sockets are counted per user, and others can use that number up: no verdict may hang on it."""

from __future__ import annotations

import array
import os
import socket
from collections.abc import Iterator

import pytest

from sandbox import Job, Limits, Pool, Tests
from sandbox.backends import Backend

#: More than a supervisor may have open: from then on it may send none.
IN_FLIGHT = 600


@pytest.fixture
def nobody_can_send() -> Iterator[None]:
    """This user has many descriptors on their way that nobody receives."""
    ends = []
    with open(os.devnull, "rb") as null:
        for _ in range(IN_FLIGHT // 200):
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
            ours.sendmsg([b"."], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [null.fileno()] * 200))])
            ends += [ours, theirs]
    yield
    for end in ends:
        end.close()


def test_judges_need_nothing_that_others_can_use_up(backend: Backend, nobody_can_send: None) -> None:
    """More samples than one judge gets, right and wrong."""
    jobs = [
        Job(f"def f(): return {number % 2}", "f", (), None, "assert", Tests("assert f() == 0", f"# {number}\n"))
        for number in range(60)
    ]
    with Pool(backend, workers=1, limits=Limits(cpu_s=30.0, wall_s=30.0)) as pool:
        outcomes = list(pool.map(jobs))
    assert {outcome.status for outcome in outcomes} == {"completed"}
    statuses = [outcome.ruling.status for outcome in outcomes if outcome.ruling]
    assert statuses == ["passed", "failed"] * 30
