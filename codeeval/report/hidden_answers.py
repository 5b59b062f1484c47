"""Problems with hidden answers: the majority answer, because the correct one is unknown here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from codeeval.scoring.consensus import consensus
from codeeval.store import ScoredSample


@dataclass(frozen=True, slots=True)
class HiddenAnswer:
    """The most frequent vector of outputs for a problem: `votes` of `samples` gave exactly it. `distinct` counts the
    different vectors, `executed` the samples that gave any output at all; `outputs` is empty if none did."""

    problem_id: str
    samples: int
    executed: int
    distinct: int
    votes: int
    outputs: tuple[str | None, ...]


def hidden_answers(rows: Iterable[ScoredSample]) -> tuple[HiddenAnswer, ...]:
    """One entry per problem without expected outputs that has samples, in the order of the run, as the rows are."""
    return tuple(_entries(row for row in rows if row.verdict is None))


def _entries(rows: Iterable[ScoredSample]) -> Iterator[HiddenAnswer]:
    for problem_id, group in groupby(rows, key=lambda row: row.problem_id):
        outputs = [row.outputs for row in group]
        given = [row for row in outputs if not isinstance(row, str) and any(text is not None for text in row)]
        agreed = consensus(outputs)
        yield HiddenAnswer(
            problem_id=problem_id,
            samples=len(outputs),
            executed=len(given),
            distinct=len(set(given)),
            votes=agreed.votes if agreed else 0,
            outputs=agreed.outputs if agreed else (),
        )
