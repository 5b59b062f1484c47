"""Problem sets for Inspect: a scorer that executes answers in codeeval's sandbox, and a task for every set. Needs none
of Inspect's own sandboxes.

    inspect eval codeeval/integrations/inspect_tasks.py@codeeval_task -T problems=rustarter --model openai/gpt-4o

An answer that could not be executed gets no score: the sample ends with an error, never with a zero, and Inspect counts
and retries it as configured (`--fail-on-error`, `--retry-on-error`).
"""

from __future__ import annotations

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import GenerateConfig
from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer, stderr
from inspect_ai.solver import TaskState, generate

from codeeval.integrations.code_reward import CodeReward
from codeeval.prompts.templates import user_turn
from codeeval.scoring import protocols
from codeeval.tasks import load
from sandbox import SandboxError


@scorer(metrics=[accuracy(), stderr()])  # type: ignore[untyped-decorator]  # an optional package
def codeeval_scorer(problems: str = "rustarter", protocol: str = "strict") -> Scorer:
    """1 for an answer that passes, else 0; the sample's target is the problem's id. Raises UsageError."""
    reward = CodeReward(problems, protocol=protocol)

    async def score(state: TaskState, target: Target) -> Score:
        (found,) = await reward.score_async([target.text], [state.output.completion])
        if found is None:
            raise SandboxError(f"an answer to problem {target.text} could not be judged: the log has the reason")
        return Score(value=found, answer=state.output.completion)

    return score


@task  # type: ignore[untyped-decorator]  # an optional package
def codeeval_task(problems: str = "rustarter", protocol: str = "strict", epochs: int = 1) -> Task:
    """The problems of a set, by name or path, sampled as the set's protocol prescribes. `epochs`: answers per
    problem."""
    found = load(problems)
    sampling = protocols.get(found.protocol).sampling
    samples = [Sample(id=each.id, input=user_turn(each), target=each.id) for each in found.problems]
    return Task(
        dataset=MemoryDataset(samples, name=found.name),
        solver=generate(),
        scorer=codeeval_scorer(problems, protocol),
        epochs=epochs,
        config=GenerateConfig(
            temperature=sampling.temperature, max_tokens=sampling.max_tokens, stop_seqs=list(sampling.stop)
        ),
    )
