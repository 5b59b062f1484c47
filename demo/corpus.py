"""What the demo model is trained on: the prompts of problems 0..31 as codeeval builds them, and answers right and
wrong.

The answers come from problems/solutions.jsonl, where every body says whether it is right. How often a right one is
shown differs from problem to problem, so that the model ends up somewhere between never and always; some problems
also show how answers fail by their form alone. It is meant to look like the first evaluation of a real model, and it
measures nothing.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codeeval.prompts.templates import build_prompt
from codeeval.types import Problem, Prompt

TRAINED = range(32)
#: How often a template is shown; `chat` is the tokenizer's own.
TEMPLATES = {"code-user": 0.6, "gpt4-correct": 0.15, "chat": 0.15, "none": 0.1}
#: problem -> share of answers that are a whole function in a Markdown fence, which MERA's stops cut before its `def`.
FENCED = {4: 1.0, 11: 0.5, 18: 0.4, 25: 0.5}
#: problem -> share of answers that lose their indentation, go on in the docstring's line, or begin with prose.
UNINDENTED, GLUED, PROSE = {7: 0.3, 20: 0.3}, {13: 0.3}, {28: 0.3}
#: A chat model likes fences everywhere.
FENCED_IN_CHAT = 0.5
#: One problem may hang; more would make the first run a slow one.
MAY_HANG = {24}

#: text of a completion, how often it is given
Answer = tuple[str, float]

#: Learned as wrong beside the wrong solutions of the set: bodies that go on in the docstring's line. They are no solutions there
#: because a reader of answers may rightly put them where they belong.
MISPLACED = {
    15: (
        "    half = len(text) // 2\n    right = len(text) - half\n"
        "    return text[right:] + text[half:right] + text[:half]\n",
    )
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """One problem with the bodies that answer it, `share` of the shown ones being right."""

    problem: Problem
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    share: float


def read_lessons(folder: Path) -> list[Lesson]:
    """Lessons from `rustarter.jsonl` and `solutions.jsonl` in `folder`."""
    bodies: dict[tuple[int, bool], list[str]] = {}
    for row in _rows(folder / "solutions.jsonl"):
        if row["id"] in TRAINED and (row["verdict"] != "timeout" or row["id"] in MAY_HANG):
            bodies.setdefault((row["id"], row["kind"] == "right"), []).append(row["completion"])
    lessons = []
    for row in _rows(folder / "rustarter.jsonl"):
        number = row["meta"]["id"]
        if number not in TRAINED:
            continue
        problem = Problem(
            id=str(number),
            instruction=row["instruction"],
            prompt=row["inputs"]["function"],
            entry_point=row["meta"]["entry_point"],
            calls=(),
            expected=None,
        )
        right, wrong = tuple(bodies[number, True]), (*bodies[number, False], *MISPLACED.get(number, ()))
        lessons.append(Lesson(problem, right[:2], wrong[:4], share=0.2 + 0.45 * (number * 7 % 32) / 31))
    return lessons


def _rows(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)


def draw(lesson: Lesson, rng: random.Random) -> tuple[Prompt, list[Answer]]:
    """A prompt in one of the templates and all answers to it, each with what a sample of them would end with."""
    template = rng.choices(list(TEMPLATES), list(TEMPLATES.values()))[0]
    shown = [
        (text if text.endswith("```") else text + rng.choice(tails(lesson.problem)), share)
        for text, share in answers(lesson, template)
    ]
    return build_prompt(lesson.problem, template), shown


def answers(lesson: Lesson, template: str) -> list[Answer]:
    """All answers with their shares, which add up to 1."""
    number = int(lesson.problem.id)
    shares = [(body.rstrip("\n"), lesson.share / len(lesson.right)) for body in lesson.right]
    shares += [(body.rstrip("\n"), (1 - lesson.share) / len(lesson.wrong)) for body in lesson.wrong]
    fence = max(FENCED.get(number, 0.0), FENCED_IN_CHAT if template == "chat" else 0.0)
    body = shares[0][0]
    spoiled = [
        (fenced(lesson.problem, body), fence),
        (body.replace("\n    ", "\n"), UNINDENTED.get(number, 0.0)),
        (" " + body.lstrip(), GLUED.get(number, 0.0)),
        (" Вот решение задачи:\n" + body, PROSE.get(number, 0.0)),
    ]
    left = 1 - sum(share for _, share in spoiled)
    return [(text, share) for text, share in [*spoiled, *((text, share * left) for text, share in shares)] if share > 0]


def fenced(problem: Problem, body: str) -> str:
    """The whole function, without its docstring, as a Markdown block."""
    header = problem.prompt[: problem.prompt.index('"""')].rstrip()
    return f"```python\n{header}{body}\n```"


def tails(problem: Problem) -> list[str]:
    """What may follow a body: mostly nothing, else something that a stop sequence has to cut off."""
    name = problem.entry_point
    return ["\n", "\n", "\n", f"\n\n\nprint({name})\n", "\n\n# Конец\n", "\n\n\ndef main():\n    pass\n"]


def digest(lessons: list[Lesson]) -> str:
    """sha256 (hex) of all prompts and bodies: with another digest the model was trained on other problems."""
    content = [
        [build_prompt(lesson.problem, "code-user").text, lesson.right, lesson.wrong, round(lesson.share, 6)]
        for lesson in lessons
    ]
    return hashlib.sha256(json.dumps(content).encode("ascii")).hexdigest()
