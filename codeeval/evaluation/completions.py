"""Completions to score, given as Python strings; checked without a sandbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from codeeval.errors import NothingToEvaluate, UsageError
from codeeval.evaluation.score_request import MadeBy, ScoreRequest, unknown_sampling
from codeeval.manifest import ModelInfo, PromptInfo
from codeeval.scoring import protocols
from codeeval.tasks import digest, load
from codeeval.types import Problem, Sample, ScoringProtocol, Task
from sandbox import Limits

#: One problem's completions, or a single one.
Texts = str | None | Sequence[str | None]
_PYTHON = ModelInfo(name="python", location="python", backend="samples")


def ask_strings(
    problems: str | Task | Sequence[Problem],
    completions: Mapping[str, Texts] | Sequence[Texts],
    ks: Sequence[int],
    protocol: str,
    run_dir: Path,
) -> ScoreRequest:
    """What to score, before the answers of a reference solution are known. Raises UsageError and NothingToEvaluate."""
    task = task_of(problems)
    samples = _samples(task, completions)
    wanted = tuple(sorted({int(each) for each in ks}))
    if not wanted or wanted[0] < 1:
        raise UsageError(f"k must be positive whole numbers, got {list(ks)}")
    if protocol not in protocols.names():
        raise UsageError(f"there is no protocol {protocol!r}; there are {', '.join(protocols.names())}")
    judged_by = tuple(protocols.get(name) for name in dict.fromkeys((protocol, "strict")))
    protocols.check_fits(judged_by[0], task)
    made_by = MadeBy(_PYTHON, unknown_sampling(max(map(len, samples.values()))), PromptInfo(template="unknown"))
    return ScoreRequest(task, task, samples, judged_by, wanted, run_dir, made_by)


def within(asked: ScoreRequest, limits: Limits | None) -> ScoreRequest:
    """The same under other limits of one sample. Raises UsageError under a protocol other than strict."""
    if limits is None:
        return asked
    first: ScoringProtocol = asked.protocols[0]
    if first.name != "strict":
        raise UsageError(f"limits can be chosen under strict only: those of {first.name} are a part of it")
    return replace(asked, protocols=(replace(first, limits=limits),))


def task_of(problems: str | Task | Sequence[Problem]) -> Task:
    if isinstance(problems, str):
        return load(problems)
    if isinstance(problems, Task):
        return problems
    chosen = tuple(problems)
    if len({problem.id for problem in chosen}) != len(chosen):
        raise UsageError("evaluate: two problems have the same id")
    return Task("problems", "python", digest(chosen), chosen)


def _samples(task: Task, completions: Mapping[str, Texts] | Sequence[Texts]) -> dict[str, list[Sample]]:
    """problem id -> its samples; empty if there are none."""
    given = _by_id(task, completions)
    samples = {
        problem.id: [Sample(problem.id, index, "", text) for index, text in enumerate(given.get(problem.id, ()))]
        for problem in task.problems
    }
    if not any(samples.values()):
        raise NothingToEvaluate("evaluate: there are no completions")
    return samples


def _by_id(task: Task, completions: Mapping[str, Texts] | Sequence[Texts]) -> dict[str, list[str]]:
    ids = [problem.id for problem in task.problems]
    if isinstance(completions, str):
        raise UsageError("evaluate: completions must be a list with an entry per problem, or a mapping by problem id")
    if isinstance(completions, Mapping):
        found = {str(pid): _texts(texts) for pid, texts in completions.items()}
        unknown = [pid for pid in found if pid not in set(ids)]
        if unknown:
            raise UsageError(f"evaluate: {task.name} has no problem {unknown[0]!r}; it has {', '.join(ids[:5])}, …")
        return found
    if len(completions) != len(ids):
        raise UsageError(
            f"evaluate: {len(ids)} problems but completions for {len(completions)}\n"
            "  Give one entry per problem, a completion or a list of them, or a mapping by problem id."
        )
    return dict(zip(ids, map(_texts, completions), strict=True))


def _texts(given: Texts) -> list[str]:
    """A problem's texts. None is an empty answer, which counts like any other."""
    texts = [given] if given is None or isinstance(given, str) else list(given)
    if not all(text is None or isinstance(text, str) for text in texts):
        raise UsageError("evaluate: a completion must be a str")
    return [text or "" for text in texts]
