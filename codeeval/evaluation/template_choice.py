"""`--template auto`: the template that the model was made for, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codeeval.generators import Generator
from codeeval.generators.common.native_template import SERVER_CHATS, SERVER_COMPLETES, native_template
from codeeval.generators.registry import check_installed
from codeeval.i18n import msg
from codeeval.prompts.templates import build_prompt
from codeeval.tasks.bundled import DEMO_MODEL, bundled
from codeeval.types import Problem, Request, Sampling

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """A model at the place where its backend finds it."""

    backend: str
    location: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ChosenTemplate:
    """`name`: one of codeeval.prompts.templates.TEMPLATES or a file's path; `asked`: the value of --template; `why`: a
    clause. `opened`: the generator that was opened to find out; it keeps the answers it got."""

    name: str
    asked: str
    why: str
    opened: Generator | None = None


def choose_template(asked: str, place: ModelPlace, first: Request, sampling: Sampling) -> ChosenTemplate:
    """`asked` itself unless it is `auto`. A server is asked for the samples of `first`, a chat.

    Raises UsageError if the model can't be found or its template can't be determined, GenerationError if no server
    listens.
    """
    if asked != AUTO:
        return ChosenTemplate(asked, asked, msg("as asked"))
    if place.backend == "openai":
        return _of_server(place, first, sampling)
    if is_demo_model(place.location):
        return ChosenTemplate("code-user", asked, msg("it was trained on it"))
    found = native_template(place.backend, place.location, place.options)
    return ChosenTemplate(found.template, asked, found.why)


def first_request(problem: Problem, system: str | None, sampling: Sampling) -> Request:
    """The samples of a problem as a chat request."""
    return Request(problem.id, build_prompt(problem, "chat", system), tuple(range(sampling.n)))


def _of_server(place: ModelPlace, first: Request, sampling: Sampling) -> ChosenTemplate:
    check_installed(place.backend, place.options)
    from codeeval.generators.openai.generator import open_generator

    api = place.options.get("api")
    generator = open_generator(place.location, place.options)
    try:
        chats = api == "chat" if api in ("chat", "completions") else generator.can_chat(first, sampling)
    except BaseException:
        generator.close()
        raise
    found = SERVER_CHATS if chats else SERVER_COMPLETES
    return ChosenTemplate(found.template, AUTO, found.why, generator)


def is_demo_model(location: str) -> bool:
    """Whether this is the folder of the model bundled with codeeval."""
    try:
        return Path(location).resolve() == bundled(DEMO_MODEL).resolve()
    except OSError:
        return False
