"""Reward models: sequence classifiers that score how good an answer is. They rank samples and never judge them.

Importing this package imports no model library; `open_reward_model` does. `CodeReward`, which executes answers for a
trainer, is re-exported here because people look for it here; it lives in `codeeval.integrations`, above the use cases
that this package serves.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from codeeval.rewards.inputs import Answered, Reward
from codeeval.rewards.model import RewardModel, check_reward_model, open_reward_model
from codeeval.rewards.scoring import Scores, score_run

__all__ = [
    "Answered",
    "CodeReward",
    "Reward",
    "RewardModel",
    "Scores",
    "check_reward_model",
    "open_reward_model",
    "score_run",
]


def __getattr__(name: str) -> Any:
    if name == "CodeReward":
        return import_module("codeeval.integrations.code_reward").CodeReward
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
