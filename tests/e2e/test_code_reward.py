"""`CodeReward`: what trainers are told about right, wrong and lost completions."""

from __future__ import annotations

import asyncio
import logging
import math
import pickle
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from english_rows import HUMAN_EVAL

import codeeval
import codeeval.rewards
from codeeval.errors import UsageError
from codeeval.evaluation.sandbox import Placement
from codeeval.integrations.code_reward import CodeReward, share_of_calls
from codeeval.tasks.human_eval import problem_of
from codeeval.tasks.rows import SourceRow
from codeeval.types import Problem
from sandbox import Job, Limits, Outcome, SandboxError

TWICE = Problem(
    id="twice",
    instruction="{function}",
    prompt='def twice(n: int) -> int:\n    """Удвоенное число."""\n',
    entry_point="twice",
    calls=("{'n': 4}", "{'n': 0}", "{'n': 2}"),
    expected=("8", "0", "4"),
)
TESTED = problem_of(SourceRow("row", HUMAN_EVAL))
RIGHT, SQUARE, HANGS = "    return 2 * n\n", "    return n * n\n", "    while True: pass\n"


@pytest.fixture(scope="module")
def reward() -> Iterator[CodeReward]:
    with CodeReward([TWICE, TESTED], placement=Placement("local", 2), limits=Limits(cpu_s=1.0)) as made:
        yield made


class Broken:
    """Workers that lose every job whose program has the word in it, and count the others."""

    workers = 2

    def __init__(self, pool: Any, word: str) -> None:
        self._pool, self._word, self.executed = pool, word, 0

    def submit(self, job: Job) -> Future[Outcome]:
        if self._word in job.source:
            lost: Future[Outcome] = Future()
            lost.set_exception(SandboxError("the engine is gone"))
            return lost
        self.executed += 1
        found: Future[Outcome] = self._pool.submit(job)
        return found


@pytest.fixture
def losing(reward: CodeReward, monkeypatch: pytest.MonkeyPatch) -> Broken:
    """The reward's workers lose programs that say `n * n`."""
    broken = Broken(reward._standing.get().pool, "n * n")
    monkeypatch.setattr(reward._standing, "get", lambda: SimpleNamespace(pool=broken))
    return broken


@pytest.mark.local
def test_a_batch_with_everything_in_it(reward: CodeReward) -> None:
    """TRL's call: texts and conversations, fences and thoughts, prompts and columns that do not matter."""
    completions: list[Any] = [
        RIGHT,
        SQUARE,
        HANGS,
        "    return 2 *",
        "",
        [{"role": "assistant", "content": f"Вот:\n```python\n{TWICE.prompt}{RIGHT}```\n"}],
        f"<think>```python\nдумаю\n```</think>{RIGHT}",
        [],
    ]
    ids = [TWICE.id] * len(completions)
    assert reward(prompts=["p"] * 8, completions=completions, problem_id=ids, completion_ids=[[1]] * 8) == [
        *(1.0, 0.0, 0.0, 0.0, 0.0),
        *(1.0, 1.0, 0.0),
    ]
    assert reward.score([TESTED.id, TESTED.id], [RIGHT, "    return n\n"]) == [1.0, 0.0]


@pytest.mark.local
def test_what_is_lost_has_no_reward(reward: CodeReward, losing: Broken, caplog: pytest.LogCaptureFixture) -> None:
    """None to TRL, NaN to verifiers, an error to verl: never 0; and the log says why."""
    with caplog.at_level(logging.WARNING):
        assert reward.score([TWICE.id] * 3, [RIGHT, SQUARE, HANGS]) == [1.0, None, 0.0]
    assert "the engine is gone" in caplog.text
    assert math.isnan(asyncio.run(reward.rollout(SQUARE, {"problem_id": TWICE.id})))
    assert math.isnan(asyncio.run(reward.rollout(SQUARE, {"problem_id": "unknown"})))
    assert asyncio.run(reward.rollout(HANGS, {"problem_id": TWICE.id}, answer="")) == 0.0
    with pytest.raises(SandboxError, match="the engine is gone"):
        reward.compute_score("codeeval", SQUARE, TWICE.id)
    assert reward.compute_score("codeeval", RIGHT, TWICE.id, extra_info={}) == 1.0


@pytest.mark.local
def test_equal_programs_of_a_group_are_executed_once(reward: CodeReward, losing: Broken) -> None:
    """Late in a training most completions of a group are the same."""
    assert reward.score([TWICE.id] * 50, [RIGHT] * 50) == [1.0] * 50
    assert losing.executed == 1


@pytest.mark.local
def test_threads_and_event_loops_at_once(reward: CodeReward) -> None:
    """Each caller gets its own numbers, whoever else calls."""
    texts = [f"    return n * 2 + {each % 2} * {each}\n" for each in range(24)]
    wished = [float(each % 2 == 0) for each in range(24)]

    async def gathered() -> list[float | None]:
        found = await asyncio.gather(*(reward.score_async([TWICE.id], [text]) for text in texts))
        return [one for batch in found for one in batch]

    with ThreadPoolExecutor(5) as threads:
        several = [threads.submit(reward.score, [TWICE.id] * 24, texts) for _ in range(4)]
        looped = threads.submit(lambda: asyncio.run(gathered()))
    assert [one.result() for one in several] == [wished] * 4
    assert looped.result() == wished


@pytest.mark.local
def test_a_value_of_ones_own_and_a_copy_in_another_process() -> None:
    """The share of calls that are right; pickled as Ray does, and closed twice."""
    made = CodeReward([TWICE], placement=Placement("local", 1), value=share_of_calls)
    with pickle.loads(pickle.dumps(made)) as copy:  # noqa: S301 - our own
        found = copy.score([TWICE.id] * 3, [RIGHT, "    return n + 4\n", "    return 1 / 0\n"])
        assert found == [1.0, pytest.approx(1 / 3), 0.0]
    copy.close()
    made.close()


def test_wrong_use_is_told() -> None:
    """Before anything is executed."""
    reward = CodeReward([TWICE])
    with pytest.raises(UsageError, match="no column 'problem_id'"):
        reward(prompts=["p"], completions=["x"])
    with pytest.raises(UsageError, match="2 ids but 1 completions"):
        reward.score(["twice", "twice"], ["x"])
    with pytest.raises(UsageError, match="no problem 'once'"):
        reward.score(["once"], ["x"])
    with pytest.raises(UsageError, match="placement"):
        CodeReward([TWICE], placement="cloud")
    with pytest.raises(UsageError, match="strict only"):
        CodeReward("rustarter", protocol="mera-code", limits=Limits())
    hidden = Problem("h", "{function}", "def h():\n", "h", ("{}",), None)
    with pytest.raises(UsageError, match="hidden"):
        CodeReward([hidden])


def test_where_one_looks_for_it() -> None:
    """The same class by each of its names; it has the name that trainers log."""
    assert codeeval.CodeReward is codeeval.rewards.CodeReward is CodeReward
    assert CodeReward([TWICE]).__name__ == "code_reward"
