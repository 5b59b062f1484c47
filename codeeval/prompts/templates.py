"""Problem + template -> exactly what the model receives.

The user turn is MERA's: `instruction.format(function=prompt).strip()`. Because of the strip a MERA prompt ends with the
docstring's closing quotes and nothing after them: the completion itself has to start the new line. Only the field
`{function}` is replaced, so that other braces, which are common in Python functions, are kept.

| template       | what the model sees                                                                         |
|----------------|---------------------------------------------------------------------------------------------|
| `code-user`    | `Code User: …<|end_of_turn|>Code Assistant:` (OpenChat 3.5, Starling: the coding template)  |
| `gpt4-correct` | `GPT4 Correct User: …<|end_of_turn|>GPT4 Correct Assistant:` (the same models, chat)        |
| `chat`         | messages; the backend applies the chat template of the model's own tokenizer               |
| `none`         | the user turn unchanged                                                                     |

In `chat` a system prompt is a separate message. The OpenChat family was trained without a system role, and a raw prompt
has no roles; there the system prompt is put at the start of the first user turn, followed by a blank line, as published
chat templates of models without that role do. BOS is not written here: the tokenizer adds it, once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from codeeval.errors import UsageError
from codeeval.files import read_text, reason
from codeeval.i18n import msg
from codeeval.types import Problem, Prompt

FIELD = "{function}"
END_OF_TURN = "<|end_of_turn|>"
#: Templates of the OpenChat family: the word before `User:` and `Assistant:`.
OPENCHAT_NAMES = {"code-user": "Code", "gpt4-correct": "GPT4 Correct"}
TEMPLATES = (*OPENCHAT_NAMES, "chat", "none")

#: What a chat model is asked if a set has no instructions. Its answer is read as a fenced whole program.
ASK_FOR_PROGRAM = (
    "Write a self-contained Python program that solves the following problem, with the function exactly as it is named. "
    "Answer with one code block:\n```python\n{function}\n```"
)

#: (role, content); roles alternate, the first and the last are "user".
Turn = tuple[str, str]


def build_prompt(problem: Problem, template: str, system: str | None = None) -> Prompt:
    """What the model receives for `problem`. `system` is the text itself (see `system_text`).

    Raises UsageError for an unknown template and for an instruction without `{function}`.
    """
    return render(template, [("user", user_turn(problem, template))], system)


def user_turn(problem: Problem, template: str = "chat") -> str:
    """The instruction with the function in place of `{function}`, stripped: nothing follows the docstring.

    The English sets have no instructions: with the template `none`, where the model is to continue it, their prompt is
    given unchanged; a chat model is asked for a whole program.
    """
    if problem.tests is not None or problem.oracle is not None:
        return problem.prompt if template == "none" else ASK_FOR_PROGRAM.replace(FIELD, problem.prompt.strip())
    if FIELD not in problem.instruction:
        raise UsageError(
            msg(
                "problem {id}: the instruction has no {field}, so the model would never see the function; add {again} to "
                "the field `instruction`",
                id=problem.id,
                field=FIELD,
                again=FIELD,
            )
        )
    return problem.instruction.replace(FIELD, problem.prompt).strip()


def render(template: str, turns: Sequence[Turn], system: str | None = None) -> Prompt:
    """A conversation up to the start of the assistant's answer, in the given template.

    Raises UsageError for an unknown template, for turns that don't alternate, and for several turns in `none`.
    """
    if template not in TEMPLATES:
        raise UsageError(
            msg("unknown template {name}; known: {names}", name=repr(template), names=", ".join(TEMPLATES))
        )
    if [role for role, _ in turns] != ["user", *(["assistant", "user"] * (len(turns) // 2))]:
        raise UsageError(f"turns must alternate and begin and end with the user, got {[role for role, _ in turns]}")
    if template == "chat":
        opening = (("system", system),) if system else ()
        return Prompt(text=None, messages=(*opening, *turns))
    turns = _open_with(system, turns)
    if template in OPENCHAT_NAMES:
        return Prompt(text=_openchat(OPENCHAT_NAMES[template], turns))
    if len(turns) > 1:
        raise UsageError("template none takes a single turn; use chat, code-user or gpt4-correct for a conversation")
    return Prompt(text=turns[0][1])


def _open_with(system: str | None, turns: Sequence[Turn]) -> Sequence[Turn]:
    if not system:
        return turns
    (role, content), *rest = turns
    return [(role, f"{system}\n\n{content}"), *rest]


def _openchat(name: str, turns: Sequence[Turn]) -> str:
    # A space follows the colon of a finished turn but not that of the last one: the model's own first token brings it.
    finished = (f"{name} {role.title()}: {content}{END_OF_TURN}" for role, content in turns)
    return "".join(finished) + f"{name} Assistant:"


def system_text(value: str | None) -> str | None:
    """The system prompt that `--system` denotes: a literal text, `@FILE` (UTF-8; one final newline is dropped),
    `@@TEXT` for a text that begins with @, or `mera`, the prompt that MERA publishes for instruct models. None and ""
    mean no system prompt. Raises UsageError for an unreadable file.
    """
    if not value:
        return None
    if value == "mera":
        return mera_system_prompt()
    shown = value.encode("utf-8", "backslashreplace").decode("utf-8")
    if shown != value:  # bytes of the command line
        raise UsageError(msg("--system {value}: not UTF-8", value=shown))
    if not value.startswith("@"):
        return value
    if value.startswith("@@"):
        return value[1:]
    try:
        text = read_text(Path(value[1:]))
    except (OSError, ValueError) as error:
        raise UsageError(
            msg("--system {value}: can't read this file as UTF-8 text: {reason}", value=value, reason=reason(error))
        ) from error
    return text.removesuffix("\n") or None


def mera_system_prompt() -> str:
    """MERA's system prompt for instruct models: one line of Russian, a constant of the published protocol."""
    data = resources.files("codeeval").joinpath("data", "mera_system_prompt.txt")
    return data.read_text(encoding="utf-8").removesuffix("\n")


def prompt_digest(prompt: Prompt) -> str:
    """sha256 (hex) of what the model receives: equal prompts have equal digests on every machine."""
    value = prompt.text if prompt.text is not None else prompt.messages
    return hashlib.sha256(json.dumps(value, separators=(",", ":")).encode("ascii")).hexdigest()


def template_digest(template: str) -> str:
    """sha256 (hex) of a template including how it handles a system prompt and several turns (for `chat`, the
    generator's description has the digest of the model's own template). Raises UsageError for an unknown template."""
    turns: list[Turn] = [("user", "{p1}")]
    if template != "none":
        turns += [("assistant", "{r1}"), ("user", "{p2}")]
    return prompt_digest(render(template, turns, "{system}"))
