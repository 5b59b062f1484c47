"""Failures of format: each class is named, each repair gives the program that was meant, and nothing else is touched."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.reading.extract import extract
from codeeval.scoring.repair import FormatFailure, classify, names, repair
from codeeval.scoring.repair.programs import is_sound
from codeeval.stops import MERA_STOPS, cut_at_stop
from codeeval.types import Problem, Sample

F = FormatFailure
PROMPT = 'from typing import List\n\n\ndef add(a: int, b: int) -> int:\n    """Сумма двух чисел."""'
PROBLEM = Problem("1", "{function}", PROMPT, "add", ("{'a': 1, 'b': 2}",), ("3",))
FENCED = "```python\ndef add(a, b):\n    return a + b\n```"


def sample(text: str, reason: str = "unknown") -> Sample:
    """What a generator makes of a text: cut at the stops, with the whole of it kept."""
    kept, stop = cut_at_stop(text, MERA_STOPS)
    return Sample("1", 0, "", kept, "stop" if stop else reason, raw=text if stop else None)  # type: ignore[arg-type]


CASES: dict[str, tuple[str, tuple[FormatFailure, ...], tuple[str, ...] | None]] = {
    "good": ("\n    return a + b", (), None),
    "wrong but well formed": ("\n    return a - b", (), None),
    "rambling on after the function": ("\n    return a + b\n\n\ndef add(a, b):\n    return 0\n", (), None),
    "fenced whole function, cut": (
        FENCED,
        (F.FENCE, F.WHOLE_FUNCTION, F.CUT_BY_STOP),
        ("fence removed", "whole function used", "stop sequence undone"),
    ),
    "prose and fence": (
        f"Вот решение:\n\n{FENCED}\nПояснение.",
        (F.FENCE, F.PROSE, F.WHOLE_FUNCTION, F.CUT_BY_STOP),
        ("fence removed", "prose dropped", "whole function used", "stop sequence undone"),
    ),
    "fenced body, as strict extracts it": ("```python\n    return a + b\n```", (F.FENCE,), None),
    "unclosed fence": ("```python\n    x = a\n    return x + b", (F.FENCE,), None),
    "a closing fence only": ("\n    return a + b\n```\nПояснение.", (F.FENCE,), None),
    "glued": ("    return a + b", (F.GLUED,), None),
    "glued without indentation": (
        "return a + b",
        (F.GLUED, F.LOST_INDENTATION),
        ("newline added", "body re-indented"),
    ),
    "lost indentation": ("\nc = a\nreturn c + b", (F.LOST_INDENTATION,), ("body re-indented",)),
    "one space lost": ("\n   c = a\n    return c + b", (F.WRONG_INDENTATION,), ("body re-indented",)),
    "first line lost": ("\nc = a\n    return c + b", (F.LOST_INDENTATION,), ("body re-indented",)),
    "whole function, prose behind": (
        "def add(a, b):\n    return a + b\n\nЭто функция",
        (F.WHOLE_FUNCTION,),
        None,
    ),
    "prose before the body": (
        "Эта функция складывает числа.\n    return a + b",
        (F.PROSE,),
        None,
    ),
    "lost indentation in a fence": (
        "```python\nc = a\nreturn c + b\n```",
        (F.FENCE, F.LOST_INDENTATION),
        ("fence removed", "body re-indented"),
    ),
    "two spaces in a fence": (
        "```python\n  c = a\n  return c + b\n```",
        (F.FENCE, F.WRONG_INDENTATION),
        ("fence removed", "body re-indented"),
    ),
    "lost indentation between sentences": (
        "Вот тело функции:\n\nc = a\nreturn c + b\n\nГотово.\n",
        (F.PROSE,),
        ("prose dropped", "newline added", "body re-indented"),
    ),
    "no-break spaces behind a draft": (
        f"```python\ndef add(a, b):\n    return 0\n```\nЛучше:\n{FENCED}".replace(
            "    return a", "\u00a0" * 4 + "return a"
        ),
        (F.FENCE, F.WHOLE_FUNCTION, F.CUT_BY_STOP, F.NO_BREAK_SPACES),
        ("plain spaces instead of others", "stop sequence undone"),
    ),
    "no-break spaces": (
        "\n    c = a\n    return\u00a0c + b",
        (F.NO_BREAK_SPACES,),
        ("plain spaces instead of others",),
    ),
    "indented by no-break spaces": (
        "```python\ndef add(a, b):\n\u00a0\u00a0\u00a0\u00a0return a + b\n```",
        (F.FENCE, F.WHOLE_FUNCTION, F.CUT_BY_STOP, F.NO_BREAK_SPACES),
        ("plain spaces instead of others", "stop sequence undone"),
    ),
    "characters without width": (
        "\n    c = a\n    return c\u200b + b",
        (F.UNSEEN,),
        ("plain spaces instead of others",),
    ),
    "mixed tabs": (
        "\n    c = a\n    if c:\n\treturn c + b\n    return c + b",
        (F.WRONG_INDENTATION, F.MIXED_TABS),
        ("body re-indented",),
    ),
    "a thought without end": (
        "<think>\n```python\ndef add(a, b):\n    return a + b\n```\nbut",
        (F.EMPTY, F.THOUGHT),
        None,
    ),
    "prose alone": ("Я не могу помочь с этим.", (F.PROSE,), None),
    "body cut at an unindented comment": (
        "\n    c = a\n# теперь сумма\n    return c + b",
        (F.CUT_BY_STOP,),
        ("stop sequence undone",),
    ),
    "stop at the first character": (
        "\ndef add(a, b):\n    return a + b",
        (F.STOPPED_AT_ONCE, F.WHOLE_FUNCTION, F.CUT_BY_STOP),
        ("stop sequence undone",),
    ),
    "empty": ("", (F.EMPTY,), None),
    "blank": (" \n\t\n", (F.EMPTY,), None),
}


@pytest.mark.parametrize("name", CASES)
def test_each_form_is_named_and_repaired(name: str) -> None:
    """The classes in the order of their importance, and what the repair did."""
    text, classes, steps = CASES[name]
    found = sample(text)
    assert classify(PROBLEM, found) == classes
    fixed = repair(PROBLEM, found)
    assert (fixed.steps if fixed else None) == steps


@pytest.mark.parametrize("name", [name for name, (_, _, steps) in CASES.items() if steps])
def test_a_repaired_program_computes_what_was_meant(name: str) -> None:
    """Every repaired case is the sum: its last statement is, and it parses."""
    fixed = repair(PROBLEM, sample(CASES[name][0]))
    assert fixed is not None
    function = [node for node in ast.parse(fixed.program).body if isinstance(node, ast.FunctionDef)][-1]
    assert ast.unparse(function.body[-1]) in {"return a + b", "return c + b", "return x + b"}
    assert fixed.program.startswith("from typing import List")


def test_a_function_of_another_name_has_not_lost_its_indentation() -> None:
    """In a fence it is a fence, and nothing about how its lines are indented."""
    other = Sample("1", 0, "", "```python\ndef plus(a, b):\n    return a + b\n```")
    assert classify(PROBLEM, other) == (F.FENCE,)


def test_ended_by_length_is_named() -> None:
    """What the token limit cut is also a failure of format, and nothing can repair it."""
    cut = sample("\n    return a +", "length")
    assert classify(PROBLEM, cut) == (F.LENGTH,)
    assert repair(PROBLEM, cut) is None


def test_the_stop_sequence_is_named() -> None:
    """The text that people read says which stop it was."""
    assert names(PROBLEM, sample(FENCED)) == ("Markdown fence", "whole function", "cut at \\ndef")


def test_what_was_never_generated_can_not_be_repaired() -> None:
    """A model that really stops at the stop sequence leaves no text behind it: the cause is named, the score stays."""
    ended = sample("```python\ndef")
    assert names(PROBLEM, ended) == ("Markdown fence", "cut at \\ndef, the rest was never generated")
    assert repair(PROBLEM, ended) is None


def test_a_prompt_that_ends_its_line_is_never_glued_to() -> None:
    """HumanEval's own prompts end with a newline: there an indented first line is right."""
    problem = Problem("1", "{function}", PROMPT + "\n", "add", PROBLEM.calls, PROBLEM.expected)
    assert classify(problem, sample("    return a + b")) == ()
    assert repair(problem, sample("    return a + b")) is None


