"""Runs a task inside the real Inspect with canned answers, and prints what its log says, as JSON.

python tests/e2e/inspect_runs.py FOLDER
"""

from __future__ import annotations

import json
import sys

from inspect_ai import eval as evaluate
from inspect_ai.model import ModelOutput, ModelUsage, get_model

from codeeval.integrations.code_reward import CodeReward
from codeeval.integrations.inspect_tasks import codeeval_task
from codeeval.tasks import load


def said(text: str) -> ModelOutput:
    """An answer with its usage: without it the mock downloads a vocabulary to count with."""
    output = ModelOutput.from_content("mockllm/model", text)
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return output


def answered(folder: str, outputs: list[str]) -> dict[str, object]:
    model = get_model("mockllm/model", custom_outputs=[said(each) for each in outputs])
    task = codeeval_task(epochs=1)
    (log,) = evaluate(
        task, model=model, limit=len(outputs), log_dir=folder, display="none", max_samples=1, fail_on_error=False
    )
    samples = log.samples or []
    scores = [next(iter(each.scores.values())).value if each.scores else None for each in samples]
    metrics = {name: each.value for name, each in log.results.scores[0].metrics.items()} if log.results else {}
    return {
        "status": log.status,
        "scores": scores,
        "metrics": metrics,
        "errors": [bool(each.error) for each in samples],
    }


def main(folder: str) -> None:
    problems = load("rustarter").problems[:4]
    right = [f"Вот:\n```python\n{each.prompt}{each.canonical_solution}\n```\n" for each in problems]
    told = {"half": answered(folder, [right[0], "не знаю", right[2], "```python\nx = 1\n```"])}

    async def lost(self: CodeReward, ids: object, completions: list[object]) -> list[None]:
        return [None for _ in completions]

    CodeReward.score_async = lost  # type: ignore[assignment, method-assign]
    told["lost"] = answered(folder, right[:2])
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
