"""The program `codeeval`, also as `python -m codeeval`."""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line. While its modules are imported, Ctrl-C ends the process at once: nothing has begun yet, and
    an import that is interrupted shows a traceback."""
    handled = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # and not ignored, as below nohup
    if handled:
        signal.signal(signal.SIGINT, _end)
    from codeeval.cli import main as command_line

    if handled:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    command_line.main()


def _end(number: int, frame: FrameType | None) -> NoReturn:
    os.write(2, b"codeeval: interrupted\n")
    os._exit(130)


if __name__ == "__main__":
    main()
