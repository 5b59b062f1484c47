"""A reward for trainers: completions in; for each a number if it was judged, or None if it could not be.

    reward = CodeReward("rustarter")
    GRPOTrainer(..., reward_funcs=reward)              # TRL; the dataset has a column problem_id
    verifiers.Rubric(funcs=[reward.rollout])           # verifiers; info["problem_id"]
    compute_score = reward.compute_score               # verl; ground_truth is the problem's id

A wrong completion gets 0. One that the sandbox could not execute gets no number: it says nothing about the model, and a
zero would teach the model to avoid what it wrote. docs/training.md says how each trainer handles None.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Self

from codeeval.errors import CodeevalError, UsageError
from codeeval.evaluation.choice import choose
from codeeval.evaluation.completions import task_of
from codeeval.evaluation.judge_programs import NotJudged, ProgramJob, judge
from codeeval.evaluation.reference_answers import answered
from codeeval.evaluation.reporter import SILENT
from codeeval.evaluation.sandbox import Placement
from codeeval.evaluation.standing_sandbox import StandingSandbox, wished
from codeeval.reading.extract import extract
from codeeval.reading.thinking import split_thought
from codeeval.scoring import protocols
from codeeval.scoring.job import job_digest, make_job
from codeeval.types import Judgement, Problem, Task
from sandbox import Limits, SandboxError
from sandbox.backends import KINDS

logger = logging.getLogger(__name__)

#: A completion in a trainer's form: a text, or the messages of a conversation that it ends.
Completion = str | Sequence[Mapping[str, object]]


def passed(problem: Problem, judgement: Judgement) -> float:
    """1 for a completion that passes, else 0."""
    return float(judgement.passed)


def share_of_calls(problem: Problem, judgement: Judgement) -> float:
    """The share of the problem's calls with correct results; 1 or 0 if its tests are code."""
    if judgement.passed or not problem.calls or not judgement.failed_calls:
        return float(judgement.passed)
    return 1 - len(judgement.failed_calls) / len(problem.calls)


