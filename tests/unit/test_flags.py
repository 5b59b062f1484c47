"""A setting is declared once; flags, file, environment and documentation are made from that."""

from __future__ import annotations

import ast
import inspect
import runpy
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from codeeval.cli import main, rerank, run, score
from codeeval.cli.flags import taking
from codeeval.errors import UsageError
from codeeval.evaluation.resolve import resolve
from codeeval.evaluation.settings import NAMES, Settings, flag, of_verb, table

ROOT = Path(__file__).resolve().parents[2]
VERBS: dict[str, Callable[..., Any]] = {
    "run": run.run,
    "score": score.score,
    "rescore": score.rescore,
    "rerank": rerank.rerank,
}
#: Flags of a verb that are called as a setting is and mean something else.
OWN = {"rerank": {"model"}}


def commands() -> dict[str, Any]:
    return dict(typer.main.get_command(main.program()).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_has_the_flags_of_its_settings(verb: str) -> None:
    """With the names, the help and the placeholder that the table gives them, and no default of their own."""
    found = {parameter.name: parameter for parameter in commands()[verb].params}
    for setting in of_verb(verb):
        made = found[setting.name]
        names = [name for each in setting.names for name in each.split("/")]
        assert [*made.opts, *made.secondary_opts] == names
        assert (made.help, made.default) == (setting.flag.help, None)
        assert setting.flag.metavar is None or made.metavar == setting.flag.metavar
    assert found.keys() & set(NAMES) - OWN.get(verb, set()) == {setting.name for setting in of_verb(verb)}


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_repeats_a_setting(verb: str) -> None:
    """Its function takes the settings as one mapping, and no more parameters than it has flags of its own."""
    parameters = list(inspect.signature(VERBS[verb]).parameters)
    assert parameters[0] == "flags"
    assert not set(parameters) & set(NAMES) - OWN.get(verb, set())


def test_no_two_verbs_declare_the_same_flag() -> None:
    """What several take alike is declared in `options`."""
    declared = Counter(
        ast.unparse(node)
        for path in (ROOT / "codeeval" / "cli").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("typer.Option", "typer.Argument")
    )
    assert len(declared) > 20
    assert [text for text, n in declared.items() if n > 1] == []


def test_flags_become_one_mapping() -> None:
    """What was given by its name, None for the rest."""
    seen: list[object] = []

    def command(flags: object, other: int = 3) -> int:
        seen.extend((flags, other))
        return 0

    app = typer.Typer()
    app.command()(taking("score", command))
    CliRunner().invoke(app, ["-k", "1,2", "--no-dedup", "-j", "2", "--limit", "4"])
    given = {"k": "1,2", "dedup": False, "workers": 2, "limit": 4}
    assert seen == [{setting.name: given.get(setting.name) for setting in of_verb("score")}, 3]


def test_a_message_names_a_flag_that_there_is() -> None:
    """Whichever of its names a message uses."""
    for name, setting in table().items():
        assert flag(name) in [each for names in setting.names for each in names.split("/")]


def test_the_document_has_the_table() -> None:
    """docs/cli.md is as `ci/flag_table.py` writes it."""
    script = runpy.run_path(str(ROOT / "ci" / "flag_table.py"))
    document = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert script["placed"](document) == document, "run ci/flag_table.py"
    assert all(setting.flag.help and setting.flag.meaning for setting in table().values())


def test_defaults_are_those_of_the_table() -> None:
    """Nothing given is everything by default, checked or not."""
    assert resolve({}, None, {}).settings == Settings()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"n": 0}, "--n: Input should be greater than or equal to 1, got 0"),
        ({"n": 100_001}, "--n: Input should be less than or equal to 100000"),
        ({"top_p": 0}, "--top-p: Input should be greater than 0, got 0"),
        ({"workers": 1025}, "-j: Input should be less than or equal to 1024"),
        ({"k": "1,x"}, "--k: must be positive integers separated by commas"),
        ({"model_options": ["a"]}, "-M: must look like key=value"),
        ({"isolation": "cold"}, "--isolation: Input should be 'warm' or 'fresh'"),
    ],
)
def test_what_a_setting_can_not_be_is_refused(flags: dict[str, object], message: str) -> None:
    """By the type and the bounds of its declaration, in words that name the flag."""
    with pytest.raises(UsageError) as found:
        resolve(flags, None, {})
    assert message in str(found.value)


def test_a_called_verb_is_parsed_without_the_others() -> None:
    """And as if they were there: `main` makes the parser of the one verb that is called."""
    for verb in main.VERBS:
        alone = dict(typer.main.get_command(main.program([verb])).commands)  # type: ignore[attr-defined]
        assert verb in alone
        assert {main.VERBS[name] for name in alone} == {main.VERBS[verb]}
    assert {*commands()} == {*main.VERBS}
