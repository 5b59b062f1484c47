"""The program `codeeval`, also as `python -m codeeval`."""

from __future__ import annotations

from codeeval.cli.signals import end_on_signals, ignore_signals

TYPE_CHECKING = False  # see `codeeval.cli.signals`
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Run the command line. While its modules are imported, Ctrl-C ends the process at once: nothing has begun yet, and
    an import that is interrupted shows a traceback."""
    end_on_signals()
    import atexit

    atexit.register(ignore_signals)  # the last of all: Python itself would end by a signal, with another exit code
    from codeeval.cli import main as command_line

    command_line.main()


if __name__ == "__main__":
    main()
