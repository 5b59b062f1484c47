"""`codeeval notes`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codeeval.cli import options
from codeeval.i18n import at

if TYPE_CHECKING:
    from codeeval.explorer.annotations import Annotation, Key

HELP = """Print the notes that people wrote on a run's samples in `codeeval explore`; --import adds those of another file or run.

Of two notes on one sample the later one is kept. --import reads what `--format json` prints.

\b
Examples:
  codeeval notes runs/my-run
  codeeval notes runs/my-run --format json > notes.json
  codeeval notes runs/my-run --import notes.json
"""

Import = Annotated[
    Path | None,
    typer.Option("--import", help="Add the notes of this file, or of the run in this folder.", metavar="PATH"),
]
Format = Annotated[str, typer.Option("--format", help="human or json.", metavar="FORMAT")]


def register(app: typer.Typer) -> None:
    app.command("notes", help=HELP, short_help="Print or import notes on a run's samples.")(notes)


def notes(run: options.RunFolder, imported: Import = None, format: Format = "human", lang: options.Lang = None) -> int:
    options.speak(lang)
    from codeeval.cli.console import Console
    from codeeval.evaluation.choice import choose
    from codeeval.explorer.annotations import Annotations, as_document
    from codeeval.explorer.notes_import import import_notes
    from codeeval.store.views import RunViews

    console = Console(choose("--format", format, ("human", "json")))
    with RunViews(run) as reader:
        kept = Annotations(reader.run_dir)
        if imported is not None:
            console.complain(at(str(imported), import_notes(reader, kept, imported).said()))
            return 0
        found = kept.read()
    if format == "json":
        console.document(as_document(found))
    for key, note in sorted(found.items()) if format == "human" else ():
        console.result(_line(key, note))
    return 0


def _line(key: Key, note: Annotation) -> str:
    from codeeval.report.terminal import safe

    words = [f"{key[0]}/{key[1]}", f"[{note.tag}]" if note.tag else "", " ".join(note.note.split())]
    return safe(" ".join(word for word in words if word))
