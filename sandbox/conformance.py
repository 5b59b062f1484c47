"""The cases that every backend must pass on the current machine: what a worker reports, and what it hides from the next
sample.

They are data: `run(pool)` yields the cases that failed, so that the tests, `codeeval sandbox selftest` and third-party
backends all check the same. A case is a sequence of jobs, each with what must be observed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox.front import Front
from sandbox.outcomes import Outcome, OutcomeStatus, RulingStatus
from sandbox.wire import Job, Limits, Tests


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One program (its function is `f`), and what must be observed: the status, and the returned texts; or, if it is
    judged by test code in `tests`, its ruling."""

    source: str
    status: OutcomeStatus = "completed"
    texts: tuple[str | None, ...] = ("ok",)
    calls: tuple[str, ...] = ("{}",)
    cpu_s: float = 2.0
    wall_s: float = 8.0
    reply_bytes: int = 1 << 20
    tests: str = ""
    ruling: RulingStatus = "passed"


@dataclass(frozen=True, slots=True)
class Case:
    """`name` states what holds if the case passes."""

    name: str
    steps: tuple[CaseStep, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that failed, and what was observed instead."""

    case: str
    detail: str


def _case(name: str, *steps: CaseStep) -> Case:
    return Case(name, steps)


def _judged(source: str, ruling: RulingStatus = "passed", status: OutcomeStatus = "completed") -> CaseStep:
    """A program judged by `_TESTS`."""
    return CaseStep(source, status, (), (), wall_s=20.0, tests=_TESTS, ruling=ruling)


_TESTS = "assert f(2) == [2, 4]\nassert f(x=3) == [3, 6]\n"
_RIGHT = _judged("def f(x): return [x, 2 * x]\n")
_FORGED = """
import os, struct
def f(x):
    record = b'{"s":"passed"}'
    for fd in range(3, 256):
        try:
            os.write(fd, struct.pack(">II", len(record), 2) + record)
        except OSError: pass
    return 0
"""
_OK = CaseStep("def f(): return 'ok'\n")
_LEFT_OVER = """
import os
def f():
    found = [p for d in ('/tmp', '/dev/shm', '.') for p in os.listdir(d)]
    others = [p for p in os.listdir('/proc') if p.isdigit() and int(p) not in (1, os.getpid())]
    return 'ok' if not found and not others and 'MARK' not in os.environ else (found, others)
"""
_DENIED = """
import {module}
def f():
    try:
        {action}
    except (OSError, ValueError) as error:
        return 'ok'
    return 'possible'
"""

CASES: tuple[Case, ...] = (
    _case(
        "a program's values come back as text",
        CaseStep("def f(n): return n * 2\n", texts=("2", "aa"), calls=('{"n": 1}', '{"n": "a"}')),
    ),
    _case(
        "exceptions belong to their call",
        CaseStep("def f(n): return 1 // n\n", texts=("1", None, "1"), calls=('{"n": 1}', '{"n": 0}', '{"n": 1}')),
    ),
    _case(
        "SystemExit is an exception of the call",
        CaseStep(
            "import sys\ndef f(n):\n    if n: sys.exit(0)\n    return 'ok'\n",
            texts=(None, "ok"),
            calls=('{"n": 1}', '{"n": 0}'),
        ),
    ),
    _case("a program that does not compile is told apart", CaseStep("def f(:\n", "syntax_error", (None,))),
    _case("definitions that raise are told apart", CaseStep("def f(): pass\n1 / 0\n", "definition_error", (None,))),
    _case("a missing entry point is told apart", CaseStep("def g(): pass\n", "no_entry_point", (None,))),
    _case("an early exit is a crash", CaseStep("import os\ndef f(): os._exit(0)\n", "crashed", (None,)), _OK),
    _case("a signal is a crash", CaseStep("import os\ndef f(): os.kill(os.getpid(), 9)\n", "crashed", (None,)), _OK),
    _case("CPU time is limited", CaseStep("def f():\n    while True: pass\n", "timeout", (None,), cpu_s=0.3), _OK),
    _case(
        "CPU time of other processes counts",
        CaseStep(
            "import os\ndef f():\n    for _ in range(3):\n        if not os.fork():\n            while True: pass\n    os.wait()\n",
            "timeout",
            (None,),
            cpu_s=0.5,
            wall_s=20.0,
        ),
        _OK,
    ),
    _case(
        "wall time is limited", CaseStep("import time\ndef f(): time.sleep(60)\n", "timeout", (None,), wall_s=0.5), _OK
    ),
    _case(
        "results before a timeout are kept",
        CaseStep(
            "def f(n):\n    while n: pass\n    return 'ok'\n",
            "timeout",
            ("ok", None),
            calls=('{"n": 0}', '{"n": 1}'),
            cpu_s=0.3,
        ),
    ),
    _case(
        "memory is limited",
        CaseStep(
            "def f():\n    kept = [bytearray(1 << 20) for _ in range(4096)]\n    return 'ok'\n",
            "memory",
            (None,),
            cpu_s=20.0,
            wall_s=60.0,
        ),
        _OK,
    ),
    _case("the reply is limited", CaseStep("def f(): return 'x' * (4 << 20)\n", "output_limit", (None,)), _OK),
    _case(
        "output is drained and does not fail a program",
        CaseStep("def f():\n    print('x' * 400_000)\n    return 'ok'\n"),
    ),
    _case(
        "standard input is at its end",
        CaseStep("import sys\ndef f(): return 'ok' if sys.stdin.read() == '' else 'data'\n"),
    ),
    _case(
        "threads work",
        CaseStep(
            "import threading\ndef f():\n    out = []\n    ts = [threading.Thread(target=out.append, args=(i,)) for i in range(8)]\n    [t.start() for t in ts]; [t.join() for t in ts]\n    return 'ok' if len(out) == 8 else out\n"
        ),
    ),
    _case(
        "subprocesses work",
        CaseStep(
            "import subprocess, sys\ndef f(): return subprocess.run(['/bin/echo', 'ok'], capture_output=True, text=True).stdout.strip()\n"
        ),
    ),
    _case(
        "multiprocessing works",
        CaseStep(
            "import multiprocessing as m\ndef g(n): return n * n\ndef f():\n    with m.get_context('fork').Pool(2) as p:\n        return 'ok' if p.map(g, [1, 2, 3]) == [1, 4, 9] else 'wrong'\n",
            cpu_s=5.0,
        ),
    ),
    _case(
        "temporary files work",
        CaseStep(
            "import tempfile\ndef f():\n    with tempfile.NamedTemporaryFile() as t:\n        t.write(b'ok'); t.flush()\n        return open(t.name).read()\n"
        ),
    ),
    _case("text of any kind survives", CaseStep("def f(): return 'ж\\x00\\ud800'\n", texts=("ж\x00\ud800",))),
    _case(
        "sets are ordered alike everywhere",
        CaseStep(
            "def f(): return {'a', 'b', 'c'} == set('abc') and hash('a') == hash('a') and __import__('sys').flags.hash_randomization\n",
            texts=("0",),
        ),
    ),
    _case(
        "nothing is left for the next sample",
        CaseStep(
            "import os, subprocess\ndef f():\n    os.environ['MARK'] = '1'\n    open('/tmp/left', 'w').write('x'); os.makedirs('/tmp/a/b/c'); os.chmod('/tmp/a', 0)\n    open('/dev/shm/left', 'w').write('x')\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n            import time\n            time.sleep(60)\n        os._exit(0)\n    return 'ok'\n"
        ),
        CaseStep(_LEFT_OVER),
    ),
    _case(
        "a changed library is unchanged for the next sample",
        CaseStep("import json, math\nmath.pi = 3; json.dumps = None\ndef f(): return 'ok'\n"),
        CaseStep("import json, math\ndef f(): return 'ok' if math.pi > 3 and json.dumps({}) else 'changed'\n"),
    ),
    _case(
        "a fork bomb ends with its sample",
        CaseStep(
            "import os\ndef f():\n    for _ in range(500):\n        try:\n            os.fork()\n        except OSError: pass\n    while True: pass\n",
            "timeout",
            (None,),
            cpu_s=0.5,
            wall_s=30.0,
        ),
        _OK,
    ),
    _case(
        "no network", CaseStep(_DENIED.format(module="socket", action="socket.create_connection(('127.0.0.1', 80), 1)"))
    ),
    _case(
        "no other sockets",
        CaseStep(_DENIED.format(module="socket", action="socket.socket(socket.AF_INET, socket.SOCK_DGRAM)")),
    ),
    _case("the root is read-only", CaseStep(_DENIED.format(module="os", action="open('/opt/sandbox/x', 'w')"))),
    _case(
        "the supervisor can't be signalled",
        CaseStep(
            "import os\ndef f():\n    for number in (9, 19, 2, 15):\n        try: os.kill(1, number)\n        except OSError: pass\n    return 'ok'\n"
        ),
        _OK,
    ),
    _case(
        "the supervisor can't be read",
        CaseStep(_DENIED.format(module="os", action="open('/proc/1/mem', 'rb').read(1)")),
    ),
    _case(
        "no new user namespace",
        CaseStep(
            "import ctypes\ndef f(): return 'ok' if ctypes.CDLL(None).unshare(0x10000000) == -1 else 'possible'\n"
        ),
    ),
    _case(
        "no descriptors but the three",
        CaseStep(
            "import os\ndef f():\n    fds = sorted(int(n) for n in os.listdir('/proc/self/fd'))\n    return 'ok' if len(fds) <= 4 else fds\n"
        ),
    ),
    _case(
        "tests that are code tell right from wrong", _RIGHT, _judged("def f(x): return [x, x + 2]\n", "failed"), _RIGHT
    ),
    _case(
        "an object that equals everything passes no tests",
        _judged("class E:\n    def __eq__(self, other): return True\ndef f(x): return E()\n", "failed"),
    ),
    _case(
        "an exception of the program fails the tests, and an early exit does not pass them",
        _judged("def f(x): return 1 // 0\n", "failed"),
        _judged("import os\ndef f(x): os._exit(0)\n", "not_reached", "crashed"),
        _RIGHT,
    ),
    _case("a forged ruling is a crash", _judged(_FORGED, "not_reached", "crashed"), _RIGHT),
    _case(
        "tests end with their limits",
        CaseStep("def f(x):\n    while True: pass\n", "timeout", (), (), cpu_s=0.5, tests=_TESTS, ruling="not_reached"),
        _RIGHT,
    ),
)


def run(pool: Front, cases: Sequence[Case] = CASES) -> Iterator[Failure]:
    """Run the cases and yield those that fail. Raises SandboxError if the infrastructure fails."""
    for case in cases:
        for number, step in enumerate(case.steps):
            outcome = pool.submit(_job(step, pool.limits)).result()
            wrong = _differs(step, outcome)
            if wrong:
                yield Failure(case.name, f"step {number}: {wrong}")
                break


def _job(step: CaseStep, pool: Limits) -> Job:
    limits = Limits(
        cpu_s=step.cpu_s,
        wall_s=step.wall_s,
        memory_mb=pool.memory_mb,
        pids=pool.pids,
        tmp_mb=pool.tmp_mb,
        reply_bytes=step.reply_bytes,
    )
    if step.tests:
        return Job(step.source, "f", (), limits, "assert", Tests(step.tests))
    return Job(step.source, "f", step.calls, limits)


def _differs(step: CaseStep, outcome: Outcome) -> str:
    texts = tuple(observation.text for observation in outcome.observations)
    ruling = outcome.ruling.status if outcome.ruling is not None else None
    if (outcome.status, texts, ruling) == (step.status, step.texts, step.ruling if step.tests else None):
        return ""
    if step.tests:
        return f"expected {step.status}, {step.ruling}, got {outcome.status}, {outcome.ruling} {outcome.stderr[-300:]}"
    raised = [f"{o.exc_type}: {o.message}" for o in outcome.observations if o.status == "raised"]
    return f"expected {step.status} {step.texts!r}, got {outcome.status} {texts!r} {raised} {outcome.stderr[-300:]}".strip()
