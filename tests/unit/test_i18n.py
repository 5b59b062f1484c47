"""Russian is complete, has nothing left over, and changes words only: JSON stays as it is."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.i18n import LANGUAGES, language, message, name, plural, speak, tr
from codeeval.i18n.ru_errors import SYSTEM
from codeeval.i18n.ru_messages import MESSAGES
from codeeval.i18n.ru_names import NAMES
from codeeval.i18n.ru_texts import TEXTS
from codeeval.report.waterfall import FORMAT, SCORER
from codeeval.scoring.causes import Cause
from codeeval.scoring.repair.failures import FormatFailure
from codeeval.types import Verdict

PACKAGE = Path(__file__).resolve().parents[2] / "codeeval"
SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent.name != "i18n"]
#: What a submitter reads on a terminal or in a file, module by module.
RENDERERS = ("report/text.py", "report/waterfall_text.py", "report/markdown.py", "report/manifest_text.py")
#: Module -> the functions (or, with none, the whole module) whose sentences reach a reader through `message`.
MAKERS: dict[str, tuple[str, ...]] = {
    "report/warnings.py": (),
    "stats/sanity.py": ("_diversity", "_endings"),
    "stats/audit.py": ("_remarks", "_odd_counts", "_odd_values"),
    "mera/check.py": (),
    "stats/summary.py": ("_warnings", "_rerun_method"),
    "evaluation/score_request.py": ("_notes",),
}
#: Put together from several literals; `test_composed_messages` has what they are made of.
COMPOSED = {
    "{head_said} · {calls_said}",
    "all calls",
    "call {n}",
    "calls {calls}",
    "{what_said} (call {i})",
    "{what_said} in call {i}",
    "cut at {stop}, the rest was never generated",
    "cut at {stop}",
    "{n} rows could not be used: {rows_said}",
    "{what} {given} is unknown.",
    "Did you mean {name}?",
    "Input should be less than {n}",
    "Did you mean {name} or {other}?",
    "{first_said}; {others_said}",
    "line {n}: {reason_said}",
    "row {n}: {reason_said}",
    "sample {n}: {reason_said}",
    "and {n} more",
    "warning: {note_said}",
    "Wilson score with effective sample size",
    "nothing",
    "none",
    # pydantic's words, and texts put together from literals on several lines
    "Input should be a valid integer, unable to parse string as an integer",
    "Input should be a valid number, unable to parse string as a number",
    "Input should be greater than or equal to {n}",
    "Input should be less than or equal to {n}",
    "Input should be greater than {n}",
    "Input should be {names}",
    "problem {problem} has {a} completions, the run needs {b} ({n} problems have too few); ask for fewer with --n or "
    "--problems, or judge what is there with `codeeval score`",
    "problem {problem} has {a} completions, the run needs {b}; ask for fewer with --n or --problems, or judge what is "
    "there with `codeeval score`",
    "not a Python literal: {reason}",
    "can't get {pattern} of the dataset {repo} ({reason})",
    "With a network, put it into the cache:  {command}",
    "Without one, copy the file here from elsewhere and name it:  -t {path}",
    "no usable row",
    "can't load its tokenizer: {reason}",
    "scored {name} of {file}, the newest of {n} files for this task",
}


def tree(relative: str) -> ast.Module:
    return ast.parse((PACKAGE / relative).read_text("utf-8"))


def docstrings(parsed: ast.AST) -> set[int]:
    """The nodes of string statements."""
    found = (node.value for node in ast.walk(parsed) if isinstance(node, ast.Expr))
    return {id(value) for value in found if isinstance(value, ast.Constant)}


def literal(node: ast.AST) -> str | None:
    """A text with {} for every value in it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def literals(parsed: ast.AST) -> Iterator[str]:
    """Every text but docstrings; the pieces of an f-string count as the one that they are."""
    left_out = docstrings(parsed)
    for node in ast.walk(parsed):
        if isinstance(node, ast.JoinedStr):
            left_out |= {id(part) for part in node.values}
    for node in ast.walk(parsed):
        found = literal(node)
        if found is not None and id(node) not in left_out:
            yield found


def blank(template: str) -> str:
    """A template with {} for every value in it, and for every example in braces."""
    while (shorter := re.sub(r"\{[^{}]+\}|\{(?:[^{}]|\{\})+\}", "{}", template)) != template:
        template = shorter
    return template


