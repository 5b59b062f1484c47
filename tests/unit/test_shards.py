"""Shards in processes of their own: the same rows as one shard in the driver, whatever happens to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from run_values import make_manifest, problem
from shard_pools import Instant, spec

from codeeval.evaluation.pipeline import Pipeline, PipelineResult, Plan, Progress
from codeeval.evaluation.repair import explore
from codeeval.evaluation.sandbox import Sandbox, Workers
from codeeval.evaluation.shards import processes
from codeeval.evaluation.shards.batches import Batch, Judging, Rows
from codeeval.evaluation.shards.interface import Deliver, JobRunner, ShardSource
from codeeval.evaluation.shards.processes import ProcessShards
from codeeval.evaluation.shards.router import MAX_LOSSES
from codeeval.evaluation.shards.shard import Arrival, Shard
from codeeval.scoring import protocols
from codeeval.store import Counts, PlannedProblem, RunStore, Session
from codeeval.types import Sample, Verdict
from sandbox import Job, Limits, Outcome, SandboxError

JUDGING = Judging((protocols.get("mera-code"), protocols.get("strict")), Limits())
IDS = tuple(str(number) for number in range(1, 13))


def completion(pid: str, index: int) -> str:
    """Every third one is wrong; the last of each ten equals the first."""
    number = index % 9
    return f"\n    return n + 1  # {number} returns {'2' if number % 3 else '7'}"


def filled(folder: Path, per_problem: int = 20, text: Callable[[str, int], str] = completion) -> RunStore:
    planned = [PlannedProblem(problem(pid), None, "", per_problem) for pid in IDS]
    store = RunStore.create(folder, make_manifest(), planned)
    store.add_samples(Sample(pid, index, "", text(pid, index)) for pid in IDS for index in range(per_problem))
    store.commit()
    return store


def judge(
    store: RunStore,
    source: JobRunner | ShardSource | None,
    tell: Callable[[Progress], None] = lambda progress: None,
    judging: Judging = JUDGING,
) -> PipelineResult:
    return Pipeline(Plan(judging), store, None, source, Session("t", (), "running"), tell).run()


def rows(store: RunStore) -> list[object]:
    """Everything that was judged, with its evidence."""
    judged = [row for name in ("mera-code", "strict") for row in store.judgements(name)]
    return [*judged, *(store.execution(*key) for key in sorted(store.execution_keys()))]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """What a run with one shard in the driver gives."""
    with filled(tmp_path_factory.mktemp("whole") / "r") as store:
        result = judge(store, Instant())
        assert result.counts == Counts(executed=12 * 9 * 2, deduplicated=12 * 11 * 2)
        return rows(store)


def test_shards_in_processes_give_the_rows_of_one_in_the_driver(tmp_path: Path, whole: list[object]) -> None:
    """Three processes: the same judgements and evidence, and the same work."""
    with filled(tmp_path / "r") as store, ProcessShards(spec(6), per_shard=2) as shards:
        assert len(shards.pids) == 3
        result = judge(store, shards)
        assert rows(store) == whole
        assert result.counts == Counts(executed=12 * 9 * 2, deduplicated=12 * 11 * 2)
        assert result.sandbox_error is None
        assert store.sessions()[-1].end == "complete"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP], ids=lambda number: number.name)
def test_a_shard_that_is_lost_in_the_middle(
    tmp_path: Path, whole: list[object], number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed or standing still: another process takes its place, and the run file is the same, row by row."""
    sent: list[int] = []

    def tell(progress: Progress) -> None:
        if progress.judged and not sent:
            monkeypatch.setattr(processes, "SILENCE_S", 5)
            sent.append(shards.pids[0])
            os.kill(sent[0], number)
        elif sent and sent[0] not in shards.pids:  # the next process may take longer to start on a loaded machine
            monkeypatch.undo()

    with filled(tmp_path / "r", 200) as store, ProcessShards(spec(4), per_shard=2) as shards:
        result = judge(store, shards, tell)
        assert sent
        assert sent[0] not in shards.pids
        assert result.sandbox_error is None
        assert store.sessions()[-1].end == "complete"
        assert len(store.execution_keys()) == result.counts.executed == 12 * 9 * 2
        assert all(store.n_unjudged(name) == 0 for name in ("mera-code", "strict"))


def test_a_sample_that_takes_shards_down_stays_pending_alone(tmp_path: Path) -> None:
    """It is tried three times, is never blamed, and costs no other sample its verdict."""

    def text(pid: str, index: int) -> str:
        return "\n    return n  # kills" if (pid, index) == ("5", 3) else completion(pid, index)

    with filled(tmp_path / "r", text=text) as store, ProcessShards(spec(4), per_shard=2) as shards:
        result = judge(store, shards)
        assert result.sandbox_error is None
        assert [store.pending((name,)) for name in ("mera-code", "strict")] == [{"5": {3}}] * 2
        found = store.incidents()
        assert {(one.problem_id, one.index) for one in found} == {("5", 3)}
        assert f"{MAX_LOSSES} shards were lost with it" in found[0].reason
        assert store.sessions()[-1].end == "incomplete"


