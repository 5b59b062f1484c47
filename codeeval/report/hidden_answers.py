"""Problems with hidden answers: the majority answer, because the correct one is unknown here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from codeeval.scoring.consensus import consensus
from codeeval.store import RunReader


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


def hidden_answers(reader: RunReader) -> tuple[HiddenAnswer, ...]:
    """One entry per problem without expected outputs that has samples, in the order of the run."""
    return tuple(_entries(reader))


def _entries(reader: RunReader) -> Iterator[HiddenAnswer]:
    rows = (row for row in reader.judgements(reader.manifest().protocol) if row.judgement is None)
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