def pieces(text: str) -> set[str]:
    """The whole, its lines, and what stands behind the colons of each: what `message` tries."""
    lines = {blank(line).strip() for line in text.split("\n")}
    behind = {line[found.end() :] for line in lines for found in re.finditer(": ", line)}
    return {blank(text), *lines, *behind}


def fields(template: str) -> dict[str, list[str]]:
    """The values of a template by their names, with how they are to be shown."""
    found: dict[str, list[str]] = {}
    for _, field, spec, _ in string.Formatter().parse(template):
        if field:
            found.setdefault(field, []).append(spec or "")
    return found


def asked_for() -> set[str]:
    """The first argument of every call of `tr`."""
    return {
        node.args[0].value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "tr"
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_text_of_a_renderer_has_a_russian_one() -> None:
    """None is missing."""
    assert asked_for() - TEXTS.keys() == set()


def test_no_russian_text_is_left_over() -> None:
    """None belongs to an English one that is gone."""
    assert TEXTS.keys() - asked_for() == set()


def test_every_message_is_still_made_somewhere() -> None:
    """A template whose sentence was reworded in its module would never match again."""
    made = {
        piece for path in SOURCES for text in literals(ast.parse(path.read_text("utf-8"))) for piece in pieces(text)
    }
    assert {template for template in MESSAGES if blank(template) not in made} - COMPOSED - SYSTEM.keys() == set()
    assert COMPOSED - MESSAGES.keys() == set()


@pytest.mark.parametrize("module", MAKERS)
def test_every_sentence_of_a_maker_is_known(module: str) -> None:
    """A new warning or finding needs its Russian."""
    wanted = MAKERS[module]
    parts = [
        node
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef) and (not wanted or node.name in wanted)
    ]
    assert {node.name for node in parts} >= set(wanted)
    sentences = {text for part in parts for text in literals(part) if re.search("[a-z]+ [a-z]+", text)}
    known = {blank(template) for template in MESSAGES}
    pieces = {"{} rows could not be used: {}{}"}
    assert sentences - known - pieces == set()


@pytest.mark.parametrize("module", RENDERERS)
def test_a_renderer_says_nothing_past_the_catalogue(module: str) -> None:
    """No phrase stands in a renderer outside of `tr`, unless `message` knows it."""
    parsed = tree(module)
    inside = {
        id(node.args[0])
        for node in ast.walk(parsed)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr"
    }
    left_out = docstrings(parsed) | inside
    phrases = {
        node.value
        for node in ast.walk(parsed)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out
        if re.search(r"[a-z]{3,} [a-z]{2,}", node.value)
    }
    assert phrases - MESSAGES.keys() - {"OpenChat, coding: Code User: …<|end_of_turn|>Code Assistant:"} <= {
        "of a file, ",  # "of a file, {name}"
        "OpenChat, chat: GPT4 Correct User: …<|end_of_turn|>GPT4 Correct Assistant:",
    }


@pytest.mark.parametrize("known", [Verdict, Cause, FormatFailure], ids=lambda known: str(known.__name__))
def test_every_name_is_explained(known: type[Verdict | Cause | FormatFailure]) -> None:
    """Verdicts, causes and failures of format."""
    assert {member.value for member in known} - NAMES.keys() == set()


def test_no_name_is_left_over() -> None:
    """Every explained name exists."""
    used = {member.value for known in (Verdict, Cause, FormatFailure) for member in known}
    assert NAMES.keys() - used == {SCORER, FORMAT, "strict, format repaired"}


@pytest.mark.parametrize(("english", "russian"), [*TEXTS.items(), *MESSAGES.items()])
def test_a_translation_has_the_values_of_its_original(english: str, russian: str) -> None:
    """The same values, Cyrillic around them, and three forms wherever a number chooses one."""
    assert fields(english).keys() == fields(russian).keys()
    assert not set(re.findall(r"[a-z]{3,}", re.sub(r"\{[^{}]*\}", "", english))) or (
        re.search("[а-яё]", russian) or english == "pass@{ks}: {text_said}"
    )
    for specs in fields(russian).values():
        assert all(len(spec.split("|")) == 3 for spec in specs if "|" in spec)


