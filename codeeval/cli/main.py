"""The entry point: assembles the verbs, and always ends with an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

import typer

from codeeval import __version__
from codeeval.cli.failing import guarded
from codeeval.cli.interrupts import Interruptions, after_imports, never_lost
from codeeval.cli.signals import INTERRUPTED, end_on_signals

HELP = """How often does this language model write correct Python for a problem stated in Russian?

codeeval samples completions, executes them in isolated workers, and reports unbiased pass@k with intervals.

\b
Start here:
  codeeval run --k 1,5,10                            the bundled problems and demo model
  codeeval run -t rustarter -m ./my-checkpoint       your model
  codeeval score -t tasks.jsonl --samples out.jsonl  completions that another tool made
  codeeval report runs/my-run                        tables of a run, finished or not
  codeeval gate runs/new --baseline baseline.json    decide about a release; see also compare, plan
  codeeval export mera runs/my-run -o out.zip        MERA's submission; see also validate-submission
  codeeval doctor                                    check what works on this machine

\b
Exit codes: 0 ok · 1 gate failed · 2 usage or bad input · 3 infrastructure, or an incomplete run · 4 inconclusive (gate
--strict) · 5 nothing to evaluate · 130 interrupted (resumable). CODEEVAL_DEBUG=1 shows tracebacks.
"""

#: How many more objects must exist before the garbage collector runs. Importing makes many thousands and no garbage:
#: with Python's own threshold of 700, a tenth of the start of a command is spent on looking at them again and again.
COLLECT_AFTER = 20_000

#: The module of each verb, below codeeval.cli, in the order of the help.
VERBS = {
    "run": "run",
    "score": "score",
    "rescore": "score",
    "report": "report",
    "samples": "samples",
    "rerank": "rerank",
    "compare": "compare",
    "gate": "gate",
    "plan": "plan",
    "audit": "audit",
    "explore": "explore",
    "notes": "notes",
    "export": "export",
    "validate-submission": "submission",
    "tasks": "tasks",
    "doctor": "doctor",
    "sandbox": "sandbox",
}


def program(verbs: Iterable[str] = VERBS) -> typer.Typer:
    """The parser of these verbs."""
    app = typer.Typer(
        help=HELP,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,  # plain help: quick, and easy to copy
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    app.callback()(_root)
    for module in dict.fromkeys(VERBS[verb] for verb in verbs):
        import_module(f"codeeval.cli.{module}").register(app)
    return app


def _called(words: list[str]) -> typer.Typer:
    """The parser for these words. If they begin with a verb, the others are not needed; they take longer to build than
    many a verb takes to work."""
    with after_imports():
        return program(words[:1] if words and words[0] in VERBS else VERBS)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"codeeval {__version__}")
        raise typer.Exit


def _root(
    version: bool = typer.Option(
        False, "--version", help="Print the version and exit.", is_eager=True, callback=_version
    ),
) -> None:
    """Flags of the program itself."""


def main() -> NoReturn:
    """Never lets a traceback through, unless CODEEVAL_DEBUG is set."""
    gc.set_threshold(COLLECT_AFTER)
    _fill_streams()
    code = INTERRUPTED
    with suppress(KeyboardInterrupt), never_lost():  # another one, while the first is reported
        code = guarded(_command)
        end_on_signals()
    _leave(code)


def _command() -> int | None:
    Interruptions().install()
    words = sys.argv[1:]
    code: int | None = _called(words)(words, prog_name="codeeval", standalone_mode=False)
    return code


def _fill_streams() -> None:
    """`codeeval report RUN >&-`: open a closed standard stream on /dev/null. Otherwise its descriptor would go to the
    next file that is opened, for example a run, and output would be written into it."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


def _leave(code: int) -> NoReturn:
    """Exit even if a model library still holds a thread, or Ray waits for a cluster that is gone: codeeval's own
    resources are closed by now."""
    import threading

    end_on_signals(told=code == INTERRUPTED)
    # if Ctrl-C came while Python executed a text, as for each dataclass, and it has executed no other since, it would
    # end itself by the signal, not with the code
    exec("")  # noqa: S102
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 3
    if any(thread.name in ("generator", "ray-end", "engine-restart") for thread in threading.enumerate()):
        os._exit(code)
    gc.freeze()  # the interpreter's last collection would visit every object, only for its memory to be freed anyway
    sys.exit(code)
