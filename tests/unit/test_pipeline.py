"""The pipeline over a real pool: what it judges, what it does not do twice, and what it never turns into a verdict."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from run_values import make_manifest, problem

from codeeval.errors import GenerationError, UsageError
from codeeval.evaluation.clock import Clock
from codeeval.evaluation.pipeline import Pipeline, PipelineResult, Plan, Progress
from codeeval.evaluation.preflight import CHECKS, preflight, run_checks
from codeeval.evaluation.shards.batches import Judging
from codeeval.evaluation.shards.one_job import MAX_PROGRAM_CHARS
from codeeval.evaluation.shards.shard import GIVE_UP_AFTER
from codeeval.scoring import protocols
from codeeval.scoring.job import job_digest
from codeeval.store import Counts, PlannedProblem, RunReader, RunStore, Session, TimeSplit
from codeeval.types import Problem, Prompt, Request, Sample, Sampling, ScoringProtocol, Verdict
from sandbox import Job, Limits, Outcome, Pool, SandboxError, select

PROMPT = Prompt(text="p")
STRICT = protocols.get("strict")
MERA = protocols.get("mera-code")
RIGHT, WRONG, RAISES = "\n    return n + 1", "\n    return n", "\n    return 1 / 0"
#: Six samples, four different programs.
COMPLETIONS = (RIGHT, WRONG, RIGHT, RAISES, WRONG, "\n    return n + 1  # the same, written differently")


class ListGenerator:
    """The completions it was given, in order; raises `error` in place of the sample number `fails_at`."""

    def __init__(
        self, completions: Mapping[str, Sequence[str]], fails_at: int | None = None, error: Exception | None = None
    ) -> None:
        self.completions, self.fails_at, self.error = completions, fails_at, error
        self.asked: list[tuple[str, int]] = []

    def generate(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Sample]:
        for request in requests:
            for index in request.indices:
                if self.error is not None and len(self.asked) == self.fails_at:
                    raise self.error
                self.asked.append((request.problem_id, index))
                yield Sample(request.problem_id, index, "digest", self.completions[request.problem_id][index], "stop")

    def describe(self) -> dict[str, str | int | float | bool | None]:
        return {"engine": "list"}

    def close(self) -> None:
        return None


class Wrapped:
    """A real pool with something done to each job before or after: only what the pipeline needs of a pool."""

    def __init__(self, pool: Pool, spoil: Callable[[int, Job], Exception | None] = lambda number, job: None) -> None:
        self.pool, self.spoil, self.jobs = pool, spoil, 0

    def submit(self, job: Job) -> Future[Outcome]:
        number, self.jobs = self.jobs, self.jobs + 1
        error = self.spoil(number, job)
        if error is None:
            return self.pool.submit(job)
        failed: Future[Outcome] = Future()
        failed.set_exception(error)
        return failed


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """Two real workers in namespaces."""
    with Pool(select("local"), workers=2) as found:
        yield found


def create(folder: Path, ids: Sequence[str] = ("1",), wanted: int = 6, problems: Sequence[Problem] = ()) -> RunStore:
    chosen = problems or [problem(pid) for pid in ids]
    return RunStore.create(folder, make_manifest(), [PlannedProblem(p, PROMPT, "digest", wanted) for p in chosen])


def run(
    store: RunStore,
    generator: ListGenerator | None,
    pool: Pool | Wrapped | None,
    judged_by: tuple[ScoringProtocol, ...] = (STRICT,),
    on_progress: Callable[[Progress], None] = lambda progress: None,
    **plan: object,
) -> PipelineResult:
    dedup = bool(plan.pop("dedup", True))
    requests = tuple(Request(pid, PROMPT, indices) for pid, indices in store.missing_samples().items())
    chosen = replace(Plan(Judging(judged_by, Limits(), dedup), requests if generator else ()), **plan)  # type: ignore[arg-type]
    session = Session("t", ("codeeval", "run"), "running")
    return Pipeline(chosen, store, generator, pool, session, on_progress).run()


def verdicts(reader: RunReader, protocol: str = "strict") -> list[tuple[str, int, str | None]]:
    return [
        (row.problem_id, row.index, row.judgement.verdict.value if row.judgement else None)
        for row in reader.judgements(protocol)
    ]


EXPECTED = ["passed", "wrong_output", "passed", "exception", "wrong_output", "passed"]


@pytest.mark.local
def test_every_sample_gets_its_verdict_and_equal_programs_run_once(pool: Pool, tmp_path: Path) -> None:
    """Six samples with four different programs: six verdicts, four executions."""
    with create(tmp_path / "r") as store:
        result = run(store, ListGenerator({"1": COMPLETIONS}), pool)
        assert [verdict for _, _, verdict in verdicts(store)] == EXPECTED
        assert result.counts == Counts(generated=6, executed=4, deduplicated=2, cached=0)
        assert len(store.execution_keys()) == 4
        assert [session.end for session in store.sessions()] == ["complete"]
        assert store.counts("strict") == (("1", 6, 3),)


@pytest.mark.local
def test_without_deduplication_every_program_runs(pool: Pool, tmp_path: Path) -> None:
    """`--no-dedup` executes each sample, with the same verdicts."""
    with create(tmp_path / "r") as store:
        result = run(store, ListGenerator({"1": COMPLETIONS}), pool, dedup=False)
        assert [verdict for _, _, verdict in verdicts(store)] == EXPECTED
        assert result.counts == Counts(generated=6, executed=6)


@pytest.mark.local
def test_equal_programs_of_different_problems_are_not_shared(pool: Pool, tmp_path: Path) -> None:
    """Evidence belongs to one problem: its calls are part of the job."""
    other = replace(problem("2"), calls=("{'n': 5}",), expected=("0",))
    with create(tmp_path / "r", problems=[problem("1"), other], wanted=1) as store:
        result = run(store, ListGenerator({"1": [RIGHT], "2": [RIGHT]}), pool)
        assert verdicts(store) == [("1", 0, "passed"), ("2", 0, "wrong_output")]
        assert result.counts.executed == 2


@pytest.mark.local
def test_two_protocols_judge_every_sample(pool: Pool, tmp_path: Path) -> None:
    """A recursive function fails as MERA executes it and passes under strict; both are in the file."""
    recursive = "\n    return n + 1 if n < 2 else f(n - 1) + 1"
    with create(tmp_path / "r", wanted=1) as store:
        result = run(store, ListGenerator({"1": [recursive]}), pool, (MERA, STRICT))
        assert verdicts(store, "strict") == [("1", 0, "passed")]
        assert verdicts(store, "mera-code") == [("1", 0, "exception")]
        assert result.counts == Counts(generated=1, executed=2)


@pytest.mark.local
def test_nothing_is_executed_for_an_empty_completion(pool: Pool, tmp_path: Path) -> None:
    """Under strict an empty completion has its verdict at once."""
    with create(tmp_path / "r", wanted=2) as store:
        result = run(store, ListGenerator({"1": ["", " \n"]}), pool)
        assert [verdict for _, _, verdict in verdicts(store)] == ["empty", "empty"]
        assert result.counts.executed == 0
        assert [row.job_digest for row in store.judgements("strict")] == [None, None]


@pytest.mark.local
def test_hidden_answers_are_executed_and_not_judged(pool: Pool, tmp_path: Path) -> None:
    """Outputs are kept for a submission; there is no verdict, and the run is complete."""
    with create(tmp_path / "r", problems=[problem("1", expected=None)], wanted=2) as store:
        run(store, ListGenerator({"1": [RIGHT, WRONG]}), pool)
        assert [row.outputs for row in store.judgements("strict")] == [("2", "3"), ("1", "2")]
        assert verdicts(store) == [("1", 0, None), ("1", 1, None)]
        assert store.sessions()[-1].end == "complete"


@pytest.mark.local
def test_a_program_that_no_pool_takes_gets_a_verdict(pool: Pool, tmp_path: Path) -> None:
    """A completion of megabytes is the model's doing: it fails, and the run does not wait for it."""
    with create(tmp_path / "r", wanted=2) as store:
        run(store, ListGenerator({"1": ["\n    return n + 1 #" + "x" * MAX_PROGRAM_CHARS, RIGHT]}), pool)
        assert verdicts(store) == [("1", 0, "output_limit"), ("1", 1, "passed")]