@pytest.mark.parametrize(
    ("count", "form"), [(0, 2), (1, 0), (2, 1), (4, 1), (5, 2), (11, 2), (12, 2), (21, 0), (22, 1), (111, 2), (114, 2)]
)
def test_the_three_forms_of_russian(count: int, form: int) -> None:
    """1 образец, 2 образца, 5 образцов, 11 образцов, 21 образец."""
    assert plural(count, 3) == form


def test_forms_in_a_sentence() -> None:
    """English has two forms, Russian three."""
    shown = []
    for spoken in LANGUAGES:
        with language(spoken):
            shown.append([tr("exactly {n} {n:histogram|histograms}", n=n) for n in (1, 3, 5)])
    assert shown == [
        ["exactly 1 histogram", "exactly 3 histograms", "exactly 5 histograms"],
        ["ровно 1 гистограмма", "ровно 3 гистограммы", "ровно 5 гистограмм"],
    ]


def test_composed_messages() -> None:
    """Messages in messages are translated from the outside in."""
    with language("ru"):
        assert message("exception ValueError: x · calls 0-3, 7") == "exception ValueError: x · вызовы 0-3, 7"
        assert message("wrong_output · all calls") == "wrong_output · все вызовы"
        assert message("the time limit was reached in call 2") == "достигнуто ограничение времени в вызове 2"
        assert message("call 0: expected '3', got nothing") == "вызов 0: ожидалось '3', получено ничего"
        assert message("warning: 1 of 3 problems have no samples: the numbers are over the other 2") == (
            "предупреждение: у 1 из 3 задач нет образцов: числа относятся к остальным 2"
        )
        assert message("pass@1,5: only 2 problems: the intervals were checked for 30 and more") == (
            "pass@1,5: всего 2 задачи: интервалы проверены для 30 и более"
        )
        assert message("7 rows could not be used: line 3: not UTF-8; line 4: t has no problem '9'; and 5 more") == (
            "7 строк не использованы: строка 3: не UTF-8; строка 4: в наборе t нет задачи '9'; и ещё 5"
        )
        assert name("Markdown fence + cut at \\ndef, the rest was never generated") == (
            "ограда Markdown + обрезано на \\ndef, продолжение не генерировалось"
        )


@given(st.text(max_size=300))
def test_foreign_text_is_left_alone(text: str) -> None:
    """What no template matches is shown as it is, and braces in it mean nothing."""
    with language("ru"):
        assert message(f"@ {text}") == f"@ {text}"
        assert text in tr("drawn: {path}", path=text)
        assert message("{n} {0} {n.__class__}" + text.replace(" ", "")).startswith("{n} {0}")


@pytest.mark.parametrize("template", MESSAGES)
def test_every_template_finds_its_own_message(template: str) -> None:
    """A message made from a template is not taken for another one: its Russian and its values are there."""
    values = {field: "7" if len(field) == 1 else "Zx" for field in fields(template)}
    with language("ru"):
        english = re.sub(r"\{\w+:[^{}|]*\|([^{}]*)\}", r"\1", template)  # the form that goes with 7
        shown = message(re.sub(r"\{(\w+)[^{}]*\}", lambda found: values[found[1]], english))
    wanted = re.sub(r"\{[^{}|]*\}", "\0", re.sub(r"\{\w+:[^{}]*\|[^{}]*\}", "\1", MESSAGES[template]))
    pattern = re.escape(wanted).replace("\0", "(?:7|Zx)").replace("\1", r"[\w\- ]+")
    assert re.fullmatch(pattern, shown, re.DOTALL), (pattern, shown)


def test_an_unknown_language_is_refused() -> None:
    """And the one that was spoken stays."""
    with pytest.raises(ValueError, match="one of en, ru"):
        speak("de")
    assert tr("complete") == "complete"


def test_one_and_many_are_read_alike() -> None:
    """An English message has the form that goes with its number, and finds its Russian with either."""
    with language("ru"):
        assert message("1 problem of x, 2 samples each") == "1 задача набора x, по 2 образца"
        assert message("5 problems of x, 1 sample each") == "5 задач набора x, по 1 образцу"
        assert message("runs: it holds 1 run; name one: runs/a") == "runs: внутри 1 прогон; укажите один из них: runs/a"
