"""What a program expects to find in any Python process: a main module, the lines of its source, a file that other
interpreters can import, a moderate number of processors, and forks that exit like processes do.

This runs beside hostile code, which may change it, like everything in the candidate's process. Nothing here gives a
program anything that it could not make itself.
"""

from __future__ import annotations

import builtins
import io
import linecache
import os
import sys
import traceback
import types
from collections.abc import Sequence
from typing import Any, NoReturn

FILENAME = "<candidate>"
#: `__name__` of the program: a real, importable module that is not `__main__`.
MODULE = "candidate"
#: The number of processors reported to a program: a process pool has one process each, on a large machine more than
#: allowed.
MAX_PROCESSORS = 8
_FOLDER = "/tmp"
_OTHER_INTERPRETERS = ("multiprocessing.popen_spawn_posix", "multiprocessing.popen_forkserver")
_exit = os._exit


class SourceLines(Sequence[str]):
    """The lines of the program for `linecache`, split on demand: tracebacks and `inspect` find them."""

    source = ""

    def _lines(self) -> list[str]:
        return io.StringIO(self.source, newline=None).readlines()  # split like a file: not at form feeds and the like

    def __getitem__(self, index: Any) -> Any:
        return self._lines()[index]

    def __len__(self) -> int:
        return len(self._lines())


def make_module(lines: SourceLines) -> types.ModuleType:
    """The program's module. It is also the main module, whatever its name: `from __main__ import f` finds its
    definitions."""
    module = types.ModuleType(MODULE)
    module.__dict__.update(__builtins__=builtins, __file__=FILENAME)
    sys.modules[MODULE] = sys.modules["__main__"] = module
    linecache.cache[FILENAME] = (0, None, lines, FILENAME)  # type: ignore[assignment]
    return module


class OtherInterpreters:
    """On `sys.meta_path`: writes the program to a file as soon as `multiprocessing` is about to start an interpreter,
    which has to import it to find its functions ("spawn", and "forkserver", the default of Python 3.14)."""

    def __init__(self, lines: SourceLines) -> None:
        self._lines = lines

    def find_spec(self, name: str, *_: object) -> None:
        """Never finds anything."""
        if name in _OTHER_INTERPRETERS and self._lines.source:  # empty in the supervisor and in judges
            try:
                self._publish()
            except Exception:
                return

    def _publish(self) -> None:
        with open(f"{_FOLDER}/{MODULE}.py", "w", encoding="utf-8", newline="") as file:
            file.write(self._lines.source)
        sys.path.append(_FOLDER)  # which is passed on to the other interpreter
        sys.modules["__main__"] = types.ModuleType("__main__")  # has no file that the other interpreter would execute


def publish_on_demand(lines: SourceLines) -> None:
    """Install the finder above, instead of an earlier one. Call before the fork: after it, every page written is copied."""
    others = [finder for finder in sys.meta_path if type(finder) is not OtherInterpreters]
    sys.meta_path[:] = [OtherInterpreters(lines), *others]


def end_fork(error: BaseException | None) -> NoReturn:
    """End a process that the program forked and that returned from its function, as an interpreter does: its parent may
    wait for the status."""
    status = 0
    try:
        if isinstance(error, SystemExit):
            status = error.code & 0xFF if isinstance(error.code, int) else int(error.code is not None)
        elif error is not None:
            status = 1
            traceback.print_exception(error)
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        pass  # the program may have replaced what prints; its status counts all the same
    _exit(status)


def few_processors() -> None:
    """Keep process pools that are sized by the machine within what a sample may have."""
    for name in ("cpu_count", "process_cpu_count"):  # the second one since Python 3.13
        if hasattr(os, name):
            count = min(MAX_PROCESSORS, getattr(os, name)() or 1)
            setattr(os, name, lambda count=count: count)
