"""Time in which other work had the processors is not the sample's; time in which its own processes had them is."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leftovers import worker_processes

from sandbox import Job, Limits, Pool, SandboxError, select, wire
from sandbox.backends import Backend
from sandbox.guest import meters, processor_waits

SUPERVISOR, CANDIDATE, CHILD = ("1", "1"), ("7", "7"), ("8", "8")
MS = 1_000_000
WALL_MS = 1_000


@dataclass
class World:
    """A worker's tasks with their times in ms, and whatever else is looked at."""

    tasks: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    gone_ms: float = 0.0  # computed by tasks that have ended
    counts_everything: bool = True
    started: bytes = b"8"
    clock_ms: float = 0.0
    odd: set[tuple[str, str]] = field(default_factory=set)
    runnable: set[tuple[str, str]] = field(default_factory=set)
    sleeps: Counter[tuple[str, str]] = field(default_factory=Counter)
    held_up: set[tuple[str, str]] = field(default_factory=set)

    def cpu_ms(self) -> float:
        return self.gone_ms + sum(ran for task, (ran, _) in self.tasks.items() if task != SUPERVISOR)

    def read(self) -> dict[tuple[str, str], processor_waits._Times]:
        return {
            task: processor_waits._Times(
                int(ran * MS), int(waited * MS), task in self.runnable, self.sleeps[task], task in self.held_up
            )
            for task, (ran, waited) in self.tasks.items()
        }

    def pass_time(self, ms: float = 100.0) -> None:
        self.clock_ms += ms

    def run(self, task: tuple[str, str], ran: float = 0.0, waited: float = 0.0) -> None:
        before = self.tasks.get(task, (0.0, 0.0))
        self.tasks[task] = before[0] + ran, before[1] + waited

    def take_over(self, thread: tuple[str, str]) -> None:
        """A thread executes another program, and by that becomes its process's first thread."""
        first = thread[0], thread[0]
        self.gone_ms += self.tasks[first][0]
        self.tasks[first], self.sleeps[first] = self.tasks.pop(thread), self.sleeps.pop(thread, 0)
        self.runnable.discard(first)
        if thread in self.runnable:
            self.runnable ^= {thread, first}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World({SUPERVISOR: (500.0, 300.0), CANDIDATE: (0.0, 0.0)})
    watch(made, monkeypatch)
    return made


def watch(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor_waits, "_read", made.read)
    monkeypatch.setattr(processor_waits, "_standing", lambda pid, tid: (pid, tid) in made.odd)
    monkeypatch.setattr(meters, "last_process", lambda: made.started)
    clock = SimpleNamespace(process_time_ns=lambda: 0, monotonic_ns=lambda: int(made.clock_ms * MS))
    monkeypatch.setattr(processor_waits, "time", clock)


def begun(world: World) -> processor_waits.Waits:
    waits = processor_waits.Waits(world)  # type: ignore[arg-type]
    waits.candidate = 7
    waits.begin(world.cpu_ms(), WALL_MS)
    return waits


@pytest.mark.parametrize("runnable", [True, False])
def test_a_single_process_is_credited_what_it_waited(world: World, runnable: bool) -> None:
    """From its start, in every look, and nothing of the sample before it."""
    waits = begun(world)
    world.runnable = {CANDIDATE} if runnable else set()
    for _ in range(5):
        world.run(CANDIDATE, ran=10, waited=90)
        world.pass_time()
        waits.look()
    assert waits.seconds == pytest.approx(0.45)
    waits.begin(world.cpu_ms(), WALL_MS)
    assert waits.seconds == 0


def test_processes_that_wait_for_one_another_have_no_claim(world: World) -> None:
    """Two that take turns on one processor wait as long as the other computes."""
    waits = begun(world)
    world.runnable = {CANDIDATE, CHILD}
    for _ in range(20):
        world.run(CANDIDATE, ran=50, waited=50)
        world.run(CHILD, ran=50, waited=50)
        world.pass_time()
        waits.look()
    assert waits.seconds == 0


def test_a_long_wait_that_is_told_late_is_set_against_all_that_was_computed_meanwhile(world: World) -> None:
    """The kernel adds a wait when it ends: what others computed since it began counts, not only since the last look."""
    waits = begun(world)
    world.run(CHILD)
    world.runnable = {CANDIDATE, CHILD}
    world.pass_time()
    waits.look()
    for _ in range(10):
        world.run(CANDIDATE, ran=100)
        world.pass_time()
        waits.look()
    world.run(CHILD, waited=1000)
    world.sleeps[CHILD] += 1
    world.run(CANDIDATE, ran=100)
    world.pass_time()
    waits.look()
    assert waits.seconds == 0


