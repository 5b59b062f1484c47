"""Start a supervisor: import once what programs usually import, so that every fork has it already."""

from __future__ import annotations

import importlib
import random
import sys

#: Imported before the first fork. Cheap in memory, so that a fork stays cheap: numpy is not among them for that reason, and
#: what hardly any program imports.
# fmt: off
PRELOAD = (
    "abc", "ast", "bisect", "collections", "contextlib", "copy", "dataclasses", "datetime", "decimal", "enum",
    "fractions", "functools", "heapq", "io", "itertools", "json", "math", "operator", "os", "random", "re",
    "signal", "statistics", "string", "struct", "sys", "textwrap", "threading", "time", "traceback", "types", "typing",
)
# fmt: on


def main() -> None:
    """Entry point of the image and of the local backend: `boot.py CHANNEL UID MEMORY_MB PIDS`."""
    for name in PRELOAD:
        importlib.import_module(name)
    random.seed(0)  # every sample is a fork of this process, so programs that draw without a seed repeat exactly
    from sandbox.guest.own_builtins import guest_modules

    with guest_modules():
        from sandbox.guest import huge_pages, memory_gaps

        huge_pages.move_code()
        memory_gaps.close()
        from sandbox.guest import main_module, supervisor

    main_module.few_processors()
    arguments, sys.argv = sys.argv[1:], ["candidate"]
    supervisor.main(arguments)


if __name__ == "__main__":
    main()
