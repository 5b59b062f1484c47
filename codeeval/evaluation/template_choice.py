"""`--template auto`: the template that the model was made for, and why it is that one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codeeval.bundled import bundled
from codeeval.generators.native_template import native_template
from codeeval.types import Sampling

AUTO = "auto"
DEMO_MODEL = "demo-model"


@dataclass(frozen=True, slots=True)
class ChosenTemplate:
    """`name`: one of codeeval.prompts.TEMPLATES or a file's path; `asked`: what --template said; `why`: a clause."""

    name: str
    asked: str
    why: str


def choose_template(
    asked: str, backend: str, location: str, options: Mapping[str, str], sampling: Sampling
) -> ChosenTemplate:
    """`asked` itself unless it is `auto`. Raises what `native_template` raises."""
    if asked != AUTO:
        return ChosenTemplate(asked, asked, "as asked")
    if backend != "openai" and is_demo_model(location):
        return ChosenTemplate("code-user", asked, "it was trained on it")
    found = native_template(backend, location, options, sampling)
    return ChosenTemplate(found.template, asked, found.why)


def is_demo_model(location: str) -> bool:
    """Whether this is the folder of the model that comes with codeeval."""
    try:
        return Path(location).resolve() == bundled(DEMO_MODEL).resolve()
    except OSError:
        return False
