"""`codeeval export`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codeeval.cli import options
from codeeval.exports import FORMATS, TITLES

#: Formats of more than one file.
FOLDERS = ("lm-eval", "html", "wandb", "mlflow")

HELP = (
    """A run in another tool's format. The run is only read.

\b
Formats:
"""
    + "\n".join(f"  {name:<16} {title}" for name, title in TITLES.items())
    + """

\b
Examples:
  codeeval export mera runs/my-run -o submission.zip
  codeeval export jsonl runs/my-run -o samples.jsonl
  codeeval export model-card runs/my-run -o README.md
"""
)

Format = Annotated[str, typer.Argument(help="One of the formats above.", metavar="FORMAT")]
Run = Annotated[Path, typer.Argument(help="Folder of a run.", metavar="RUN")]
Output = Annotated[Path, typer.Option("-o", "--out", help="Where to write.", metavar="PATH")]


def register(app: typer.Typer) -> None:
    app.command("export", help=HELP, short_help="A run in another tool's format.")(export)


def export(format: Format, run: Run, out: Output, lang: options.Lang = None) -> int:
    options.speak(lang)
    from codeeval.cli.console import Console
    from codeeval.evaluation.choice import choose
    from codeeval.i18n import language

    choose("format", format, tuple(FORMATS))
    _check(out, format)
    if format == "markdown":
        FORMATS[format](run, out)
    else:
        with language("en"):  # what programs read
            FORMATS[format](run, out)
    console = Console()
    console.note(f"wrote {out}")
    if format.startswith("mera"):
        from codeeval.mera.write import doubt

        for line in doubt(run):
            console.note(line)
    return 0


def _check(out: Path, format: str) -> None:
    """Raises UsageError for a place where this format can't be."""
    from codeeval.errors import UsageError

    if not out.parent.is_dir():
        raise UsageError(f"{out}: the folder {out.parent} does not exist\n  Make it, or choose another place with -o.")
    if format not in FOLDERS and out.is_dir():
        raise UsageError(f"{out}: this is a folder; name a file in it")
    if format in FOLDERS and out.exists() and not out.is_dir():
        raise UsageError(f"{out}: this is a file; name a folder with -o")
