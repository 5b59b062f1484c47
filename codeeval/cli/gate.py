"""`codeeval gate`"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codeeval.cli import options
from codeeval.files import reason
from codeeval.i18n import language, msg

if TYPE_CHECKING:
    from codeeval.cli.console import Console
    from codeeval.gate import GateReport

HELP = """Decide whether a model may be released: compare pass@1 of its runs with a committed baseline on the same problems.

FAIL: worse than the baseline beyond sampling noise, or below a floor of the policy. PASS: shown not to be worse by the
margin (3 points) or more. INCONCLUSIVE: the samples show neither; the message says how many would decide. Each run is one
task.

Exit code 0: pass, or inconclusive; 1: fail; 2: no baseline, or runs that can't be compared; 3: an incomplete run; 4:
inconclusive, with --strict. In GitHub Actions the step summary is written and regressions become annotations.

\b
Examples:
  codeeval export baseline runs/released -o baseline.json
  codeeval gate runs/new --baseline baseline.json
  codeeval gate runs/a runs/b --baseline baseline.json --policy gate.toml --tier release --junit gate.xml
"""

Runs = Annotated[list[Path], typer.Argument(help="Folder of a run, one per task.", metavar="RUN...")]
BaselineFile = Annotated[
    Path, typer.Option("--baseline", help="What `codeeval export baseline` wrote.", metavar="FILE")
]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="Margins, floors and tiers, in TOML.", metavar="FILE")
]
Tier = Annotated[str | None, typer.Option("--tier", help="A tier of the policy.", metavar="NAME")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with code 4 if the result is inconclusive.")]
Protocol = Annotated[
    str | None, typer.Option("--protocol", help="Judge the scores under this protocol.", metavar="NAME")
]
AllowDifferent = Annotated[
    bool, typer.Option("--allow-different", help="Judge runs that differ anyway, on the problems that both have.")
]
Junit = Annotated[Path | None, typer.Option("--junit", help="Also write JUnit XML.", metavar="FILE")]
Summary = Annotated[
    Path | None,
    typer.Option("--summary", help="Append Markdown to this file (default: $GITHUB_STEP_SUMMARY).", metavar="FILE"),
]


def register(app: typer.Typer) -> None:
    app.command("gate", help=HELP, short_help="Decide whether a model may be released.")(gate)


def gate(
    runs: Runs,
    baseline: BaselineFile,
    policy: PolicyFile = None,
    tier: Tier = None,
    strict: Strict = False,
    protocol: Protocol = None,
    allow_different: AllowDifferent = False,
    junit: Junit = None,
    summary: Summary = None,
    format: options.OutputFormat = None,
    lang: options.Lang = None,
) -> int:
    options.speak(lang)
    from codeeval.cli.console import Console
    from codeeval.gate import candidate, judge, load_baseline, load_policy
    from codeeval.report.results import check_writable
    from codeeval.store import RunReader

    console = Console(format or "auto")
    for flag, path in (("--junit", junit), ("--summary", summary)):
        if path is not None:
            check_writable(path, flag)
    rules, before = load_policy(policy, tier, strict), load_baseline(baseline)
    candidates = []
    for path in runs:
        with RunReader(path) as reader:
            candidates.append(candidate(reader, protocol, before))
    report = judge(candidates, before, rules, allow_different)
    _show(report, console)
    _leave_behind(report, junit, summary or _step_summary())
    return report.exit_code


def _show(report: GateReport, console: Console) -> None:
    from codeeval.cli.console import colour
    from codeeval.gate import annotations, markdown, text
    from codeeval.report.terminal import Style

    if console.format == "json":
        console.document(report.to_json())
    elif console.format == "markdown":
        console.result(markdown.render(report).rstrip("\n"))
    elif console.quiet:
        console.result(text.one_line(report))
    else:
        console.result(text.render(report, Style(colour=colour())))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in annotations.render(report):  # the runner reads both streams; stdout is kept for the result
            typer.echo(line, err=True)


def _leave_behind(report: GateReport, junit: Path | None, summary: Path | None) -> None:
    from codeeval.errors import StoreError
    from codeeval.files import written
    from codeeval.gate import junit as as_junit
    from codeeval.gate import markdown

    try:
        if junit is not None:
            place = junit
            with written(junit) as file:
                file.write(as_junit.render(report).encode("utf-8"))
        if summary is not None:
            place = summary
            with language("en"), summary.open("a", encoding="utf-8") as stream:  # like the annotations beside it
                stream.write(markdown.bounded(markdown.render(report)) + "\n")
    except OSError as error:
        raise StoreError(msg("{place}: {reason}", place=place, reason=reason(error))) from None


def _step_summary() -> Path | None:
    given = os.environ.get("GITHUB_STEP_SUMMARY")
    return Path(given) if given else None
