"""Messages, causes and dates on the explorer's pages, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codeeval.explorer import words
from codeeval.explorer.words import cause, date, teller, translator
from codeeval.i18n import catalogue, msg


@pytest.mark.parametrize(
    ("signature", "russian"),
    [
        ("wrong_output · calls 0-3, 7", "неверный результат · вызовы 0-3, 7"),
        (
            "exception ZeroDivisionError: division by zero · all calls",
            "исключение ZeroDivisionError: division by zero · все вызовы",
        ),
        ("timeout", "превышено время"),
    ],
)
def test_the_words_of_a_cause_are_translated_and_the_rest_of_it_stays(signature: str, russian: str) -> None:
    """What a program raised is data; the verdict and the calls are ours."""
    assert cause(signature, "ru") == russian
    assert cause(signature, "en") == signature


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("pending (2): no worker could be started: x", "pending (2): ни один исполнитель не запустился: x"),
        (
            "a test does not hold: AssertionError: doubling (line 9 of the tests)",
            "тест не выполнен: AssertionError: doubling (строка тестов 9)",
        ),
    ],
)
def test_messages_are_recognised(english: str, russian: str) -> None:
    """Whatever made them wrote English."""
    assert teller("ru")(english) == russian
    assert teller("en")(english) == english


@pytest.mark.parametrize(
    ("made", "russian"),
    [
        (
            msg("the run is going on: {n} of {m} samples are pending", n=3, m=10),
            "прогон идёт: 3 из 10 образцов ещё ждут",
        ),
        (
            msg("pending ({n}): {why}", n=2, why=msg("no worker could be started: {why}", why="x")),
            "ожидают (2): ни один исполнитель не запустился: x",
        ),
        (
            msg("execution:{protocol}: {why}", protocol="strict", why=msg("it ended")),
            "исполнение (strict): он завершился",
        ),
    ],
)
def test_messages_are_translated(made: str, russian: str) -> None:
    """What the explorer itself makes keeps its template."""
    assert teller("ru")(made) == russian
    assert teller("en")(made) == made


def test_what_is_no_message_of_ours_stays() -> None:
    """Data that look like nothing we say, very long ones included."""
    for text in ("", "nothing like it", "x" * 100_000, "{n}", "pass@1: {", "\ud800"):
        assert teller("ru")(text) == text


@pytest.mark.parametrize(
    ("moment", "english", "russian"),
    [
        ("2026-11-21T22:05:07+00:00", "21 Nov 2026, 22:05 UTC", "21 нояб. 2026, 22:05 UTC"),
        ("2026-05-01T01:30:00+03:00", "30 Apr 2026, 22:30 UTC", "30 апр. 2026, 22:30 UTC"),
        ("2026-05-01T01:30:00", "1 May 2026, 01:30", "1 мая 2026, 01:30"),
        ("yesterday", "yesterday", "yesterday"),
        ("", "", ""),
    ],
)
def test_dates_are_written_out(moment: str, english: str, russian: str) -> None:
    """In UTC, and said so."""
    assert (date(moment, "en"), date(moment, "ru")) == (english, russian)


def test_an_unknown_word_stays() -> None:
    """What is no word of the interface is shown as it is."""
    assert translator("ru")("no such word") == "no such word"


def test_every_word_of_a_template_has_a_russian_one() -> None:
    """Those that stand in a template as they are, and none is left over."""
    package = Path(words.__file__).resolve().parents[1]
    pages = [path.read_text("utf-8") for path in (package / "explorer" / "templates").glob("*.html")]
    said = {one or two for page in pages for one, two in re.findall(r"""\bt\((?:"([^"]+)"|'([^']+)')\)""", page)}
    russian = catalogue("explorer")
    assert len(said) > 100
    assert said - russian.keys() - catalogue("names").keys() == set()
    sources = "\n".join([*pages, *(path.read_text("utf-8") for path in package.rglob("*.py"))])
    assert [word for word in russian if word.rpartition(": ")[2] not in sources] == []
