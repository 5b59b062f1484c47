"""What a call returned against what was expected, by the two comparison rules. Pure.

`strict`: right if the texts are equal, or if the expected text is a literal that equals, by Python's `==`, the plain
data that was returned. So `1 == 1.0 == True`, sets and dicts are equal whatever their order, but a list is never a
tuple, at any depth. Floats are compared exactly. A value that holds anything but exact built-in types (a Counter, a named tuple,
numpy's numbers) is its text and nothing more.

`mera`: right if `str(expected) == str(got)`, where a call that raised or returned None gives None. So a call that
raised is right where the text "None" is expected: that is what MERA's scorer computes.
"""

from __future__ import annotations

from functools import lru_cache

from codeeval.scoring import literals
from sandbox.wire import Observation

#: Equal data of different text differ by little (1 and 1.0, quotes, order): longer texts are not worth reading.
_MAX_GROWTH, _MAX_EXTRA = 4, 64


class _NotALiteral:
    """Stands for an expected text that is no literal: equal to nothing."""


_NOT_A_LITERAL = _NotALiteral()


def strict_equal(observed: Observation, expected: str) -> bool:
    """Whether one call is right under `strict`. Never raises, whatever the text; work is linear in its length."""
    if observed.status != "returned" or observed.text is None:
        return False
    if observed.text == expected:
        return True
    if not observed.plain or len(observed.text) > _MAX_GROWTH * len(expected) + _MAX_EXTRA:
        return False
    wanted = _value(expected)
    if wanted is _NOT_A_LITERAL:
        return False
    if observed.type_name == "str":
        return wanted == observed.text
    try:
        return bool(wanted == literals.parse(observed.text))
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def _value(expected: str) -> object:
    """The expected value, read once for all samples of a problem. Nothing ever changes it."""
    try:
        return literals.parse(expected)
    except ValueError:
        return _NOT_A_LITERAL


def mera_text(observed: Observation) -> str | None:
    """What MERA's executor writes down for one call: `str(value)`, None for a value of None and for a call that
    raised."""
    if observed.status != "returned" or (observed.type_name == "NoneType" and observed.plain):
        return None
    return observed.text


def mera_equal(got: str | None, expected: str) -> bool:
    """Whether one entry of MERA's list is right."""
    return str(got) == expected
