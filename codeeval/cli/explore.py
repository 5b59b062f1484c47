"""`codeeval explore`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codeeval.cli import options
from codeeval.errors import UsageError
from codeeval.i18n import msg, spoken

HELP = """Look at runs in the browser: why samples failed, and what changed between two runs.

RUN is the folder of a run, finished or in progress, or a folder that holds runs. Runs are only read; notes are kept in
annotations.json beside them. Without --host the server can be reached only from this machine.

\b
Examples:
  codeeval explore runs/my-run
  codeeval explore runs/before runs/after --port 9000 --no-browser
  codeeval export html runs/my-run -o pages        the same pages as files
"""

Runs = Annotated[list[Path], typer.Argument(help="Folders of runs.", metavar="RUN...")]
Host = Annotated[str, typer.Option("--host", help="Address to listen on.", metavar="ADDRESS")]
Port = Annotated[
    int | None,
    typer.Option(
        "--port",
        help="Port of the server (default: 8451, or any free one if it is taken; 0: any free one).",
        metavar="N",
        min=0,
        max=65535,
    ),
]
Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser (default).")]


#: The beginning of every run file.
_SQLITE = b"SQLite format 3\0"


def register(app: typer.Typer) -> None:
    app.command("explore", help=HELP, short_help="Look at runs in the browser.")(explore)


def explore(
    runs: Runs, host: Host = "127.0.0.1", port: Port = None, browser: Browser = True, lang: options.Lang = None
) -> int:
    options.speak(lang)
    try:
        from codeeval.explorer.library import Library
        from codeeval.explorer.serve import Serving, serve
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the explorer needs {error.name}, which is not installed\n  pip install {error.name}"
        ) from None
    for path in runs:
        _check_file(path)
    library = Library.of(runs)
    if host not in ("127.0.0.1", "localhost", "::1"):
        _note(f"warning: --host {host}: everyone who can reach this machine can read these runs and leave notes")
    serve(library, Serving(host, port, browser, spoken()), _note)
    return 0


def _check_file(path: Path) -> None:
    """Refuse a problem file or a report, which would be shown as a damaged run."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise UsageError(msg("{path}: not a run file of codeeval; name the folder of a run", path=path))
    try:
        with path.open("rb") as stream:
            begins = stream.read(len(_SQLITE))
    except OSError:  # a folder, or an error that the library describes better
        return
    if begins != _SQLITE:
        raise UsageError(msg("{path}: not a run file of codeeval; name the folder of a run", path=path))


def _note(text: str) -> None:
    from codeeval.report.terminal import safe

    typer.echo(safe(text), err=True)