@pytest.mark.parametrize("told", [True, False], ids=["told at its end", "never told"])
def test_a_wait_that_has_not_ended_counts(world: World, told: bool) -> None:
    """Once, whether the kernel adds it at its end or, as with a quota, not at all. Who is ready and does not sleep waits."""
    waits = begun(world)
    world.runnable = {CANDIDATE}
    for number in range(10):
        world.pass_time()
        waits.look()
        assert waits.seconds == pytest.approx(max(0.0, 0.1 * number - 0.01))
    world.run(CANDIDATE, ran=100, waited=1000 if told else 0)
    world.sleeps[CANDIDATE] += 1
    world.pass_time()
    waits.look()
    assert waits.seconds == pytest.approx(1.0 if told else 0.89)


def test_who_computes_or_sleeps_does_not_wait(world: World) -> None:
    """Ready to run in every look, but not in between; or computing all the time, which is told a tick later."""
    waits = begun(world)
    world.runnable = {CANDIDATE, CHILD}
    world.run(CHILD)
    for number in range(20):
        world.sleeps[CANDIDATE] += 1
        world.run(CHILD, ran=95 if number % 2 else 105)
        world.pass_time()
        waits.look()
    assert waits.seconds == 0


def test_a_kernel_that_counts_no_sleeps(world: World) -> None:
    waits = begun(world)
    world.runnable = {CANDIDATE}
    world.sleeps[CANDIDATE] = -1
    for _ in range(10):
        world.pass_time()
        waits.look()
    assert waits.seconds == 0


def test_a_sample_s_only_task_that_is_held_up_in_the_kernel_waits(world: World) -> None:
    """In one sleep that it can't be woken from, for the wall limit and a look at most; not where it sleeps anew in each."""
    waits = begun(world)
    world.held_up = {CANDIDATE}
    for number in range(30):
        world.pass_time()
        waits.look()
        assert waits.seconds == pytest.approx(max(0.0, 0.1 * min(number, 11) - 0.01))
    waits.begin(world.cpu_ms(), WALL_MS)
    for _ in range(30):
        world.sleeps[CANDIDATE] += 1
        world.pass_time()
        waits.look()
    assert waits.seconds == 0


def test_who_is_held_up_by_another_task_of_the_sample_does_not_wait(world: World) -> None:
    """It may have started that one with vfork; the judge is none that it has started."""
    waits = begun(world)
    world.held_up = {CANDIDATE}
    world.run(CHILD)
    for _ in range(10):
        world.pass_time()
        waits.look()
    assert waits.seconds == 0
    waits.judge = int(CHILD[0])
    for _ in range(10):
        world.pass_time()
        waits.look()
    assert waits.seconds == pytest.approx(0.9, abs=0.11)


def test_claims_that_overlap_do_not_add_up(world: World) -> None:
    """Ten processes that wait for other work at the same time have waited once."""
    waits = begun(world)
    children = [(str(number), str(number)) for number in range(10, 20)]
    for child in children:
        world.run(child)
    world.runnable = set(children)
    world.pass_time()
    waits.look()
    world.pass_time(1000)
    for child in children:  # the wait of each ends before another look
        world.run(child, waited=world.clock_ms)
        world.sleeps[child] += 1
        world.pass_time()
        waits.look()
    assert waits.seconds == pytest.approx((world.clock_ms - 100) / 1000)


def test_processes_that_take_turns_add_up(world: World) -> None:
    """First the program waits for a processor, then its child does."""
    waits = begun(world)
    world.run(CANDIDATE, ran=5, waited=95)
    world.pass_time()
    waits.look()
    world.run(CHILD, ran=5, waited=95)
    world.pass_time()
    waits.look()
    world.run(CANDIDATE, ran=5, waited=95)
    world.pass_time()
    waits.look()
    assert waits.seconds == pytest.approx(0.285)


def test_children_that_have_ended_have_computed(world: World) -> None:
    """The meter knows what is no longer listed."""
    waits = begun(world)
    world.run(CANDIDATE, waited=100)
    world.gone_ms += 100
    world.pass_time()
    waits.look()
    assert waits.seconds == 0


def test_where_the_meter_may_miss_processes_none_may_have_come(world: World) -> None:
    """Without a control group a child that is never waited for leaves no trace but its number."""
    world.counts_everything = False
    waits = begun(world)
    world.pass_time()
    waits.look()
    world.run(CANDIDATE, waited=100)
    world.started = b"9"
    world.pass_time()
    waits.look()
    assert waits.seconds == 0
    world.run(CANDIDATE, waited=100)
    world.pass_time()
    waits.look()
    assert waits.seconds == pytest.approx(0.1)


