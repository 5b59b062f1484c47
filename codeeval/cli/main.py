"""The entry point: assembles the verbs, and turns every failure into one clear message and an exit code."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import NoReturn

import typer

from codeeval.cli import (
    audit,
    compare,
    doctor,
    explore,
    export,
    gate,
    plan,
    report,
    rerank,
    run,
    sandbox,
    score,
    submission,
    tasks,
)
from codeeval.errors import CodeevalError

INTERRUPTED = 130
#: 128 + SIGPIPE.
UNREAD = 141
#: What a standard stream fails with: no room, a quota, a limit on files, a broken disk.
_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

HELP = """How often does this language model write correct Python for a problem stated in Russian?

codeeval samples completions, executes them in isolated workers, and reports unbiased pass@k with intervals.

\b
Start here:
  codeeval run --k 1,5,10                            the bundled problems and demo model
  codeeval run -t rustarter -m ./my-checkpoint       your model
  codeeval score -t tasks.jsonl --samples out.jsonl  completions made elsewhere
  codeeval report runs/my-run                        tables of a run, finished or not
  codeeval gate runs/new --baseline baseline.json    may it be released? compare and plan belong to it
  codeeval export mera runs/my-run -o out.zip        a submission; validate-submission checks anyone's
  codeeval doctor                                    what this machine can do

\b
Exit codes: 0 ok · 1 gate failed · 2 usage or bad input · 3 infrastructure, or an incomplete run · 4 inconclusive (gate
--strict) · 5 nothing to evaluate · 130 interrupted (resumable). CODEEVAL_DEBUG=1 shows tracebacks.
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help: quick, and it can be copied
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
for module in (
    run,
    score,
    report,
    rerank,
    compare,
    gate,
    plan,
    audit,
    explore,
    export,
    submission,
    tasks,
    doctor,
    sandbox,
):
    module.register(app)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"codeeval {version('codeeval')}")
        except PackageNotFoundError:
            typer.echo("codeeval, from a source checkout")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", help="Print the version and exit.", is_eager=True, callback=_version
    ),
) -> None:
    """Flags of the program itself."""


def main() -> NoReturn:
    """Never lets a traceback through, unless CODEEVAL_DEBUG is set."""
    _fill_streams()
    signal.signal(signal.SIGTERM, _interrupt)
    code = _guarded(sys.argv[1:])
    _leave(code)


def _fill_streams() -> None:
    """`codeeval report RUN >&-`: a stream that the caller has closed is one that nobody reads. Left closed, its number would
    go to the next file that is opened, and what is printed into a run."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """SIGTERM ends a run as Ctrl-C does: cleanly, with everything kept."""
    raise KeyboardInterrupt


def _guarded(arguments: list[str]) -> int:
    try:
        return int(app(arguments, prog_name="codeeval", standalone_mode=False) or 0)
    except CodeevalError as error:
        return _failed(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _failed("interrupted", INTERRUPTED)
    except BrokenPipeError:
        return _unread()
    except SystemExit as error:  # the parser makes a 1 of a broken pipe, and that is a failed gate
        if isinstance(error.__context__, BrokenPipeError):
            return _unread()
        raise
    except OSError as error:
        return _unwritten(error) if error.filename is None and error.errno in _WRITING else _foreign(error)
    except Exception as error:
        return _foreign(error)


def _unread() -> int:
    """`codeeval report RUN | head`: nobody reads on. No complaint, and the code that the shell gives to what ends so: a gate
    whose verdict was not written to the end has not passed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return UNREAD


def _unwritten(error: OSError) -> int:
    """`codeeval report RUN > /dev/full`. What was not written counts as not said: exit 0 would be a gate that has passed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return _failed(f"the result can't be written: {error.strerror}", 3)


def _foreign(error: Exception) -> int:
    """Errors of the parser (by shape: Typer has its own copy of click, older ones use the package), of the sandbox, ours."""
    show, exit_code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if callable(show) and isinstance(exit_code, int):
        with suppress(OSError):
            _show_in_language(show)
        return exit_code
    if isinstance(exit_code, int):
        return exit_code
    if type(error).__name__ == "Abort":
        return _failed("interrupted", INTERRUPTED)
    if type(error).__module__.startswith("sandbox"):
        return _failed(str(error) or type(error).__name__, 3)
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return _failed(f"{os.fsdecode(error.filename)}: {error.strerror}", 3)
    _debug()
    return _failed(
        f"a bug in codeeval: {type(error).__name__}: {error}\n  CODEEVAL_DEBUG=1 shows where; please report it.", 3
    )


def _show_in_language(show: Callable[[], None]) -> None:
    """The parser fails before `--lang` was read, so it is looked for here."""
    from contextlib import redirect_stderr
    from io import StringIO

    from codeeval.i18n import language, spoken

    asked = [word for word in sys.argv if word == "ru" or word == "--lang=ru"]
    if not (asked or os.environ.get("CODEEVAL_LANG") == "ru"):
        show()
        return
    said = StringIO()
    with redirect_stderr(said):
        show()
    with language("ru"):
        typer.echo(spoken(said.getvalue().rstrip("\n")), err=True)


def _failed(message: str, code: int) -> int:
    if code != INTERRUPTED:
        _debug()
    from codeeval.cli.console import inert
    from codeeval.i18n import message as spoken

    with suppress(OSError):  # nobody can be told: the code says it
        typer.echo(inert(f"codeeval: {spoken(message)}"), err=True)
    return code


def _debug() -> None:
    if os.environ.get("CODEEVAL_DEBUG"):
        import traceback

        traceback.print_exc()


def _leave(code: int) -> NoReturn:
    """Exit, also when a model library still holds a thread: everything of ours has been closed by now."""
    import threading

    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 3
    if any(thread.name == "generator" for thread in threading.enumerate()):
        os._exit(code)
    sys.exit(code)
