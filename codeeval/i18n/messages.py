"""Messages: English sentences that keep their template and values, so that they can be translated later.

A `Message` is a `str`, the finished English: JSON, files and comparisons see nothing else. `str(error)` of an error
made from a Message is that Message.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Self


class Message(str):
    """English text made from a template and its values; a value may itself be a Message."""

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object]) -> Self:
        kept = {name: _plain(value) for name, value in values.items()}
        made = super().__new__(cls, filled(template, kept))
        made.template, made.values = template, kept
        return made

    def __str__(self) -> str:
        return self  # str(error) keeps the template

    def __reduce__(self) -> tuple[Callable[..., Message], tuple[str, dict[str, object]]]:
        return type(self), (self.template, dict(self.values))

    def said(self, texts: Mapping[str, str]) -> str:
        """The same in another language; `texts` maps English templates to it. A template that is missing stays English,
        and so does one that consists only of punctuation between its values."""
        values = {
            name: value.said(texts) if isinstance(value, Message) else value for name, value in self.values.items()
        }
        return filled(texts.get(self.template, self.template), values)


def msg(template: str, /, **values: object) -> str:
    """Make a Message, which behaves like the finished English. `{name}` stands for a value, `{n:one|many}` for the form
    that goes with a number. The catalogue has the Russian under the same template; a test compares both."""
    return Message(template, values)


def literal(text: str) -> str:
    """A text used as a template without values, such as an operating system's error; a Message is returned
    unchanged."""
    return text if isinstance(text, Message) else Message(text.replace("{", "{{").replace("}", "}}"), {})


def at(place: str, said: str, hint: str = "") -> str:
    """`said` preceded by the place it is about: `tasks.jsonl, row 3: a list is expected`; `hint` adds a second line
    with what to do."""
    if hint:
        return Message("{place}: {said}\n  {hint}", {"place": place, "said": said, "hint": hint})
    return Message("{place}: {said}", {"place": place, "said": said})


def joined(between: str, messages: Iterable[str]) -> str:
    """Like `between.join(messages)`, but every message keeps its template."""
    parts = {f"part{number}": each for number, each in enumerate(messages)}
    between = between.replace("{", "{{").replace("}", "}}")
    return Message(between.join(f"{{{name}}}" for name in parts), parts)


def mapped(text: str, change: Callable[[str], str]) -> str:
    """Apply `change` to a text, or to the values of a message, which keeps its template."""
    if not isinstance(text, Message):
        return change(text)
    values = {name: mapped(value, change) if isinstance(value, str) else value for name, value in text.values.items()}
    return Message(text.template, values)


def filled(template: str, values: Mapping[str, object]) -> str:
    """The template with its values filled in. Values are texts and numbers: nothing in them is looked up or
    executed."""
    parts = []
    for literal, field, spec in _parts(template):
        parts.append(literal)
        if field is not None:
            value = values[field]
            parts.append(_form(value, spec) if "|" in spec else format(value, spec))
    return "".join(parts)


@lru_cache(maxsize=4096)
def _parts(template: str) -> tuple[tuple[str, str | None, str], ...]:
    return tuple((literal, field, spec or "") for literal, field, spec, _ in string.Formatter().parse(template))


def _plain(value: object) -> object:
    """Texts, numbers and messages unchanged; anything else as its current text."""
    return value if type(value) in (Message, str, int, float) else format(value, "")


def _form(value: object, spec: str) -> str:
    """`{n:form|form}`: two forms as in English, three as in Russian."""
    forms = spec.split("|")
    return forms[plural(int(re.sub(r"\D", "", str(value)) or 0), len(forms))]


def plural(count: int, forms: int) -> int:
    """Which of `forms` (2: English; 3: Russian) goes with `count`."""
    if forms == 2:
        return int(count != 1)
    if count % 10 == 1 and count % 100 != 11:
        return 0
    return 1 if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else 2
