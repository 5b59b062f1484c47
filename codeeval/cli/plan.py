"""`codeeval plan`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codeeval.cli import options

if TYPE_CHECKING:
    from codeeval.stats.plan import Costs
    from codeeval.store import RunReader

HELP = """How many samples per problem detect a given difference, and what do they cost?

Variance and costs are taken from RUN, an earlier run of a similar model; without RUN, variance comes from the flags.

\b
Examples:
  codeeval plan --mde 0.03
  codeeval plan --mde 0.02 --problems 64 --mean 0.7 --power 0.9
  codeeval plan --mde 0.03 runs/my-run
"""

Run = Annotated[Path | None, typer.Argument(help="Folder of an earlier run.", metavar="[RUN]")]
Mde = Annotated[
    float, typer.Option("--mde", help="The difference in pass@1 to be detected; 0.03 is 3 points.", metavar="SHARE")
]
Problems = Annotated[
    int | None, typer.Option("--problems", help="Problems in the set (default: RUN's, or 164).", metavar="N")
]
Mean = Annotated[float, typer.Option("--mean", help="Expected pass@1, if RUN is not given.", metavar="SHARE")]
Spread = Annotated[
    float | None,
    typer.Option(
        "--spread",
        help="Share of the variance that is between problems, if RUN is not given (default: 1/3).",
        metavar="SHARE",
    ),
]
Level = Annotated[float, typer.Option("--level", help="Level of the interval.", metavar="SHARE")]
Power = Annotated[float, typer.Option("--power", help="Probability of detecting the difference.", metavar="SHARE")]


def register(app: typer.Typer) -> None:
    app.command("plan", help=HELP, short_help="How many samples detect a difference.")(plan)


def plan(
    mde: Mde,
    run: Run = None,
    problems: Problems = None,
    mean: Mean = 0.5,
    spread: Spread = None,
    level: Level = 0.95,
    power: Power = 0.8,
    format: options.Format = None,
) -> int:
    from codeeval.cli.console import Console
    from codeeval.stats.plan import Costs, PlanInput, render
    from codeeval.stats.plan import plan as planned
    from codeeval.store import RunReader
    from codeeval.store.runcounts import run_counts

    console = Console(format or "auto")
    counts, costs, size = None, Costs(), problems or 164
    if run is not None:
        with RunReader(run) as reader:
            counts = list(run_counts(reader).counts.values())
            costs, size = _costs(reader), problems or len(counts)
    wish = PlanInput(
        mde=mde,
        problems=size,
        level=level,
        power=power,
        mean=mean,
        spread=PlanInput(mde=mde).spread if spread is None else spread,
        costs=costs,
    )
    found = planned(wish, counts)
    if console.format == "json":
        console.document(found.to_json())
    elif console.quiet:
        console.result(str(found.n))
    else:
        console.result(render(found))
    return 0


def _costs(reader: RunReader) -> Costs:
    """The recorded costs of this run's samples, with defaults for the rest."""
    from dataclasses import replace

    from codeeval.stats.plan import Costs

    samples = list(reader.samples())
    prompts = {sample.problem_id: sample.tokens_in for sample in samples if sample.tokens_in is not None}
    answers = [sample.tokens_out for sample in samples if sample.tokens_out is not None]
    sessions = reader.sessions()
    cpu = [outcome.cpu_ms for key in reader.execution_keys() if (outcome := reader.outcome(*key)) is not None]
    executed = sum(session.counts.executed for session in sessions)
    generation = sum(session.timing.generation for session in sessions)
    costs = Costs()
    if prompts:
        costs = replace(costs, prompt_tokens=sum(prompts.values()) / len(prompts))
    if answers:
        costs = replace(costs, completion_tokens=sum(answers) / len(answers))
    if answers and generation > 0:
        costs = replace(costs, tokens_per_s=sum(answers) / generation)
    if cpu and executed:
        costs = replace(costs, cpu_s=sum(cpu) / 1000 / len(samples))
    return costs
