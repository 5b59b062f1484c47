"""MERA's executor as seen from inside a program (derived from its public code; see docs/scoring.md).

The program is executed without its own globals dict: its definitions go into a separate locals dict, while its
functions look names up in the scorer's module. They find the names of that module (`mera_names`), but not themselves
(recursion), helpers, or modules imported at the top of the program. A list of dangerous functions is set to None before
it runs.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import types
from collections.abc import Iterator
from types import CodeType
from typing import Any

from sandbox.guest import mera_names

#: Loaded in the scorer's process before functions are disabled, and not loadable after that; by a word in the program
#: that indicates its use.
_LOADED = (
    *(("numpy", "numpy"), ("compute_pass_k", "numpy")),
    *(("multiprocessing", "multiprocessing"), ("concurrent", "multiprocessing")),
)
#: Attributes of a module that was imported from a file.
_FILE = "/opt/scorer/utils.py"
DEFINITIONS_S = 3.0
#: A program that waited rather than computed used less than this share of the elapsed time.
_IDLE = 0.1
#: How many characters the definitions may print before output is discarded.
_MOST_PRINTED = 1 << 20
_GUARDED = (
    (builtins, "exit quit help"),
    (
        os,
        "kill system putenv remove removedirs rmdir fchdir setuid fork forkpty killpg rename renames truncate replace "
        "unlink fchmod fchown chmod chown chroot lchflags lchmod lchown getcwd chdir",
    ),
    (shutil, "rmtree move chown"),
    (subprocess, "Popen"),
)
_HIDDEN_MODULES = ("ipdb", "joblib", "resource", "psutil", "tkinter")
#: The executor's own local variables. It looks up the entry point among its locals, where its own come first: a
#: function with one of these names is never found, whatever the program defines.
EXECUTOR_LOCALS = frozenset(
    (
        *("check_program", "test_cases", "entry_point", "result", "timeout"),
        *("os", "shutil", "rmtree", "rmdir", "chdir"),
        *("res", "test", "test_res"),
    )
)


def scorer_globals(mode: str, code: CodeType, source: str) -> dict[str, Any]:
    """The globals that a program's functions see in a version of MERA."""
    needed = mera_names.needs(code)
    scorer = types.ModuleType(mera_names.MODULE_NAMES[mode])
    if mode == "mera-1.1":  # imported by name; later versions load a file, which `dataclasses`, for one, does not find
        sys.modules[scorer.__name__] = scorer
    names: dict[str, Any] = vars(scorer)
    names.update(__file__=_FILE, __builtins__=vars(builtins), __package__="")
    names.update(mera_names.module(mode, needed))
    for word, module in _LOADED:
        if word in source or needed(word):
            with contextlib.suppress(ImportError):
                importlib.import_module(module)
    if "temp" in source or needed("temp"):  # which it has looked for before the functions it needs are disabled
        tempfile.gettempdir()
    _guard()
    return names


def _guard() -> None:
    os.environ["OMP_NUM_THREADS"] = "1"
    for module, attributes in _GUARDED:
        for attribute in attributes.split():
            setattr(module, attribute, None)
    for hidden in _HIDDEN_MODULES:
        sys.modules[hidden] = None  # type: ignore[assignment]


class _Nothing(mera_names.WriteOnlyStringIO):
    """Discards large output, all of which MERA would keep."""

    def write(self, text: str) -> int:
        return super().write(text) if self.tell() < _MOST_PRINTED else len(text)


@contextlib.contextmanager
def no_streams() -> Iterator[None]:
    """While MERA's executor runs the definitions, all three streams are one object that can only be written to. Other
    features of a stream (`reconfigure`, `buffer`, `fileno`) fail."""
    nothing, before = _Nothing(), (sys.stdin, sys.stdout, sys.stderr)
    sys.stdin = sys.stdout = sys.stderr = nothing
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


def _processor_wait() -> float:
    """Seconds during which this process, which was forked for this program, was ready to run while others had the
    processors.

    0 if the kernel does not report it.
    """
    try:
        with open("/proc/self/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


@contextlib.contextmanager
def definitions_limit() -> Iterator[None]:
    """Raise TimeoutException once, after 3 seconds of CPU time or 3 seconds in which the program only waited.

    MERA counts wall time. CPU time gives the same verdict on an idle machine and does not change on a loaded one;
    neither does a wait that excludes the time in which the program was ready without a processor.
    """
    wall, cpu = time.monotonic(), time.process_time()

    def fire(number: int, _: object) -> None:
        passed = time.monotonic() - wall - _processor_wait()
        if number == signal.SIGPROF:
            raise mera_names.TimeoutException("Timed out!")
        if passed < DEFINITIONS_S:
            signal.setitimer(signal.ITIMER_REAL, max(0.01, DEFINITIONS_S - passed))
        elif time.process_time() - cpu < _IDLE * passed:
            raise mera_names.TimeoutException("Timed out!")

    signal.signal(signal.SIGPROF, fire)
    signal.signal(signal.SIGALRM, fire)
    signal.setitimer(signal.ITIMER_PROF, DEFINITIONS_S)
    signal.setitimer(signal.ITIMER_REAL, DEFINITIONS_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
