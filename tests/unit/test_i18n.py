"""Russian is complete, has nothing left over, and changes words only: JSON stays as it is."""

from __future__ import annotations

import ast
import copy
import errno
import json
import os
import pickle
import re
import sqlite3
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codeeval.errors import DataError, UsageError
from codeeval.gate.verdict import GateVerdict
from codeeval.i18n import (
    LANGUAGES,
    Message,
    at,
    catalogue,
    joined,
    language,
    literal,
    mapped,
    message,
    msg,
    name,
    plural,
    recognised,
    speak,
    tr,
)
from codeeval.i18n.finished import FOREIGN, REWORDED, STORED
from codeeval.report.waterfall import FORMAT, SCORER
from codeeval.scoring.causes import Cause
from codeeval.scoring.repair.failures import FormatFailure
from codeeval.types import Verdict

PACKAGE = Path(__file__).resolve().parents[2] / "codeeval"
SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent.name != "i18n"]
MESSAGES, NAMES = catalogue("messages"), catalogue("names")
#: What a submitter reads on a terminal or in a file, module by module.
RENDERERS = ("report/text.py", "report/waterfall_text.py", "report/markdown.py", "report/manifest_text.py")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def docstrings(tree: ast.AST) -> set[int]:
    """The nodes of string statements."""
    found = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
    return {id(value) for value in found if isinstance(value, ast.Constant)}


