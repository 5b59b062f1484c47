"""Make a row of the table of judgements from a sample, its program and the evidence."""

from __future__ import annotations

from codeeval.scoring.grade import grade, outputs
from codeeval.store import Reading
from codeeval.store.rows import Row, judged_row
from codeeval.types import Extraction, Problem, ScoringProtocol
from sandbox import Outcome


def judged(
    problem: Problem,
    extraction: Extraction,
    outcome: Outcome | None,
    protocol: ScoringProtocol,
    key: tuple[int, str | None],
) -> Row:
    """A row of judgements: the verdict on a sample, or only its outputs if the answers are hidden. `key`: the sample's
    index and the digest of its job."""
    index, digest = key
    stored = (problem.id, index, digest)
    reading = Reading(extraction.trace, extraction.added) if protocol.extraction == "strict" else None
    if problem.expected is None:
        return judged_row(protocol.name, stored, outputs(problem, outcome, protocol), None, reading)
    judgement = grade(problem, extraction, outcome, protocol)
    return judged_row(protocol.name, stored, judgement.outputs, judgement, reading)
