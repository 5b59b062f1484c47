"""`gate.toml`: the requirements for a release, per task and per tier.

    margin = 0.03                  # a drop that must be excluded to pass (3 points)
    min_effect = 0.01              # the smallest drop worth failing
    drop_p = 0.035                 # fail if an unchanged model would drop this far with a smaller probability
    required = ["rustarter"]       # tasks without which there is no verdict

    [tasks.rustarter]
    floor = 0.45                   # pass@1 must not be shown to lie below this, whatever the baseline

    [tasks.experimental]
    advisory = true                # reported, never fails

    [tiers.pr]                     # codeeval gate --tier pr: few samples, a wide margin
    margin = 0.06

    [tiers.release]
    strict = true                  # inconclusive is not good enough
    tasks.rustarter.margin = 0.02

Later entries override earlier ones: the top of the file, [tasks.NAME], [tiers.TIER], [tiers.TIER.tasks.NAME].
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from codeeval import toml_file
from codeeval.did_you_mean import did_you_mean
from codeeval.errors import DataError, UsageError, first_fault
from codeeval.files import reason
from codeeval.gate.verdict import GatePolicy
from codeeval.i18n import at, msg
from codeeval.stats.compare import CompareOptions

#: Names of digests that a policy may allow to differ.
EXEMPTABLE = ("prompt", "protocol", "image", "limits")


class Rules(BaseModel):
    """Rules for a task; None: not set here."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    margin: float | None = Field(default=None, gt=0, lt=1)
    min_effect: float | None = Field(default=None, ge=0, lt=1)
    level: float | None = Field(default=None, gt=0.5, lt=1)
    drop_p: float | None = Field(default=None, ge=0, le=0.5)
    lost_p: float | None = Field(default=None, ge=0, le=0.05)
    floor: float | None = Field(default=None, ge=0, le=1)
    advisory: bool | None = None
    allow_different: list[str] | None = None


class Tier(Rules):
    """Rules for all tasks, or for single ones; `strict`: inconclusive is exit code 4."""

    strict: bool | None = None
    tasks: dict[str, Rules] = Field(default_factory=dict)


class _File(Tier):
    required: list[str] = Field(default_factory=list)
    tiers: dict[str, Tier] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskPolicy:
    """All rules of one task. `floor`: None if there is none; `floor_level`: the level of the interval that must lie
    below the floor to fail; `allow_different`: digests that may differ."""

    gate: GatePolicy
    floor: float | None = None
    advisory: bool = False
    allow_different: tuple[str, ...] = ()
    floor_level: float = 0.95


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy file as it applies to one tier."""

    strict: bool = False
    required: tuple[str, ...] = ()
    layers: tuple[Tier, ...] = ()

    def for_task(self, task: str, tasks: int = 1, allow_different: bool = False) -> TaskPolicy:
        """The rules of one of `tasks` tasks that can fail a release together: each gets its share of the permitted
        false alarms (Bonferroni), so that an unchanged model fails no more often with ten tasks than with one. The
        interval is not adjusted: a release passes only if every task does, which is stricter the more there are. An
        advisory task takes no share and gets none."""
        said: dict[str, object] = {}
        for layer in self.layers:
            for rules in (layer, layer.tasks.get(task)):
                if rules is not None:
                    values = {name: getattr(rules, name) for name in Rules.model_fields}
                    said |= {name: value for name, value in values.items() if value is not None}
        merged = Rules.model_validate(said)
        shares = 1 if merged.advisory else max(1, tasks)
        default = GatePolicy()
        gate = GatePolicy(
            margin=default.margin if merged.margin is None else merged.margin,
            min_effect=default.min_effect if merged.min_effect is None else merged.min_effect,
            drop_p=(default.drop_p if merged.drop_p is None else merged.drop_p) / shares,
            lost_p=(default.lost_p if merged.lost_p is None else merged.lost_p) / shares,
            compare=CompareOptions(level=merged.level or 0.95, allow_different=allow_different),
        )
        allowed = tuple(merged.allow_different or ())
        return TaskPolicy(gate, merged.floor, bool(merged.advisory), allowed, 1 - (1 - gate.compare.level) / shares)

    def is_advisory(self, task: str) -> bool:
        """Whether a task is reported but never fails."""
        return self.for_task(task).advisory


def load_policy(path: Path | None, tier: str | None = None, strict: bool = False) -> Policy:
    """Raises UsageError (no such file, no such tier) and DataError, naming the field."""
    file = _File() if path is None else _read(path)
    if tier is not None and tier not in file.tiers:
        known = f"it has {', '.join(file.tiers)}" if file.tiers else "it has none"
        where = msg("no policy was given") if path is None else f"{path} has no tier {tier!r}; {known}"
        raise UsageError(at(f"--tier {tier}", where))
    layers: tuple[Tier, ...] = (file,) if tier is None else (file, file.tiers[tier])
    said = [layer.strict for layer in layers if layer.strict is not None]
    return Policy(strict or bool(said and said[-1]), tuple(file.required), layers)


def _read(path: Path) -> _File:
    try:
        raw = toml_file.load(path)
    except OSError as error:
        raise UsageError(at(f"--policy {path}", reason(error))) from None
    except ValueError as error:
        raise DataError(str(path), msg("not valid TOML: {why}", why=error)) from None
    try:
        file = _File.model_validate(raw)
    except ValidationError as error:
        raise _explained(path, error) from None
    for rules in (file, *file.tasks.values(), *file.tiers.values()):
        for name in rules.allow_different or ():
            if name not in EXEMPTABLE:
                known = ", ".join(EXEMPTABLE)
                raise DataError(
                    f"{path}, allow_different", f"there is no digest {name!r}", msg("Known: {names}.", names=known)
                )
    return file


def _explained(path: Path, error: ValidationError) -> DataError:
    found = first_fault(error)
    *inside, name = found.where
    where = msg("{path}, field {names}", path=path, names=found.field)
    if found.kind != "extra_forbidden":
        return DataError(
            where,
            msg("{why}, got {value}", why=found.said, value=repr(found.value)),
            msg("Shares, not points: 3 points are 0.03."),
        )
    known = list(
        _File.model_fields if not inside else Tier.model_fields if inside[0] == "tiers" else Rules.model_fields
    )
    return DataError(
        where,
        msg("there is no such rule"),
        did_you_mean(name, known) or msg("Known: {names}.", names=", ".join(known)),
    )
