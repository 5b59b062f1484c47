"""Problem sets as tasks of lm-eval: lm-eval samples the model, codeeval judges.

Sampling follows the set's protocol. Each set is judged under that protocol and under `strict`, by two filters, so the
results are named `pass@1,mera-code` and `pass@1,strict`. A filter receives all completions at once and executes them in
parallel.

`--metadata '{"n": 1, "problems": "set.jsonl", "answers": "answers.json"}'` (each key is optional) gives the number of
completions per problem, the path of the set, and answers for a set with hidden ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lm_eval.api.task import ConfigurableTask

from codeeval.errors import UsageError
from codeeval.evaluation.selection import DEFAULT_KS
from codeeval.integrations.code_reward import CodeReward
from codeeval.prompts.templates import user_turn
from codeeval.scoring import protocols
from codeeval.stats.passk import pass_at_k
from codeeval.tasks import load
from codeeval.tasks.answers import apply, read_answers
from codeeval.types import Sampling, Task
from sandbox import SandboxError

Row = Mapping[str, Any]


class CodeevalTask(ConfigurableTask):  # type: ignore[misc]
    """A set named `SET`; lm-eval creates it from the YAML beside this file."""

    SET = ""

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        given = {name: value for name, value in (config or {}).items() if name != "class"}
        super().__init__(config={**_settings(self.SET, given.get("metadata") or {}), **given})


class RuStarter(CodeevalTask):
    SET = "rustarter"


class RuHumanEval(CodeevalTask):
    SET = "ruhumaneval"


class RuCodeEval(CodeevalTask):
    SET = "rucodeeval"


def _settings(name: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """lm-eval's configuration of a task."""
    task = _loaded(name, metadata)
    own = protocols.get(task.protocol)
    n = _number(metadata.get("n", own.sampling.n))
    return {
        "task": name,
        "custom_dataset": partial(_dataset, task),
        "test_split": "test",
        "output_type": "generate_until",
        "doc_to_text": "prompt",
        "doc_to_target": "entry_point",
        "num_fewshot": 0,
        "repeats": n,
        "generation_kwargs": _generation(own.sampling),
        "filter_list": [
            {"name": each, "filter": [{"function": "custom", "filter_fn": _judge_of(task, each)}]}
            for each in dict.fromkeys((own.name, "strict"))
        ],
        "process_results": _scores,
        "metric_list": [
            {"metric": f"pass@{k}", "aggregation": "mean", "higher_is_better": True} for k in DEFAULT_KS if k <= n
        ],
        "metadata": {"version": task.digest[:12], **metadata},
    }


def _loaded(name: str, metadata: Mapping[str, Any]) -> Task:
    task = load(str(metadata.get("problems") or name))
    if metadata.get("answers"):
        task, _ = apply(task, read_answers(Path(str(metadata["answers"]))))
    if any(problem.expected is None for problem in task.problems):
        raise UsageError(
            f"{name}: the answers are hidden, so that nothing can be judged\n"
            '  Give them with --metadata \'{"answers": "FILE"}\', or make a submission with codeeval export.'
        )
    return task


def _number(n: object) -> int:
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise UsageError(f"--metadata: n must be a positive whole number, got {n!r}")
    return n


def _generation(sampling: Sampling) -> dict[str, Any]:
    return {
        "until": list(sampling.stop),
        "do_sample": sampling.temperature > 0,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_gen_toks": sampling.max_tokens,
    }


def _dataset(task: Task, **metadata: object) -> dict[str, Any]:
    from datasets import Dataset

    rows = [
        {"problem_id": each.id, "entry_point": each.entry_point, "prompt": user_turn(each, "none")}
        for each in task.problems
    ]
    return {"test": Dataset.from_list(rows)}


def _judge_of(task: Task, protocol: str) -> Callable[[Sequence[Sequence[str]], Sequence[Row]], list[list[float]]]:
    """A filter: completions of every problem in, 1 or 0 for each out. Raises SandboxError for one that could not be
    judged, which lm-eval has no way to represent."""

    def judge(responses: Sequence[Sequence[str]], rows: Sequence[Row]) -> list[list[float]]:
        texts = [text for several in responses for text in several]
        ids = [str(row["problem_id"]) for several, row in zip(responses, rows, strict=True) for _ in several]
        with CodeReward(task, protocol=protocol) as reward:
            found = iter(reward.score(ids, texts))
        return [[_known(next(found), row) for _ in several] for several, row in zip(responses, rows, strict=True)]

    return judge


def _known(reward: float | None, row: Row) -> float:
    if reward is None:
        raise SandboxError(
            f"a completion for problem {row['problem_id']} could not be judged\n"
            "  `codeeval doctor` looks for the reason; lm-eval's --use_cache keeps the completions for another try."
        )
    return reward


def _scores(row: Row, results: Sequence[Sequence[float]]) -> dict[str, float]:
    """pass@k of one problem, from a filter's results for its completions."""
    (found,) = results
    estimates = {k: pass_at_k(len(found), sum(map(int, found)), k) for k in DEFAULT_KS}
    return {f"pass@{k}": value for k, value in estimates.items() if value is not None}
