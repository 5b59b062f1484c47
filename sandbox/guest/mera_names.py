"""The names that a program's functions find in the module of MERA's executor, by version (see docs/scoring.md).

| version   | mode       | module                                                                                       |
|-----------|------------|----------------------------------------------------------------------------------------------|
| 1.1       | `mera-1.1` | the executor alone: `contextlib faulthandler io multiprocessing os platform signal tempfile`  |
| 1.2       | `mera-1.2` | the executor with the filter and the metric: those, `ast mp np Dict List ThreadPoolExecutor`  |
| MERA Code | `mera`     | the same and `re`                                                                             |

`mp` is the package `multiprocess` there and `multiprocessing`, from which it was copied, here. The harness's own names
(`Filter`, `register_filter`) and those that start processes exist here only as names: using them raises, which MERA's
executor turns into None.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from types import CodeType
from typing import Any

#: (name there, module, attribute)
_Import = tuple[str, str, str]
_ALL: tuple[_Import, ...] = tuple(
    (name, name, "") for name in ("contextlib", "faulthandler", "io", "os", "platform", "signal", "tempfile")
)
_1_1: tuple[_Import, ...] = (*_ALL, ("multiprocessing", "multiprocessing", ""))
_1_2: tuple[_Import, ...] = (
    *_ALL,
    ("ast", "ast", ""),
    ("mp", "multiprocessing", ""),
    ("np", "numpy", ""),
    ("Dict", "typing", "Dict"),
    ("List", "typing", "List"),
    ("ThreadPoolExecutor", "concurrent.futures", "ThreadPoolExecutor"),
)
IMPORTS: dict[str, tuple[_Import, ...]] = {"mera-1.1": _1_1, "mera-1.2": _1_2, "mera": (*_1_2, ("re", "re", ""))}
#: `__name__` of the module.
MODULE_NAMES = {"mera-1.1": "lm_eval.tasks.ruhumaneval.execute", "mera-1.2": "utils", "mera": "utils"}
#: With one of these a program may look up a name that does not occur in its code: all names are provided for it.
_LOOKING_UP = frozenset(
    (
        *("globals", "eval", "exec", "vars", "dir", "builtins", "__builtins__", "getattr", "inspect", "modules"),
        *("__globals__", "f_globals", "f_back", "_getframe", "import_module", "__import__"),
        *("get_type_hints", "get_annotations", "singledispatch", "singledispatchmethod"),  # evaluate annotations
        *("attrgetter", "methodcaller", "__getattribute__"),
    )
)


class TimeoutException(Exception):
    """The definitions took longer than 3 seconds. MERA's own name and base class: a program can catch it, there and
    here."""


class WriteOnlyStringIO(io.StringIO):
    """Accepts output and has nothing to read, not even an end of file."""

    def read(self, *_: object) -> str:
        raise OSError

    readline = readlines = read  # type: ignore[assignment]

    def readable(self, *_: object) -> bool:
        return False


class _RedirectStdin(contextlib._RedirectStream):  # type: ignore[type-arg]
    _stream = "stdin"


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def late(*_: object) -> None:
        raise TimeoutException("Timed out!")

    signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.signal(signal.SIGALRM, late)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextlib.contextmanager
def _swallow_io() -> Iterator[None]:
    stream = WriteOnlyStringIO()
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream), _RedirectStdin(stream):
        yield


@contextlib.contextmanager
def _chdir(root: str) -> Iterator[None]:
    if root == ".":
        yield
        return
    before = os.getcwd()  # None by the time a program runs
    os.chdir(root)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def _create_tempdir() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder, _chdir(folder):
        yield folder


def _compute_pass_k(n: Any, c: Any, k: Any) -> Any:
    numpy = importlib.import_module("numpy")  # not of the standard library: it may be missing
    return 1.0 if n - c < k else 1.0 - numpy.prod(1.0 - k / numpy.arange(n - c + 1, n + 1))


def _check_solution(true: Sequence[object], pred: Sequence[object]) -> int:
    if len(pred) == 0 or len(true) != len(pred):
        return 0
    return int(all(str(one) == str(other) for one, other in zip(true, pred, strict=True)))


_CLOSED = re.compile(r"^```((?:\w|-)+)\n(.*?\n)```", re.DOTALL | re.MULTILINE)
_OPEN = re.compile(r"^```((?:\w|-)+)\n(.*)", re.DOTALL | re.MULTILINE)


def _blocks(text: str, language: str = "python") -> str:
    found = _CLOSED.findall(text) or _OPEN.findall(text)
    return "\n" + "\n".join(code for label, code in found if label == language) if found else text


def _one_fence(generation: str) -> str:
    if not generation or generation[0] in " \n\t":
        return generation
    fence = generation[0] * 3
    if generation.startswith(fence + "python") and generation.endswith(fence):
        return generation[len(fence) + 6 : -3]
    return generation


def _only_a_name(name: str) -> Callable[..., object]:
    """A function of the executor that a program can look up, but that raises when called."""

    def unavailable(*_: object, **__: object) -> object:
        raise RuntimeError(f"{name} belongs to MERA's executor")

    unavailable.__name__ = unavailable.__qualname__ = name
    return unavailable


class Filter:
    """The base class of the harness's filters."""

    def __init__(self, **_: object) -> None:
        """Like the harness's, which stores nothing."""


_OWN: dict[str, object] = {
    "TimeoutException": TimeoutException,
    "WriteOnlyStringIO": WriteOnlyStringIO,
    "redirect_stdin": _RedirectStdin,
    "time_limit": _time_limit,
    "swallow_io": _swallow_io,
    "create_tempdir": _create_tempdir,
    "chdir": _chdir,
    **{name: _only_a_name(name) for name in ("check_correctness", "unsafe_execute", "reliability_guard")},
}
_METRIC: dict[str, object] = {
    "Filter": Filter,
    "ruHumanEvalScoring": type("ruHumanEvalScoring", (Filter,), {}),
    "compute_pass_k": _compute_pass_k,
    "check_solution": _check_solution,
    **{name: _only_a_name(name) for name in ("register_filter", "process_results", "execute_function")},
}
OWN: dict[str, dict[str, object]] = {
    "mera-1.1": _OWN,
    "mera-1.2": {**_OWN, **_METRIC, "preprocess_generation": _one_fence},
    "mera": {**_OWN, **_METRIC, "preprocess_generation": _blocks},
}


def needs(code: CodeType) -> Callable[[str], bool]:
    """Whether a program can use a name: its code has it (normalised as by the parser: `nｐ` is `np`), or looks names up
    at run time."""
    names = _names(code)
    if names & _LOOKING_UP:
        return lambda name: True
    return names.__contains__


def _names(code: CodeType) -> frozenset[str]:
    found: set[str] = set()
    waiting = [code]
    while waiting:
        one = waiting.pop()
        found.update(one.co_names)
        waiting += [constant for constant in one.co_consts if isinstance(constant, CodeType)]
    return frozenset(found)


def module(mode: str, needed: Callable[[str], bool]) -> dict[str, Any]:
    """The module's names. Those that are slow to import are imported only if the program can use them."""
    names: dict[str, Any] = dict(OWN[mode])
    for name, source, attribute in IMPORTS[mode]:
        if source in sys.modules or needed(name):
            with contextlib.suppress(ImportError):
                loaded = importlib.import_module(source)
                names[name] = getattr(loaded, attribute) if attribute else loaded
    return names