def test_who_has_chosen_its_place_has_no_claim(world: World) -> None:
    """A lowered priority, or one processor of many, may be why it waits."""
    waits = begun(world)
    world.odd.add(CANDIDATE)
    world.run(CANDIDATE, waited=100)
    world.pass_time()
    waits.look()
    assert waits.seconds == 0


def test_who_has_chosen_its_place_has_no_claim_later(world: World) -> None:
    """A session's priority can be raised again: a program could lower it between looks. The next sample has its claims."""
    waits = begun(world)
    world.odd.add(CANDIDATE)
    world.run(CANDIDATE, waited=100)
    world.pass_time()
    waits.look()
    world.odd.clear()
    for _ in range(5):
        world.run(CANDIDATE, waited=100)
        world.pass_time()
        waits.look()
    assert waits.seconds == 0
    waits.begin(world.cpu_ms(), WALL_MS)
    world.run(CANDIDATE, waited=100)
    world.pass_time()
    waits.look()
    assert waits.seconds == pytest.approx(0.1)


def test_a_sleep_that_the_kernel_takes_for_a_wait(world: World) -> None:
    """A task that was seen asleep has not waited longer than since then."""
    waits = begun(world)
    for _ in range(20):
        world.pass_time()
        waits.look()
    world.run(CANDIDATE, waited=2000)
    world.pass_time()
    waits.look()
    assert waits.seconds <= 0.1


def test_the_supervisors_wait_counts_where_output_stood(world: World) -> None:
    """Then the sample could not go on before it came."""
    waits = begun(world)
    world.pass_time()
    waits.look()
    world.run(SUPERVISOR, waited=100)
    world.pass_time()
    waits.look()
    assert waits.seconds == 0
    world.run(SUPERVISOR, waited=100)
    waits.output_stood = True
    world.pass_time()
    waits.look()
    assert waits.seconds == pytest.approx(0.1, abs=0.001) or waits.seconds == pytest.approx(0.2, abs=0.001)


def test_a_judge_brings_no_earlier_waits(world: World) -> None:
    """What was there before the sample begins at the first look."""
    world.run(CHILD, ran=1000, waited=5000)
    waits = begun(world)
    world.pass_time()
    waits.look()
    assert waits.seconds == 0


@pytest.mark.parametrize("seen", [True, False], ids=["a thread that was seen", "one that has begun since"])
def test_a_thread_that_takes_over_its_process_brings_no_earlier_waits(world: World, seen: bool) -> None:
    """It has waited for others of the sample, or pretends not to have slept; while nobody computes."""
    waits = begun(world)
    world.runnable = set() if seen else {CANDIDATE}
    world.pass_time()
    waits.look()
    for number in range(10):
        thread = "7", str(20 + number)
        if seen:
            world.run(thread, ran=100, waited=200)
            world.run(CHILD, ran=200)
            world.pass_time()
            waits.look()
        before = waits.seconds
        world.run(thread, ran=1 + number / 1000, waited=20)
        world.run(CHILD, ran=20)
        world.sleeps[thread] = world.sleeps[CANDIDATE] + seen
        world.take_over(thread)
        world.runnable = set() if seen else {CANDIDATE}
        world.started = b"%d" % (20 + number)
        world.pass_time()
        waits.look()
        assert waits.seconds == before


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 3), st.integers(0, 4))
def test_a_sample_alone_on_the_machine_never_gains(seed: int, tasks: int, processors: int, threads: int) -> None:
    """Whatever its processes do to one another, pinned or not, looked at when it may be, and whichever of their threads
    execute other programs: no claim."""
    chance = random.Random(seed)
    names = [CANDIDATE, *((str(number), str(number)) for number in range(20, 19 + tasks))]
    names += [(chance.choice(names)[0], str(number)) for number in range(40, 40 + threads)]
    world = World({SUPERVISOR: (0.0, 0.0), **dict.fromkeys(names, (0.0, 0.0))})
    queued = dict.fromkeys(names, 0.0)  # waits that have not ended are not told yet
    ready: list[tuple[str, str]] = []
    for number, name in enumerate(names):
        world.run(name, ran=number / MS)  # no two tasks have computed the same number of nanoseconds
    with pytest.MonkeyPatch.context() as patch:
        watch(world, patch)
        waits = begun(world)
        for _ in range(60):
            ready = [name for name in names if queued[name] or chance.random() < 0.7]  # nobody sleeps who waits
            world.sleeps.update(world.runnable.difference(ready))
            world.runnable = set(ready)
            place = {name: chance.randrange(processors) for name in ready}
            for cpu in range(processors):
                here = [name for name in ready if place[name] == cpu]
                for name in here[1:]:
                    queued[name] += 10
                if here:
                    world.run(here[0], ran=10, waited=queued.pop(here[0]))
                    queued[here[0]] = 0.0
            world.pass_time(10)
            if chance.random() < 0.4:
                waits.look()
            thread = names[-1]
            if thread[0] != thread[1] and thread in ready and not queued[thread] and chance.random() < 0.1:
                world.take_over(thread)  # which it does while it computes
                names.remove(thread)
                queued[thread[0], thread[0]] = queued.pop(thread)
        waits.look()
    assert waits.seconds < 1e-6


