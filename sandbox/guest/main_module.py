"""What a program finds in any Python process, and so has to find in its own: a main module, the lines of its source, a file that
other interpreters can import, a moderate number of processors, and forks that end as processes do.

This runs beside hostile code and may be changed by it, like all of the candidate's process. Nothing here gives a program
anything that it could not have made itself.
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
#: A pool of processes has as many as there are processors: on a large machine more than a sample may have.
MAX_PROCESSORS = 8
_FOLDER = "/tmp"
_OTHER_INTERPRETERS = ("multiprocessing.popen_spawn_posix", "multiprocessing.popen_forkserver")
_exit = os._exit


class SourceLines(Sequence[str]):
    """What `linecache` gives for the program, split on demand: tracebacks and `inspect` find the lines."""

    source = ""

    def _lines(self) -> list[str]:
        return io.StringIO(self.source, newline=None).readlines()  # as a file's: not at form feeds and the like

    def __getitem__(self, index: Any) -> Any:
        return self._lines()[index]

    def __len__(self) -> int:
        return len(self._lines())


def make_module(lines: SourceLines) -> types.ModuleType:
    """The program's module. It is also the main module, whatever its name: `from __main__ import f` finds what is defined."""
    module = types.ModuleType(MODULE)
    module.__dict__.update(__builtins__=builtins, __file__=FILENAME)
    sys.modules[MODULE] = sys.modules["__main__"] = module
    linecache.cache[FILENAME] = (0, None, lines, FILENAME)  # type: ignore[assignment]
    return module


class OtherInterpreters:
    """On `sys.meta_path`: writes the program down as a file as soon as `multiprocessing` is about to start an interpreter, which
    has to import it to find its functions ("spawn", and "forkserver", the default of Python 3.14)."""

    def __init__(self, lines: SourceLines) -> None:
        self._lines = lines

    def find_spec(self, name: str, *_: object) -> None:
        """Finds nothing, ever."""
        if name in _OTHER_INTERPRETERS and self._lines.source:  # none in the supervisor and in judges
            try:
                self._publish()
            except Exception:
                return

    def _publish(self) -> None:
        with open(f"{_FOLDER}/{MODULE}.py", "w", encoding="utf-8", newline="") as file:
            file.write(self._lines.source)
        sys.path.append(_FOLDER)  # which is told to the other interpreter
        sys.modules["__main__"] = types.ModuleType("__main__")  # also has no file that it would execute


def publish_on_demand(lines: SourceLines) -> None:
    """Puts the finder above in place, instead of an earlier one. Before the fork: there it costs a candidate nothing."""
    others = [finder for finder in sys.meta_path if type(finder) is not OtherInterpreters]
    sys.meta_path[:] = [OtherInterpreters(lines), *others]


def end_fork(error: BaseException | None) -> NoReturn:
    """Ends a process that the program has forked, and that came back from its function, as an interpreter ends: its parent may
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
    """Lets pools of processes that are as large as the machine be no larger than a sample may be."""
    for name in ("cpu_count", "process_cpu_count"):  # the second one since Python 3.13
        if hasattr(os, name):
            count = min(MAX_PROCESSORS, getattr(os, name)() or 1)
            setattr(os, name, lambda count=count: count)
