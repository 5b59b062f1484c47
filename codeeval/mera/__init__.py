"""MERA's submission: outputs, never code, in a zip. Written from a run, and checked and scored whoever wrote it.

    ruHumanEval.json    {"data": {"test": [{"outputs": O, "meta": {"id": 7}}, …]}}
    O                   [1][n][n_tests] (1.2.0 and MERA Code) or [n][n_tests] (1.1.0); an entry is a text or null;
                        a sample that hung is the text "timed out" in place of its list

Source: MERA's public submission scripts and scorer. One malformed problem zeroes the whole task on the site, so nothing is
written before all of it was checked.
"""

from codeeval.mera.check import Reference, SubmissionFinding, check
from codeeval.mera.read import Entry, SubmissionFile, read_submission
from codeeval.mera.score import SubmissionScore, score
from codeeval.mera.write import FILE_NAMES, SHAPES, document, write_submission

__all__ = [
    "FILE_NAMES",
    "SHAPES",
    "Entry",
    "Reference",
    "SubmissionFile",
    "SubmissionFinding",
    "SubmissionScore",
    "check",
    "document",
    "read_submission",
    "score",
    "write_submission",
]
