"""Settings from their sources: flags > `CODEEVAL_*` > the file of `-C` > an earlier run > defaults, each with its
origin."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from codeeval import toml_file
from codeeval.did_you_mean import nearest
from codeeval.errors import UsageError, first_fault
from codeeval.evaluation.settings import NAMES, Settings, flag, table
from codeeval.files import reason
from codeeval.i18n import at, msg

PREFIX = "CODEEVAL_"
#: The origin of settings from `--like`.
EARLIER = "an earlier run"


@dataclass(frozen=True, slots=True)
class Resolved:
    """Settings and the source of each: "flag", "environment CODEEVAL_N", the file's path, or "default"."""

    settings: Settings
    origins: Mapping[str, str]

    def given_by_flag(self) -> tuple[str, ...]:
        return tuple(name for name, origin in self.origins.items() if origin.startswith("flag"))


def resolve(
    flags: Mapping[str, object],
    config: Path | None,
    environment: Mapping[str, str] = os.environ,
    like: Mapping[str, object] | None = None,
) -> Resolved:
    """Merge the sources. `flags` holds None for flags that were not given; `like`: the settings of an earlier run,
    which override only the defaults. Raises UsageError, naming source and setting."""
    _check_conflict(flags)
    values: dict[str, object] = dict(like or {})
    origins = {name: EARLIER if name in values else "default" for name in NAMES}
    for name, value, origin in _all(flags, config, environment):
        values[name], origins[name] = value, origin
    return Resolved(_checked(values, origins), origins)


def _checked(values: Mapping[str, object], origins: Mapping[str, str]) -> Settings:
    """Raises UsageError, naming source and setting."""
    from pydantic import ValidationError

    try:
        checked = _model().model_validate(values)
    except ValidationError as error:
        found = first_fault(error)
        name = found.where[0]
        raise UsageError(
            msg(
                "{where}: {why}, got {value}",
                where=_where(name, origins[name]),
                why=found.said,
                value=repr(values[name]),
            )
        ) from None
    return Settings(**{name: getattr(checked, name) for name in NAMES})


def _where(name: str, origin: str) -> str:
    if origin.startswith("flag"):
        return flag(name)
    return origin.removeprefix("environment ") if origin.startswith("environment") else f"{origin}, {name}"


def _all(
    flags: Mapping[str, object], config: Path | None, environment: Mapping[str, str]
) -> list[tuple[str, object, str]]:
    """(setting, value, origin), lowest precedence first."""
    found: list[tuple[str, object, str]] = []
    if config is not None:
        found += [(name, value, str(config)) for name, value in _file(config).items()]
    for variable in environment:
        _check_variable(variable)
    for name in NAMES:
        variable = PREFIX + name.upper()
        if environment.get(variable):
            found.append((name, environment[variable], f"environment {variable}"))
    found += [(name, value, f"flag {flag(name)}") for name, value in flags.items() if value is not None and value != []]
    return found


def _check_conflict(flags: Mapping[str, object]) -> None:
    if flags.get("base_url") and flags.get("backend") not in (None, "openai"):
        raise UsageError(
            msg(
                "--base-url is for --backend openai, and --backend {name} was given: leave one of the two out",
                name=flags["backend"],
            )
        )


def _check_variable(variable: str) -> None:
    """Refuse a misspelt variable, which would silently measure something else. A name far from any known one may be the
    user's."""
    name = variable.removeprefix(PREFIX).lower()
    if name == variable.lower() or name in NAMES:
        return
    if near := nearest(name, NAMES, cutoff=0.85):
        meant = PREFIX + near.upper()
        raise UsageError(
            msg("{variable}: there is no such setting; did you mean {name}?", variable=variable, name=meant)
        )


def _file(path: Path) -> dict[str, Any]:
    try:
        raw = toml_file.load(path)
    except OSError as error:
        raise UsageError(at(f"-C {path}", reason(error))) from None
    except ValueError as error:
        raise UsageError(msg("-C {path}: not valid TOML: {why}", path=path, why=error)) from None
    settings = {name.replace("-", "_"): value for name, value in raw.items()}
    for name in settings:
        if name not in NAMES:
            if near := nearest(name, NAMES):
                raise UsageError(
                    msg(
                        "{path}: there is no setting {name}; did you mean {other}?",
                        path=path,
                        name=repr(name),
                        other=near,
                    )
                )
            raise UsageError(
                msg(
                    "{path}: there is no setting {name}; known: {names}",
                    path=path,
                    name=repr(name),
                    names=", ".join(NAMES),
                )
            )
    return settings


@cache
def _model() -> Any:
    """The pydantic model with the same fields, which checks and converts the values."""
    from pydantic import BeforeValidator, ConfigDict, Field, create_model

    found: dict[str, Any] = {}
    for each in fields(Settings):
        setting = table()[each.name]
        checks: list[Any] = [Field(**setting.flag.bounds)] if setting.flag.bounds else []
        if setting.flag.parse is not None:
            checks.append(BeforeValidator(setting.flag.parse))
        kind = Annotated[(setting.type, *checks)] if checks else setting.type
        default = Field(default_factory=dict) if each.default_factory is dict else each.default
        found[each.name] = (kind, default)
    return create_model(
        "Settings", __config__=ConfigDict(frozen=True, extra="forbid", protected_namespaces=()), **found
    )