@pytest.mark.local
def test_generation_and_execution_overlap(pool: Pool, tmp_path: Path) -> None:
    """The second sample is generated only once the first has been executed: that needs both to work at the same time."""
    executed = threading.Event()

    class Waiting(ListGenerator):
        def generate(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Sample]:
            for number, sample in enumerate(super().generate(requests, sampling)):
                assert number == 0 or executed.wait(60)
                yield sample

    with create(tmp_path / "r", wanted=2) as store:
        result = run(
            store,
            Waiting({"1": [RIGHT, WRONG]}),
            pool,
            on_progress=lambda progress: executed.set() if progress.judged else None,
        )
        assert result.generation_error is None
        assert [verdict for _, _, verdict in verdicts(store)] == ["passed", "wrong_output"]
        assert result.timing.overlap > 0


@pytest.mark.local
def test_a_slow_sandbox_holds_the_model_back(pool: Pool, tmp_path: Path) -> None:
    """At most `ahead` samples wait for the pool, so that memory stays bounded."""
    generator = ListGenerator({"1": [f"\n    return n + {i}" for i in range(50)]})
    seen: list[int] = []

    def look(number: int, job: Job) -> None:
        seen.append(len(generator.asked) - number)

    with create(tmp_path / "r", wanted=50) as store:
        run(store, generator, Wrapped(pool, look), parallel=lambda: 2, ahead=5)
        assert len(verdicts(store)) == 50
    # one more is held by the generator's thread, one is being accepted
    assert max(seen) <= 5 + 2


