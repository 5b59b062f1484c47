"""What the gate's rule is given and what it says: thresholds, verdicts, and how many samples would decide. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from codeeval.errors import UsageError
from codeeval.stats.compare import CompareOptions


class GateVerdict(StrEnum):
    """What CI acts on. INCONCLUSIVE fails a build only if requested."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """`margin`: the drop that must be excluded to pass; `min_effect`: the smallest drop worth failing. As shares.

    `drop_p`: fail if an unchanged model would drop this far with a smaller probability. `lost_p`: fail also if an
    unchanged model would lose as many problems, or one as clearly, with a smaller probability. 0 turns either off."""

    margin: float = 0.03
    min_effect: float = 0.01
    drop_p: float = 0.035
    lost_p: float = 0.005
    compare: CompareOptions = field(default_factory=CompareOptions)

    def __post_init__(self) -> None:
        if not 0 < self.margin < 1 or not 0 <= self.min_effect < 1:
            raise UsageError(
                "gate: margin must lie between 0 and 1 and min_effect between 0 and 1, as shares (3 points = 0.03)"
            )
        if not 0 <= self.drop_p <= 0.5:
            raise UsageError(f"gate: drop_p must lie between 0 and 0.5, got {self.drop_p}")
        if not 0 <= self.lost_p <= 0.05:
            raise UsageError(f"gate: lost_p must lie between 0 and 0.05, got {self.lost_p}")
        if self.compare.k != 1:
            raise UsageError("gate: the gate is on pass@1, where every sample counts; compare shows other k")


@dataclass(frozen=True, slots=True)
class Advice:
    """Samples per problem that would decide if the difference persists: in `both` runs, or in the `candidate` alone;
    None: no number would. `enough_before`: the baseline has as many as needed. `dependent`: there are problems with
    samples that count as one."""

    both: int | None = None
    candidate: int | None = None
    enough_before: bool = False
    dependent: bool = False
