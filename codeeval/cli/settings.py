"""Settings of `run` and `score`: flags > `CODEEVAL_*` > the file of `-C` > defaults, each value with its origin."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from codeeval import toml_file
from codeeval.errors import UsageError
from codeeval.types import MOST_SAMPLES

PREFIX = "CODEEVAL_"


def _ks(value: object) -> object:
    """`1,5,10`, as a text or a list, ascending and without repetitions."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = [value]
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    try:
        found = {int(part) for part in value}  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise ValueError("must be positive integers separated by commas, as in 1,5,10") from None
    if not found or min(found) < 1:
        raise ValueError("must be positive integers separated by commas, as in 1,5,10")
    return tuple(sorted(found))


def _options(value: object) -> object:
    """`key=value` words, or a table."""
    if isinstance(value, Mapping):
        return {str(key): str(item) for key, item in value.items()}
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
        raise ValueError("must look like key=value")
    pairs = [word.partition("=") for word in words]
    for key, equals, _ in pairs:
        if not key or not equals:
            raise ValueError("must look like key=value")
    return {key: item for key, _, item in pairs}


class Settings(BaseModel):
    """Every setting by its name in a configuration file (in a flag, `-` stands for `_`). None: decided later."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    task: str = "rustarter"
    model: str | None = None
    backend: str | None = None
    base_url: str | None = None
    n: int | None = Field(None, ge=1, le=MOST_SAMPLES)
    k: Annotated[tuple[int, ...] | None, BeforeValidator(lambda value: None if value is None else _ks(value))] = None
    temperature: float | None = Field(None, ge=0, le=100)
    top_p: float | None = Field(None, gt=0, le=1)
    top_k: int | None = Field(None, ge=0)
    max_tokens: int | None = Field(None, ge=1)
    seed: int | None = Field(None, ge=0)
    template: str = "none"
    system: str | None = None
    protocol: str | None = None
    sandbox: str = "auto"
    workers: int | None = Field(None, ge=1, le=1024)
    limit: int | None = Field(None, ge=1)
    problems: str | None = None
    rename: bool = False
    instructions: str | None = None
    model_options: Annotated[dict[str, str], BeforeValidator(_options)] = Field(default_factory=dict)
    out: Path | None = None
    dedup: bool = True
    isolation: Literal["warm", "fresh"] = "warm"
    results: Path | None = None
    answers: Path | None = None
    rerank: str | None = None
    rerank_options: Annotated[dict[str, str], BeforeValidator(_options)] = Field(default_factory=dict)
    format: str = "auto"


#: The flags whose name is not the setting's.
FLAGS = {
    "workers": "-j",
    "model_options": "-M",
    "out": "-o",
    "dedup": "--no-dedup",
    "rerank_options": "--rerank-option",
}


@dataclass(frozen=True, slots=True)
class Resolved:
    """Settings and where each came from: "flag", "environment CODEEVAL_N", the file's path, or "default"."""

    settings: Settings
    origins: Mapping[str, str]

    def given_by_flag(self) -> tuple[str, ...]:
        return tuple(name for name, origin in self.origins.items() if origin.startswith("flag"))


def flag(name: str) -> str:
    return FLAGS.get(name, "--" + name.replace("_", "-"))


def resolve(
    flags: Mapping[str, object],
    config: Path | None,
    environment: Mapping[str, str] = os.environ,
    like: Mapping[str, object] | None = None,
) -> Resolved:
    """Merge the sources. `flags` holds None for what was not given; `like` are the settings of an earlier run, weaker than
    all others but the defaults. Raises UsageError naming source and setting."""
    _check_conflict(flags)
    values: dict[str, object] = dict(like or {})
    origins = {name: "an earlier run" if name in values else "default" for name in Settings.model_fields}
    for name, value, origin in _all(flags, config, environment):
        values[name], origins[name] = value, origin
    try:
        return Resolved(Settings.model_validate(values), origins)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        message = first["msg"].removeprefix("Value error, ")
        raise UsageError(f"{_where(name, origins[name])}: {message}, got {values[name]!r}") from None


def _where(name: str, origin: str) -> str:
    if origin.startswith("flag"):
        return flag(name)
    return origin.removeprefix("environment ") if origin.startswith("environment") else f"{origin}, {name}"


def _all(
    flags: Mapping[str, object], config: Path | None, environment: Mapping[str, str]
) -> list[tuple[str, object, str]]:
    """(setting, value, origin), the weakest source first."""
    found: list[tuple[str, object, str]] = []
    if config is not None:
        found += [(name, value, str(config)) for name, value in _file(config).items()]
    for variable in environment:
        _check_variable(variable)
    for name in Settings.model_fields:
        variable = PREFIX + name.upper()
        if environment.get(variable):
            found.append((name, environment[variable], f"environment {variable}"))
    found += [(name, value, f"flag {flag(name)}") for name, value in flags.items() if value is not None and value != []]
    return found


def _check_conflict(flags: Mapping[str, object]) -> None:
    if flags.get("base_url") and flags.get("backend") not in (None, "openai"):
        raise UsageError(
            f"--base-url is for --backend openai, and --backend {flags['backend']} was given: leave one of the two out"
        )


def _check_variable(variable: str) -> None:
    """A slip in the name of a setting would measure something else in silence. What is near to none may be somebody's own."""
    name = variable.removeprefix(PREFIX).lower()
    if name == variable.lower() or name in Settings.model_fields:
        return
    if near := get_close_matches(name, Settings.model_fields, n=1, cutoff=0.85):
        meant = PREFIX + near[0].upper()
        raise UsageError(f"{variable}: there is no such setting; did you mean {meant}?")


def _file(path: Path) -> dict[str, Any]:
    try:
        raw = toml_file.load(path)
    except OSError as error:
        raise UsageError(f"-C {path}: {error.strerror or error}") from None
    except ValueError as error:
        raise UsageError(f"-C {path}: not valid TOML: {error}") from None
    settings = {name.replace("-", "_"): value for name, value in raw.items()}
    for name in settings:
        if name not in Settings.model_fields:
            near = get_close_matches(name, Settings.model_fields, n=1)
            if near:
                raise UsageError(f"{path}: there is no setting {name!r}; did you mean {near[0]}?")
            raise UsageError(f"{path}: there is no setting {name!r}; known: {', '.join(Settings.model_fields)}")
    return settings
