"""May this model be released? Judge runs against a committed baseline under a policy, for a terminal or for CI.

`judge` decides; `text`, `markdown`, `junit` and `annotations` render the result.
"""

from codeeval.gate.baseline import Baseline, BaselineTask, baseline_task, load_baseline, save_baseline
from codeeval.gate.candidate import Candidate, candidate
from codeeval.gate.judge import GateReport, TaskGate, judge
from codeeval.gate.policy import Policy, load_policy

__all__ = [
    "Baseline",
    "BaselineTask",
    "Candidate",
    "GateReport",
    "Policy",
    "TaskGate",
    "baseline_task",
    "candidate",
    "judge",
    "load_baseline",
    "load_policy",
    "save_baseline",
]
