"""The program `codeeval`, also as `python -m codeeval`."""

from __future__ import annotations

from codeeval.cli.signals import end_on_signals, restore

TYPE_CHECKING = False  # see `codeeval.cli.signals`
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Run the command line. While its modules are imported, Ctrl-C ends the process at once: nothing has begun yet, and
    an import that is interrupted shows a traceback."""
    end_on_signals()
    from codeeval.cli import main as command_line

    restore()
    command_line.main()


if __name__ == "__main__":
    main()
