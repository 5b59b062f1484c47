"""The interface to which a use case reports while it works. `codeeval.cli.console.Console` implements it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from codeeval.evaluation.pipeline import Progress

__all__ = ["SILENT", "Progress", "Reporter", "SilentReporter", "Tell"]

#: Callback of a pipeline for progress.
Tell = Callable[[Progress], None]


class Reporter(Protocol):
    """Receives lines about what is happening (`note`) and what went wrong (`complain`), and progress."""

    def note(self, text: str) -> None:
        """What is going on."""

    def complain(self, text: str) -> None:
        """What went wrong."""

    def progress(self, samples: int, judgements: int, per_sample: int) -> AbstractContextManager[Tell]:
        """Show progress towards `samples` to generate and `judgements` to make, `per_sample` of them for each
        sample."""


class SilentReporter:
    """Reports nothing."""

    def note(self, text: str) -> None:
        pass

    def complain(self, text: str) -> None:
        pass

    def progress(self, samples: int, judgements: int, per_sample: int) -> AbstractContextManager[Tell]:
        return nullcontext(_nothing)


def _nothing(progress: Progress) -> None:
    pass


SILENT = SilentReporter()
