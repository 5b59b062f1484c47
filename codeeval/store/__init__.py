"""One SQLite file per run holds everything: `RunStore` writes it, `RunReader` reads it.

Covered: what is committed survives `kill -9`; one writer at a time; texts that are not valid Unicode round-trip
exactly. Not covered: a power cut can lose the last fraction of a second (never the file); a damaged disk.
"""

from codeeval.store.reader import RunReader
from codeeval.store.records import (
    Counterfactual,
    Counts,
    Incident,
    PlannedProblem,
    Reading,
    Session,
    StoredExecution,
    StoredJudgement,
    StoredReward,
    TimeSplit,
)
from codeeval.store.scores import ScoredSample
from codeeval.store.writer import RunStore

__all__ = [
    "Counterfactual",
    "Counts",
    "Incident",
    "PlannedProblem",
    "Reading",
    "RunReader",
    "RunStore",
    "ScoredSample",
    "Session",
    "StoredExecution",
    "StoredJudgement",
    "StoredReward",
    "TimeSplit",
]