@pytest.mark.local
def test_what_was_generated_before_a_failure_is_judged(pool: Pool, tmp_path: Path) -> None:
    """A model that dies leaves an incomplete run: verdicts for what came, a reason for what did not, and no zero."""
    with create(tmp_path / "r") as store:
        result = run(store, ListGenerator({"1": COMPLETIONS}, 2, RuntimeError("CUDA is gone")), pool)
        assert isinstance(result.generation_error, GenerationError)
        assert "RuntimeError: CUDA is gone" in str(result.generation_error)
        assert verdicts(store) == [("1", 0, "passed"), ("1", 1, "wrong_output")]
        assert {(i.index, i.stage) for i in store.incidents()} == {(i, "generation") for i in range(2, 6)}
        assert store.sessions()[-1].end == "incomplete"


@pytest.mark.local
def test_our_own_errors_of_a_generator_pass_unchanged(pool: Pool, tmp_path: Path) -> None:
    """A usage error stays a usage error, so that it gets its exit code."""
    with create(tmp_path / "r") as store:
        result = run(store, ListGenerator({"1": COMPLETIONS}, 0, UsageError("no such sample")), pool)
        assert isinstance(result.generation_error, UsageError)


@pytest.mark.local
@pytest.mark.parametrize("stop_after", [0, 1, 3, 5])
def test_a_resumed_run_equals_an_uninterrupted_one(pool: Pool, tmp_path: Path, stop_after: int) -> None:
    """After an interruption at any point only what is missing is generated, nothing is executed twice, and the
    judgements are the same."""
    completions = {"1": COMPLETIONS, "2": COMPLETIONS[::-1]}
    with create(tmp_path / "whole", ids=("1", "2")) as store:
        run(store, ListGenerator(completions), pool, (MERA, STRICT))
        whole = [list(store.judgements(name)) for name in ("mera-code", "strict")]

    def interrupt(progress: Progress) -> None:
        if progress.judged >= stop_after:
            raise KeyboardInterrupt

    with create(tmp_path / "r", ids=("1", "2")) as store, pytest.raises(KeyboardInterrupt):
        run(store, ListGenerator(completions), pool, (MERA, STRICT), interrupt)
    with RunReader(tmp_path / "r") as reader:
        assert reader.sessions()[-1].end == "interrupted"
        had = reader.n_samples()
    with RunStore.open(tmp_path / "r") as store:
        generator = ListGenerator(completions)
        run(store, generator, pool, (MERA, STRICT))
        assert len(generator.asked) == 12 - had
        assert [list(store.judgements(name)) for name in ("mera-code", "strict")] == whole
        sessions = store.sessions()
        assert sum(session.counts.executed for session in sessions) == len(store.execution_keys())
        assert sum(session.counts.generated for session in sessions) == 12


