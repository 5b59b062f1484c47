"""What the gate's rule is given and what it says: thresholds, verdicts, and how many samples would decide. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from codeeval.errors import UsageError
from codeeval.stats.compare import CompareOptions


class GateVerdict(StrEnum):
    """What CI acts on. INCONCLUSIVE fails a build only where that was asked for."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """`margin`: the drop that must be excluded to pass; `min_effect`: the smallest drop worth failing. As shares.

    `drop_p`: fail where one and the same model would drop as far with less than this probability. `lost_p`: fail also
    where problems were lost, in number or one of them, as one model would lose them with less than this probability. 0 turns
    either off."""

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
    """Samples per problem that would decide if the difference stays: in `both` runs, or in the `candidate` alone; None: no
    number would. `enough_before`: the baseline has as many as it needs. `dependent`: there are problems whose samples count
    as one."""

    both: int | None = None
    candidate: int | None = None
    enough_before: bool = False
    dependent: bool = False
