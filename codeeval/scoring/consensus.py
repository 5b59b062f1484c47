"""The majority answer to a problem with hidden expected outputs. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from codeeval.scoring.mera_outputs import Outputs


@dataclass(frozen=True, slots=True)
class Consensus:
    """The most frequent answer to a problem, per call, and how many of how many samples gave exactly it."""

    outputs: tuple[str | None, ...]
    votes: int
    samples: int


def consensus(samples: Sequence[Outputs]) -> Consensus | None:
    """The most frequent vector of outputs among the samples of one problem; ties go to the earliest.

    Needs no expected outputs. Samples that MERA calls "timed out", or in which no call returned anything, have no vote;
    the result is None if no sample has one.
    """
    lists = [row for row in samples if not isinstance(row, str)]
    votes = Counter(row for row in lists if any(text is not None for text in row))
    if not votes:
        return None
    row, count = votes.most_common(1)[0]
    return Consensus(row, count, len(samples))
