"""A step of GRPO with a tiny model, rewarded by the sandbox: prints what the trainer logged, as JSON.

    python tests/e2e/trl_step.py MODEL FOLDER

Whatever the model writes stands behind a comment, so that a completion of one line passes and most others do not parse. Every
third completion is lost by the sandbox.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from codeeval import CodeReward
from codeeval.evaluation.sandbox import Placement
from codeeval.types import Problem

PROBLEM = Problem("one", "{function}", 'def one() -> int:\n    """One."""\n    return 1  # ', "one", ("{}",), ("1",))


class Counting(CodeReward):
    """Remembers what it gave."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.given: list[float | None] = []

    def score(self, problem_ids: Any, completions: Any) -> list[float | None]:
        found = super().score(problem_ids, completions)
        found = [None if place % 3 == 2 else one for place, one in enumerate(found)]
        self.given += found
        return found


def main(model: str, folder: str) -> None:
    reward = Counting([PROBLEM], placement=Placement("local", 2))
    arguments = GRPOConfig(
        output_dir=folder,
        max_steps=2,
        per_device_train_batch_size=6,
        num_generations=6,
        max_completion_length=12,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        bf16=False,
        temperature=1.0,
    )
    rows = Dataset.from_list([{"prompt": PROBLEM.prompt, "problem_id": PROBLEM.id}] * 4)
    trainer = GRPOTrainer(model=model, reward_funcs=reward, args=arguments, train_dataset=rows)
    trainer.train()
    reward.close()
    logged = [row["rewards/code_reward/mean"] for row in trainer.state.log_history if "rewards/code_reward/mean" in row]
    losses = [row["loss"] for row in trainer.state.log_history if "loss" in row]
    print(json.dumps({"given": reward.given, "logged": logged, "losses": losses}))


if __name__ == "__main__":
    main(*sys.argv[1:])
