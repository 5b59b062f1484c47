"""The values that a run would use for settings that were not given: for `--print-config`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from codeeval.errors import CodeevalError
from codeeval.evaluation.request import DEMO_TASK, chosen_backend
from codeeval.evaluation.resolve import Resolved
from codeeval.evaluation.selection import check_protocol, chosen_ks, usual_ks
from codeeval.evaluation.settings import NAMES
from codeeval.evaluation.shards import worker_count
from codeeval.scoring import protocols
from codeeval.tasks import TASKS, load
from codeeval.tasks.bundled import DEMO_MODEL

SAMPLED = ("n", "temperature", "top_p", "top_k", "max_tokens", "seed")


def effective(resolved: Resolved) -> dict[str, tuple[object, str]]:
    """Every setting with its value and its source; None: undetermined until the run is made. Raises UsageError."""
    settings = resolved.settings
    check_protocol(settings.protocol)
    rows = {name: (getattr(settings, name), resolved.origins[name]) for name in NAMES}
    own = _usual_protocol(settings.task)
    protocol = settings.protocol or own
    sampled_as = own if own in protocols.ENGLISH else protocol  # as in a run
    usual = protocols.get(sampled_as).sampling
    filled: Mapping[str, tuple[object, str]] = {
        **{name: (getattr(usual, name), f"protocol {sampled_as}") for name in SAMPLED},
        "protocol": (protocol, f"task {settings.task}"),
        "workers": (worker_count(None), "default, one per processor"),
    }
    rows |= {name: found for name, found in filled.items() if rows[name][0] is None}
    if settings.k is None:
        n = int(str(rows["n"][0]))
        rows["k"] = (chosen_ks(None, n, n, usual_ks(own), more=""), "default, up to n")
    asked = settings
    if settings.model is None and settings.task == DEMO_TASK and not settings.base_url and settings.backend != "openai":
        rows["model"] = (DEMO_MODEL, resolved.origins["model"])
        asked = replace(settings, model=DEMO_MODEL)
    if settings.backend is None and asked.model is not None:
        rows["backend"] = (chosen_backend(asked.model, asked), "default, by what the model is")
    return rows


def _usual_protocol(task: str) -> str:
    """The protocol of the set itself, or the default if its file can't be read, which is not an error here."""
    known = next((info.protocol for info in TASKS if info.name == task), None)
    if known is not None:
        return known
    try:
        return load(task).protocol
    except CodeevalError:
        return protocols.DEFAULT
