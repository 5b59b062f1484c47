"""docs/cli.md tells of every verb and every flag, and of none that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cli_runs import ROOT, codeeval

DOCUMENT = (ROOT / "docs" / "cli.md").read_text("utf-8")
VERBS = (
    ("run",),
    ("score",),
    ("rescore",),
    ("rerank",),
    ("report",),
    ("samples",),
    ("notes",),
    ("explore",),
    ("compare",),
    ("gate",),
    ("plan",),
    ("audit",),
    ("export",),
    ("validate-submission",),
    ("doctor",),
    ("tasks", "list"),
    ("tasks", "show"),
    ("tasks", "validate"),
    ("sandbox", "build"),
    ("sandbox", "selftest"),
    ("sandbox", "clean"),
)
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


def flags(help_text: str) -> set[str]:
    return set(FLAG.findall(help_text.split("Options:")[1])) - {"--help"}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every flag of every verb, from the help itself."""
    cwd = tmp_path_factory.mktemp("help")
    return {flag for verb in VERBS for flag in flags(codeeval(cwd, *verb, "--help").stdout)}


def test_every_flag_is_documented(known: set[str]) -> None:
    """A flag that is only in the help would surprise."""
    assert known
    assert {flag for flag in known if f"`{flag}`" not in DOCUMENT and f"{flag} " not in DOCUMENT} == set()


def test_no_documented_flag_is_missing(known: set[str]) -> None:
    """A flag that is only in the documentation would not work."""
    assert set(FLAG.findall(DOCUMENT)) - known - {"--help"} == set()


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_verb_is_documented(verb: tuple[str, ...], tmp_path: Path) -> None:
    """The table at the top names all verbs, and each of them exists."""
    assert f"`codeeval {verb[0]}" in DOCUMENT
    assert verb[-1] in DOCUMENT
    assert codeeval(tmp_path, *verb, "--help").returncode == 0


def shown_runs() -> list[str]:
    """Every `codeeval run …` in a code block about generation."""
    pages = ("generation", "backend-vllm", "backend-hf", "backend-openai", "backend-replay")
    blocks = [
        block
        for page in pages
        for block in re.findall(r"^```\n(.*?)^```$", (ROOT / "docs" / f"{page}.md").read_text("utf-8"), re.M | re.S)
    ]
    lines = [line.partition("   #")[0] for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line.partition("codeeval run ")[2].strip() for line in lines if "codeeval run " in line]


def test_the_runs_of_the_generation_pages_can_be_copied(tmp_path: Path) -> None:
    """Their flags and settings exist and fit together."""
    commands = shown_runs()
    assert len(commands) >= 8
    for command in commands:
        done = codeeval(tmp_path, "run", *command.split(), "--print-config")
        assert done.returncode == 0, (command, done.stderr)