def test_shards_that_can_not_start_judge_nothing(tmp_path: Path, whole: list[object]) -> None:
    """Their reason is told, everything stays pending, and another invocation does it all."""
    with filled(tmp_path / "r") as store:
        with ProcessShards(spec(4, "broken"), per_shard=2) as shards:
            result = judge(store, shards)
            assert "no engine answers" in (result.sandbox_error or "")
            with pytest.raises(SandboxError, match="no engine answers"):
                shards.submit(Job("def f(n): pass", "f", ("{'n': 1}",))).result(60)
        assert len(store.execution_keys()) == 0
        assert len(store.incidents()) == 12 * 20 * 2
        judge(store, Instant())
        assert rows(store) == whole
        assert store.incidents() == ()


def test_an_interrupted_driver_goes_on_exactly(tmp_path: Path, whole: list[object]) -> None:
    """What came back before is kept; the rest is judged by the evidence that is there, or executed."""

    def interrupt(progress: Progress) -> None:
        if progress.judged >= 60:
            raise KeyboardInterrupt

    with ProcessShards(spec(4), per_shard=2) as shards, filled(tmp_path / "r") as store:
        with pytest.raises(KeyboardInterrupt):
            judge(store, shards, interrupt)
        first = store.sessions()[-1].counts.executed
        assert 0 < len(store.execution_keys()) < 12 * 9 * 2
        result = judge(store, shards)  # the same processes; what they still do for the first run is nobody's
        assert rows(store) == whole
        assert first + result.counts.executed == len(store.execution_keys()) == 12 * 9 * 2


def test_processes_end_with_their_source(tmp_path: Path) -> None:
    """Closed: every process is gone."""
    with ProcessShards(spec(4), per_shard=2) as shards:
        assert shards.submit(Job("def f(n): pass", "f", ("{'n': 1}",))).result(60).status == "completed"
        pids = shards.pids
    assert not any(map(_lives, pids))


DRIVER = """
import sys, time
from shard_pools import spec
from codeeval.evaluation.shards.processes import ProcessShards
from sandbox import Job
shards = ProcessShards(spec(6), per_shard=2)
for number in range(9):
    shards.submit(Job("pass", "f", ("{'n': 1}",))).result()
print(*shards.pids, flush=True)
time.sleep(600)
"""


