"""`codeeval rerank`"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from codeeval.cli import options
from codeeval.cli.flags import taking

HELP = """Score the samples of a run with a reward model, and report best-of-k beside pass@k. Nothing is executed.

MODEL is a sequence classifier of transformers: a folder or a name on the Hub. Scores are kept in the run file; if the
command was interrupted, run it again to continue. Verdicts and pass@k don't change.

\b
Examples:
  codeeval rerank runs/my-run -m org/reward-model
  codeeval rerank runs/my-run -m ./reward-model --rerank-option batch=32 --rerank-option dtype=bfloat16
  codeeval rerank runs/my-run -m ./classifier --rerank-option label=GOOD --rerank-option input=pair
"""

Model = Annotated[
    str, typer.Option("-m", "--model", help="Folder or Hugging Face id of the reward model.", metavar="MODEL")
]


def register(app: typer.Typer) -> None:
    app.command("rerank", help=HELP, short_help="Score a run with a reward model: best-of-k.")(taking("rerank", rerank))


def rerank(flags: Mapping[str, object], run: options.RunFolder, model: Model, lang: options.Lang = None) -> int:
    options.speak(lang)
    from codeeval.cli.console import Console
    from codeeval.cli.ending import Destination, finish
    from codeeval.evaluation.rerank import rerank as rank_run
    from codeeval.evaluation.rerank import reward_info
    from codeeval.evaluation.resolve import resolve

    settings = resolve(flags, None).settings
    ending = Destination(Console(settings.format), settings.results)
    info = reward_info(model, settings.rerank_options)
    return finish(rank_run(run, info, ending.console), ending)
