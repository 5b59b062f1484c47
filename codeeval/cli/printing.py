"""`codeeval run --print-config`: the settings as a file that `-C` would take, with the origin of each."""

from __future__ import annotations

import json

from codeeval.cli.console import Console
from codeeval.errors import CodeevalError
from codeeval.evaluation.request import check_protocol
from codeeval.evaluation.resolve import Resolved
from codeeval.evaluation.settings import NAMES
from codeeval.manifest import clean, hidden
from codeeval.scoring import protocols
from codeeval.tasks import TASKS, load


def print_settings(resolved: Resolved) -> None:
    """TOML on stdout; with `--format json` one object of value and origin per setting. Raises UsageError."""
    settings = resolved.settings
    check_protocol(settings.protocol)
    protocol = settings.protocol or _usual_protocol(settings.task)
    sampling = protocols.get(protocol).sampling
    rows: dict[str, tuple[object, str]] = {}
    for name in NAMES:
        value, origin = getattr(settings, name), resolved.origins[name]
        if value is None and name in ("n", "temperature", "top_p", "top_k", "max_tokens", "seed"):
            value, origin = getattr(sampling, name), f"protocol {protocol}"
        if name == "protocol":
            value = protocol
        rows[name] = (_plain(value), origin)
    console = Console(settings.format)
    if settings.format == "json":
        console.document({name: {"value": value, "origin": origin} for name, (value, origin) in rows.items()})
        return
    for name, (value, origin) in rows.items():
        console.result(f"# {name} is not set" if value is None else f"{name} = {_toml(value)}  # {origin}")


def _usual_protocol(task: str) -> str:
    """The protocol of the set itself; the default where a file can't be read, which is not what was asked here."""
    known = next((info.protocol for info in TASKS if info.name == task), None)
    if known is not None:
        return known
    try:
        return load(task).protocol
    except CodeevalError:
        return protocols.DEFAULT


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return clean(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, str):
        return hidden(value)
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def _toml(value: object) -> str:
    """JSON is TOML for texts, numbers, booleans and lists of them; a table needs its own marks."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {json.dumps(item)}" for key, item in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
