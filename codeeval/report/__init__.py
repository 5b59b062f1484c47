"""Reports of a run file: `build` makes a `Report`, the other modules render it."""

from codeeval.report.build import build
from codeeval.report.document import document
from codeeval.report.values import Difference, FailureGroup, Quality, Report

__all__ = ["Difference", "FailureGroup", "Quality", "Report", "build", "document"]
