"""Name groups of failures: equal causes get equal names, on every machine and in every run. Pure.

A signature reads like `exception ZeroDivisionError: division by zero · calls 0-3, 7`. Numbers, hexadecimal addresses
and quoted text in a message are masked, because they differ between samples with the same cause. Calls count from 0.
The text that a candidate raised is hostile: it is truncated, and only its printable characters are kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from codeeval.i18n.messages import msg
from codeeval.types import Verdict
from sandbox.outcomes import Observation

_MAX_READ, _MAX_SHOWN = 2_000, 200
# A quote between two letters is an apostrophe ("can't"), not the beginning of quoted text.
_QUOTED = re.compile(r"""(?<!\w)(['"`])(?:(?!\1)[^\\]|\\.)*+\1""", re.DOTALL)
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+\b")
_NUMBER = re.compile(r"(?!0x…)\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def signature(verdict: Verdict, blamed: Observation | None, failed: Sequence[int], n_calls: int) -> str:
    """The name of the group that a failed sample belongs to. `blamed` is what raised, if anything did; `failed` are the
    indices of the failed calls, ascending, empty if the failure is not about a call."""
    parts = [verdict.value]
    if blamed is not None and blamed.exc_type:
        parts.append(mask(raised(blamed)))
    name = " ".join(parts)
    return msg("{head} · {calls}", head=name, calls=calls_text(failed, n_calls)) if failed else name


def raised(observed: Observation) -> str:
    """`Type: message` on one line, like the last line of a traceback; bounded and printable."""
    kind, message = one_line(observed.exc_type or ""), one_line(observed.message or "")
    return f"{kind}: {message}" if message else kind


def one_line(text: str) -> str:
    """`text` without line breaks and unprintable characters (including lone surrogates), truncated."""
    return _cut(" ".join(_printable(text).split()))


def value(text: str) -> str:
    """Like `one_line`, for a value written as a literal: runs of spaces are kept."""
    return _cut(_printable(text))


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text[:_MAX_READ])


def _cut(clean: str) -> str:
    return clean if len(clean) <= _MAX_SHOWN else clean[: _MAX_SHOWN - 1] + "…"


def mask(text: str) -> str:
    """`text` with quoted text, hexadecimal addresses and numbers replaced by '…', 0x… and #."""
    return _NUMBER.sub("#", _ADDRESS.sub("0x…", _QUOTED.sub("'…'", text)))


def calls_text(calls: Sequence[int], n_calls: int) -> str:
    """`all calls`, `call 3` or `calls 0-3, 7`."""
    if len(calls) == n_calls:
        return msg("all calls")
    runs: list[list[int]] = []
    for call in calls:
        if runs and call == runs[-1][-1] + 1:
            runs[-1][1:] = [call]
        else:
            runs.append([call])
    text = ", ".join("-".join(map(str, run)) for run in runs)
    return msg("calls {calls}", calls=text) if len(calls) > 1 else msg("call {n}", n=text)
