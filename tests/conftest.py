"""What the whole suite shares: tests that need more than Python say so with a marker, and never vanish silently.

A marked test whose tool is missing is skipped with the reason on a user's machine, and fails where CI=true: there,
a suite that skipped would be taken for one that passed.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import neighbours
import pytest
from hypothesis import HealthCheck, settings
from machine import DATA_VARIABLE, IN_CI, data_folder

# Hypothesis fails an example that takes 0.2 s, and inputs that take long to draw; on a busy machine that says nothing of the
# code. All else stays as it is.
settings.register_profile(
    "patient",
    settings(),
    deadline=None,
    suppress_health_check=[*settings().suppress_health_check, HealthCheck.too_slow],
)
settings.load_profile("patient")

# The key that marks runs as their user's is not the one of whoever runs the suite.
_STATE = tempfile.mkdtemp(prefix="codeeval-state-")
atexit.register(shutil.rmtree, _STATE, ignore_errors=True)
os.environ["XDG_STATE_HOME"] = _STATE

# A suite started in the background of a shell ignores SIGINT, and so would every program that a test interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def _runs(*command: str) -> bool:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


@cache
def _no_docker() -> str | None:
    answers = _runs("docker", "version", "--format", "{{.Server.Version}}")
    return None if answers else "no Docker engine answers: run docker/engine.sh as root, or start yours"


@cache
def _no_local() -> str | None:
    works = _runs("unshare", "--user", "--map-root-user", "--pid", "--mount", "--net", "--ipc", "--fork", "true")
    return None if works else "no user namespaces: this kernel or container does not permit them (`codeeval doctor`)"


@cache
def _no_hf() -> str | None:
    missing = [name for name in ("torch", "transformers") if importlib.util.find_spec(name) is None]
    return f"not installed: {', '.join(missing)} (pip install -e '.[hf]')" if missing else None


@cache
def _no_browser() -> str | None:
    return None if any(map(shutil.which, BROWSERS)) else "no Chromium: apt install chromium"


@cache
def _no_clock() -> str | None:
    return None if shutil.which("cc") else "no C compiler: apt install gcc libc6-dev"


@cache
def _no_vllm() -> str | None:
    found = os.environ.get("CODEEVAL_VLLM_PYTHON") or importlib.util.find_spec("vllm") is not None
    return None if found else "no vLLM: name the python of an environment that has it in CODEEVAL_VLLM_PYTHON"


def _no_neighbour(package: str) -> str | None:
    if neighbours.python_of(package) is not None:
        return None
    return f"no {package}: name the python of an environment that has it in {neighbours.variable(package)}"


@cache
def _no_ray() -> str | None:
    return None if importlib.util.find_spec("ray") else "not installed (pip install -e '.[ray]')"


NEEDS: dict[str, Callable[[], str | None]] = {
    "docker": _no_docker,
    "local": _no_local,
    "hf": _no_hf,
    "browser": _no_browser,
    "clock": _no_clock,
    "vllm": _no_vllm,
    "ray": _no_ray,
    **{package: partial(_no_neighbour, package) for package in neighbours.PACKAGES},
}
#: Heavy tools that continuous integration does not install either; their tests stay skipped there, visibly.
OPTIONAL_IN_CI = frozenset({"vllm", *neighbours.PACKAGES})


def _skip_or_fail(reason: str, *, optional: bool = False) -> None:
    if IN_CI and not optional:
        pytest.fail(f"CI=true and {reason}", pytrace=False)
    pytest.skip(reason)


_RECURSION_LIMIT = sys.getrecursionlimit()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Check the markers of a test before any of its fixtures is made. A library that an earlier one imported may have raised
    the limit of recursion, on which it depends what is nested too deeply."""
    sys.setrecursionlimit(_RECURSION_LIMIT)
    for name, check in NEEDS.items():
        if item.get_closest_marker(name) is not None and (reason := check()) is not None:
            _skip_or_fail(f"{name}: {reason}", optional=name in OPTIONAL_IN_CI)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """With `-n`, whatever `--dist` says: a test of a file that was dealt out singly would make the file's pools once more."""
    from side_by_side import FromBothEnds

    return FromBothEnds(config, log)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the source tree."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of third-party data that CODEEVAL_TEST_DATA names. A public clone has none: that is said, and never fails."""
    folder = data_folder()
    if folder is None:
        pytest.skip(f"{DATA_VARIABLE} is not set: it names the folder of third-party data")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path; use it with the `browser` marker."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert found is not None, "a test that uses this fixture needs the marker `browser`"
    return found
