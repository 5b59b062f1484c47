"""`codeeval run`"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codeeval.cli import options
from codeeval.cli.flags import taking

if TYPE_CHECKING:
    from codeeval.cli.console import Console
    from codeeval.evaluation.resolve import Resolved
    from codeeval.manifest import Manifest

HELP = """Sample completions from a model, execute them in isolated workers, report pass@k.

\b
Examples:
  codeeval run --k 1,5,10                             the bundled problems and demo model
  codeeval run -t rustarter -m ./checkpoint --template code-user
  codeeval run -t ruhumaneval -m org/model --backend vllm --n 20 --k 1,5,10
  codeeval run -t rustarter -m name --base-url http://127.0.0.1:8000/v1
  codeeval run -t tasks.jsonl -m completions.jsonl    replay completions
  codeeval run --resume runs/my-run                   continue after Ctrl-C or kill -9
  codeeval run --like runs/my-run -m ./checkpoint-2   the same settings for another model
  codeeval run --like runs/my-run --rename            the same with neutral names: does it know the set?
  codeeval run -m ./checkpoint --rerank org/reward    best-of-k of a reward model beside pass@k
  codeeval run -m ./checkpoint --instructions all     how far the score depends on the wording
  codeeval run -m ./checkpoint --show-prompt 3        one prompt as text and ids

A setting comes from its flag, else from the environment (CODEEVAL_N=5), else from the file of -C, else its default;
--print-config shows the result. Every sample is judged under the protocol and under strict. The report goes to stdout,
everything else to stderr.
"""

Resume = Annotated[
    Path | None, typer.Option("--resume", help="Continue this run, with its settings.", metavar="RUN_DIR")
]
Like = Annotated[
    Path | None,
    typer.Option("--like", help="Take the settings of this earlier run; other flags override them.", metavar="RUN_DIR"),
]
ShowPrompt = Annotated[
    str | None,
    typer.Option("--show-prompt", help="Print the prompt of this problem as text and ids; run nothing.", metavar="ID"),
]
PrintConfig = Annotated[
    bool, typer.Option("--print-config", help="Print the settings and where each comes from; run nothing.")
]


def register(app: typer.Typer) -> None:
    app.command("run", help=HELP, short_help="Sample from a model, execute, report pass@k.")(taking("run", run))


def run(
    flags: Mapping[str, object],
    config: options.Config = None,
    resume: Resume = None,
    like: Like = None,
    show_prompt: ShowPrompt = None,
    print_config: PrintConfig = False,
    lang: options.Lang = None,
) -> int:
    options.speak(lang)
    from codeeval.evaluation.choice import one_of
    from codeeval.evaluation.resolve import resolve

    one_of({"--resume": resume, "--like": like})
    one_of({"--resume": resume, "--show-prompt": show_prompt})
    one_of({"--resume": resume, "--print-config": print_config or None})
    earlier = None
    if like is not None:
        from codeeval.evaluation.earlier_run import settings_like

        earlier = settings_like(like)
    resolved = resolve(flags, config, like=earlier.settings if earlier else None)
    if earlier:
        earlier.check(resolved)
    then = earlier.manifest if earlier else None
    if print_config:
        from codeeval.cli.printing import print_settings

        print_settings(resolved)
        return 0
    if show_prompt is not None:
        return _show_prompt(show_prompt, resolved)
    from codeeval.cli.console import Console
    from codeeval.cli.warned import warnings_shown

    console = Console(resolved.settings.format)
    with warnings_shown(console):
        return _evaluate(resolved, console, then) if resume is None else _resume(resume, resolved, console)


def _show_prompt(problem_id: str, resolved: Resolved) -> int:
    from codeeval.cli.console import Console
    from codeeval.cli.prompt import show_prompt
    from codeeval.evaluation.show_prompt import prompt_of

    console = Console(resolved.settings.format)
    show_prompt(prompt_of(resolved.settings, problem_id, console), console)
    return 0


def _resume(folder: Path, resolved: Resolved, console: Console) -> int:
    """Continue a run, or a folder with a run per instruction."""
    from codeeval.cli.ending import Destination, finish
    from codeeval.report.instructions import is_instructions

    if is_instructions(folder):
        from codeeval.cli.instructions import show_ended
        from codeeval.evaluation.instructions import resume_all

        resume_all(folder, resolved, console)
        return show_ended(folder, console)
    from codeeval.evaluation.resume import check_changeable, resume

    check_changeable(resolved)
    ending = Destination(console, resolved.settings.results)
    return finish(resume(folder, resolved, console), ending)


def _evaluate(resolved: Resolved, console: Console, like: Manifest | None) -> int:
    """A fresh run, or one per instruction."""
    from codeeval.cli.ending import Destination, finish

    if resolved.settings.instructions is not None:
        from codeeval.cli.instructions import show_ended
        from codeeval.evaluation.instructions import evaluate_all

        return show_ended(evaluate_all(resolved, console, like), console)
    from codeeval.evaluation.run import evaluate

    ending = Destination(console, resolved.settings.results)
    return finish(evaluate(resolved, console, like), ending)
