"""Renaming: everywhere at once, nowhere else, and never where it might be wrong."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from codeeval.tasks import load
from codeeval.tasks.rename import NotRenamableError, rename
from codeeval.types import Problem

PROBLEMS = load("rustarter").problems
#: Names that tempt: those of methods, keywords and builtins, those that a renamed problem uses itself, one letter.
NAMES = ["key", "count", "n", "func", "arg1", "arg2", "items", "sorted_", "х_", "s"]
BODIES = [
    "\n    return {0}",
    "\n    return sorted([{0}], key=lambda count: {0}.count(count))",
    "\n    def inner(x={0}):\n        return x\n    return [inner() for {0} in ({0}, 1)]",
    "\n    # {0}\n    return {entry}({0}={0}) if {0} else '{0}'",
    "\n    return helper({0})\n\n\ndef helper(value):\n    return value.{0}(key=1)\n",
]


def problem(entry: str, arguments: list[str], body: str, docstring: str = "Что-то.") -> Problem:
    return Problem(
        id="1",
        instruction="{function}",
        prompt=f'from typing import Any\n\ndef {entry}({", ".join(arguments)}) -> Any:\n    """{docstring}"""',
        entry_point=entry,
        calls=("{" + ", ".join(f"{name!r}: '{name}'" for name in arguments) + "}",),
        expected=("1",),
        canonical_solution=body.format(arguments[0], entry=entry),
    )


def back(text: str, old: Problem, new: Problem) -> str:
    """The text with the old names again: the new ones occur nowhere in the old problem."""
    before, after = (ast.parse(each.prompt).body[-1] for each in (old, new))
    assert isinstance(before, ast.FunctionDef)
    assert isinstance(after, ast.FunctionDef)
    pairs = zip([after.name, *_arguments(after)], [before.name, *_arguments(before)], strict=True)
    for renamed, name in pairs:
        assert not re.search(rf"\b{renamed}\b", old.prompt + (old.canonical_solution or "") + "".join(old.calls))
        text = re.sub(rf"\b{renamed}\b", name, text)
    return text


def _arguments(function: ast.FunctionDef) -> list[str]:
    return [each.arg for each in function.args.args]


def check(old: Problem) -> None:
    new = rename(old)
    assert back(new.prompt, old, new) == old.prompt
    assert old.canonical_solution is not None
    assert new.canonical_solution is not None
    programs = [back(new.prompt + new.canonical_solution, old, new), old.prompt + old.canonical_solution]
    assert ast.dump(ast.parse(programs[0])) == ast.dump(ast.parse(programs[1]))
    for before, after in zip(old.calls, new.calls, strict=True):
        assert list(ast.literal_eval(before).values()) == list(ast.literal_eval(after).values())
    assert (new.id, new.expected) == (old.id, old.expected)
    assert new.entry_point != old.entry_point


@given(st.lists(st.sampled_from([*NAMES, "entry"]).filter(str.isascii), min_size=2, max_size=4, unique=True), st.data())
def test_the_way_back_gives_the_same_problem(names: list[str], data: st.DataObject) -> None:
    """With its old names put back a renamed problem is the original: nothing was missed, nothing else was touched."""
    entry, *arguments = names
    body = data.draw(st.sampled_from(BODIES))
    words = st.sampled_from([*NAMES, entry, " ", "\n    ", "'", ">>> ", "(", "2"])
    docstring = "".join(data.draw(st.lists(words, max_size=12)))
    try:
        check(problem(entry, arguments, body, docstring))
    except NotRenamableError as error:
        assume("a number and a name" not in str(error))
        raise


def test_bundled_problems() -> None:
    """Most of the set can be renamed; those with classes in their solutions, and with `2k` in the text, are refused."""
    refused = {}
    for each in PROBLEMS:
        try:
            check(each)
        except NotRenamableError as error:
            refused[each.id] = str(error)
    assert {pid for pid, why in refused.items() if "class" in why} == {"40", "47", "60", "63"}
    assert {pid for pid, why in refused.items() if "'2k'" in why} == {"6"}
    assert len(refused) == 5


def test_values_and_foreign_names_are_left_alone() -> None:
    """Attributes, keywords of other functions, strings, and what stands in examples."""
    doc = "Верните count.\n    >>> tally(['count'], 2)\n    'count' и count\n    tally(count) "
    found = rename(problem("tally", ["items", "count"], "\n    return items.count('count') + count\n", doc))
    assert found.prompt.endswith(
        "def func(arg1, arg2) -> Any:\n    \"\"\"Верните arg2.\n    >>> func(['count'], 2)\n    'count' и arg2\n"
        '    func(count) """'
    )
    assert found.canonical_solution == "\n    return arg1.count('count') + arg2\n"
    assert found.calls == ("{'arg1': 'items', 'arg2': 'count'}",)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("\n    return eval('a')", "eval"),
        ("\n    import a\n    return a", "alias"),
        ("\n    try:\n        pass\n    except ValueError as a:\n        return a", "ExceptHandler"),
        ("\n    match a:\n        case a:\n            return a", "MatchAs"),
        ("\n    def g(a):\n        return a\n    return g(a=1)", "another function, g"),
        ("\n    class C:\n        a = 1\n    return C.a", "class"),
        ("\n    return (", "does not parse"),
        ("\n", "is empty"),
    ],
)
def test_doubtful_solutions_are_refused(body: str, why: str) -> None:
    """Where a name is bound or found by its text the renaming could be wrong, so there is none."""
    with pytest.raises(NotRenamableError, match=why):
        rename(replace(problem("f", ["a"], "\n    return a"), canonical_solution=body))


@pytest.mark.parametrize(
    ("prompt", "call", "why"),
    [
        ('x = 1\ndef f(a):\n    """Д."""', "{'a': 1}", "more than imports"),
        ('def f(a, b=a):\n    """Д."""', "{'a': 1}", "something else in its header"),
        ('from m import a\ndef f(a):\n    """Д."""', "{'a': 1}", "something else in its header"),
        ('def g(a):\n    """Д."""', "{'a': 1}", "not defined once"),
        ('def f(a):\n    """Д."""', "{'b': 1}", "no argument"),
        ('def f(a):\n    """Д."""', "[1]", "no dict"),
        ('def f(a):\n    """Д."""', "{'a': x}", "no dict of literals"),
    ],
)
def test_doubtful_problems_are_refused(prompt: str, call: str, why: str) -> None:
    """Whatever is not one function with literal arguments keeps its names."""
    old = Problem("1", "{function}", prompt, "f", (call,), ("1",))
    with pytest.raises(NotRenamableError, match=why):
        rename(old)


@given(st.text(max_size=200), st.text(max_size=50))
def test_bad_problems_are_refused(prompt: str, call: str) -> None:
    """No other error."""
    with pytest.raises(NotRenamableError):
        rename(Problem("1", "{function}", prompt, "f", (call, "not a dict"), ("1", "2")))
