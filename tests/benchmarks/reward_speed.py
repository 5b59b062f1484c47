"""How many completions per second `CodeReward` judges.

    python tests/benchmarks/reward_speed.py [--sandbox local|docker] [--batch 256] [--workers 2] [--rounds 3]

Half of them are the set's reference solutions, half are the same with a wrong result; all are different programs, as at the start
of a training. Workers are started before the clock is.
"""

from __future__ import annotations

import argparse
import time

from codeeval import CodeReward
from codeeval.evaluation.sandbox import Placement
from codeeval.tasks import load


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--task", default="rustarter")
    arguments.add_argument("--sandbox", default="local")
    arguments.add_argument("--batch", type=int, default=256)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    problems = load(given.task).problems
    with CodeReward(given.task, placement=Placement(given.sandbox, given.workers)) as reward:
        reward.score([problems[0].id], [""])
        for number in range(given.rounds):
            chosen = [problems[place % len(problems)] for place in range(given.batch)]
            texts = [
                f"{one.canonical_solution}\n" if place % 2 else f"\n    return {(number, place)!r}\n"
                for place, one in enumerate(chosen)
            ]
            texts = [f"{text}# {number} {place}\n" for place, text in enumerate(texts)]
            start = time.monotonic()
            found = reward.score([one.id for one in chosen], texts)
            spent = time.monotonic() - start
            passed, speed = sum(map(bool, found)), given.batch / spent
            print(f"{given.batch} completions in {spent:.2f} s: {speed:.0f} per second, {passed} passed")


if __name__ == "__main__":
    main()
