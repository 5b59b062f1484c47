"""Backends by name. A new one is a row here and a module with `open_generator(model, options) -> Generator` and
`check_model(model, options)`, which raises UsageError for faults that show without loading. Both take a launcher too if the
backend is `placed`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import cast

from codeeval.errors import UsageError, install
from codeeval.generators.base import Generator
from codeeval.generators.common.launch import Launcher
from codeeval.i18n import msg


@dataclass(frozen=True, slots=True)
class GeneratorBackend:
    """`module` has `open_generator`; `needs` are the importable names that it requires, and `extra` installs them ("":
    they are packages with those names). `elsewhere`: a variable that may name another interpreter that has them.
    `placed`: a launcher may start its engines on other machines."""

    module: str
    needs: tuple[str, ...] = ()
    extra: str = ""
    elsewhere: str = ""
    placed: bool = False

    @property
    def remedy(self) -> str:
        """How to get what is needed."""
        command = install(self.extra) if self.extra else f"pip install {' '.join(self.needs)}"
        other = f", or name the python of an environment that has it in {self.elsewhere}" if self.elsewhere else ""
        return command + other

    def missing(self, options: Mapping[str, str] | None = None) -> list[str]:
        """Required packages that are neither here nor in the named other interpreter."""
        if self.elsewhere and (os.environ.get(self.elsewhere) or (options or {}).get("python")):
            return []
        return [name for name in self.needs if find_spec(name) is None]


BACKENDS: dict[str, GeneratorBackend] = {
    "hf": GeneratorBackend("codeeval.generators.hf.backend", ("torch", "transformers"), "hf", placed=True),
    "vllm": GeneratorBackend(
        "codeeval.generators.vllm.generator",
        ("vllm",),
        "vllm",
        "CODEEVAL_VLLM_PYTHON",
        placed=True,
    ),
    "openai": GeneratorBackend("codeeval.generators.openai.generator", ("openai",)),
    "replay": GeneratorBackend("codeeval.generators.replay"),
}


def create(
    backend: str, model: str, options: Mapping[str, str] | None = None, launcher: Launcher | None = None
) -> Generator:
    """The generator `backend` for `model`: a folder or Hub id for hf and vllm, the name at a server for openai, a JSONL file
    for replay. `launcher`: what starts the engines that `-M replicas=N` asks for, None: this machine.

    Raises UsageError for an unknown backend, a package that is not installed (naming the extra that installs it), an
    unknown option, or a model that can't be found; GenerationError for a model that can't be loaded.
    """
    if backend not in BACKENDS:
        raise UsageError(msg("unknown backend {name}; known: {names}", name=repr(backend), names=", ".join(BACKENDS)))
    check_installed(backend, options)
    return cast(
        Generator, import_module(BACKENDS[backend].module).open_generator(*_asked(backend, model, options, launcher))
    )


def check_model(
    backend: str, model: str, options: Mapping[str, str] | None = None, launcher: Launcher | None = None
) -> None:
    """Check what can be checked without loading the model: packages, options, a missing, incomplete or truncated folder
    or file. Raises UsageError."""
    check_installed(backend, options)
    import_module(BACKENDS[backend].module).check_model(*_asked(backend, model, options, launcher))


def _asked(
    backend: str, model: str, options: Mapping[str, str] | None, launcher: Launcher | None
) -> tuple[object, ...]:
    """What the functions of a backend's module take."""
    return (model, options or {}, launcher) if BACKENDS[backend].placed else (model, options or {})


def check_installed(backend: str, options: Mapping[str, str] | None = None) -> None:
    """Raise UsageError with the remedy if a package is missing that a backend (one of BACKENDS) needs."""
    missing, remedy = BACKENDS[backend].missing(options), BACKENDS[backend].remedy
    if len(missing) == 1:
        raise UsageError(
            msg(
                "backend {name} needs {names}, which is not installed: {remedy}",
                name=backend,
                names=missing[0],
                remedy=remedy,
            )
        )
    if missing:
        raise UsageError(
            msg(
                "backend {name} needs {names}, which are not installed: {remedy}",
                name=backend,
                names=" and ".join(missing),
                remedy=remedy,
            )
        )
