"""No text makes reading it quadratic: each of these would take minutes if giving characters back were possible."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest

from codeeval import syntax
from codeeval.cli.console import inert
from codeeval.reading.extract import extract
from codeeval.scoring.repair import classify, repair
from codeeval.types import Problem, Sample
from sandbox import marks, wire
from sandbox.front import _body_of

N = 300_000
LINES = 40_000
PROBLEM = Problem("1", "{function}", 'def f(a):\n    """Doc."""\n', "f", ("{'a': 1}",), ("1",))

TEXTS = {
    "a label without end": "```python" + "a" * N + "```",
    "a fence without end": "`" * N + "x`",
    "spaces behind a fence": "```" + " " * N + "`",
    "tildes": "~" * N + "`",
    "signs behind tildes": "~~~" + "+-" * N + "`",
    "fences of every length": "".join("`" * length + "\n" for length in range(3, 700)),
    "fences one by one": "```\n" * (N // 4),
}


@pytest.mark.parametrize("name", TEXTS)
def test_fences_take_linear_time(name: str) -> None:
    """A fence that looks as if it never ended is read once, by every rule."""
    text = TEXTS[name]
    for rule in ("none", "mera-1.2", "mera-code", "evalplus"):
        assert extract(PROBLEM, text, rule).program.startswith(PROBLEM.prompt[:5])
    assert len(extract(PROBLEM, text, "strict").program) >= len(text)
    assert classify(PROBLEM, Sample("1", 0, "digest", text, "stop"))
    assert repair(PROBLEM, Sample("1", 0, "digest", text, "stop")) is None


@pytest.mark.parametrize("unit", ["def f(a):\n", "import os\ndef f(a):\n", "def f(a):\nlambda: 0\n"])
@pytest.mark.parametrize("is_program", [False, True])
def test_a_stub_that_is_repeated_takes_linear_time(unit: str, is_program: bool) -> None:
    """A model that goes on writing the function's first line: whether an answer defines the function is found out once."""
    assert extract(PROBLEM, unit * LINES, "strict", is_program=is_program).body.strip()


SLOW_MARKS = {
    "all alike": "\u0323" * 30_000,
    "in two orders": "\u0301" * 30_000 + "\u0323" * 30_000,
    "of half width": "\u0323\uff9e" * 30_000,
}


@pytest.mark.parametrize("marks", SLOW_MARKS)
@pytest.mark.parametrize(
    "line", ["    {} = 1\n    return a\n", "```python\ndef f(a):\n    return {}\n```\n", "import {}\ndef f(a): pass\n"]
)
def test_names_that_are_slow_to_normalise_are_not_parsed(marks: str, line: str) -> None:
    """Python's parser sorts the combining characters of a name by moving each past the others."""
    text = line.format("a" + SLOW_MARKS[marks])
    for rule in ("strict", "evalplus", "mera-code"):
        assert extract(PROBLEM, text, rule).program
    classify(PROBLEM, Sample("1", 0, "digest", text, "stop"))
    repair(PROBLEM, Sample("1", 0, "digest", text, "stop"))


@pytest.mark.parametrize("letter", ["a\u0301", "─", "й", "日", "é\u0301\u0323" * 3])
def test_ordinary_texts_are_parsed(letter: str) -> None:
    """Marks on many letters, and signs that are no marks."""
    assert syntax.parses(f"# {letter * 2_000}\n")
    assert not syntax.parses("# a" + "\u0301" * 2_000)


FIELDS = {
    "many": "f'''" + "{a}" * 40_000 + "'''",
    "behind white space": 'rF"""' + " " * 4_000_000 + "{a}" * 20_000 + '"""',
    "never closed": "f'''\\'''" + "\n" * 4_000_000 + "{a}" * 20_000,
}


@pytest.mark.parametrize("name", FIELDS)
def test_f_strings_of_too_many_expressions_are_not_parsed(name: str) -> None:
    """Python 3.11's parser goes back to the beginning of the string for each of them."""
    text = FIELDS[name]
    assert marks.has_more_fields(text)
    with pytest.raises(SyntaxError, match=r"f-strings|longer"):
        syntax.parse_module(f"x = {text}\n", len(text) + 10)
    for job in (
        wire.Job("", "f", (f"{{'a': {text}}}",)),
        wire.Job("", "f", (), mode="assert", tests=wire.Tests(f"assert f({text})")),
        wire.Job("", "f", (), mode="assert", tests=wire.Tests("assert f(1)", prelude=text)),
    ):
        with pytest.raises(ValueError, match="f-strings"):
            _body_of(job)


@pytest.mark.parametrize(
    "text", ["f'{a}'\n" * 20_000, "{1: 2}, " * 50_000 + "f'{a}'", "# f'''" + "{a}" * 40_000, "x = '''" + "{a}" * 40_000]
)
def test_other_texts_with_many_braces_are_parsed(text: str) -> None:
    """Short f-strings, displays, comments and strings without expressions."""
    assert not marks.has_more_fields(text)


def test_end_tokens_that_are_repeated_take_linear_time() -> None:
    """Whether `[EOS]` is an index is found out once for all of them."""
    assert extract(PROBLEM, "    x = '''" + "[EOS]" * N, "strict").body.strip()


@pytest.mark.parametrize(
    "text", ["\ndef" * LINES, "def f(a): pass\n" * (LINES // 4), "word " * N], ids=["def", "pass", "words"]
)
def test_repairs_give_up_early(text: str) -> None:
    """Where nothing sound can be made of a text, that is found out without parsing every line of it many times."""
    with parses_at_most(2_500):
        found = repair(PROBLEM, Sample("1", 0, "digest", text, "stop"))
    assert found is None or found.steps == ("body re-indented",)


@contextmanager
def parses_at_most(most: int) -> Iterator[None]:
    """Counts work instead of time."""
    with patch.object(syntax, "parse_module", wraps=syntax.parse_module) as parsing:
        yield
    assert parsing.call_count <= most


def test_commands_in_a_log_are_found_in_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """White space without end before what might be a workflow command."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for white in (" ", "\n", "\u2003", "\t\n"):
        shown = inert(white * N + "::error::x")
        assert "::error" not in shown
        assert shown.endswith(": :error::x")
