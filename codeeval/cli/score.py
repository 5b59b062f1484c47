"""`codeeval score` and `codeeval rescore`"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from codeeval.cli import options
from codeeval.cli.flags import taking
from codeeval.cli.interrupts import after_imports

SCORE_HELP = """Score completions that were made elsewhere.

FILE (- is the standard input) is the output of a tool: human-eval rows ({"task_id": ..., "completion": ...}), EvalPlus rows,
lm-eval's samples_*.jsonl or the folder with them (also MERA's logs_public.zip), BigCode's generations.json, MultiPL-E,
OpenCompass, Inspect, CSV, Parquet; or a run of codeeval. Several rows of one problem are its successive samples. Completions
are judged unchanged: no stop sequence is applied. Samples of another set are refused.

\b
Examples:
  codeeval score -t rustarter --samples completions.jsonl
  codeeval score -t tasks.jsonl --samples out.jsonl --protocol strict --format json --results results.jsonl
  codeeval score -t ruhumaneval --samples logs_public.zip --protocol mera-1.2
  zcat samples_*.jsonl.gz | codeeval score -t rustarter --samples -
  codeeval score -t rucodeeval --samples runs/my-run --answers answers.json
  codeeval score -t rustarter --samples runs/my-run --sample 107/3
  codeeval score -t humaneval --samples samples.jsonl      in place of human-eval's evaluate_functional_correctness
"""

RESCORE_HELP = """Judge a run again from its stored evidence, that is, from what its programs did when they were executed.

Nothing is executed: samples without evidence for the protocol stay pending; `codeeval run --resume RUN` executes them.
--answers supplies the expected outputs of a set that hides them, so that its samples get verdicts.

\b
Examples:
  codeeval rescore runs/my-run
  codeeval rescore runs/my-run --protocol strict --format json
"""

Samples = Annotated[
    list[Path],
    typer.Option(
        "--samples",
        help="The completions: a file of any tool, a 'pattern', a folder, - for stdin, or a run. May be repeated.",
        metavar="FILE",
    ),
]
SkipBadRows = Annotated[
    bool,
    typer.Option(
        "--skip-bad-rows",
        help="Leave out rows that can't be read, and report their number (default: they are pending, exit code 3).",
    ),
]
Responses = Annotated[
    str,
    typer.Option(
        "--responses",
        help="The field of lm-eval's rows to read: resps (what the model wrote) or filtered_resps (after the task's filter).",
        metavar="FIELD",
    ),
]
Beside = Annotated[
    bool | None,
    typer.Option(
        "--beside/--no-beside",
        help="Write FILE_results.jsonl beside human-eval rows, as human-eval does (default: for HumanEval and its like).",
    ),
]
OneSample = Annotated[
    str | None,
    typer.Option("--sample", help="Score only this sample: PROBLEM/INDEX, counted from 0.", metavar="ID/N"),
]


def register(app: typer.Typer) -> None:
    app.command("score", help=SCORE_HELP, short_help="Score completions made elsewhere.")(taking("score", score))
    app.command("rescore", help=RESCORE_HELP, short_help="Judge a run again without executing it.")(
        taking("rescore", rescore)
    )


def score(
    flags: Mapping[str, object],
    samples: Samples,
    config: options.Config = None,
    responses: Responses = "resps",
    beside: Beside = None,
    skip_bad_rows: SkipBadRows = False,
    sample: OneSample = None,
    lang: options.Lang = None,
) -> int:
    options.speak(lang)
    from codeeval.cli.report_imports import prepare_report
    from codeeval.evaluation.early_sandbox import early_pool
    from codeeval.evaluation.resolve import resolve

    with early_pool(flags, config, prepare_report) as early:
        with after_imports():
            settings = resolve(flags, config).settings
            from codeeval.cli.console import Console
            from codeeval.cli.ending import Destination, finish
            from codeeval.evaluation.score import score_file
            from codeeval.evaluation.score_request import Source

        ending = Destination(Console(settings.format), settings.results)
        source = Source(tuple(samples), responses, beside, skip_bad_rows, sample)
        return finish(score_file(source, settings, ending.console, early), ending)


def rescore(flags: Mapping[str, object], run: options.RunFolder, lang: options.Lang = None) -> int:
    options.speak(lang)
    from codeeval.cli.console import Console
    from codeeval.cli.ending import Destination, finish
    from codeeval.evaluation.rescore import judge_again
    from codeeval.evaluation.resolve import resolve

    resolved = resolve(flags, None)
    ending = Destination(Console(resolved.settings.format), resolved.settings.results)
    return finish(judge_again(run, resolved, ending.console), ending)
