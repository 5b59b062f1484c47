"""`codeeval export`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codeeval.cli import options
from codeeval.exports import FORMATS, GONE, SEVERAL, TITLES
from codeeval.i18n import msg

#: Formats with more than one file.
FOLDERS = ("lm-eval", "html", "wandb", "mlflow")

#: Formats for people, written in their language; the others are for programs, and in English.
READ = ("markdown", "html")

HELP = (
    """Write a run in another tool's format. The run is only read.

\b
Formats:
"""
    + "\n".join(f"  {name:<16} {title}" for name, title in TITLES.items())
    + """

\b
Examples:
  codeeval export mera runs/ruhumaneval runs/rucodeeval -o submission.zip
  codeeval export jsonl runs/my-run -o samples.jsonl
  codeeval export model-card runs/my-run -o README.md
"""
)

Format = Annotated[str, typer.Argument(help="One of the formats above.", metavar="FORMAT")]
Runs = Annotated[
    list[Path], typer.Argument(help="Folder of a run; mera takes one of each set.", metavar="RUN [RUN...]")
]
Output = Annotated[Path, typer.Option("-o", "--out", help="File or folder to write.", metavar="PATH")]


def register(app: typer.Typer) -> None:
    app.command("export", help=HELP, short_help="Write a run in another tool's format.")(export)


def export(format: Format, runs: Runs, out: Output, lang: options.Lang = None) -> int:
    options.speak(lang)
    from contextlib import nullcontext

    from codeeval.cli.console import Console
    from codeeval.i18n import language

    _check_format(format, runs)
    _check(out, format)
    with nullcontext() if format in READ else language("en"):
        _write(format, runs, out)
    console = Console()
    console.note(msg("wrote {path}", path=out))
    if format == "mera":
        from codeeval.exports.mera_packing import doubts
        from codeeval.mera.write import doubt

        for line in (*(line for run in runs for line in doubt(run)), *doubts(runs)):
            console.note(line)
    return 0


def _write(format: str, runs: list[Path], out: Path) -> None:
    if format not in SEVERAL:
        FORMATS[format](runs[0], out)
        return
    from codeeval.exports.mera_packing import write_logs, write_submission

    (write_submission if format == "mera" else write_logs)(runs, out)


def _check_format(format: str, runs: list[Path]) -> None:
    """Raise UsageError for an unknown or removed format, and for several runs if only one is accepted."""
    from codeeval.errors import UsageError
    from codeeval.evaluation.choice import choose

    if format in GONE:
        raise UsageError(msg("export {format}: this format was removed: {why}", format=format, why=GONE[format]))
    choose("format", format, tuple(FORMATS))
    if len(runs) > 1 and format not in SEVERAL:
        raise UsageError(msg("export {format}: it takes one run, and {n} were given", format=format, n=len(runs)))


def _check(out: Path, format: str) -> None:
    """Raise UsageError for a place where this format can't be written."""
    from codeeval.errors import UsageError

    if not out.parent.is_dir():
        raise UsageError(
            msg(
                "{out}: the folder {path} does not exist\n  Make it, or choose another place with -o.",
                out=out,
                path=out.parent,
            )
        )
    if format not in FOLDERS and out.is_dir():
        raise UsageError(msg("{out}: this is a folder; name a file in it", out=out))
    if format in FOLDERS and out.exists() and not out.is_dir():
        raise UsageError(msg("{out}: this is a file; name a folder with -o", out=out))
