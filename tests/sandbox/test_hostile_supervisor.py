"""Whatever a worker sends, the pool ends every job with the right blame, raises nothing else, and its threads end.

Before ACCEPT the machinery is to blame: tried three times, then SandboxError. After ACCEPT the candidate is, on the second
time. The oracle of `hostile_guest.py` says which it must be.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from frames import accept, ready, result, returned
from hostile_guest import (
    ACTIONS,
    Blame,
    HostileBackend,
    Log,
    ReactiveWorker,
    Script,
    ScriptedWorker,
    fate,
    generate,
    scripted,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox import BackendUnavailable, Job, Limits, Outcome, Pool, SandboxError, Tests, worker_supply, worker_thread
from sandbox.replies import Result

LIMITS = Limits(wall_s=0.01, cpu_s=0.01)
CALLS = ("{}", "{}")
JOB = Job("def f(): pass\n", "f", CALLS)
JUDGED = Job("def f(): pass\n", "f", (), mode="assert", tests=Tests("f()\n"))
NO_HANG = 60.0
FIXTURE_IS_FINE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def ask(backend: HostileBackend, isolation: str = "warm", job: Job = JOB) -> Outcome | SandboxError:
    """The pool's answer for one job; its threads have ended and its workers were killed afterwards."""
    with Pool(backend, workers=1, limits=LIMITS, isolation=isolation, patience_s=0.0) as pool:  # type: ignore[arg-type]
        try:
            answer: Outcome | SandboxError = pool.submit(job).result(timeout=NO_HANG)
        except SandboxError as error:
            answer = error
    assert not any(thread.is_alive() for thread in pool._threads)
    backend.close()
    return answer


def scripts_for(random: Random, alive: bool, silent: float, job: Job) -> tuple[list[Script], Blame]:
    """Streams for one worker after the other, until the oracle knows the answer."""
    scripts: list[Script] = []
    blame = Blame(alive)
    while blame.answer is None:
        script = generate(random, blame.sent + 1, len(job.calls), silent)
        scripts.append(script)
        one = fate(script, blame.sent + 1, len(job.calls), LIMITS, job.tests is not None)
        if not (
            one == "unstarted" and len(scripts) == 1
        ):  # nothing waits yet for the worker that a lane starts at first
            blame.add(one)
    return scripts, blame


def check(random: Random, silent: float) -> None:
    """One generated case against the oracle. Where a worker falls silent, time decides too, and less is known."""
    alive, job = random.random() < 0.8, random.choice((JOB, JUDGED))
    scripts, blame = scripts_for(random, alive, silent, job)
    if any(script.then == "silent" for script in scripts):
        scripts += [Script(ready() + accept(n) + result(n, returned("1", "2"))) for n in range(1, 6)]
        wait, sure = 0.02, False
    else:
        wait, sure = 30.0, True
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker_thread, "GRACE_S", wait)
        patch.setattr(worker_supply, "READY_S", wait)
        answer = ask(scripted(scripts, alive), job=job)
    if isinstance(answer, Outcome):
        assert len(answer.observations) == len(job.calls)
        assert (answer.ruling is None) == (job is JOB)
        assert len(answer.attempts) <= 1
    if sure:
        compare(answer, blame)


def compare(answer: Outcome | SandboxError, blame: Blame) -> None:
    if blame.answer == "infrastructure":
        assert isinstance(answer, SandboxError)
    elif blame.answer == "crashed":
        assert isinstance(answer, Outcome)
        assert answer.status == "crashed"
        assert answer.stderr.startswith("the worker was lost while it ran this program")
        assert [earlier.status for earlier in answer.attempts] == ["crashed"]
    else:
        assert isinstance(blame.answer, Result)
        assert isinstance(answer, Outcome)
        told = blame.answer.outcome
        assert (answer.status, answer.observations) == (told.status, told.observations)
        assert answer.ruling == told.ruling
        assert len(answer.attempts) == blame.deaths


def test_the_oracle_knows_an_honest_worker() -> None:
    """An honest stream gives the texts; the oracle and the pool agree on that at least."""
    script = Script(ready() + accept(1) + result(1, returned("1", "2")))
    told = fate(script, 1, 2, LIMITS)
    assert isinstance(told, Result)
    answer = ask(scripted([script]))
    assert isinstance(answer, Outcome)
    assert [o.text for o in answer.observations] == ["1", "2"] == [o.text for o in told.outcome.observations]


@FIXTURE_IS_FINE
@given(st.randoms(use_true_random=False))
def test_streams_that_hypothesis_bends(random: Random) -> None:
    """Bent streams, shrunk to the simplest one where the pool and the oracle differ."""
    check(random, silent=0.0)


@pytest.mark.parametrize("seed", range(20))
def test_generated_streams(seed: int) -> None:
    """2,000 cases of one to six workers each."""
    random = Random(seed)
    for _ in range(100):
        check(random, silent=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 150))
def test_many_generated_streams(seed: int) -> None:
    """100,000 cases."""
    random = Random(seed)
    for _ in range(2_000):
        check(random, silent=0.001)


LOST = {
    "before": Script(ready()),
    "after": Script(ready() + accept(1)),
    "gone": Script(ready() + accept(1) + result(1, returned("1", "2")), "closed"),
}


