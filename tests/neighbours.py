"""Packages that call codeeval, or that it calls, and the interpreters that have them: each may live in an environment of its own.

`CODEEVAL_TRL_PYTHON=/path/to/python pytest -m trl` runs the tests of trl with that interpreter, which must find codeeval too.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

PACKAGES = ("lm_eval", "trl", "verifiers", "inspect_ai", "wandb", "mlflow")
ROOT = Path(__file__).resolve().parents[1]


def variable(package: str) -> str:
    return f"CODEEVAL_{package.upper()}_PYTHON"


@cache
def python_of(package: str) -> str | None:
    """The interpreter that has the package, None where no one is known."""
    named = os.environ.get(variable(package))
    return named or (sys.executable if importlib.util.find_spec(package) is not None else None)


def run(package: str, *arguments: str, folder: Path, timeout: float = 1500) -> str:
    """What that interpreter prints; fails with what it complained of. No hub is asked, and nothing is sent anywhere."""
    python = python_of(package)
    assert python is not None, f"a test that calls this needs the marker `{package}`"
    offline = {
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "WANDB_MODE": "offline",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    done = subprocess.run(
        [python, *arguments],
        cwd=folder,
        env={
            **os.environ,
            **offline,
            "CODEEVAL_SANDBOX": "local",
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests"))),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-5000:]}"
    return done.stdout
