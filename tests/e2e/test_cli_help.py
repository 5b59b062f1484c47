"""The help teaches, and costs nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cli_runs import codeeval, environment, failed

VERBS = (
    "run",
    "score",
    "rescore",
    "rerank",
    "report",
    "audit",
    "export",
    "validate-submission",
    "doctor",
    "tasks",
    "sandbox",
)
WITH_EXAMPLES = (
    ("run",),
    ("score",),
    ("rescore",),
    ("rerank",),
    ("report",),
    ("audit",),
    ("export",),
    ("validate-submission",),
    ("tasks", "validate"),
)
HEAVY = (
    "sandbox",
    "asyncio",
    "numpy",
    "pydantic",
    "docker",
    "requests",
    "huggingface_hub",
    "torch",
    "transformers",
    "rich",
    "tqdm",
    "sqlite3",
)


def test_the_first_help_names_every_verb_and_exit_code(tmp_path: Path) -> None:
    """`codeeval --help` says what there is, how to begin, and what the exit codes mean."""
    done = codeeval(tmp_path, "--help")
    assert done.returncode == 0
    for word in (*VERBS, "codeeval run --k 1,5,10", "130 interrupted", "5 nothing to evaluate"):
        assert word in done.stdout


@pytest.mark.parametrize("verb", WITH_EXAMPLES, ids=" ".join)
def test_the_help_of_a_verb_has_examples(tmp_path: Path, verb: tuple[str, ...]) -> None:
    """Every verb that does something shows how it is called."""
    done = codeeval(tmp_path, *verb, "--help")
    assert done.returncode == 0
    assert f"codeeval {' '.join(verb)}" in done.stdout.split("Examples:")[1]


def test_help_imports_nothing_heavy() -> None:
    """The budget of 0.3 s is kept by not importing what help does not need."""
    program = f"import sys, codeeval.cli.main; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_mistyped_verbs_and_flags_get_a_suggestion(tmp_path: Path) -> None:
    """A typing error is a usage error that says what was probably meant."""
    failed(codeeval(tmp_path, "scroe"), 2, "score")
    failed(codeeval(tmp_path, "run", "--sed", "1"), 2, "--seed")


def test_the_version(tmp_path: Path) -> None:
    """`--version` names the program."""
    assert codeeval(tmp_path, "--version").stdout.startswith("codeeval")