@pytest.mark.local
def test_infrastructure_never_becomes_a_verdict(pool: Pool, tmp_path: Path) -> None:
    """A job that the sandbox could not execute leaves its samples pending with the reason; resuming executes just it."""

    def spoil(number: int, job: Job) -> Exception | None:
        return SandboxError("the worker went away") if "return n\n" in job.source + "\n" else None

    with create(tmp_path / "r") as store:
        result = run(store, ListGenerator({"1": COMPLETIONS}), Wrapped(pool, spoil))
        assert result.sandbox_error is None
        assert [index for _, index, _ in verdicts(store)] == [0, 2, 3, 5]
        assert {(i.index, i.stage) for i in store.incidents()} == {(1, "execution:strict"), (4, "execution:strict")}
        assert "the worker went away" in store.incidents()[0].reason
        assert store.sessions()[-1].end == "incomplete"
        again = run(store, None, pool)
        assert [verdict for _, _, verdict in verdicts(store)] == EXPECTED
        assert again.counts == Counts(executed=1, deduplicated=1)
        assert store.incidents() == ()


@pytest.mark.local
def test_a_dead_sandbox_gets_no_more_jobs_and_the_model_goes_on(pool: Pool, tmp_path: Path) -> None:
    """After a number of failures in a row the sandbox is left alone; what the model writes is kept for a resume."""
    completions = {"1": [f"\n    return n + {i}" for i in range(40)]}
    dead = Wrapped(pool, lambda number, job: SandboxError("no engine"))
    with create(tmp_path / "r", wanted=40) as store:
        result = run(store, ListGenerator(completions), dead, parallel=lambda: 1)
        assert result.sandbox_error == "SandboxError: no engine"
        assert dead.jobs == GIVE_UP_AFTER
        assert store.n_samples() == 40
        assert verdicts(store) == []
        assert len(store.incidents()) == 40


@pytest.mark.local
def test_judging_again_executes_nothing(pool: Pool, tmp_path: Path) -> None:
    """Without a pool the judgements come back from the evidence alone, and what has none stays pending."""
    with create(tmp_path / "r") as store:
        run(store, ListGenerator({"1": COMPLETIONS}), pool)
        before = list(store.judgements("strict"))
        store.drop_judgements("strict")
        result = run(store, None, None, (STRICT, MERA))
        assert list(store.judgements("strict")) == before
        assert result.counts.executed == 0
        assert result.counts.cached == 6
        assert verdicts(store, "mera-code") == []
        assert {i.reason for i in store.incidents()} == {"not executed under this protocol yet"}


@pytest.mark.local
def test_samples_that_nobody_asked_for_are_left_out(pool: Pool, tmp_path: Path) -> None:
    """A generator that answers twice or too much changes nothing."""

    class Generous(ListGenerator):
        def generate(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Sample]:
            for sample in super().generate(requests, sampling):
                yield sample
                yield replace(sample, completion="\n    return 7")
                yield replace(sample, index=99)
                yield replace(sample, problem_id="unknown")

    with create(tmp_path / "r", wanted=2) as store:
        result = run(store, Generous({"1": [RIGHT, WRONG]}), pool, ahead=2)
        assert [verdict for _, _, verdict in verdicts(store)] == ["passed", "wrong_output"]
        assert (result.counts.generated, store.n_samples()) == (2, 2)


@pytest.mark.local
def test_the_preflight_passes_on_a_sandbox_that_works(pool: Pool) -> None:
    """Right, wrong, exiting and lying programs get their verdicts under every protocol."""
    judged_by = tuple(protocols.get(name) for name in protocols.names())
    assert all(finding.ok for finding in run_checks(pool, judged_by, pool.limits))
    preflight(pool, judged_by, pool.limits)


