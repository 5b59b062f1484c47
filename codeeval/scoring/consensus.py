"""What most samples of a problem answered: for problems whose expected outputs are hidden. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from codeeval.scoring.mera_outputs import Outputs


@dataclass(frozen=True, slots=True)
class Consensus:
    """The answer that most samples of a problem gave: per call, and how many of how many samples gave exactly it."""

    outputs: tuple[str | None, ...]
    votes: int
    samples: int


def consensus(samples: Sequence[Outputs]) -> Consensus | None:
    """The most frequent vector of outputs among the samples of one problem; the earliest of those that tie.

    Needs no expected outputs. A sample that MERA calls "timed out", and one of which no call returned anything, has no
    vote; None if no sample has.
    """
    lists = [row for row in samples if not isinstance(row, str)]
    votes = Counter(row for row in lists if any(text is not None for text in row))
    if not votes:
        return None
    row, count = votes.most_common(1)[0]
    return Consensus(row, count, len(samples))
