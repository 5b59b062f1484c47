"""Stop sequences: one rule for every backend.

A completion is cut at the earliest stop sequence, which is not included. Only the completion is searched: a newline
that ends the prompt and a `def` that begins the completion do not form `\\ndef`. Servers and libraries differ here
(some keep the stop, some match across the border, some accept at most four), so codeeval always makes the cut itself,
even if they did.
"""

from __future__ import annotations

from collections.abc import Sequence

from codeeval.errors import UsageError

#: MERA's five, for ruHumanEval and ruCodeEval, on every backend, in the order in which MERA publishes them.
MERA_STOPS = ("\nclass", "\ndef", "\n#", "\nif", "\nprint")


def cut_at_stop(text: str, stops: Sequence[str]) -> tuple[str, str | None]:
    """(the kept text, the stop that was found or None). If two stops begin at the same place, the first in the list is
    named.

    Raises UsageError for an empty stop sequence, which would cut everything.
    """
    if "" in stops:
        raise UsageError("an empty stop sequence would cut every completion to nothing; remove it")
    found = [(at, stop) for stop in stops if (at := text.find(stop)) >= 0]
    if not found:
        return text, None
    at, stop = min(found, key=lambda hit: hit[0])
    return text[:at], stop