class CodeReward:
    """Judges completions of a set's problems. Safe to call from any thread, and from several at once.

    `problems`: a task's name, the path of a file (docs/tasks.md), or problems. `protocol`: how completions become
    programs and what is correct (docs/scoring.md). `placement`: auto, docker or local, or a Placement that also gives
    the number of workers; by default `CODEEVAL_SANDBOX`, or auto. `limits`: for one sample; only under the protocol
    strict. `value`: what a verdict is worth. `column`: the dataset column with the problems' ids.

    The workers start at the first call and run until `close`, the end of a `with` block, or the end of the process.
    Raises UsageError, also for problems with hidden answers, and SandboxError."""

    def __init__(
        self,
        problems: str | Task | Sequence[Problem],
        *,
        protocol: str = "strict",
        placement: Placement | str | None = None,
        limits: Limits | None = None,
        value: Callable[[Problem, Judgement], float] = passed,
        column: str = "problem_id",
    ) -> None:
        self.__name__ = "code_reward"  # trainers log the reward under this name
        task, chosen = task_of(problems), protocols.get(protocol)
        protocols.check_fits(chosen, task)
        if limits is not None and chosen.name != "strict":
            raise UsageError(f"limits can be chosen under strict only: those of {chosen.name} are a part of it")
        self._protocol = chosen if limits is None else replace(chosen, limits=limits)
        place = Placement(placement) if isinstance(placement, str) else placement or wished()
        choose("placement", place.kind, KINDS)
        task, _ = answered(task, place, SILENT)
        self._problems = {problem.id: problem for problem in task.problems}
        hidden = next((problem.id for problem in task.problems if problem.expected is None), None)
        if hidden is not None:
            raise UsageError(f"CodeReward: the answers of problem {hidden} are hidden, so no completion can be judged")
        self._value, self._column = value, column
        self._standing = StandingSandbox(place, (self._protocol,))

    def __call__(
        self, prompts: object = None, completions: Sequence[Completion] = (), **columns: object
    ) -> list[float | None]:
        """TRL's signature. The dataset's columns come as keywords; `column` names the one with the ids."""
        ids = columns.get(self._column)
        if not isinstance(ids, Sequence) or isinstance(ids, str):
            raise UsageError(f"CodeReward: the dataset has no column {self._column!r} with the ids of the problems")
        return self.score(ids, completions)

    def score(self, problem_ids: Sequence[object], completions: Sequence[Completion]) -> list[float | None]:
        """One number per completion, in order; None for one that could not be judged. Equal programs of one problem are
        executed once. Raises UsageError (lengths, an id that the set does not have) and SandboxError (no sandbox
        works)."""
        if len(problem_ids) != len(completions):
            raise UsageError(f"CodeReward: {len(problem_ids)} ids but {len(completions)} completions")
        found = self._judged([str(each) for each in problem_ids], [_text(each) for each in completions])
        return [self._worth(str(pid), said) for pid, said in zip(problem_ids, found, strict=True)]

    async def score_async(self, problem_ids: Sequence[object], completions: Sequence[Completion]) -> list[float | None]:
        """The same without blocking the event loop."""
        return await asyncio.to_thread(self.score, problem_ids, completions)

    async def rollout(self, completion: Completion, info: Mapping[str, object], **rest: object) -> float:
        """A reward function for verifiers' Rubric, with the id in `info`. A Rubric turns every exception into a zero,
        so a completion that could not be judged gives NaN, whatever the reason; the log has it."""
        try:
            (found,) = await self.score_async([info.get(self._column)], [completion])
        except (CodeevalError, SandboxError) as error:
            logger.error("no reward: %s", error)
            return math.nan
        return math.nan if found is None else found

    def compute_score(
        self, data_source: object, solution_str: str, ground_truth: object, extra_info: object = None, **rest: object
    ) -> float:
        """verl's signature; `ground_truth` is the id. Raises SandboxError for what could not be judged: verl does not
        accept None."""
        (said,) = self._judged([str(ground_truth)], [_text(solution_str)])
        if isinstance(said, NotJudged):
            raise SandboxError(f"a completion for problem {ground_truth} could not be judged: {said.reason}")
        return self._value(self._problems[str(ground_truth)], said)

    def close(self) -> None:
        """Stop the workers; a later call starts new ones."""
        self._standing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _judged(self, ids: Sequence[str], texts: Sequence[str]) -> list[Judgement | NotJudged]:
        unknown = next((pid for pid in ids if pid not in self._problems), None)
        if unknown is not None:
            known = ", ".join(list(self._problems)[:5])
            raise UsageError(f"CodeReward: there is no problem {unknown!r}; there are {known}, …")
        sandbox = self._standing.get()
        asked = [self._asked(self._problems[pid], text) for pid, text in zip(ids, texts, strict=True)]
        keys = [(one.problem.id, job_digest(one.job)) for one in asked]
        distinct = dict(zip(keys, asked, strict=True))
        at_a_time = 2 * sandbox.pool.workers
        said = judge(sandbox.pool, list(distinct.values()), self._protocol, at_a_time)
        by_key = dict(zip(distinct, said, strict=True))
        return [by_key[key] for key in keys]

    def _asked(self, problem: Problem, text: str) -> ProgramJob:
        extraction = extract(problem, text, self._protocol.extraction)
        return ProgramJob(problem, extraction, make_job(problem, extraction, self._protocol, self._protocol.limits))

    def _worth(self, pid: str, said: Judgement | NotJudged) -> float | None:
        if isinstance(said, NotJudged):
            logger.warning("no reward for a completion for problem %s: %s", pid, said.reason)
            return None
        return self._value(self._problems[pid], said)


def _text(completion: Completion) -> str:
    """A completion's answer: the last message of a conversation, without the reasoning before it."""
    if isinstance(completion, str):
        return split_thought(completion).answer
    last: object = completion[-1] if completion else {"content": ""}
    content = last.get("content") if isinstance(last, Mapping) else getattr(last, "content", None)
    if content is not None and not isinstance(content, str):
        raise UsageError("CodeReward: a message's content must be a text")
    return split_thought(content or "").answer
