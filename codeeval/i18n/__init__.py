"""The language of what people read: reports, warnings, findings. English is the source; JSON is never translated.

Two ways lead here. A renderer asks for its own words with `tr("{n} {n:sample|samples}", n=3)`. A message that a pure module
has made already (a warning, a finding; published as JSON in English) is recognised by its template: `message(text)`.
A template names its values in braces; `{n:one|many}` chooses the form that goes with the number, as ICU's plurals do.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from itertools import islice

from codeeval.i18n import matching

LANGUAGES = ("en", "ru")
#: Texts longer than this are no messages of ours.
_LONGEST = 5_000
#: Messages inside of a message, one in the other, and colons in a line behind which a message is looked for.
_DEEPEST, _MOST_PLACES = 5, 6
#: The value of a placeholder with such a name is a message itself; one with a name of one letter is a number.
_SAID = "_said"

#: Words of a place in a file, before a number or a name.
_PLACE_WORDS = {
    "line": "строка",
    "row": "запись",
    "field": "поле",
    "problem": "задача",
    "test": "тест",
    "column": "столбец",
}
_PLACES = re.compile(rf"(^|, |\(|warning: )({'|'.join(_PLACE_WORDS)}) (?=\S)")

_LATIN = re.compile("[A-Za-z]")

_LANGUAGE: ContextVar[str] = ContextVar("language", default="en")


def speak(language: str) -> None:
    """From now on, in this context, `language` (one of LANGUAGES). Raises ValueError for another one."""
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, got {language!r}")
    _LANGUAGE.set(language)


@contextmanager
def language(name: str) -> Iterator[None]:
    """`name` inside of the block. Raises ValueError for an unknown language."""
    before = _LANGUAGE.get()
    speak(name)
    try:
        yield
    finally:
        _LANGUAGE.set(before)


def tr(template: str, /, **values: object) -> str:
    """A text of ours in the language that is spoken, with its values in place. What has no translation stays English."""
    found = _catalogues().texts.get(template, template) if _LANGUAGE.get() == "ru" else template
    return _FORMATTER.vformat(found, (), values)


def message(text: str) -> str:
    """A finished English message in the language that is spoken; a text that is none of ours stays as it is. Where no template
    fits the whole, it is read line by line, and as what stands behind a place: `tasks.jsonl, row 3: a list is expected`."""
    return _message(text, 0)


def _message(text: str, depth: int) -> str:
    if _LANGUAGE.get() != "ru" or len(text) > _LONGEST or depth > _DEEPEST:
        return text
    found = None if text[:1].isspace() else _whole(text, depth)
    return found or "\n".join(_line(line, depth) for line in text.split("\n"))


def spoken(text: str) -> str:
    """A finished English text of several lines, line by line."""
    return "\n".join(map(message, text.split("\n"))) if _LANGUAGE.get() == "ru" else text


def _whole(text: str, depth: int) -> str | None:
    for parts, russian in _templates():
        groups = matching.values(parts, text)
        if groups is not None:
            values = {
                key: _message(value, depth + 1) if key.endswith(_SAID) else value for key, value in groups.items()
            }
            found = _FORMATTER.vformat(russian, (), values)
            if found != text:  # a template of nothing but messages, none of which is ours
                return found
    return None


@lru_cache(maxsize=4096)
def _line(line: str, depth: int) -> str:
    """The reading that leaves the least in English: a template for the whole line, or for what stands behind a colon."""
    said = line.strip()
    found = [_whole(said, depth)]
    for colon in islice(re.finditer(": ", said), _MOST_PLACES):
        rest = _whole(said[colon.end() :], depth)
        found.append(rest and f"{_place(said[: colon.start()])}: {rest}")
    if not any(found):
        return line
    best = min((each for each in reversed(found) if each), key=lambda each: len(_LATIN.findall(each)))
    return line[: len(line) - len(line.lstrip())] + best


def _place(text: str) -> str:
    """`tasks.jsonl, row 3, field outputs`: the file's name is left alone."""
    return _PLACES.sub(lambda found: f"{found[1]}{_PLACE_WORDS[found[2]]} ", text)


def form(count: int, one: str, many: str) -> str:
    """The English word that goes with `count`: `1 problem`, `2 problems`."""
    return (one, many)[plural(count, 2)]


def name(text: str) -> str:
    """A verdict, a cause or a failure of format in words, together with the identifier where JSON has one."""
    if _LANGUAGE.get() != "ru":
        return text
    return " + ".join(_catalogues().names.get(part) or message(part) for part in text.split(" + "))


class _Formatter(string.Formatter):
    """`{n:form|form}`: two forms as in English, three as in Russian."""

    def format_field(self, value: object, format_spec: str) -> str:
        if "|" not in format_spec:
            return str(super().format_field(value, format_spec))
        forms = format_spec.split("|")
        digits = re.sub(r"\D", "", str(value))
        return forms[plural(int(digits or 0), len(forms))]


_FORMATTER = _Formatter()


def plural(count: int, forms: int) -> int:
    """Which of `forms` (2: English; 3: Russian) goes with `count`."""
    if forms == 2:
        return int(count != 1)
    if count % 10 == 1 and count % 100 != 11:
        return 0
    return 1 if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else 2


class _Catalogues:
    """Read when Russian is first asked for."""

    def __init__(self) -> None:
        from codeeval.i18n.ru_explorer import EXPLORER
        from codeeval.i18n.ru_messages import MESSAGES
        from codeeval.i18n.ru_names import NAMES
        from codeeval.i18n.ru_release import RELEASE
        from codeeval.i18n.ru_texts import TEXTS

        self.texts: Mapping[str, str] = TEXTS
        self.messages: Mapping[str, str] = {**MESSAGES, **EXPLORER, **RELEASE}
        self.names: Mapping[str, str] = NAMES


@cache
def _catalogues() -> _Catalogues:
    return _Catalogues()


@cache
def _templates() -> Sequence[tuple[matching.Template, str]]:
    """The templates of messages, the most specific first."""
    found = [(_literal(template), template, russian) for template, russian in _catalogues().messages.items()]
    found.sort(key=lambda item: (-len(item[0]), item[1]))
    return [(matching.template(template, _SAID), russian) for _, template, russian in found]


def _literal(template: str) -> str:
    return "".join(text for text, *_ in string.Formatter().parse(template))