# --- on a loaded machine -----------------------------------------------------------------------------------------------


@pytest.fixture
def loaded() -> Iterator[None]:
    """More other work than there are processors, in sessions of their own."""
    loops = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True)
        for _ in range(3 * (os.cpu_count() or 1))
    ]
    yield
    for loop in loops:
        loop.kill()
        loop.wait()


@pytest.fixture(params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("docker", "local")])
def engine(request: pytest.FixtureRequest) -> Iterator[Backend]:
    made = select(request.param, lambda line: None)
    yield made
    made.close()


SPIN = "import time\ndef f():\n    while time.process_time() < 0.4: pass\n    return 'spun'\n"
SLEEP = "import time\ndef f():\n    time.sleep(30)\n"


@pytest.mark.usefixtures("loaded")
def test_a_program_that_had_no_processor_is_not_late(engine: Backend) -> None:
    """However long it takes by the clock, it completes; one that sleeps does not, and isn't run again."""
    limits = Limits(cpu_s=5.0, wall_s=4.0)
    with Pool(engine, workers=1, limits=limits) as pool:
        spun, slept = [pool.submit(Job(source, "f", ("{}",))).result(300) for source in (SPIN, SLEEP)]
    assert (spun.status, spun.attempts) == ("completed", ())
    assert spun.wall_ms - spun.waited_ms < 4_000
    assert (slept.status, slept.limit, slept.attempts) == ("timeout", "wall", ())