def test_kill_9_of_the_driver_leaves_no_process() -> None:
    """Shards end at the end of the stream, and one that stands still is ended by the kernel."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    driver = subprocess.Popen([sys.executable, "-c", DRIVER], stdout=subprocess.PIPE, text=True, env=environment)
    assert driver.stdout is not None
    with driver, driver.stdout:
        pids = [int(pid) for pid in driver.stdout.readline().split()]
        assert len(pids) == 3
        os.kill(pids[0], signal.SIGSTOP)
        driver.kill()
    deadline = time.monotonic() + 60
    while any(map(_lives, pids)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZXx"
    except OSError:
        return False


def test_single_jobs_go_through_any_shard(tmp_path: Path) -> None:
    """As preflight, repairs and reference solutions need it: outcomes in order, failures as SandboxError."""
    jobs = [Job(f"# returns {number}", "f", ("{'n': 1}",)) for number in range(50)]
    with ProcessShards(spec(4), per_shard=2) as shards:
        assert [found.observations[0].text for found in shards.map(jobs)] == [str(number) for number in range(50)]
        with pytest.raises(SandboxError, match="no worker"):
            shards.submit(Job("# fails", "f", ("{'n': 1}",))).result(60)


class Differing:
    """A source of two shards in this process that execute the same jobs with different results."""

    def open_shards(self, judging: Judging, deliver: Deliver) -> Sequence[Handle]:
        return Handle("a", judging, deliver, "1"), Handle("b", judging, deliver, "7")

    def replacement(self, judging: Judging, deliver: Deliver) -> None:
        return None


class Handle:
    """A shard whose pool says that every call returned this."""

    workers, room = 1, 16

    def __init__(self, name: str, judging: Judging, deliver: Deliver, returns: str) -> None:
        self.name, self._deliver, self._returns = name, deliver, returns
        self._arrived: list[Arrival] = []
        self._shard = Shard(judging, self, self._arrived.append)

    def submit(self, job: Job) -> Future[Outcome]:
        return Instant().submit(Job(f"{job.source}\n# returns {self._returns}", job.entry_point, job.calls))

    def send(self, batch: Batch) -> None:
        self._shard.take(batch)
        while self._arrived:
            self._shard.settle(self._arrived.pop())
        rows = self._shard.drain()
        assert rows is not None
        self._deliver(self, rows)

    def close(self) -> None:
        return None


def test_evidence_that_came_first_stays(tmp_path: Path) -> None:
    """Two shards execute equal programs, with different results: every verdict follows from the evidence of the file."""

    def text(pid: str, index: int) -> str:  # different completions, one program
        return f"```python\ndef f(n):\n    return n + 1\n```\n{index}"

    strict = Judging((protocols.get("strict"),), Limits())
    with filled(tmp_path / "r", 200, text) as store:
        result = judge(store, Differing(), judging=strict)
        found = {key: store.outcome(*key) for key in store.execution_keys()}
        seen = {key: outcome.observations[0].text for key, outcome in found.items() if outcome}
        assert len(seen) == 12 == result.counts.executed
        for row in store.judgements("strict"):
            assert row.job_digest
            assert row.outputs == (seen[row.problem_id, row.job_digest],) * 2


def test_rows_survive_the_border() -> None:
    """Text that is no valid Unicode, bytes, None and numbers come back as they were."""
    told = Rows(
        executions=(("1", "d", "module", "\ud800\x00", b"\xff"),),
        judgements=(("strict", b"\xed\xa0\x80", 0, None, "passed", 1, "[]", None, None, "", "[]"),),
        done=(3, 4),
        executed=1,
        failing="no engine",
    )
    assert Rows.unpacked(told.packed()) == told
    batch = Batch(
        7, "1", ((("1", 0, "", "\udfff", "stop", None, None, None, None, None), ("strict",)),), problem("1"), ("d",)
    )
    assert Batch.unpacked(batch.packed()) == batch


class _Failing:
    """Every call of a program returns 7."""

    def submit(self, job: Job) -> Future[Outcome]:
        source = job.source.replace("# kills", "")
        return Instant().submit(replace(job, source=f"# returns 7\n{source}"))


class _Refusing:
    workers = 1

    def submit(self, job: Job) -> Future[Outcome]:
        raise SandboxError("no worker")


class _Sparing:
    workers = 1

    def submit(self, job: Job) -> Future[Outcome]:
        return Instant().submit(replace(job, source=job.source.replace("# kills", "")))


def not_indented(pid: str, index: int) -> str:
    if (pid, index) == ("7", 2):
        return "return n  # kills"
    return f"return n + {index % 5}" if index % 4 else "    return n"


def failed_run(folder: Path) -> RunStore:
    store = filled(folder, 10, not_indented)
    judge(store, _Failing())
    return store


def as_sandbox(pool: object) -> Sandbox:
    return Sandbox(cast(Workers, pool), make_manifest().sandbox)


def test_repairs_take_the_way_of_samples(tmp_path: Path) -> None:
    """In shards in processes as in the driver, and one that takes shards down stays pending alone."""
    with failed_run(tmp_path / "a") as store, ProcessShards(spec(4), per_shard=2) as shards:
        done = explore(store, as_sandbox(shards))
        assert store.unexplained() == (("7", 2),)
        assert (done.looked_at, done.left) == (119, 1)
        assert f"{MAX_LOSSES} shards were lost with it" in done.reason
        assert done.executed == 12 * 5
        found = {(row.problem_id, row.index): row for row in store.counterfactuals()}
        assert found["1", 0].verdict is None  # its format is right
        row = found["1", 1]
        assert (row.verdict, row.steps) == (Verdict.WRONG_OUTPUT, ("newline added", "body re-indented"))
        outcome = store.outcome("1", row.job_digest or "")
        assert outcome is not None
        assert [call.text for call in outcome.observations] == ["2", "2"]  # of this pool, not of the one before
        assert store.incidents() == ()
    with failed_run(tmp_path / "b") as store:
        done = explore(store, None)
        assert (done.executed, done.reason, done.looked_at + done.left) == (0, "not executed yet", 120)
        done = explore(store, as_sandbox(_Refusing()))
        assert (done.executed, done.reason) == (0, "SandboxError: no worker")
        explore(store, as_sandbox(_Sparing()))
        rows = {(row.problem_id, row.index): row for row in store.counterfactuals()}
        assert rows.keys() == {*found, ("7", 2)}
        assert found.items() <= rows.items()


def test_what_was_examined_survives_kill_9(tmp_path: Path) -> None:
    """Also of a run in which no failed sample has anything to execute."""
    with filled(tmp_path / "run", 20, lambda pid, index: f"    return {index}") as store:
        judge(store, _Failing())
        assert len(store.unexplained()) == 240
    program = """if True:
        import os, signal, sys
        from pathlib import Path
        from codeeval.evaluation import repair
        from codeeval.store import RunStore
        seen, names = [], repair.names
        def killing(*given):
            seen.append(given)
            return names(*given) if len(seen) < 200 else os.kill(os.getpid(), signal.SIGKILL)
        repair.names = killing
        repair.explore(RunStore.open(Path(sys.argv[1])), None)
    """
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "run")], timeout=60)
    assert done.returncode == -signal.SIGKILL
    with RunStore.open(tmp_path / "run") as store:
        assert 0 < len(store.unexplained()) < 100