def literal_of(node: ast.AST) -> str | None:
    """A text with {} for every value in it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def fields(template: str) -> dict[str, list[str]]:
    """The values of a template by their names, with how they are to be shown."""
    found: dict[str, list[str]] = {}
    for _, field, spec, _ in string.Formatter().parse(template):
        if field:
            found.setdefault(field, []).append(spec or "")
    return found


def asked(path: Path, *functions: str) -> Iterator[ast.Call]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in functions:
            yield node


@cache
def templates(*functions: str) -> frozenset[str]:
    """The first argument of every call of `msg` and `tr`, which must be a literal."""
    found = set()
    for path in SOURCES:
        for call in asked(path, *functions):
            first = call.args[0]
            assert isinstance(first, ast.Constant), f"{path}:{call.lineno}: a template is a literal"
            found.add(str(first.value))
    return frozenset(found)


def has_words(template: str) -> bool:
    """Whether there is anything to translate beside the values."""
    return bool(re.search("[A-Za-z]", re.sub(r"\{[^{}|]*\}", "", template)))


def test_every_template_has_a_russian_one() -> None:
    """None is missing."""
    assert {each for each in templates("msg", "tr") if has_words(each)} - MESSAGES.keys() == set()


def test_no_russian_text_is_left_over() -> None:
    """None belongs to an English one that is gone."""
    system = {os.strerror(code) for code in errno.errorcode}
    assert MESSAGES.keys() - templates("msg", "tr") - {*FOREIGN} - system == set()


def test_only_what_is_said_somewhere_is_recognised() -> None:
    """A sentence that was reworded in its module would never be recognised again in a new run file."""
    assert {*STORED} - templates("msg") == set()
    assert {*FOREIGN} - MESSAGES.keys() == set()
    assert {*REWORDED.values()} - templates("msg") == set()


@pytest.mark.parametrize("earlier", REWORDED)
def test_the_words_of_earlier_versions_are_recognised(earlier: str) -> None:
    """Alone, and as one row of several."""
    with language("ru"):
        assert message(recognised(earlier)) == MESSAGES[REWORDED[earlier]]
        rows = message(recognised(f"2 rows could not be used: a.jsonl, line 3: {earlier}; line 4: {earlier}"))
        assert rows.count(MESSAGES[REWORDED[earlier]]) == 2


def test_the_values_of_a_message_are_those_of_its_template() -> None:
    """Each is given, and none is given in vain."""
    for path in SOURCES:
        for call in asked(path, "msg", "tr"):
            given = {keyword.arg for keyword in call.keywords}
            if None not in given:
                assert given == fields(ast.literal_eval(call.args[0])).keys(), f"{path}:{call.lineno}"


@pytest.mark.parametrize("module", RENDERERS)
def test_a_renderer_says_nothing_past_the_catalogue(module: str) -> None:
    """No phrase stands in a renderer outside of `tr` and `msg`."""
    path = PACKAGE / module
    inside = {id(call.args[0]) for call in asked(path, "tr", "msg")}
    left_out = docstrings(parsed(path)) | inside
    phrases = {
        node.value
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out
        if re.search(r"[a-z]{3,} [a-z]{2,}", node.value)
    }
    assert phrases - {"OpenChat, coding: Code User: …<|end_of_turn|>Code Assistant:"} <= {
        "OpenChat, chat: GPT4 Correct User: …<|end_of_turn|>GPT4 Correct Assistant:",
    }


@pytest.mark.parametrize("known", [Verdict, Cause, FormatFailure, GateVerdict], ids=lambda known: str(known.__name__))
def test_every_name_is_explained(known: type[Verdict | Cause | FormatFailure | GateVerdict]) -> None:
    """Verdicts, causes, failures of format, and what the gate says."""
    assert {member.value for member in known} - NAMES.keys() == set()


def test_no_name_is_left_over() -> None:
    """Every explained name exists."""
    used = {member.value for known in (Verdict, Cause, FormatFailure, GateVerdict) for member in known}
    assert NAMES.keys() - used == {SCORER, FORMAT, "strict, format repaired"}


@pytest.mark.parametrize(("english", "russian"), MESSAGES.items())
def test_a_translation_has_the_values_of_its_original(english: str, russian: str) -> None:
    """The same values, Cyrillic around them, and three forms wherever a number chooses one."""
    assert fields(english).keys() == fields(russian).keys()
    assert not set(re.findall(r"[a-z]{3,}", re.sub(r"\{[^{}]*\}", "", english))) or (
        re.search("[а-яё]", russian) or english == "pass@{ks}: {text}"
    )
    for specs in fields(russian).values():
        assert all(len(spec.split("|")) == 3 for spec in specs if "|" in spec)


def test_the_catalogue_is_sorted() -> None:
    """A new text has one place in the file."""
    for each in (MESSAGES, NAMES):
        assert list(each) == sorted(each)


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


def test_a_message_is_its_english_text() -> None:
    """For JSON, SQLite, dictionaries and whatever else takes a text; a copy keeps the template."""
    made = msg("{path}: can't be read: {reason}", path=Path("a.json"), reason=literal("Permission denied"))
    assert made == "a.json: can't be read: Permission denied"
    assert json.dumps({made: [made]}) == json.dumps({str.__str__(made): [str.__str__(made)]})
    assert sqlite3.connect(":memory:").execute("SELECT ?", (made,)).fetchone() == (made,)
    for again in (copy.deepcopy(made), pickle.loads(pickle.dumps(made)), str(ValueError(made)), f"{made}"):  # noqa: S301
        assert isinstance(again, Message)
        with language("ru"):
            assert message(again) == "a.json: не читается: нет доступа"
    assert message(made) is made


def test_messages_in_messages() -> None:
    """Each is translated, the values of a file are not."""
    place = msg("{path}, row {row}", path="nothing.jsonl", row=3)
    rows = joined("; ", (at(msg("line {n}", n=3), msg("not UTF-8")), msg("and {n} more", n=5)))
    with language("ru"):
        assert message(at(place, msg("is missing"), msg("The file is damaged."))) == (
            "nothing.jsonl, запись 3: отсутствует\n  Файл повреждён."
        )
        assert message(msg("{n} rows could not be used: {rows}", n=7, rows=rows)) == (
            "7 строк не использованы: строка 3: не UTF-8; и ещё 5"
        )
        shown = mapped(
            msg("problem {name} has {n} samples there", name="a\nb", n=2), lambda text: text.replace("\n", "?")
        )
        assert message(shown) == "у задачи a?b там 2 образца"
        assert tr("drawn: {path}", path=msg("nothing")) == "нарисовано: ничего"


def test_an_error_keeps_its_template() -> None:
    """`str` of it can be translated, and put into another message."""
    error = DataError(
        msg("{path}, line {line}", path="set line 3.jsonl", line=3), msg("is missing"), msg("Upgrade codeeval.")
    )
    outer = UsageError(msg("can't be read: {reason}", reason=error))
    with language("ru"):
        assert message(str(error)) == "set line 3.jsonl, строка 3: отсутствует\n  Обновите codeeval."
        assert message(str(outer)).startswith("не читается: set line 3.jsonl, строка 3: отсутствует")


def test_what_a_run_file_keeps_is_recognised() -> None:
    """Messages in messages, from the outside in; what was in a value stays."""

    def said(text: str) -> str:
        return message(recognised(text))

    with language("ru"):
        assert said("exception ValueError: x · calls 0-3, 7") == "exception ValueError: x · вызовы 0-3, 7"
        assert said("wrong_output · all calls") == "wrong_output · все вызовы"
        assert said("the time limit was reached in call 2") == "достигнуто ограничение времени в вызове 2"
        assert said("call 0: expected '3', got nothing") == "вызов 0: ожидалось '3', получено ничего"
        assert said("1 of 3 problems have no samples: the numbers are over the other 2") == (
            "у 1 из 3 задач нет образцов: числа относятся к остальным 2"
        )
        assert said("7 rows could not be used: line 3: not UTF-8; line 4: t has no problem '9'; and 5 more") == (
            "7 строк не использованы: строка 3: не UTF-8; строка 4: в наборе t нет задачи '9'; и ещё 5"
        )
        assert name("Markdown fence + cut at \\ndef, the rest was never generated") == (
            "ограда Markdown + обрезано на \\ndef, продолжение не генерировалось"
        )
        assert said("a: b\n  c: d") == "a: b\n  c: d"
        assert said("complete") == message("complete") == "complete", "a name of somebody's, and no sentence"


@pytest.mark.parametrize("template", [each for each in (*STORED, *FOREIGN) if fields(each)])
def test_every_template_finds_its_own_message(template: str) -> None:
    """A message made from a template is not taken for another one: its Russian and its values are there."""
    values = {field: "7" if len(field) == 1 else "Zx" for field in fields(template)}
    made = msg(template, **values)
    with language("ru"):
        assert message(recognised(str.__str__(made))) == message(made)


@given(st.text(max_size=300))
@example("\n\r")
def test_foreign_text_is_left_alone(text: str) -> None:
    """What no template matches is shown as it is, and braces in it mean nothing."""
    with language("ru"):
        assert message(recognised(f"@ {text}")) == f"@ {text}"
        assert text in tr("drawn: {path}", path=text)
        assert message(literal(f"@ {text}")) == f"@ {text}" == literal(f"@ {text}")
        assert message(recognised("{n} {0} {n.__class__}" + text.replace(" ", ""))).startswith("{n} {0}")


def test_an_unknown_language_is_refused() -> None:
    """And the one that was spoken stays."""
    with pytest.raises(ValueError, match="one of en, ru"):
        speak("de")
    assert tr("complete") == "complete"
