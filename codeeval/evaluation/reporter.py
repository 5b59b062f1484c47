"""Whom a use case tells what happens while it works. `codeeval.cli.console.Console` is one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from codeeval.evaluation.pipeline import Progress

__all__ = ["SILENT", "Progress", "Reporter", "SilentReporter", "Tell"]

#: What a pipeline calls while it works.
Tell = Callable[[Progress], None]


class Reporter(Protocol):
    """Lines about what is going on (`note`) and what went wrong (`complain`), and progress."""

    def note(self, text: str) -> None:
        """What is going on."""

    def complain(self, text: str) -> None:
        """What went wrong."""

    def progress(self, samples: int, judgements: int, per_sample: int) -> AbstractContextManager[Tell]:
        """Show how far `samples` to generate and `judgements` to make are; `per_sample` judgements are made of each sample."""


class SilentReporter:
    """Says nothing."""

    def note(self, text: str) -> None:
        pass

    def complain(self, text: str) -> None:
        pass

    def progress(self, samples: int, judgements: int, per_sample: int) -> AbstractContextManager[Tell]:
        return nullcontext(_nothing)


def _nothing(progress: Progress) -> None:
    pass


SILENT = SilentReporter()
