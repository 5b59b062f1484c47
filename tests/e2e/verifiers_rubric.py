"""Scores two rollouts with the real verifiers, one of which the sandbox loses: prints the rewards as JSON."""

from __future__ import annotations

import asyncio
import json

import verifiers

from codeeval import CodeReward
from codeeval.types import Problem

PROBLEM = Problem("one", "{function}", "def one() -> int:\n", "one", ("{}",), ("1",))


class Losing(CodeReward):
    """Loses what mentions it."""

    async def score_async(self, problem_ids: object, completions: object) -> list[float | None]:
        return [None] if "lost" in str(completions) else await super().score_async(problem_ids, completions)  # type: ignore[arg-type]


def main() -> None:
    with Losing([PROBLEM]) as reward:
        rubric = verifiers.Rubric(funcs=[reward.rollout])
        found = []
        for text in ("    return 1\n", "    return 2\n", "    return 1  # lost\n"):
            state = {
                "prompt": "p",
                "completion": [{"role": "assistant", "content": text}],
                "answer": "",
                "task": "t",
                "info": {"problem_id": "one"},
                "trajectory": [],
                "timing": {"scoring_ms": 0.0, "total_ms": 0.0},
            }
            asyncio.run(rubric.score_rollout(state))
            found.append(state["reward"])
    print(json.dumps(found))


if __name__ == "__main__":
    main()
