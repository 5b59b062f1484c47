"""`codeeval run --print-config`: the settings as a file for `-C`, with the origin of each."""

from __future__ import annotations

import json

from codeeval.cli.console import Console
from codeeval.evaluation.effective_settings import effective
from codeeval.evaluation.resolve import Resolved
from codeeval.manifest import clean, hidden


def print_settings(resolved: Resolved) -> None:
    """TOML on stdout; with `--format json`, one object with value and origin per setting. Raises UsageError."""
    settings = resolved.settings
    rows = {name: (_plain(value), origin) for name, (value, origin) in effective(resolved).items()}
    console = Console(settings.format)
    if settings.format == "json":
        console.document({name: {"value": value, "origin": origin} for name, (value, origin) in rows.items()})
        return
    for name, (value, origin) in rows.items():
        console.result(f"# {name} is not set" if value is None else f"{name} = {_toml(value)}  # {origin}")


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return clean(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, str):
        return hidden(value)
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def _toml(value: object) -> str:
    """JSON is valid TOML for texts, numbers, booleans and lists of them; a table needs TOML's syntax."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {json.dumps(item)}" for key, item in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
