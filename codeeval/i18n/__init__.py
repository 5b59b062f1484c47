"""The language of what people read: reports, warnings, findings. English is the source; JSON is never translated.

There are two ways to translate. A renderer translates its own text with `tr("{n} {n:sample|samples}", n=3)`. Text that
is made in one place and shown in another (an error, a warning, a finding; published in JSON in English) is a message,
`msg("row {n}: {reason}", …)`: English text that keeps its template and values, which `message` renders in the current
language. The Russian is in `ru/messages.json`, keyed by template; the texts of the explorer's pages are in
`ru/explorer.json`. Text that has lost its template, from a file or a library, goes through `recognised` first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from codeeval.i18n.messages import Message, at, joined, literal, mapped, msg, plural

__all__ = [
    "LANGUAGES",
    "Message",
    "at",
    "form",
    "joined",
    "language",
    "literal",
    "mapped",
    "message",
    "msg",
    "name",
    "plural",
    "recognised",
    "speak",
    "spoken",
    "tr",
]

LANGUAGES = ("en", "ru")

_LANGUAGE: ContextVar[str] = ContextVar("language", default="en")


def speak(language: str) -> None:
    """Set the language of this context, one of LANGUAGES. Raises ValueError for any other."""
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, got {language!r}")
    _LANGUAGE.set(language)


def spoken() -> str:
    """The current language."""
    return _LANGUAGE.get()


@contextmanager
def language(name: str) -> Iterator[None]:
    """Use `name` inside the block. Raises ValueError for an unknown language."""
    before = _LANGUAGE.get()
    speak(name)
    try:
        yield
    finally:
        _LANGUAGE.set(before)


def tr(template: str, /, **values: object) -> str:
    """The text of `template` in the current language, with its values. A template without a translation stays English."""
    return message(Message(template, values))


def message(text: str) -> str:
    """A message in the current language. Text that is not a Message is returned as it is."""
    if _LANGUAGE.get() != "ru" or not isinstance(text, Message):
        return text
    return text.said(catalogue("messages"))


def recognised(text: str) -> str:
    """`text`, turned into a message if it is a known finished sentence: see `recognise`."""
    if _LANGUAGE.get() != "ru" or isinstance(text, Message):
        return text
    from codeeval.i18n import recognise

    return recognise.recognised(text)


def name(text: str) -> str:
    """A verdict, a cause or a failure of format in words, with the identifier that JSON uses."""
    if _LANGUAGE.get() != "ru":
        return text
    names = catalogue("names")
    return " + ".join(names.get(part) or message(recognised(part)) for part in text.split(" + "))


def form(count: int, one: str, many: str) -> str:
    """The English word that goes with `count`: `1 problem`, `2 problems`."""
    return (one, many)[plural(count, 2)]


@cache
def catalogue(part: str) -> Mapping[str, str]:
    """The Russian `messages`, `names` or `explorer`, keyed by the English. Loaded when Russian is first used."""
    import json
    from importlib.resources import files

    found: dict[str, str] = json.loads(files("codeeval.i18n").joinpath("ru", f"{part}.json").read_text("utf-8"))
    return found