def test_a_wrong_answer_is_not_repaired_into_another_one() -> None:
    """A repair never changes a token: the wrong operator stays."""
    fixed = repair(PROBLEM, sample("return a - b"))
    assert fixed is not None
    assert "a - b" in fixed.program


BODY = st.lists(
    st.sampled_from(["c = a", "if a:\n    c = b", "for i in range(3):\n    c = i\n    b += i", "a, b = b, a"]),
    min_size=1,
    max_size=5,
).map(lambda parts: "\n".join([*parts, "return a + b"]))


@given(body=BODY, indent=st.sampled_from(["", "  ", "    ", "        ", "\t"]), newline=st.booleans())
def test_any_indentation_of_a_body_is_repaired_to_the_same_body(body: str, indent: str, newline: bool) -> None:
    """Whatever the first column and whether or not a line break came first, the statements are the model's own."""
    text = ("\n" if newline else "") + textwrap.indent(body, indent)
    found = Sample("1", 0, "", text)
    fixed = repair(PROBLEM, found)
    program = fixed.program if fixed else extract(PROBLEM, text, "strict").program
    function = next(node for node in ast.parse(program).body if isinstance(node, ast.FunctionDef))
    assert "\n".join(map(ast.unparse, function.body[1:])) == "\n".join(map(ast.unparse, ast.parse(body).body))


PIECES = st.lists(
    st.sampled_from(
        [
            "```",
            "```python",
            "~~~",
            "def add(a, b):",
            "    return a + b",
            "return a",
            "# x",
            "Вот",
            "",
            "\t",
            "\x00",
            "\ud800",
        ]
    )
    | st.text(max_size=8),
    max_size=12,
).map("\n".join)


@given(completion=PIECES, rest=PIECES)
def test_any_text_is_classified_and_repaired_or_left_alone(completion: str, rest: str) -> None:
    """No text ends the analysis, and what comes out of a repair is always a sound program."""
    for found in (Sample("1", 0, "", completion), Sample("1", 0, "", completion, "stop", raw=completion + "\n" + rest)):
        classes = classify(PROBLEM, found)
        assert list(classes) == sorted(set(classes), key=list(F).index)
        fixed = repair(PROBLEM, found)
        if fixed is not None:
            assert is_sound(fixed.program, "add")
            assert fixed.steps or fixed.program.strip()
