"""`codeeval tasks list | show | validate`"""

from __future__ import annotations

from typing import Annotated

import typer

from codeeval.cli import options
from codeeval.errors import UsageError

app = typer.Typer(
    help="List, show and check problem sets.",
    short_help="List, show and check problem sets.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Spec = Annotated[str, typer.Argument(help="A task's name, or a .json/.jsonl/.parquet file.", metavar="TASK")]
Id = Annotated[str | None, typer.Argument(help="A problem's id.", metavar="[ID]")]


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="tasks")


@app.command("list", help="List the problem sets that -t knows by name.", short_help="List the sets known by name.")
def list_tasks(format: options.Format = None) -> int:
    from dataclasses import asdict

    from codeeval.cli.console import Console
    from codeeval.tasks import TASKS

    console = Console(format or "auto")
    if console.format == "json":
        console.document([asdict(task) for task in TASKS])
        return 0
    for task in TASKS:
        console.result(f"{task.name:<14} {task.origin:<8} {task.protocol:<14} {task.title}")
    return 0


@app.command(
    "show",
    help="Show a summary of a set, or one problem in full: `codeeval tasks show rustarter 3`.",
    short_help="Show a summary of a set, or one problem.",
)
def show(task: Spec, problem_id: Id = None, problems: options.Problems = None, format: options.Format = None) -> int:
    from codeeval.cli.console import Console
    from codeeval.cli.showing import show_problem, show_task
    from codeeval.tasks import load, select_problems

    console = Console(format or "auto")
    whole = load(task)
    if problem_id is None:
        show_task(select_problems(whole, None, problems), console)
        return 0
    found = next((problem for problem in whole.problems if problem.id == problem_id), None)
    if found is None:
        raise UsageError(f"{whole.name} has no problem {problem_id!r}: `codeeval tasks show {task}` lists its ids")
    show_problem(found, console)
    return 0


VALIDATE_HELP = """Check a problem set by executing its reference solutions: a set whose own solutions fail can't judge a model.

Exit code 0: nothing is wrong; 2: something is, and every finding names problem and field.

\b
Examples:
  codeeval tasks validate rustarter
  codeeval tasks validate my-tasks.jsonl --format json
"""


@app.command("validate", help=VALIDATE_HELP, short_help="Execute the reference solutions of a set.")
def validate(
    task: Spec,
    problems: options.Problems = None,
    sandbox: options.Sandbox = None,
    workers: options.Workers = None,
    format: options.Format = None,
) -> int:
    from codeeval.cli.console import Console
    from codeeval.cli.showing import show_findings
    from codeeval.evaluation.sandbox import Placement
    from codeeval.evaluation.validate import validated
    from codeeval.tasks import load, select_problems

    console = Console(format or "auto")
    chosen = select_problems(load(task), None, problems)
    chosen, findings = validated(chosen, Placement(sandbox or "auto", workers), console)
    show_findings(chosen, findings, console)
    return 2 if findings else 0
