"""The outcome of a use case."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codeeval.evaluation.pipeline import Result


@dataclass(frozen=True, slots=True)
class Ended:
    """What a use case leaves: the run file in `run_dir`. `result`: what was generated and executed, None if there was
    nothing to do; its errors say why a run stayed incomplete. `unranked`: whether a reward model failed, which was
    reported."""

    run_dir: Path
    result: Result | None = None
    unranked: bool = False