@pytest.mark.local
def test_the_preflight_stops_on_a_sandbox_that_lies(pool: Pool) -> None:
    """A sandbox that answers for another program is found out before anything starts."""

    class Lying:
        def submit(self, job: Job) -> Future[Outcome]:
            return pool.submit(replace(job, source=job.source.replace("a - b", "a + b")))

    with pytest.raises(SandboxError, match="a wrong solution under strict: passed instead of wrong_output"):
        preflight(Lying(), (STRICT,), pool.limits)


def test_the_preflight_knows_a_right_and_several_wrong_programs() -> None:
    """A preflight without a right program, or without cheats, would prove nothing."""
    assert sorted(Verdict.PASSED in check.verdicts for check in CHECKS) == [False, False, False, True]


def test_the_clock_splits_time() -> None:
    """Generation and execution both contain their overlap; the parts add up to the total."""
    now = 0.0
    clock = Clock(lambda: now)
    for event, at in (
        (lambda: clock.enter("generation"), 1.0),
        (lambda: clock.enter("execution"), 3.0),
        (lambda: clock.enter("execution"), 4.0),
        (lambda: clock.leave("generation"), 7.0),
        (lambda: clock.leave("execution"), 8.0),
        (lambda: clock.leave("execution"), 12.0),
    ):
        now = at
        event()
    now = 15.0
    assert clock.split() == TimeSplit(total=15.0, generation=6.0, execution=9.0, overlap=4.0, other=4.0)


jobs = st.builds(
    Job,
    source=st.text(max_size=5),
    entry_point=st.text(max_size=3),
    calls=st.lists(st.text(max_size=3), max_size=2).map(tuple),
    limits=st.sampled_from([Limits(), Limits(cpu_s=1.0)]),
    mode=st.sampled_from(["module", "mera"]),
)


@given(jobs, jobs, st.sampled_from(["", "1"]), st.sampled_from(["", "1"]))
def test_digests_are_equal_exactly_for_equal_jobs(one: Job, two: Job, salt: str, other: str) -> None:
    """One execution may only ever serve jobs that are equal in every respect."""
    assert (job_digest(one, salt) == job_digest(two, other)) == ((one, salt) == (two, other))


class Stalling:
    """A real pool on a machine that stands still for 5 seconds during the jobs of the given numbers."""

    def __init__(self, pool: Pool, stalls: set[int]) -> None:
        self.pool, self.stalls, self.jobs = pool, stalls, 0

    def submit(self, job: Job) -> Future[Outcome]:
        number, self.jobs = self.jobs, self.jobs + 1
        late: Future[Outcome] = Future()
        outcome = self.pool.submit(job).result()
        late.set_result(replace(outcome, wall_ms=outcome.wall_ms + 5_000) if number in self.stalls else outcome)
        return late


@pytest.mark.local
def test_a_machine_that_stood_still_is_not_the_programs_fault(pool: Pool, tmp_path: Path) -> None:
    """Under MERA's rule a program that ended too late by the clock, without computing, is executed once more: the stall is
    gone then, and a program that really waits is not."""
    with create(tmp_path / "once", wanted=1) as store:
        stalling = Stalling(pool, {0})
        result = run(store, ListGenerator({"1": (RIGHT,)}), stalling, (MERA,))  # type: ignore[arg-type]
        assert verdicts(store, "mera-code") == [("1", 0, "passed")]
        assert (stalling.jobs, result.counts.executed, len(store.execution_keys())) == (2, 1, 1)
    with create(tmp_path / "always", wanted=1) as store:
        stalling = Stalling(pool, {0, 1, 2})
        run(store, ListGenerator({"1": (RIGHT,)}), stalling, (MERA,))  # type: ignore[arg-type]
        assert verdicts(store, "mera-code") == [("1", 0, "timeout")]
        assert stalling.jobs == 2
    with create(tmp_path / "strict", wanted=1) as store:
        stalling = Stalling(pool, {0})
        run(store, ListGenerator({"1": (RIGHT,)}), stalling, (STRICT,))  # type: ignore[arg-type]
        assert (verdicts(store), stalling.jobs) == ([("1", 0, "passed")], 1)
