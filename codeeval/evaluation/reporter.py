"""The interface to which a use case reports while it works. `codeeval.cli.console.Console` implements it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

from codeeval.evaluation.pipeline import Progress

__all__ = ["SILENT", "BarReporter", "Progress", "Reporter", "SilentReporter", "Tell"]

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


class BarReporter(SilentReporter):
    """Reports only progress, if requested: as a bar on stderr, or to the caller's function."""

    def __init__(self, wish: bool | Tell) -> None:
        self._wish = wish

    def progress(self, samples: int, judgements: int, per_sample: int) -> AbstractContextManager[Tell]:
        if callable(self._wish):
            return nullcontext(self._wish)
        return (
            _bar(judgements // per_sample, per_sample)
            if self._wish
            else super().progress(samples, judgements, per_sample)
        )


@contextmanager
def _bar(samples: int, per_sample: int) -> Iterator[Tell]:
    from tqdm import tqdm

    with tqdm(total=samples, desc="executed", unit=" samples") as bar:
        yield lambda progress: _move(bar, progress.judged // per_sample)


def _move(bar: Any, done: int) -> None:
    bar.update(done - bar.n)
