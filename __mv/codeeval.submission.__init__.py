"""MERA's submission: outputs, never code, in a zip. Written from a run, and checked and scored whoever wrote it.

    ruHumanEval.json    {"data": {"test": [{"outputs": O, "meta": {"id": 7}}, …]}}
    O                   [1][n][n_tests] (1.2.0 and MERA Code; [n][n_tests] in 1.1.0 is only read); an entry is a text, "None"
                        for a call without a value; a sample that hung is the text "timed out" in place of its list

Source: MERA's public submission scripts and scorer. `codeeval.mera` has what the site's scorer computes of it.
"""

from codeeval.mera.check import Reference, SubmissionFinding, check
from codeeval.mera.read import Entry, SubmissionFile, read_submission
from codeeval.mera.score import SubmissionScore, score
from codeeval.mera.write import FILE_NAMES, checked_document, document

__all__ = [
    "FILE_NAMES",
    "Entry",
    "Reference",
    "SubmissionFile",
    "SubmissionFinding",
    "SubmissionScore",
    "check",
    "checked_document",
    "document",
    "read_submission",
    "score",
]
