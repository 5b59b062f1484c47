"""`--cpu-s`, `--wall-s`, `--memory-mb`: the limits of one sample, if no protocol prescribes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace

from codeeval.errors import UsageError
from codeeval.evaluation.settings import Settings, flag
from codeeval.i18n import msg
from codeeval.manifest import Manifest
from codeeval.scoring import protocols
from codeeval.scoring.limits import kinds_of
from codeeval.store.runcounts import limits_of
from codeeval.tasks import TASKS
from codeeval.types import ScoringProtocol, Task
from sandbox.wire import Limits

NAMES = ("cpu_s", "wall_s", "memory_mb")


def within_limits(
    judged_by: tuple[ScoringProtocol, ...], settings: Settings, task: Task
) -> tuple[ScoringProtocol, ...]:
    """The protocols with the requested limits. Raises UsageError if the user can't choose them: under the protocol of a
    published scorer, for a published set, for tests with limits of their own."""
    asked = {name: getattr(settings, name) for name in NAMES if getattr(settings, name) is not None}
    if not asked:
        return judged_by
    first, named = judged_by[0], flag(next(iter(asked)))
    if kinds_of(task.problems) != ("calls",):
        raise UsageError(
            msg(
                "{named}: the tests of {task} keep the limits of their own scorer, under every protocol",
                named=named,
                task=task.name,
            )
        )
    published = settings.task in (info.name for info in TASKS)
    if first.name != "strict" and (published or settings.protocol is not None):
        raise UsageError(
            msg(
                "{named}: the protocol {protocol} keeps its own limits ({limits}), which are a part of its score\n  "
                "Limits can be chosen with --protocol strict, and for a file of your own without --protocol.",
                named=named,
                protocol=first.name,
                limits=_said(first.limits),
            )
        )
    chosen = _limits(first.limits, asked)
    return tuple(replace(each, limits=chosen) for each in judged_by)


def _limits(usual: Limits, asked: Mapping[str, float]) -> Limits:
    """Wall time keeps its ratio to CPU time unless it is given: it is the backstop on a busy machine."""
    found = dict(asked)
    found.setdefault("wall_s", usual.wall_s / usual.cpu_s * asked.get("cpu_s", usual.cpu_s))
    limits = replace(usual, **found)  # type: ignore[arg-type]
    if limits.wall_s < limits.cpu_s:
        raise UsageError(
            msg(
                "--wall-s {wall_s}: must not be below the {n} s of CPU time, which could never be used up",
                wall_s=f"{limits.wall_s:g}",
                n=f"{limits.cpu_s:g}",
            )
        )
    return limits


def _said(limits: Limits) -> str:
    return f"{limits.cpu_s:g} s of CPU time, {limits.wall_s:g} s by the clock, {limits.memory_mb} MiB"


def limits_like(manifest: Manifest) -> dict[str, object]:
    """The limits of an earlier run as settings, if they were chosen by hand."""
    if manifest.protocol not in protocols.names():
        return {}
    usual, found = asdict(protocols.get(manifest.protocol).limits), limits_of(manifest, manifest.protocol, "calls")
    return {name: found[name] for name in NAMES if name in found and found[name] != usual[name]}
