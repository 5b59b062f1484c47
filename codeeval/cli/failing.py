"""Report every failure as one clear message and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress

import typer

from codeeval.cli.signals import INTERRUPTED, resumed
from codeeval.errors import CodeevalError, Interrupted
from codeeval.files import reason
from codeeval.i18n import at, message, msg, recognised, spoken

#: 128 + SIGPIPE.
UNREAD = 141
#: How writing to a standard stream fails: no space, a quota, a file size limit, a broken disk.
_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def guarded(command: Callable[[], int | None]) -> int:
    """Run a command and return its exit code, reporting failures."""
    try:
        code = int(command() or 0)
        # the parser turns an unhandled Ctrl-C into this, without a message
        return _interrupted() if code == INTERRUPTED else code
    except CodeevalError as error:
        return _failed(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        return _unread()
    except SystemExit as error:  # the parser turns a broken pipe into 1, which means a failed gate
        if isinstance(error.__context__, BrokenPipeError):
            return _unread()
        raise
    except OSError as error:
        return _unwritten(error) if error.filename is None and error.errno in _WRITING else _foreign(error)
    except Exception as error:
        return _foreign(error)


def _interrupted() -> int:
    """Ctrl-C before a run has begun to work, or in a command that has nothing to continue."""
    run = resumed(sys.argv[1:])
    return _failed(msg("interrupted") if run is None else str(Interrupted.before_the_end(run)), INTERRUPTED)


def _unread() -> int:
    """`codeeval report RUN | head`: the reader has gone. Exit silently with the code that shells use for this: a gate
    with an incompletely written verdict has not passed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return UNREAD


def _unwritten(error: OSError) -> int:
    """`codeeval report RUN > /dev/full`: incomplete output is a failure, because exit 0 would mean that a gate has
    passed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return _failed(msg("the result can't be written: {why}", why=reason(error)), 3)


def _foreign(error: Exception) -> int:
    """Handle errors of the parser (by shape: Typer has its own copy of click, older versions use the package), of the
    sandbox, and of codeeval."""
    show, exit_code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if callable(show) and isinstance(exit_code, int):
        with suppress(OSError):
            _show_in_language(show)
        return exit_code
    if isinstance(exit_code, int):
        return exit_code
    if type(error).__name__ == "Abort":
        return _interrupted()
    if type(error).__module__.startswith("sandbox"):
        return _failed(recognised(str(error)) or type(error).__name__, 3)
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return _failed(at(os.fsdecode(error.filename), reason(error)), 3)
    if isinstance(error.__cause__, KeyboardInterrupt):  # before Python 3.12, where it came while a class was made
        return _interrupted()
    _debug()
    return _failed(
        f"a bug in codeeval: {type(error).__name__}: {error}\n  CODEEVAL_DEBUG=1 shows where; please report it.", 3
    )


def _show_in_language(show: Callable[[], None]) -> None:
    """The parser fails before `--lang` was read."""
    from contextlib import redirect_stderr
    from io import StringIO

    from codeeval.cli.options import speak_as_asked

    speak_as_asked(sys.argv[1:])
    if spoken() == "en":
        show()
        return
    said = StringIO()
    with redirect_stderr(said):
        show()
    typer.echo(message(recognised(said.getvalue().rstrip("\n"))), err=True)


def _failed(text: str, code: int) -> int:
    if code != INTERRUPTED:
        _debug()
    from codeeval.cli.console import inert, shortened

    with suppress(OSError):  # no message can be shown: the exit code has to do
        typer.echo(inert(shortened(f"codeeval: {message(text)}")), err=True)
    return code


def _debug() -> None:
    if os.environ.get("CODEEVAL_DEBUG"):
        import traceback

        traceback.print_exc()
