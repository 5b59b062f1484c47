"""The use cases without a command line: parts are handed in, what happens is told to a reporter, nothing is printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import asdict
from pathlib import Path

import pytest

from codeeval.errors import UsageError
from codeeval.evaluation.pipeline import Progress
from codeeval.evaluation.reporter import SILENT, Reporter, Tell
from codeeval.evaluation.request import RunRequest, ask
from codeeval.evaluation.rescore import judge_again
from codeeval.evaluation.resolve import Resolved, resolve
from codeeval.evaluation.resume import resume
from codeeval.evaluation.run import generate_and_judge
from codeeval.evaluation.sandbox import Sandbox
from codeeval.evaluation.work import Ended
from codeeval.generators import create
from codeeval.manifest import SandboxInfo
from codeeval.store import RunReader
from sandbox import Job, Limits, Observation, Outcome

N = 2


class Nothing:
    """Workers in whose place every call returns 2."""

    workers = 1

    def submit(self, job: Job) -> Future[Outcome]:
        done: Future[Outcome] = Future()
        done.set_result(Outcome("completed", tuple(Observation("returned", "2", "int", True) for _ in job.calls)))
        return done

    def map(self, jobs: object) -> Iterator[Outcome]:
        raise NotImplementedError


class Listener:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.progressed: list[Progress] = []

    def note(self, text: str) -> None:
        self.told.append(text)

    complain = note

    def progress(self, samples: int, judgements: int, per_sample: int) -> AbstractContextManager[Tell]:
        self.told.append(f"{samples} {judgements} {per_sample}")
        return nullcontext(self.progressed.append)


@pytest.fixture
def resolved(tmp_path: Path) -> Resolved:
    rows = [{"task_id": str(pid), "completion": "\n    return 2"} for pid in range(2) for _ in range(N)]
    (tmp_path / "made.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    flags = {"model": str(tmp_path / "made.jsonl"), "n": N, "k": "1", "limit": 2, "out": tmp_path / "run"}
    return resolve(flags, None, {})


def work(asked: RunRequest, reporter: Reporter) -> Ended:
    info = SandboxInfo(backend="none", limits=asdict(Limits()))
    with closing(create(asked.model.backend, asked.model.location, asked.model.options)) as generator:
        return generate_and_judge(asked, generator, Sandbox(Nothing(), info), reporter)


def test_a_run_is_told_to_its_reporter(resolved: Resolved, capsys: pytest.CaptureFixture[str]) -> None:
    """Samples to generate, judgements to make of them, each step, and the second look at what failed."""
    listener = Listener()
    ended = work(ask(resolved.settings, listener), listener)
    assert listener.told[0] == "4 8 2"
    assert any("checked for format errors" in text for text in listener.told)
    assert (listener.progressed[-1].generated, listener.progressed[-1].judged) == (4, 8)
    assert ended.result is not None
    assert (ended.result.generation_error, ended.result.sandbox_error, ended.unranked) == (None, None, False)
    assert capsys.readouterr() == ("", "")


def test_what_is_complete_is_neither_executed_nor_generated_again(resolved: Resolved) -> None:
    """Resumed, it needs no sandbox; judged again, the verdicts are those that it had."""
    ended = work(ask(resolved.settings), SILENT)
    listener = Listener()
    nothing = resolve({}, None, {})
    assert resume(ended.run_dir, nothing, listener) == Ended(ended.run_dir)
    assert listener.told == [f"{ended.run_dir} is complete: nothing is left to do"]
    with RunReader(ended.run_dir) as reader:
        before = list(reader.judgements("strict"))
    assert judge_again(ended.run_dir, nothing, SILENT) == Ended(ended.run_dir)
    with RunReader(ended.run_dir) as reader:
        assert list(reader.judgements("strict")) == before


def test_a_run_is_not_changed_by_resuming_it(resolved: Resolved) -> None:
    """A flag that would change what was measured is refused by its name on the command line."""
    ended = work(ask(resolved.settings), SILENT)
    with pytest.raises(UsageError, match=r"^--n, --no-dedup: can't be changed by --resume"):
        resume(ended.run_dir, resolve({"n": 3, "dedup": False, "workers": 1}, None, {}), SILENT)
