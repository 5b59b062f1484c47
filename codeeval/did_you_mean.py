"""Names that somebody may have meant. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from codeeval.i18n.messages import msg


def nearest(given: str, known: Sequence[str], cutoff: float = 0.6) -> str | None:
    """The known name that is most like `given`; None where none is."""
    return next(iter(get_close_matches(given, known, n=1, cutoff=cutoff)), None)


def did_you_mean(given: str, known: Sequence[str], most: int = 1, cutoff: float = 0.6) -> str:
    """A question that names at most `most` (1 or 2) known names like `given`; empty where there is none."""
    match get_close_matches(given, known, n=most, cutoff=cutoff):
        case [name]:
            return msg("Did you mean {name}?", name=name)
        case [name, other]:
            return msg("Did you mean {name} or {other}?", name=name, other=other)
    return ""
