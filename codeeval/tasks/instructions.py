"""The same problems with other instructions: every instruction of a set, applied to every problem. Pure.

MERA's sets have ten paraphrases of one instruction, and each problem was assigned one at random. That assignment is an
accident of the set, so it is worth knowing how the score depends on it. The paraphrases are templates with
`{function}`, so each fits every problem.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from codeeval.errors import UsageError
from codeeval.i18n import msg
from codeeval.tasks.mera import digest
from codeeval.types import Problem, Task

ALL = "all"
#: The run in which every problem has the instruction that the set assigns to it.
OWN = "own"
_FIELD = "{function}"
_NUMBERS = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class Instruction:
    """`name` is the template's number in order of first appearance, from 1, or OWN (then `text` is None); `own`: the
    number of problems in the set that have this instruction."""

    name: str
    text: str | None
    own: int

    @property
    def note(self) -> str | None:
        """What a run under this instruction says about its numbers."""
        if self.text is None:
            return None
        return msg(
            "instruction {instruction} for every problem, so this is no score of the set itself", instruction=self.name
        )


def instructions(task: Task) -> tuple[Instruction, ...]:
    """The distinct instructions of a set, in order of first appearance."""
    counted = Counter(problem.instruction for problem in task.problems if _FIELD in problem.instruction)
    return tuple(Instruction(str(number), text, own) for number, (text, own) in enumerate(counted.items(), 1))


def chosen(task: Task, wish: str) -> tuple[Instruction, ...]:
    """The instructions that `--instructions` requests, after OWN. `wish`: `all`, or numbers such as `1,3-5`.

    Raises UsageError for a set with only one instruction, and for numbers that it does not have."""
    known = instructions(task)
    if len(known) < 2:
        raise UsageError(
            msg(
                "--instructions: {task} has {n} different instructions, so there is nothing to compare\n  MERA's sets and "
                "rustarter have ten; a file in MERA's schema may give each problem its own.",
                task=task.name,
                n=len(known),
            )
        )
    own = Instruction(OWN, None, len(task.problems))
    if wish.strip() == ALL:
        return (own, *known)
    wanted = {number for part in wish.split(",") for number in _numbers(part.strip(), len(known))}
    return (own, *(each for each in known if int(each.name) in wanted))


def _numbers(part: str, most: int) -> range:
    match = _NUMBERS.fullmatch(part)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= first <= last <= most:
        raise UsageError(
            msg("--instructions {part}: give all, or numbers from 1 to {n} such as 1,3-5", part=repr(part), n=most)
        )
    return range(first, last + 1)


def under(task: Task, instruction: Instruction) -> Task:
    """The task with this instruction for every problem."""
    if instruction.text is None:
        return task
    problems = tuple(_with(problem, instruction.text) for problem in task.problems)
    return replace(task, problems=problems, digest=digest(problems))


def _with(problem: Problem, text: str) -> Problem:
    return replace(problem, instruction=text)


def shortened(text: str, width: int) -> str:
    """The instruction on one line, without the placeholder of the function."""
    words = " ".join(text.replace(_FIELD, " ").split())
    return words if len(words) <= width else words[: width - 1].rstrip() + "…"