def test_a_program_that_gets_none_for_too_long_says_nothing(engine: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its future fails as the machinery's, once, and the worker goes on with the next job."""
    told = wire.ENDS.index("starved"), wire.ENDS.index("exited")
    pack = wire.RESULT_HEADER.unpack_from

    class Bent:
        size = wire.RESULT_HEADER.size

        @staticmethod
        def unpack_from(payload: bytes) -> tuple[int, ...]:
            number, end, *rest = pack(payload)
            return number, told[0] if number == 1 and end == told[1] else end, *rest

    monkeypatch.setattr(wire, "RESULT_HEADER", Bent)
    with Pool(engine, workers=1) as pool:
        first = pool.submit(Job("def f(): return 1\n", "f", ("{}",)))
        with pytest.raises(SandboxError, match="overloaded"):
            first.result(60)
        assert pool.submit(Job("def f(): return 1\n", "f", ("{}",))).result(60).status == "completed"


# --- a group with a quota ----------------------------------------------------------------------------------------------


@pytest.fixture
def narrow_group() -> Iterator[Path]:
    """A control group whose processes get a millisecond of a processor per second."""
    first = Path("/sys/fs/cgroup/cpu") if Path("/sys/fs/cgroup/cpu").is_dir() else Path("/sys/fs/cgroup")
    made = first / f"codeeval-narrow-{os.getpid()}"
    try:
        made.mkdir()
    except OSError as error:
        pytest.skip(f"needs root's control groups: {error}")
    try:
        if (made / "cpu.cfs_quota_us").exists():
            (made / "cpu.cfs_period_us").write_text("1000000")
            (made / "cpu.cfs_quota_us").write_text("1000")
        elif (made / "cpu.max").exists():
            (made / "cpu.max").write_text("1000 1000000")
        else:
            pytest.skip("the controller cpu is not enabled")
        yield made
    finally:
        made.rmdir()


AT_FIRST_ASLEEP = """import time
def f():
    time.sleep(1)
    until = time.process_time() + 0.004
    while time.process_time() < until: pass
    return 'spun'
"""


@pytest.mark.local
def test_a_program_that_its_group_s_quota_holds_up_is_not_late(narrow_group: Path) -> None:
    """It waits for almost a second at a time. Newer kernels don't report such a wait, none does before its end."""
    backend = select("local", lambda line: None)
    with Pool(backend, workers=1, limits=Limits(cpu_s=5.0, wall_s=1.5)) as pool:
        running = pool.submit(Job(AT_FIRST_ASLEEP, "f", ("{}",)))
        (narrow_group / "cgroup.procs").write_text(str(_sample()))
        outcome = running.result(300)
    backend.close()
    assert (outcome.status, outcome.attempts) == ("completed", ())
    assert outcome.wall_ms - outcome.waited_ms < 1_500


# --- held up in the kernel ---------------------------------------------------------------------------------------------


@pytest.fixture
def freezer() -> Iterator[Path]:
    """A control group that can hold its processes up: they sleep uninterruptibly, as they would for a lock."""
    made = Path(f"/sys/fs/cgroup/freezer/codeeval-freezer-{os.getpid()}")
    try:
        made.mkdir()
    except OSError as error:
        pytest.skip(f"needs root's control groups of version 1 with a freezer: {error}")
    yield made
    (made / "freezer.state").write_text("THAWED")
    made.rmdir()


@pytest.mark.local
def test_a_program_that_is_held_up_in_the_kernel_is_not_late(freezer: Path) -> None:
    """By something else than a processor that it does not get: the lock of a library that others map as well."""
    source = "import time\ndef f():\n    while time.process_time() < 0.3: pass\n    return 'spun'\n"
    backend = select("local", lambda line: None)
    with Pool(backend, workers=1, limits=Limits(cpu_s=5.0, wall_s=2.0)) as pool:
        running = pool.submit(Job(source, "f", ("{}",)))
        (freezer / "cgroup.procs").write_text(str(_sample()))
        (freezer / "freezer.state").write_text("FROZEN")
        time.sleep(3.0)
        (freezer / "freezer.state").write_text("THAWED")
        outcome = running.result(300)
    backend.close()
    assert (outcome.status, outcome.attempts) == ("completed", ())
    assert outcome.waited_ms > 1_000


#: clone(2) with CLONE_VFORK: uninterruptible until the child has ended.
SLEEPS_IN_A_CHILD = """import ctypes, os, time
def f():
    if ctypes.CDLL(None).syscall(56, 0x4000 | 17, 0, 0, 0, 0) == 0:
        time.sleep(30)
        os._exit(0)
"""


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="calls clone by its number")
def test_a_program_that_holds_itself_up_is_late(engine: Backend) -> None:
    """Its wait is none. On a loaded machine it may wait for a processor as well, but hardly each time for that long."""
    with Pool(engine, workers=1, limits=Limits(cpu_s=5.0, wall_s=2.0)) as pool:
        outcomes = [pool.submit(Job(SLEEPS_IN_A_CHILD, "f", ("{}",))).result(300) for _ in range(3)]
    assert {(one.status, one.limit) for one in outcomes} == {("timeout", "wall")}
    assert min(one.waited_ms for one in outcomes) < 1_500


@pytest.mark.local
def test_a_sample_that_was_held_up_with_its_supervisor_is_not_late() -> None:
    """As on a machine that stood still: what it has not been able to do shows only after the first look."""
    backend = select("local", lambda line: None)
    with Pool(backend, workers=1, limits=Limits(cpu_s=5.0, wall_s=1.0)) as pool:
        running = pool.submit(Job("import time\ndef f():\n    time.sleep(0.6)\n    return 1\n", "f", ("{}",)))
        sample = _sample()
        supervisor = _parent(sample)
        while "nanosleep" not in Path(f"/proc/{sample}/wchan").read_text():  # it would sleep when it goes on
            time.sleep(0.01)
        for pid in (supervisor, sample):
            os.kill(pid, signal.SIGSTOP)
        time.sleep(1.5)
        for pid in (supervisor, sample):
            os.kill(pid, signal.SIGCONT)
        held_up = running.result(300)
        slept = pool.submit(Job(SLEEP, "f", ("{}",))).result(300)
    backend.close()
    assert held_up.status == "completed"
    assert (slept.status, slept.limit) == ("timeout", "wall")


def _sample() -> int:
    """The process of the sample that is running: its supervisor is the child of the worker's outer process."""
    found: list[int] = []
    while not found:
        found = [pid for pid in worker_processes() if _depth(pid) == 3]
    return found[0]


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _depth(pid: int) -> int:
    """How many generations below this process."""
    depth = 0
    while pid not in (0, os.getpid()):
        try:
            pid, depth = _parent(pid), depth + 1
        except OSError:
            return -1
    return depth
