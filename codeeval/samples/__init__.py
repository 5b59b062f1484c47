"""Read completions from any log: other tools' output, or a run of codeeval. docs/completions.md has the table of
formats.

`read` returns the entries of files and the rows that can't be used; `fitting` selects what belongs to a set; `place`
assigns every row to a sample. A row that can't be read is left out only on request.
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
