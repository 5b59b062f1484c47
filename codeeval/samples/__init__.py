"""Completions from any log: what other tools wrote, or a run of codeeval. docs/completions.md has the table of formats.

`read` gives the entries of files and the rows that can't be used, `fitting` what of them belongs to a set, `place` which sample
every row is. A row that can't be read is never left out unless it was asked for.
"""

from codeeval.samples.entries import DEFAULT_RESPONSES, RESPONSES, Entry, FoundSamples, to_sample
from codeeval.samples.place import MissingSample, Placed, place
from codeeval.samples.read import read
from codeeval.samples.task_match import fitting

__all__ = [
    "DEFAULT_RESPONSES",
    "RESPONSES",
    "Entry",
    "FoundSamples",
    "MissingSample",
    "Placed",
    "fitting",
    "place",
    "read",
    "to_sample",
]
