"""How MERA's harness prompts a model, where that differs from codeeval. Pure except for `template_of`.

What it does on each backend is in `codeeval.generators` (`as_mera` of each backend); docs/mera.md
shows both ways side by side.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from pathlib import Path

from codeeval.errors import UsageError
from codeeval.generators.common.facts import has_chat_template
from codeeval.i18n import msg
from codeeval.prompts import templates as prompts
from codeeval.scoring.protocols import ENGLISH
from codeeval.types import Harness, Problem, Prompt, Task

#: From MERA's run scripts: the global seed, and the seed of every request to a server.
SEED = 1234


def check(task: Task, backend: str) -> None:
    """Raise UsageError if MERA's harness could not sample this."""
    if task.protocol in ENGLISH:
        raise UsageError(
            msg("--sampling mera: {task} is not a set in MERA's schema; leave --sampling out", task=task.name)
        )
    if backend == "replay":
        raise UsageError(
            msg("--sampling mera: the completions are read from a file, so nothing is sampled; leave it out")
        )


def template_of(location: str, backend: str) -> str:
    """`chat` for instruct models, where MERA's harness applies the chat template, otherwise `none`. Raises UsageError
    for a Hub name, for which this is not known yet."""
    if backend == "openai":
        return "chat"
    if Path(location).is_dir():
        return "chat" if has_chat_template(Path(location)) else "none"
    raise UsageError(
        msg(
            "--sampling mera: whether {model} has a chat template is not known before it is loaded\n  Give --template "
            "chat for an instruct model, --template none for a base model.",
            model=location,
        )
    )


def build_prompt(problem: Problem, template: str, system: str | None = None) -> Prompt:
    """What the model receives. Without a chat template the system prompt is prepended without a separator. Raises
    UsageError."""
    turn = user_turn(problem)
    if template == "none":
        return Prompt(text=(system or "") + turn)
    return prompts.render(template, [("user", turn)], system)


def builder(harness: Harness) -> Callable[[Problem, str, str | None], Prompt]:
    """The function that makes a run's prompts."""
    return build_prompt if harness == "mera" else prompts.build_prompt


def user_turn(problem: Problem) -> str:
    """`instruction.format(**inputs).strip()`: doubled braces become single ones. Raises UsageError for an instruction
    with other fields, or with format specifications."""
    inputs = {"function": problem.prompt, "tests": "[" + ", ".join(problem.calls) + "]"}
    parts = []
    try:
        for text, name, spec, conversion in string.Formatter().parse(problem.instruction):
            if name is not None and (spec or conversion or name not in inputs):
                raise ValueError(f"{{{name}}} is no field of its inputs")
            parts.append(text + ("" if name is None else inputs[name]))
    except ValueError as error:
        raise UsageError(
            msg("problem {id}: MERA's harness can't fill in the instruction: {reason}", id=problem.id, reason=error)
        ) from None
    return "".join(parts).strip()