@pytest.mark.parametrize("alive", [True, False])
@pytest.mark.parametrize(
    ("order", "answer"),
    [
        (["before"] * 3, SandboxError),
        (["gone"] * 3, SandboxError),
        (["after"] * 2, "crashed"),
        (["before", "before", "after", "after"], "crashed"),
        (["after", "before", "before", "before"], SandboxError),
        (["before", "after", "before"], "completed"),
        (["before"], "completed"),
        (["after"], "completed"),
    ],
)
def test_the_blame_line(order: list[str], answer: str | type[SandboxError], alive: bool) -> None:
    """Each order of losses, then an honest worker; where the engine itself is away, nothing is charged to the program."""
    scripts = []
    for number, name in enumerate([*order, "honest"], 1):
        honest = ready() + accept(number) + result(number, returned("1", "2"))
        scripts.append(
            Script(honest[: len(ready()) + len(accept(1))]) if name == "after" else LOST.get(name, Script(honest))
        )
    got = ask(scripted(scripts, alive))
    if not alive:  # every loss counts as infrastructure, and three of them are the end
        answer = SandboxError if len(order) >= 3 else "completed"
    if isinstance(answer, str):
        assert isinstance(got, Outcome)
        assert got.status == answer
    else:
        assert isinstance(got, answer)


@pytest.mark.parametrize("error", [SandboxError("x"), BackendUnavailable("x"), RuntimeError("x"), OSError("x")])
@pytest.mark.parametrize("isolation", ["warm", "fresh"])
def test_a_backend_that_fails_in_any_way(error: Exception, isolation: str) -> None:
    """Every error of a backend, foreseen or not, reaches the caller as a SandboxError, and the lane lives on."""

    def make(index: int) -> ScriptedWorker:
        if index == 0:
            return ScriptedWorker(Script(ready() + accept(1)))
        raise error

    answer = ask(HostileBackend(make), isolation)
    assert isinstance(answer, SandboxError)
    assert "x" in str(answer)


def test_an_outage_is_waited_for_once() -> None:
    """The first job waits as long as the pool's patience; each later one asks once more and fails, so that a run can end."""

    def make(index: int) -> ScriptedWorker:
        raise SandboxError("away")

    backend = HostileBackend(make)
    asked = []
    starts = 0

    def count(limits: Limits) -> ScriptedWorker:
        nonlocal starts
        starts += 1
        return make(0)

    backend.start = count  # type: ignore[method-assign]
    with Pool(backend, workers=1, limits=LIMITS, patience_s=1.0) as pool:
        pool.wait_ready()
        for _ in range(4):
            before = starts
            assert isinstance(pool.submit(JOB).exception(NO_HANG), SandboxError)
            asked.append(starts - before)
    assert asked == [1, 1, 1, 1]  # the lane had already been patient when it started


def run_reactive(decide: Callable[[int], str], jobs: int, lanes: int) -> tuple[Log, list[Outcome | SandboxError]]:
    log = Log()
    backend = HostileBackend(lambda index: ReactiveWorker(decide, log))
    answers: list[Outcome | SandboxError] = []
    with Pool(backend, workers=lanes, limits=LIMITS, patience_s=5.0) as pool:
        futures = [pool.submit(Job(f"<job {n}>", "f", ("{}",))) for n in range(jobs)]
        for future in futures:
            try:
                answers.append(future.result(timeout=NO_HANG))
            except SandboxError as error:
                answers.append(error)
    backend.close()
    return log, answers


def blamed(actions: list[str]) -> str:
    """What a job must get after these actions of the workers that had it."""
    tries = deaths = 0
    for index, action in enumerate(actions):
        left = actions[index + 1 :]
        match ACTIONS[action]:
            case "before":
                tries += 1
            case "after":
                deaths += 1
            case "ok":
                assert not left, "executed again after a good answer"
                return "completed"
        if tries == 3 or deaths == 2:
            assert not left, "executed again after the answer was known"
            return "infrastructure" if tries == 3 else "crashed"
    pytest.fail(f"not tried often enough: {actions}")


@pytest.mark.parametrize("seed", range(6))
def test_every_job_gets_its_own_answer_among_failing_workers(seed: int) -> None:
    """Hundreds of jobs in flight on three lanes while workers die and lie: none is lost, mixed up, or blamed for another."""
    random = Random(seed)
    bad = [name for name in ACTIONS if name != "honest"]
    log, answers = run_reactive(lambda job: random.choice(bad) if random.random() < 0.15 else "honest", 150, 3)
    for job, answer in enumerate(answers):
        expected = blamed(log.jobs[job])
        if expected == "infrastructure":
            assert isinstance(answer, SandboxError)
            continue
        assert isinstance(answer, Outcome)
        assert answer.status == expected
        if expected == "completed":
            assert answer.observations[0].text == str(job)


def test_a_program_that_always_kills_its_worker_is_charged_and_its_neighbours_are_not() -> None:
    """Every fifth job kills its worker after ACCEPT, at once: all of those crash, and all others complete."""
    _, answers = run_reactive(lambda job: "dies after" if job % 5 == 0 else "honest", 100, 2)
    statuses = [answer.status if isinstance(answer, Outcome) else "lost" for answer in answers]
    assert statuses == ["crashed" if job % 5 == 0 else "completed" for job in range(100)]
