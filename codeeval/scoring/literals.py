"""Parse the text of plain data (`str()` or `repr()` of built-in types), for comparison by value. Pure.

Accepts None, True, False, integers, floats including `inf` and `nan`, complex numbers, strings, bytes, lists, tuples,
dicts, sets and frozensets, nested up to MAX_DEPTH. Anything else raises ValueError, including the `[...]` of a list
that contains itself.

The text may come from a hostile program, so `ast.literal_eval` is not used: this parser is linear in the length of the
text, never warns, and can't be driven into the recursion limit. Dicts and sets with keys that collide on purpose are
refused (building them takes quadratic time), as are integers beyond Python's limit of 4,300 digits.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox import wire

MAX_CHARS = 1_000_000
MAX_DEPTH = 60

_REAL = r"(?:(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+|inf|nan)"
_ESCAPE = r"\\(?:[\\'\"abfnrtv]|[0-3]?[0-7]{1,2}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"
_TOKEN = re.compile(
    rf"""[ \t\r\n]*+(?:
      (?P<string>b?(?:'(?:[^'\\\n]|{_ESCAPE})*+'|"(?:[^"\\\n]|{_ESCAPE})*+"))
    | (?P<complex>[+-]?(?:{_REAL}[+-])?{_REAL}j)\b
    | (?P<number>[+-]?{_REAL})(?![\w.])
    | (?P<name>None|True|False)\b
    | (?P<open>(?:set|frozenset)\(|[\[({{])
    | (?P<close>[\])}}])
    | (?P<mark>[,:])
    )""",
    re.VERBOSE,
)
_INTEGER = re.compile(r"[+-]?(?:0+|[1-9]\d*)")
_NAMES: dict[str, object] = {"None": None, "True": True, "False": False}
_CLOSING = {"[": "]", "{": "}"}
# One object for every `nan`: containers treat identical elements as equal, so equal texts of nan are equal inside them.
_NAN = math.nan


def parse(text: str) -> object:
    """Parse `text`. Raises ValueError if it is not a literal that this module accepts."""
    if len(text) > MAX_CHARS:
        raise ValueError(f"longer than {MAX_CHARS} characters")
    reader = _Reader(_tokens(text))
    value = reader.value(0)
    if reader.next() is not None:
        raise ValueError("text after the literal")
    return value


def is_spelled(value: object, text: str) -> bool:
    """Whether `text`, from which `value` was parsed, is what `str()` of such a value gives; set members may be in any
    order. `12.50`, `+5`, `[1,2]` and `{1, 1}` are not."""
    made: list[str] = []
    for token in _tokens(text):
        if token.kind == "close" and made and made[-1] == ", ":
            made[-1] = ","
        made.append(token.text + " " if token.kind == "mark" else token.text)
        if _spelling(token) != token.text:
            return False
    return "".join(made) == text and len(str(value)) == len(text)


def _spelling(token: _Token) -> str:
    """How Python writes a token's value."""
    if token.kind == "string":
        return repr(_string(token.text))
    if token.kind == "number":
        return str(_number(token.text))
    if token.kind == "complex":
        return str(complex(token.text)).strip("()")
    return token.text


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip(" \t\r\n"))
    while at < end:
        found = _TOKEN.match(text, at, end)
        if found is None or found.lastgroup is None:
            raise ValueError(f"not a literal at character {at}")
        yield _Token(found.lastgroup, found[found.lastgroup])
        at = found.end()


class _Reader:
    """Recursive descent, at most MAX_DEPTH deep, with one token of look-ahead."""

    def __init__(self, tokens: Iterator[_Token]) -> None:
        self._tokens = tokens
        self._ahead: _Token | None = None

    def next(self) -> _Token | None:
        token, self._ahead = self._ahead, None
        return token or next(self._tokens, None)

    def value(self, depth: int) -> object:
        return self._value_of(self.next(), depth)

    def _value_of(self, token: _Token | None, depth: int) -> object:
        if token is None:
            raise ValueError("the text ends too early")
        if token.kind == "open":
            if depth >= MAX_DEPTH:
                raise ValueError("nested too deeply")
            return self._container(token.text, depth + 1)
        if token.kind == "string":
            return _string(token.text)
        if token.kind == "number":
            return _number(token.text)
        if token.kind == "complex":
            return complex(token.text)
        if token.kind == "name":
            return _NAMES[token.text]
        raise ValueError(f"unexpected {token.text!r}")

    def _container(self, opening: str, depth: int) -> object:
        if opening.endswith("set("):
            return self._called(opening, depth)
        keys, values, comma = self._items(_CLOSING.get(opening, ")"), depth)
        if keys is not None:
            if opening != "{":
                raise ValueError("a colon outside of a dict")
            refuse_collisions(keys)
            return dict(zip(keys, values, strict=True))
        if opening == "[":
            return values
        if opening == "(":
            return values[0] if len(values) == 1 and not comma else tuple(values)
        if not values:
            return {}
        refuse_collisions(values)
        return set(values)

    def _called(self, opening: str, depth: int) -> object:
        make = frozenset if opening == "frozenset(" else set
        values, comma = self._items(")", depth)[1:]
        if not values:
            return make()
        if len(values) > 1 or comma or not isinstance(values[0], set):
            raise ValueError(f"{opening}…) of something that is not a set display")
        return make(values[0])

    def _items(self, closing: str, depth: int) -> tuple[list[object] | None, list[object], bool]:
        """(keys or None, values, whether there was a trailing comma) up to the closing bracket."""
        keys: list[object] = []
        values: list[object] = []
        comma = True
        while (token := self.next()) is None or token.text != closing or token.kind != "close":
            if not comma:
                raise ValueError("a comma is missing")
            value = self._value_of(token, depth)
            self._ahead = self.next()
            if self._ahead == _Token("mark", ":"):
                self._ahead = None
                keys.append(value)
                value = self.value(depth)
                self._ahead = self.next()
            values.append(value)
            comma = self._ahead == _Token("mark", ",")
            if comma:
                self._ahead = None
        if keys and len(keys) != len(values):
            raise ValueError("a dict display with elements that have no key")
        return keys or None, values, comma and bool(values)


def _string(token: str) -> object:
    if "\\" in token:
        return ast.literal_eval(token)
    if token.startswith("b"):
        return token[2:-1].encode("ascii")  # UnicodeEncodeError is a ValueError
    return token[1:-1]


def _number(token: str) -> object:
    if token.lstrip("+-") == "nan":
        return _NAN
    if _INTEGER.fullmatch(token):
        return int(token)
    if token.lstrip("+-").isdigit():
        raise ValueError("an integer with a leading zero")
    return float(token)


def refuse_collisions(keys: Sequence[object]) -> None:
    """Raise ValueError for values that a set can't hold, or not in linear time."""
    try:
        wire.refuse_collisions(keys)
    except TypeError as error:
        raise ValueError(str(error)) from None
