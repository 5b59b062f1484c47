"""What MERA's executor looks like from inside a program (read from its public code; see docs/scoring.md).

The program is executed without a globals dict of its own: what it defines lands in a separate locals dict, while its
functions look names up in the scorer's module. The names of that module are found there (`mera_names`); recursion, helpers and
modules imported at the top of the program are not. A list of dangerous functions is set to None before it runs.
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
from collections.abc import Iterator
from types import CodeType
from typing import Any

from sandbox.guest import mera_names

#: Loaded in the scorer's process before it takes functions away, and not to be loaded after that: by a word of the
#: program that tells of them.
_LOADED = (
    *(("numpy", "numpy"), ("compute_pass_k", "numpy")),
    *(("multiprocessing", "multiprocessing"), ("concurrent", "multiprocessing")),
)
#: What a module has that was imported from a file.
_FILE = "/opt/scorer/utils.py"
DEFINITIONS_S = 3.0
#: A program that waited rather than computed used less than this share of the time that passed.
_IDLE = 0.1
#: Characters that the definitions may print before what they print is no longer kept.
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
#: The executor's own local variables. It looks the entry point up among its locals, where its own come first: a function
#: of such a name is never found, whatever the program defines.
EXECUTOR_LOCALS = frozenset(
    (
        *("check_program", "test_cases", "entry_point", "result", "timeout"),
        *("os", "shutil", "rmtree", "rmdir", "chdir"),
        *("res", "test", "test_res"),
    )
)


def scorer_globals(mode: str, code: CodeType, source: str) -> dict[str, Any]:
    """The globals that a program's functions see in one of MERA's versions."""
    needed = mera_names.needs(code)
    names: dict[str, Any] = {
        "__name__": mera_names.MODULE_NAMES[mode],
        "__file__": _FILE,
        "__builtins__": vars(builtins),
    }
    names.update(dict.fromkeys(("__doc__", "__loader__", "__spec__")), __package__="")
    names.update(mera_names.module(mode, needed))
    for word, module in _LOADED:
        if word in source or needed(word):
            with contextlib.suppress(ImportError):
                importlib.import_module(module)
    if "temp" in source or needed("temp"):  # which it has looked for by then, with functions that are about to go
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
    """What is printed much of is not kept, where MERA keeps it all."""

    def write(self, text: str) -> int:
        return super().write(text) if self.tell() < _MOST_PRINTED else len(text)


@contextlib.contextmanager
def no_streams() -> Iterator[None]:
    """While MERA's executor runs the definitions, one object that can only be written to stands for all three streams. What a
    stream has beyond that (`reconfigure`, `buffer`, `fileno`) fails."""
    nothing, before = _Nothing(), (sys.stdin, sys.stdout, sys.stderr)
    sys.stdin = sys.stdout = sys.stderr = nothing
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


def _processor_wait() -> float:
    """Seconds that this process, which was forked for this program, has been ready to run while others had the processors.

    0 where the kernel does not tell.
    """
    try:
        with open("/proc/self/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


@contextlib.contextmanager
def definitions_limit() -> Iterator[None]:
    """Raises TimeoutException once, after 3 seconds of CPU time or 3 seconds in which the program did nothing but wait.

    MERA counts wall time. CPU time gives the same verdict on an idle machine and does not change on a loaded one, nor does a wait
    without the time in which the program was ready and had no processor.
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
