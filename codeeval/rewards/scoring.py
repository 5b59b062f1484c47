"""Score the samples of a run file that have no score yet, problem by problem, so that it can be interrupted at any
time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from codeeval.prompts.templates import user_turn
from codeeval.rewards.inputs import Answered, Reward
from codeeval.store import RunStore, StoredReward
from codeeval.types import Problem


class Scorer(Protocol):
    """The part of a reward model that is needed here."""

    def score(self, items: list[Answered]) -> list[Reward]: ...


@dataclass(frozen=True, slots=True)
class Scores:
    """Samples that got a score, and inputs read for them: equal answers of a problem are read once."""

    samples: int = 0
    read: int = 0


def score_run(store: RunStore, ranker: int, model: Scorer, tell: Callable[[int], None] = lambda done: None) -> Scores:
    """Give every sample of a run a score from the reward model at this index of the manifest; `tell` is called with the
    number scored so far. Each problem is committed as a whole. Raises what the model raises, and StoreError."""
    lacking: dict[str, list[int]] = {}
    for problem_id, index in store.unscored(ranker):
        lacking.setdefault(problem_id, []).append(index)
    problems = {planned.problem.id: planned.problem for planned in store.problems()}
    system = store.manifest().prompt.system
    done = Scores()
    for problem_id, indices in lacking.items():
        read = _score_problem(store, ranker, model, (problems[problem_id], system, set(indices)))
        done = Scores(done.samples + len(indices), done.read + read)
        tell(done.samples)
    return done


def _score_problem(store: RunStore, ranker: int, model: Scorer, what: tuple[Problem, str | None, set[int]]) -> int:
    """Score these samples of a problem and return how many texts the model had to read. Equal texts share one score, so
    that rounding can't rank one above the other."""
    problem, system, indices = what
    samples = list(store.samples(problem.id))
    texts = {sample.index: sample.completion for sample in samples}
    known = {texts[row.index]: Reward(row.score, row.cut) for row in store.rewards(ranker, problem.id)}
    new = list(dict.fromkeys(texts[index] for index in sorted(indices) if texts[index] not in known))
    question = user_turn(problem)
    scored = model.score([Answered(question, text, system) for text in new])
    known.update(zip(new, scored, strict=True))
    rewards = {index: known[texts[index]] for index in sorted(indices)}
    store.add_rewards(ranker, [StoredReward(problem.id, i, reward.score, reward.cut) for i, reward in rewards.items()])
    store.commit()
    return len(new)
